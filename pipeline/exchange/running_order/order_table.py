"""An order that somebody arranged in a spreadsheet: a row a film, with the day and the time at which it begins."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path

from pipeline import tables
from pipeline.errors import InLanguages, InputError
from pipeline.exchange.running_order.holding import OrderRow
from pipeline.model.china_time import CHINA
from pipeline.model.metadata import LAST_YEAR
from pipeline.model.slots import FIRST_YEAR, film_ref
from pipeline.tables import Cell, RemarkCallback, Row
from pipeline.yamlio import Problem

_DATA = json.loads((Path(__file__).parent / "order_headings.json").read_text(encoding="utf-8"))
NEEDED: dict[str, tuple[str, ...]] = {name: tuple(names) for name, names in _DATA["read"].items()}
HEADINGS: dict[str, tuple[str, ...]] = NEEDED | {name: tuple(names) for name, names in _DATA["shown"].items()}
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(?:\.0+)?)?")
_MOST_SHOWN = 80


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()


_FIELD_OF = {_folded(name): field for field, names in HEADINGS.items() for name in names}


@dataclass(frozen=True)
class OrderTable:
    """What a table says.

    Args:
        problems: cells that say nothing, a line each.
    """

    file: Path
    rows: tuple[OrderRow, ...]
    problems: tuple[Problem, ...]


def read(path: Path, remark: RemarkCallback = tables.silent) -> OrderTable:
    """The rows that name a film; those that name none are slots that stay empty.

    Raises:
        InputError: the table can't be read, or lacks a column.
    """
    table = tables.read(path, lambda text: _folded(text) in _FIELD_OF, remark)
    seen: dict[str, str] = {}
    for heading, cell in table.headings.items():
        field = _FIELD_OF.get(_folded(heading))
        if field in seen:
            where = f"{path}:{cell.line}:{cell.column}"
            raise InputError("table_headings_same", where=where, first=seen[field], second=heading)
        if field:
            seen[field] = heading
    if missing := [names for field, names in NEEDED.items() if field not in seen]:
        known = _usual(list(NEEDED.values()))
        raise InputError("order_lacks_column", where=str(path), heading=_usual(missing), known=known)
    if others := [heading for heading in table.headings if _folded(heading) not in _FIELD_OF]:
        remark("table_columns_passed_over", where=str(path), names="、".join(others))
    found = [_row(row, seen) for row in table.rows if seen["id"] in row.cells]
    return OrderTable(
        path,
        tuple(item for item in found if isinstance(item, OrderRow)),
        tuple(problem for item in found if not isinstance(item, OrderRow) for problem in item),
    )


def _usual(fields: Sequence[tuple[str, ...]]) -> InLanguages:
    """The usual names of columns."""
    return InLanguages("、".join(names[0] for names in fields), ", ".join(names[1] for names in fields))


def _row(row: Row, headings: dict[str, str]) -> OrderRow | Sequence[Problem]:
    """One row, or what is wrong with its cells."""
    cells = {field: row.cells.get(headings[field]) for field in NEEDED}
    problems = []
    day, start = cells["day"], cells["start"]
    began = _day(day.text) if day else None
    at = _time(start.text) if start else None
    ref = film_ref(cells["id"].text) if cells["id"] else None
    for field, value in (("day", began), ("start", at), ("id", ref)):
        if value is None:
            problems.append(_problem(row, headings[field], cells[field], field))
    if began is None or at is None or ref is None:
        return problems
    return OrderRow(row.where, datetime.combine(began, at, CHINA), ref)


def _problem(row: Row, heading: str, cell: Cell | None, field: str) -> Problem:
    if cell is None:
        return Problem(row.where, heading, "order_cell_empty", "")
    where = f"{row.file}:{cell.line}:{cell.column}"
    return Problem(where, heading, f"order_cell_{field}", "", {"text": cell.text[:_MOST_SHOWN]})


def _day(text: str) -> date | None:
    found = _DAY.fullmatch(unicodedata.normalize("NFKC", text).split(" ")[0])
    if not found:
        return None
    try:
        made = date(*map(int, found.groups()))
    except ValueError:
        return None
    return made if FIRST_YEAR <= made.year <= LAST_YEAR else None


def _time(text: str) -> time | None:
    found = _TIME.fullmatch(unicodedata.normalize("NFKC", text).strip())
    hour, minute, second = (int(part or 0) for part in found.groups()) if found else (-1, 0, 0)
    try:
        return time(hour, minute, second)
    except ValueError:
        return None
