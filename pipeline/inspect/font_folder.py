"""The one folder that PDFium may take fonts from: ours, a face a file, made once in the user's cache."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from pipeline import durable
from pipeline.errors import EnvironmentFault
from pipeline.inspect import fonts
from pipeline.locks import locked
from pipeline.model.base import canonical
from pipeline.remembered import user_cache

_VERSION = 1  # raise it when the same fonts would be saved in another way
_SIZES = "sizes.json"


@dataclass(frozen=True)
class FontFolder:
    """Where the fonts lie, and the SHA-256 (hex) of each as its package has it."""

    path: Path
    digests: dict[str, str]


def lacking() -> list[str]:
    """Packages of the extra `documents` that pages can't be drawn without, and that are not installed."""
    return [*fonts.lacking_fonts(), *(name for name in ("pypdfium2",) if find_spec(name) is None)]


def pdfium_package() -> str:
    """The version of the package that PDFium comes in.

    Raises:
        EnvironmentFault: it is not installed.
    """
    try:
        return version("pypdfium2")
    except PackageNotFoundError as error:
        raise EnvironmentFault("documents_extra", detail="pypdfium2") from error


def font_folder() -> FontFolder:
    """The folder, made now unless it is there.

    Raises:
        EnvironmentFault: the extra `documents` is not installed, or the cache can't be written.
    """
    if missing := lacking():
        raise EnvironmentFault("documents_extra", detail=", ".join(missing))
    digests = fonts.digests()
    key = hashlib.sha256(canonical({"fonts": digests, "version": _VERSION})).hexdigest()[:24]
    folder = user_cache() / "fonts" / key
    if not _is_whole(folder):
        durable.make_folder(folder.parent)
        with locked(folder.with_suffix(".lock")):
            if not _is_whole(folder):
                _make(folder)
    return FontFolder(folder, digests)


def _make(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)
    made = durable.fresh_folder(folder.with_suffix(".new"))
    with durable.space_is_an_environment_fault(made):
        fonts.save_single(made)
    durable.write(made / _SIZES, canonical(_sizes(made)))
    durable.publish_folder(made, folder)


def _sizes(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_size for path in sorted(folder.iterdir()) if path.name != _SIZES}


def _is_whole(folder: Path) -> bool:
    """Whether nothing was lost since it was made."""
    try:
        return (folder / _SIZES).read_bytes() == canonical(_sizes(folder))
    except OSError:
        return False
