"""Whom to ask in each prefecture: a table that the editor keeps, and that never goes into the store."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path

from pipeline import tables
from pipeline.errors import InputError
from pipeline.model import region
from pipeline.model.campaign_letters import Contact
from pipeline.model.text import is_line
from pipeline.tables import Cell, RemarkCallback, Row
from pipeline.yamlio import Problem

HEADINGS: dict[str, tuple[str, ...]] = {
    field: tuple(names)
    for field, names in json.loads(
        (Path(__file__).parent / "contact_headings.json").read_text(encoding="utf-8")
    ).items()
}
MOST_PROBLEMS = 20  # lines that are shown
_MOST_SHOWN = 40
_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&*+/=?^_{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+")
_MOST_EMAIL = 128  # as every line


def read(path: Path, remark: RemarkCallback = tables.silent) -> Mapping[str, tuple[Contact, ...]]:
    """The contacts of each prefecture, in the order of the table.

    Args:
        remark: as `tables.read` has it.

    Raises:
        InputError: the table can't be read, lacks the column of prefectures, or has a row that says no prefecture, an
            address that is none, or a cell that holds no text.
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
    if "prefecture" not in seen:
        known = "、".join(names[0] for names in HEADINGS.values())
        raise InputError("contacts_lack_column", where=str(path), heading=HEADINGS["prefecture"][0], known=known)
    if others := [heading for heading in table.headings if _folded(heading) not in _FIELD_OF]:
        remark("table_columns_passed_over", where=str(path), names="、".join(others))
    found: dict[str, tuple[Contact, ...]] = {}
    problems: list[Problem] = []
    for row in table.rows:
        cells = {field: row.cells[heading] for field, heading in seen.items() if heading in row.cells}
        if not cells:
            continue
        made = _contact(row, cells, seen)
        if isinstance(made, Contact):
            found[made.prefecture] = (*found.get(made.prefecture, ()), made)
        else:
            problems += made
    if problems:
        shown = tuple(problems[:MOST_PROBLEMS])
        raise InputError("contacts_rows", where=shown[0].where, count=len(problems), problems=shown)
    return found


def _contact(row: Row, cells: Mapping[str, Cell], headings: Mapping[str, str]) -> Contact | list[Problem]:
    """One row, or what is wrong with its cells."""
    problems = []
    for field, cell in cells.items():
        if cell.odd:
            problems.append(_problem(row, cell, headings[field], "contact_cell_odd"))
        elif not is_line(cell.text):
            problems.append(_problem(row, cell, headings[field], "contact_cell_long"))
    email = cells.get("email")
    if email and (len(email.text) > _MOST_EMAIL or not _EMAIL.fullmatch(email.text)):
        problems.append(_problem(row, email, headings["email"], "contact_cell_email"))
    named = cells.get("prefecture")
    code = region.code_of(named.text) if named else None
    if named is None:
        problems.append(Problem(row.where, headings["prefecture"], "contact_cell_empty", ""))
    elif code is None:
        problems.append(_problem(row, named, headings["prefecture"], "contact_cell_prefecture"))
    if problems or code is None:
        return problems
    texts = {field: cells[field].text for field in ("name", "phone", "email") if field in cells}
    return Contact(prefecture=code, **texts)


def _problem(row: Row, cell: Cell, heading: str, kind: str) -> Problem:
    where = f"{row.file}:{cell.line}:{cell.column}"
    return Problem(where, heading, kind, "", {"text": cell.text[:_MOST_SHOWN]})


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"\([^)]*\)|[\s*:]", "", plain)


_FIELD_OF = {_folded(name): field for field, names in HEADINGS.items() for name in names}
