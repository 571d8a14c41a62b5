"""The rows of a table that submissions are made of: each with its film."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from pipeline.errors import InputError
from pipeline.execute import fields, headings, row_files
from pipeline.execute.fields import Given
from pipeline.execute.submission_names import submission_beside
from pipeline.model import text
from pipeline.tables import RemarkCallback, Row


@dataclass(frozen=True)
class RowToInitiate:
    """A film, where its submission will stand, and what the table says of it.

    Args:
        shown: what it is called: the film, or where the row stands.
        read: gives the fields, or raises what is wrong with the row.
        id_heading: what the table calls its column of ids, or would.
    """

    shown: str
    file: Path
    read: Callable[[], dict[str, Given]]
    id_heading: str

    @property
    def target(self) -> Path:
        """Beside the film, and named after it: a folder holds many."""
        return submission_beside(self.file)


def rows_of(table: Path, files: Sequence[Path], remark: RemarkCallback, ignored: Sequence[str]) -> list[RowToInitiate]:
    """The films that are named, each with the row that is about it; where none is named, every row with its film.

    Raises:
        InputError: the table can't be read, or no row names a film.
    """
    rows = headings.read(table, remark, ignored)
    if files:
        heading = headings.called(rows[0], "id")
        return [RowToInitiate(str(file), file, partial(row_of, rows, table, file), heading) for file in files]
    return _with_files(rows, table)


def _with_files(rows: Sequence[Row], table: Path) -> list[RowToInitiate]:
    """Every row with its film, from the table's folder; one that names none, or another's, is wrong."""
    twice = row_files.named_twice(rows)
    found = []
    for row in rows:
        given = fields.of_row(row).get("file")
        name = given.text.replace("\\", "/") if given else ""
        read = partial(_checked, row, name, twice.get(row.line))
        found.append(RowToInitiate(row.where, table.parent / name, read, headings.called(row, "id")))
    if all(row.file == table.parent for row in found):
        raise InputError("table_no_files", where=str(table))
    return found


def row_of(rows: Sequence[Row], table: Path, file: Path, title: str | None = None) -> dict[str, Given]:
    """What the rows say of a film: by its file, else by its title.

    Raises:
        InputError: no row or several are about it, or it has more cells than headings.
    """
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


def _checked(row: Row, name: str, fault: InputError | None) -> dict[str, Given]:
    fields.refuse_beyond(row)
    given = fields.of_row(row)
    if not name:
        where = given["file"].where if "file" in given else row.where
        raise InputError("list_no_file", where=where, heading=headings.called(row, "file"))
    if fault:
        raise fault
    if not text.is_inside(name):
        raise InputError("row_outside_folder", where=given["file"].where, file=name)
    return given


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().strip()
