"""A filled table as files: one workbook, or a CSV for each sheet. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

from pipeline import tables, workbook_writing
from pipeline.errors import InputError
from pipeline.model.branch_table import Column
from pipeline.package.branch_table.filling import Cell, FilledSheet, FilledTable
from pipeline.workbook import LAST_LINE
from pipeline.workbook_writing import SheetColumn, SheetToWrite

XLSX, CSV = ".xlsx", ".csv"
KINDS = (XLSX, CSV)


def names(sheets: Sequence[str], file: Path) -> list[Path]:
    """What the files are called: a CSV holds one sheet, so that several are `NAME-SHEET.csv`.

    Args:
        sheets: their titles.

    Raises:
        InputError: the name has another ending.
    """
    if file.suffix.casefold() not in KINDS:
        raise InputError("export_kind", where=str(file), known=", ".join(KINDS))
    if file.suffix.casefold() == XLSX or len(sheets) == 1:
        return [file]
    return [file.with_name(f"{file.stem}-{title}{file.suffix}") for title in sheets]


def contents(table: FilledTable, file: Path) -> list[tuple[Path, bytes]]:
    """Each file with its bytes, the same for the same table.

    Raises:
        InputError: as `names`; or a sheet has more rows than a workbook can hold.
    """
    paths = names([sheet.title for sheet in table.sheets], file)
    if file.suffix.casefold() == CSV:
        return [(path, _csv(sheet)) for path, sheet in zip(paths, table.sheets, strict=True)]
    for sheet in table.sheets:
        if len(sheet.headings) + len(sheet.rows) > LAST_LINE:
            raise InputError("export_long", where=sheet.title, limit=LAST_LINE)
    return [(file, workbook_writing.written([_to_write(sheet) for sheet in table.sheets]))]


def _to_write(sheet: FilledSheet) -> SheetToWrite:
    columns = [SheetColumn(_form(column), column.width, column.absent) for column in sheet.columns]
    rows = [[_local(cell) for cell in row] for row in sheet.rows]
    return SheetToWrite(sheet.title, sheet.headings, columns, rows)


def _form(column: Column) -> str:
    if column.cell == "date":
        return column.format or workbook_writing.DATE
    return workbook_writing.NUMBER if column.cell == "number" else workbook_writing.TEXT


def _local(cell: Cell) -> Cell:
    """A time as the clock in China shows it: workbooks know no zones."""
    return cell.replace(tzinfo=None) if isinstance(cell, datetime) else cell


def _csv(sheet: FilledSheet) -> bytes:
    lines = [[text or "" for text in row] for row in sheet.headings]
    lines += [[_typed(cell) for cell in row] for row in sheet.rows]
    return tables.write(lines[0], lines[1:]) if lines else tables.write([], [])


def _typed(cell: Cell) -> str:
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d %H:%M:%S}"
    return "" if cell is None else cell.isoformat() if isinstance(cell, date) else str(cell)
