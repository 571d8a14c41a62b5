"""A season's list as a table, a row a film and a column a milestone: what `show -o` writes, or somebody's own."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline import tables
from pipeline.exchange.table_headings import Headings, folded, tell_hidden
from pipeline.model.campaign import Campaign
from pipeline.tables import Cell, RemarkCallback, Row
from pipeline.workbook import Odd

_DATA = json.loads((Path(__file__).parent / "list_words.json").read_text(encoding="utf-8"))
FIELDS: dict[str, tuple[str, ...]] = {name: tuple(names) for name, names in _DATA["fields"].items()}
PASSED_OVER = frozenset(map(folded, _DATA["passed_over"]))
DONE, OPEN = (frozenset(map(str.casefold, _DATA[name])) for name in ("done", "open"))
_SUMS = frozenset(_DATA["sums"])
_MILESTONE = "milestone:"  # in front of its id, which may be what a field is called


@dataclass(frozen=True)
class ListedCell:
    """One cell under a heading of ours.

    Args:
        where: FILE:LINE:COLUMN.
        above: of an empty one the last text above it: in a workbook the two may have been one.
    """

    text: str
    where: str
    heading: str
    odd: Odd | None = None
    above: str = ""


@dataclass(frozen=True)
class ListedRow:
    """One row: the cells that its table has columns for, empty ones too.

    Args:
        where: FILE:LINE.
        fields: by the names in `FIELDS`.
        milestones: by their ids.
        beyond: the first text that no heading stands over.
    """

    where: str
    fields: Mapping[str, ListedCell]
    milestones: Mapping[str, ListedCell]
    beyond: ListedCell | None = None

    def text(self, field: str) -> str:
        """What a field says; nothing where the table has no such column."""
        return self.fields[field].text if field in self.fields else ""

    @property
    def says(self) -> bool:
        """Whether it says anything but whose row it is."""
        cells = [cell for name, cell in self.fields.items() if name not in ("prefecture", "written")]
        return any(cell.text for cell in (*cells, *self.milestones.values()))


def headings_of(campaign: Campaign) -> Headings:
    """The columns that a list of this season may have: milestones by their ids and their words."""
    milestones = {_MILESTONE + item.id: (item.words.zh, item.words.en, item.id) for item in campaign.milestones}
    return Headings({**FIELDS, **milestones}, PASSED_OVER)


def read(
    path: Path, campaign: Campaign, remark: RemarkCallback = tables.silent, ignored: Sequence[str] = ()
) -> tuple[ListedRow, ...]:
    """The rows of a list that have anything in a column of ours; sums are passed over.

    Args:
        remark: as `tables.read` has it.
        ignored: headings of columns that are left out.

    Raises:
        InputError: the table can't be read, has no headings, one that nobody knows, or two for one field.
    """
    headings = headings_of(campaign)
    table = tables.read(path, lambda text: headings.field_of(text) is not None, remark)
    ours = headings.taken(table, path, remark, ignored)
    shown = [heading for heading in ours if headings.field_of(heading) != "written"]
    rows = [row for row in table.rows if row.beyond or any(row.cells.get(heading) for heading in ours)]
    tell_hidden(table, rows, shown, path, remark)
    names = {heading: headings.field_of(heading) or "" for heading in ours}
    return tuple(found for row in rows if not _is_sum(found := _row(row, names)))


def _row(row: Row, names: Mapping[str, str]) -> ListedRow:
    fields: dict[str, ListedCell] = {}
    milestones: dict[str, ListedCell] = {}
    for heading, name in names.items():
        cell = row.cells.get(heading)
        found = cell or row.empty.get(heading)
        if found is None:
            continue
        listed = _cell(row, found, heading, is_empty=cell is None)
        if name.startswith(_MILESTONE):
            milestones[name.removeprefix(_MILESTONE)] = listed
        else:
            fields[name] = listed
    beyond = _cell(row, row.beyond, "-") if row.beyond else None
    return ListedRow(row.where, fields, milestones, beyond)


def _cell(row: Row, cell: Cell, heading: str, *, is_empty: bool = False) -> ListedCell:
    where = f"{row.file}:{cell.line}:{cell.column}"
    text = unicodedata.normalize("NFC", cell.text)
    return ListedCell("" if is_empty else text, where, heading, cell.odd, text if is_empty else "")


def _is_sum(row: ListedRow) -> bool:
    named = [row.text(name) for name in ("prefecture", "id", "title") if row.text(name)]
    return len(named) == 1 and folded(named[0]) in _SUMS
