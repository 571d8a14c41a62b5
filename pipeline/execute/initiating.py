"""A `submission.yaml` for films that have none: from the files, a table, and what a person says."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline import durable, yamlio
from pipeline.errors import InputError
from pipeline.execute import fields, headings
from pipeline.execute.fields import Given
from pipeline.inspect import mediainfo, probe
from pipeline.model.submission import Kind, Submission
from pipeline.tables import RemarkCallback

NAME = "submission.yaml"
ASKED = tuple(field for field in headings.FIELDS if field != "file")


@dataclass(frozen=True)
class Seen:
    """What the files say by themselves."""

    kind: Kind
    languages: tuple[str, ...]


def look(files: Sequence[Path]) -> Seen:
    """Kind and languages as far as the files tell: several files, or sound alone, are a course.

    Raises:
        Refused: a file is no film. InputError: it is not there.
    """
    languages: dict[str, None] = {}
    pictures = True
    for path in files:
        probe.head(path)
        media = mediainfo.inspect(path)
        pictures = pictures and bool(media.video)
        for track in media.audio:
            if track.language and len(track.language) == 3:
                languages[track.language] = None
    kind = Kind.FILM if len(files) == 1 and pictures else Kind.COURSE
    return Seen(kind, tuple(languages))


def from_table(
    table: Path, file: Path, title: str | None, remark: RemarkCallback, ignored: Sequence[str] = ()
) -> dict[str, Given]:
    """The row of a table that is about this film: by its file, else by its title.

    Raises:
        InputError: the table can't be read, no row or several are about it, or it has more cells than headings.
    """
    rows = headings.read(table, remark, ignored)
    found = [fields.of_row(row) for row in rows]
    names = {_plain(file.name), _plain(file.stem)}
    wanted = _plain(title) if title else _plain(file.stem)
    by_file = [row for row in found if "file" in row and _plain(Path(row["file"].text).name) in names]
    titled = [row for row in found if "title" in row and row["title"].text]
    matching = by_file or [row for row in titled if _plain(row["title"].text) == wanted]
    if len(matching) != 1:
        known = "、".join(row["title"].text for row in titled)[:200]
        key = "table_no_row" if not matching else "table_many_rows"
        raise InputError(key, where=str(table), file=file.name, known=known)
    fields.refuse_beyond(rows[found.index(matching[0])])
    return matching[0]


def document(given: Mapping[str, Given], files: Sequence[Path], target: Path) -> yamlio.Document:
    """The submission's document; the files are named from the folder that it will stand in.

    Raises:
        InputError: a file lies outside that folder, or has a name that no submission can hold, or a cell of the table
            is as `fields.document` refuses it.
    """
    folder = target.parent.resolve()
    media = []
    for path in files:
        real = path.resolve()
        if not real.is_relative_to(folder):
            raise InputError("outside_folder", where=str(target), file=str(path))
        if (name := path.name).encode("utf-8", "replace").decode() != name:
            raise InputError("name_not_text", where=str(path))
        media.append({"file": real.relative_to(folder).as_posix(), "role": "main"})
    return fields.document(given, media, str(target))


def complete(made: yamlio.Document) -> Submission:
    """The document with its id in its place.

    Raises:
        InputError: a value does not fit; `where` is the flag or the table's cell.
    """
    submission = yamlio.validate(Submission, made)
    made.data["id"] = submission.identity()
    made.data["prefecture"] = submission.prefecture
    return yamlio.validate(Submission, made)


def write(made: yamlio.Document, target: Path, *, force: bool) -> None:
    """Put it where it belongs.

    Raises:
        InputError: another one stands there. EnvironmentFault: the place is not writable.
    """
    if target.exists() and not force:
        raise InputError("submission_there", where=str(target))
    order = (
        "schema_version",
        "id",
        "title",
        "kind",
        "prefecture",
        "column",
        "languages",
        "synopsis",
        "credits",
        "licence",
        "media",
    )
    durable.write(target, yamlio.dump({key: made.data[key] for key in order if key in made.data}))


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().strip()
