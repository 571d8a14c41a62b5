"""What the columns of a table are called (`headings.json`), and a table read by it: no column is lost in silence."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from pipeline import tables
from pipeline.errors import InputError
from pipeline.exchange.table_headings import Headings, folded, tell_hidden
from pipeline.tables import RemarkCallback, Row

_DATA = json.loads((Path(__file__).parent / "headings.json").read_text(encoding="utf-8"))
# the fields, and what prefectures call them in their tables; the first is how a table of ours calls it
FIELDS: dict[str, tuple[str, ...]] = {
    field: tuple(names) for kind in ("fields", "more") for field, names in _DATA[kind].items()
}
USUAL = tuple(_DATA["fields"])  # those that everybody is asked for
SEVERAL = ("contact",)  # several columns may say it
EXAMPLES = ("示例.mp4", "example.mp4")  # the files of a template's example row
PASSED_OVER = frozenset(map(folded, _DATA["passed_over"]))
_HEADINGS = Headings(FIELDS, PASSED_OVER, SEVERAL)


def field_of(heading: str) -> str | None:
    """The field that a column is, by its heading."""
    return _HEADINGS.field_of(heading)


def is_heading(text: str) -> bool:
    """Whether it is what a column of ours is called."""
    return field_of(text) is not None


def has_column(row: Row, field: str) -> bool:
    """Whether the table that a row is of has a column for a field."""
    return any(field_of(heading) == field for heading in (*row.cells, *row.empty))


def called(row: Row, field: str) -> str:
    """What the table that a row is of calls a field, else what ours do."""
    return next((heading for heading in (*row.cells, *row.empty) if field_of(heading) == field), FIELDS[field][0])


def read(path: Path, remark: RemarkCallback = tables.silent, ignored: Sequence[str] = ()) -> list[Row]:
    """The rows of a table with the columns that are fields.

    Rows that hold none of our fields, such as a sum, and a template's own example are passed over, and said.

    Args:
        remark: as `tables.read` has it.
        ignored: headings of columns that are left out.

    Raises:
        InputError: the table can't be read, holds no film, has a heading that nobody knows, two for one field, or not
            the one that is to be ignored.
    """
    table = tables.read(path, is_heading, remark, is_example)
    ours = _HEADINGS.taken(table, path, remark, ignored)
    rows = [
        replace(
            row,
            cells={heading: cell for heading, cell in row.cells.items() if heading in ours},
            empty={heading: cell for heading, cell in row.empty.items() if heading in ours},
        )
        for row in table.rows
    ]
    films = _films(rows, path, remark)
    tell_hidden(table, films, ours, path, remark)
    return films


def is_example(row: Row) -> bool:
    """Whether it is the example of a template of ours: its film is not there."""
    file = next((cell.text for heading, cell in row.cells.items() if field_of(heading) == "file"), "")
    return file in EXAMPLES and not (Path(row.file).parent / file).exists()


def _films(rows: Sequence[Row], path: Path, remark: RemarkCallback) -> list[Row]:
    """The rows that are about a film."""
    found, empty = [], []
    for row in rows:
        if not row.cells and not row.beyond:
            empty.append(row)
        elif is_example(row):
            remark("table_example", where=row.where)
        else:
            found.append(row)
    if empty:
        remark("table_row_empty", where=empty[0].where, count=len(empty))
    if not found:
        raise InputError("table_no_rows", where=str(path))
    return found
