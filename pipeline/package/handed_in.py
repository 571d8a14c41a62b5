"""Documents in a package: as they came, with pictures of their pages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline import durable
from pipeline.model.handed_in import HandedInDocument
from pipeline.model.package import PackageFile

PAGE = "page"


@dataclass(frozen=True)
class DocumentContents:
    """A document and where it lies.

    Args:
        pictures: the folder with its pages as 0001.jpg and so on; None where they can't be drawn.
    """

    document: HandedInDocument
    path: Path
    pictures: Path | None = None


def place(root: Path, prefix: str, contents: DocumentContents) -> Iterator[PackageFile]:
    """Put one into the package, and give what is to be listed.

    Args:
        prefix: where the files of its part lie, with the slash at its end.
    """
    told = contents.document
    name = f"{prefix}{told.name}{told.ending}"
    target = root / name
    if target.exists():  # the same bytes under two names: listed once, as the first one came
        return
    durable.make_folder(target.parent)
    durable.copy(contents.path, target)  # no link: the file is the user's own
    yield PackageFile(
        path=name,
        size_bytes=target.stat().st_size,
        sha256=told.sha256,
        role=told.role,
        part=told.part,
        language=told.language,
        file=told.file,
    )
    for picture in _pictures(contents):
        copied = root / prefix / told.name / picture.name
        durable.make_folder(copied.parent)
        durable.link_or_copy(picture, copied)
        yield PackageFile(
            path=copied.relative_to(root).as_posix(),
            size_bytes=copied.stat().st_size,
            sha256=durable.digest(copied),
            role=PAGE,
            part=told.part,
            language=told.language,
        )


def _pictures(contents: DocumentContents) -> Sequence[Path]:
    return sorted(contents.pictures.glob("*.jpg")) if contents.pictures else ()
