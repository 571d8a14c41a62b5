"""A table filled in: the cells of each sheet, what can't stand in one, and which files' MD5 are wanted. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from pipeline.model.branch_table import BranchTable, Column, TableSheet, template_fields
from pipeline.model.field_rule import FieldRule
from pipeline.package.branch_table import templates
from pipeline.package.branch_table.rows import MD5_NAMES, ListedProgramme, Rows, TableFile, TableRow
from pipeline.package.metadata import values
from pipeline.package.metadata.field_texts import FaultKind, field_text
from pipeline.package.metadata.values import Values

Cell = str | int | float | date | None
MOST_CELL = 32_767  # characters of a workbook's cell: Excel's own
MD5_LENGTH = 32
_ADDRESSES = ("stream_address", "picture_address")
_FIGURES = re.compile(r"-?\d{1,15}")  # that a workbook's number keeps


@dataclass(frozen=True)
class CellFault:
    """A cell that can't be made as its column wants it.

    Args:
        kind: `missing`, `long`, `number` (it is none), `address` (another file has it).
        source: the value that the column takes, `most` and `actual` characters of one that is too long; of an address
            `text` and `other`, whose it is too.
    """

    sheet: str
    listed: ListedProgramme
    title: str
    heading: str
    kind: str
    source: str = ""
    most: int = 0
    actual: int = 0
    text: str = ""
    other: str = ""


@dataclass(frozen=True)
class FilledSheet:
    """A sheet's cells; None is a cell that is not there.

    Args:
        columns: from left to right, as each row's cells.
    """

    title: str
    headings: tuple[tuple[str | None, ...], ...]
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True)
class FilledTable:
    """All sheets.

    Args:
        cut: how many texts were shortened.
        digests: files whose MD5 stands in a cell and in no package.
        without_streams: programmes that are not for set-top boxes, and stand in no sheet.
    """

    sheets: tuple[FilledSheet, ...]
    faults: tuple[CellFault, ...]
    cut: int
    digests: tuple[TableFile, ...]
    without_streams: tuple[ListedProgramme, ...]


@dataclass
class _Filling:
    """What comes up while cells are made."""

    rows: Rows
    faults: list[CellFault] = field(default_factory=list)
    cut: int = 0
    digests: dict[str, TableFile] = field(default_factory=dict)
    addresses: dict[str, TableFile] = field(default_factory=dict)

    def fault(self, sheet: TableSheet, row: TableRow, column: Column, kind: str, **told: str | int) -> None:
        title = str(row.known.get("title") or "")
        self.faults.append(CellFault(sheet.title, row.listed, title, column.title, kind, **told))  # type: ignore[arg-type]


def fill(
    table: BranchTable,
    programmes: Sequence[ListedProgramme],
    md5: Callable[[str], str | None] = lambda _: MD5_LENGTH * "0",
) -> FilledTable:
    """The table with its cells.

    Args:
        md5: gives that of a file by its SHA-256; without it a stand-in shows what else there is to mend.
    """
    played = [item for item in programmes if values.played(item.programme)]
    without = tuple(item for item in programmes if not values.played(item.programme))
    made = _Filling(Rows(table, played, md5))
    joins = _joins(table, made.rows)
    sheets = tuple(_sheet(made, sheet, joins) for sheet in table.sheets)
    return FilledTable(sheets, tuple(made.faults), made.cut, tuple(made.digests.values()), without)


@dataclass(frozen=True)
class _Joins:
    """The numbers of rows that others belong to: of the first sheet of series, and of the first of episodes."""

    heads: Mapping[object, int]
    episodes: Mapping[object, int]

    def of(self, row: TableRow) -> Values:
        return {
            "series_number": self.heads.get(row.listed.in_order),
            "episode_number": self.episodes.get(_episode_of(row)),
        }


def _joins(table: BranchTable, rows: Rows) -> _Joins:
    heads = next((sheet for sheet in table.sheets if sheet.rows in ("series", "programme")), None)
    episodes = next((sheet for sheet in table.sheets if sheet.rows == "episode"), None)
    return _Joins(
        {row.listed.in_order: number for number, row in enumerate(rows.of(heads), start=1)} if heads else {},
        {_episode_of(row): number for number, row in enumerate(rows.of(episodes), start=1)} if episodes else {},
    )


def _episode_of(row: TableRow) -> object:
    part = row.episode.part if row.episode else row.picture.part if row.picture else None
    return row.listed.in_order, part.key if part else None, row.episode.definition if row.episode else None


def _sheet(made: _Filling, sheet: TableSheet, joins: _Joins) -> FilledSheet:
    columns = sheet.ordered
    rows = enumerate(made.rows.of(sheet), start=1)
    numbered = (replace(row, known={**row.known, "number": number, **joins.of(row)}) for number, row in rows)
    return FilledSheet(
        sheet.title,
        tuple(_headings(columns)) if sheet.headed else (),
        columns,
        tuple(_row(made, sheet, columns, row) for row in numbered),
    )


def _headings(columns: Sequence[Column]) -> Iterator[tuple[str | None, ...]]:
    yield tuple(column.title for column in columns)
    for level in range(max(len(column.under) for column in columns)):
        yield tuple(column.under[level] if level < len(column.under) else None for column in columns)


def _row(made: _Filling, sheet: TableSheet, columns: Sequence[Column], row: TableRow) -> tuple[Cell, ...]:
    known: dict[tuple[str | None, str | None], Values] = {}
    cells = []
    for column in columns:
        meant = (column.profile, column.picture)
        if meant not in known:
            known[meant] = made.rows.values(row, column)
        _note_files(made, sheet, row, column, known[meant])
        cells.append(None if column.absent else _cell(made, sheet, row, column, known[meant]))
    return tuple(cells)


def _note_files(made: _Filling, sheet: TableSheet, row: TableRow, column: Column, known: Values) -> None:
    """Whose MD5 is wanted; that no two files have one address."""
    names = [column.source, *(name for name, _ in template_fields(column.template or ""))]
    for name in names:
        if name not in MD5_NAMES and name not in _ADDRESSES:
            continue
        if (file := made.rows.file_of(row, column, name)) is None:
            continue
        if name in MD5_NAMES:
            if file.md5 is None:
                made.digests.setdefault(file.sha256, file)
            continue
        address = str(known[name])
        other = made.addresses.setdefault(address, file)
        if (other.listed, other.path) != (file.listed, file.path):
            whose = f"{other.listed.ref} {other.path}"
            made.fault(sheet, row, column, "address", text=address, other=whose)


def _cell(made: _Filling, sheet: TableSheet, row: TableRow, column: Column, known: Values) -> Cell:
    rule: FieldRule = column
    if column.cell == "date" and column.source:
        value = known[column.source]
        if isinstance(value, date):
            return value
        rule = column.model_copy(update={"format": None})
    elif column.template is not None:
        text = templates.filled(column.template, known, column)
        rule = column.model_copy(update={"text": text, "words": None})
    said = field_text(rule, known)
    made.cut += said.cut is not None
    if fault := said.fault:
        kind = "long" if fault.kind is FaultKind.LONG else "missing"
        made.fault(sheet, row, column, kind, source=fault.source, most=fault.most, actual=fault.actual)
        return None
    if said.text is not None and len(said.text) > MOST_CELL:
        made.fault(sheet, row, column, "long", source=column.source or "", most=MOST_CELL, actual=len(said.text))
        return None
    if column.cell != "number" or said.text is None:
        return said.text
    if _FIGURES.fullmatch(said.text):
        return int(said.text)
    try:
        return float(said.text)
    except ValueError:
        made.fault(sheet, row, column, "number", source=column.source or "", text=said.text)
        return None
