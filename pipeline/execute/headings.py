"""What the columns of a table are called (`headings.json`), and a table read by it: no column is lost in silence."""

from __future__ import annotations

import difflib
import json
import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

from pipeline import tables
from pipeline.errors import InputError
from pipeline.tables import Cell, RemarkCallback, Row, Table
from pipeline.yamlio import Problem

_DATA = json.loads((Path(__file__).parent / "headings.json").read_text(encoding="utf-8"))
# the fields, and what prefectures call them in their tables; the first is how a table of ours calls it
FIELDS: dict[str, tuple[str, ...]] = {
    field: tuple(names) for kind in ("fields", "more") for field, names in _DATA[kind].items()
}
USUAL = tuple(_DATA["fields"])  # those that everybody is asked for
SEVERAL = ("contact",)  # several columns may say it
EXAMPLES = ("示例.mp4", "example.mp4")  # the files of a template's example row
_MOST_LINES = 10  # that are named one by one
_NEAR = 0.5  # of difflib's ratio: half of the letters are the same


def folded(text: str) -> str:
    """Headings as they are compared: full-width letters narrowed, remarks in brackets and spaces left away."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"\([^)]*\)|[\s*:：]", "", plain)


_FIELD_OF = {folded(heading): field for field, names in FIELDS.items() for heading in names}
PASSED_OVER = frozenset(map(folded, _DATA["passed_over"]))


def field_of(heading: str) -> str | None:
    """The field that a column is, by its heading."""
    return _FIELD_OF.get(folded(heading))


def is_heading(text: str) -> bool:
    """Whether it is what a column of ours is called."""
    return folded(text) in _FIELD_OF


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
    left_out = {folded(name) for name in ignored}
    if missing := [name for name in ignored if folded(name) not in set(map(folded, table.headings))]:
        raise InputError("table_ignored_unknown", where=str(path), name=missing[0], there="、".join(table.headings))
    taken = {heading: cell for heading, cell in table.headings.items() if folded(heading) not in left_out}
    _refuse_unknown(taken, path)
    _refuse_double(taken, path)
    ours = frozenset(heading for heading in taken if is_heading(heading))
    if others := [heading for heading in table.headings if heading not in ours]:
        remark("table_columns_passed_over", where=str(path), names="、".join(others))
    rows = [
        replace(
            row,
            cells={heading: cell for heading, cell in row.cells.items() if heading in ours},
            empty={heading: cell for heading, cell in row.empty.items() if heading in ours},
        )
        for row in table.rows
    ]
    films = _films(rows, path, remark)
    _tell_hidden(table, films, ours, path, remark)
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


def _tell_hidden(table: Table, films: Sequence[Row], ours: Collection[str], path: Path, remark: RemarkCallback) -> None:
    """Say of rows and columns that people do not see: they count as the others do."""
    if lines := [row.line for row in films if row.line in table.hidden_lines]:
        shown = ", ".join(map(str, lines[:_MOST_LINES])) + ("…" if len(lines) > _MOST_LINES else "")
        remark("table_hidden_rows", where=str(path), count=len(lines), lines=shown)
    if names := [heading for heading in table.hidden_headings if heading in ours]:
        remark("table_hidden_columns", where=str(path), names="、".join(names))


def _refuse_unknown(taken: dict[str, Cell], path: Path) -> None:
    unknown = {
        heading: cell
        for heading, cell in taken.items()
        if not is_heading(heading) and folded(heading) not in PASSED_OVER
    }
    if not unknown:
        return
    problems = []
    for heading, cell in unknown.items():
        where = f"{path}:{cell.line}:{cell.column}"
        near = difflib.get_close_matches(folded(heading), _FIELD_OF, n=1, cutoff=_NEAR)
        if near:
            name = next(item for names in FIELDS.values() for item in names if folded(item) == near[0])
            problems.append(Problem(where, heading, "heading_near", "", {"name": name}))
        else:
            known = "、".join(names[0] for names in FIELDS.values())
            problems.append(Problem(where, heading, "heading_far", "", {"known": known}))
    options = " ".join(f"--ignore-column {_typed(heading)}" for heading in unknown)
    raise InputError(
        "table_heading_unknown",
        where=problems[0].where,
        heading="、".join(unknown),
        options=options,
        problems=tuple(problems),
    )


def _typed(heading: str) -> str:
    """A heading as one word of a command."""
    return f'"{heading}"' if re.search(r"[\s'&|;<>()*?$`]", heading) else heading


def _refuse_double(taken: dict[str, Cell], path: Path) -> None:
    seen: dict[str, str] = {}
    for heading, cell in taken.items():
        field = field_of(heading)
        if field and field in seen and field not in SEVERAL:
            where = f"{path}:{cell.line}:{cell.column}"
            raise InputError("table_headings_same", where=where, first=seen[field], second=heading)
        if field:
            seen.setdefault(field, heading)
