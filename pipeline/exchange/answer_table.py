"""Answers of an operator in a table: a row a package, as a platform's own list is sent around."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from pipeline import tables
from pipeline.errors import InputError
from pipeline.exchange.acknowledgement import OperatorAnswer
from pipeline.model.delivery import Decision
from pipeline.tables import RemarkCallback, Row

_DATA = json.loads((Path(__file__).parent / "answer_headings.json").read_text(encoding="utf-8"))
FIELDS: dict[str, tuple[str, ...]] = {field: tuple(names) for field, names in _DATA["fields"].items()}
NEEDED = ("id", "decision")
_MOST_SHOWN = 80


def _folded(text: str) -> str:
    return "".join(text.split()).casefold()


_FIELD_OF = {_folded(name): field for field, names in FIELDS.items() for name in names}
_DECISION_OF = {_folded(name): Decision(said) for said, names in _DATA["decisions"].items() for name in names}


@dataclass(frozen=True)
class AnswerRow:
    """What a row asks for, not judged yet."""

    where: str
    wanted: str
    given: OperatorAnswer


def is_heading(text: str) -> bool:
    """Whether it is what a column of ours is called."""
    return _folded(text) in _FIELD_OF


def read(path: Path, remark: RemarkCallback = tables.silent) -> list[Row]:
    """The rows that hold anything; columns of others are passed over, and said.

    Raises:
        InputError: the table can't be read, or has no column for ids, none for answers, or two for one field.
    """
    table = tables.read(path, is_heading, remark)
    seen: dict[str, str] = {}
    for heading, cell in table.headings.items():
        field = _FIELD_OF.get(_folded(heading))
        if field in seen:
            where = f"{path}:{cell.line}:{cell.column}"
            raise InputError("table_headings_same", where=where, first=seen[field], second=heading)
        if field:
            seen[field] = heading
    if missing := [FIELDS[field][0] for field in NEEDED if field not in seen]:
        raise InputError("answers_lack_column", where=str(path), heading="、".join(missing))
    if others := [heading for heading in table.headings if not is_heading(heading)]:
        remark("table_columns_passed_over", where=str(path), names="、".join(others))
    rows = [row for row in table.rows if any(is_heading(heading) for heading in row.cells)]
    if not rows:
        raise InputError("table_no_rows", where=str(path))
    return rows


def answer_of(row: Row, by: str, *, correct: bool) -> AnswerRow:
    """One row as an answer.

    Raises:
        InputError: a cell is empty, holds no text, or no answer; `where` is the cell.
    """
    if row.beyond:
        where = f"{row.where}:{row.beyond.column}"
        raise InputError("table_cell_beyond", where=where, text=row.beyond.text[:_MOST_SHOWN])
    texts: dict[str, str] = {}
    places: dict[str, str] = {}
    for heading, cell in row.cells.items():
        if field := _FIELD_OF.get(_folded(heading)):
            where = f"{row.file}:{cell.line}:{cell.column}"
            if cell.odd:
                raise InputError(f"table_cell_{cell.odd}", where=where, heading=heading, text=cell.text[:_MOST_SHOWN])
            texts[field], places[field] = cell.text, where
    for field in NEEDED:
        if field not in texts:
            raise InputError("table_cell_empty", where=row.where, heading=FIELDS[field][0])
    decision = _DECISION_OF.get(_folded(texts["decision"]))
    if decision is None:
        said = texts["decision"][:_MOST_SHOWN]
        raise InputError("answer_unknown", where=places["decision"], said=said)
    given = OperatorAnswer(decision, texts.get("reason"), texts.get("code"), by, correct=correct)
    return AnswerRow(row.where, texts["id"], given)
