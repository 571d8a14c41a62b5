"""Workbooks that others read: typed cells, texts that stay texts, and the same bytes whenever they are written."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

SheetCell = str | int | float | date | None
TEXT, NUMBER, DATE = "@", "General", "yyyy-mm-dd"
_WRITTEN_AT = "2000-01-01T00:00:00Z"  # a workbook must say when; ours says the same every time
_TIME_IN_ZIP = (1980, 1, 1, 0, 0, 0)  # the first that ZIP has
_PROPERTIES = "docProps/core.xml"
_TIMES = re.compile(rb"(<dcterms:(?:created|modified)\b[^>]*>)[^<]*")
_NOT_IN_CELLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # XML 1.0, production 2


@dataclass(frozen=True)
class SheetColumn:
    """One column.

    Args:
        form: how its cells are shown, as ECMA-376 part 1, 18.8.30 has it; `@` is text.
        is_empty: no cell is there below the headings, and none is formatted.
        is_hidden: people do not see it, and programs read it.
    """

    form: str = TEXT
    width: int = 16
    is_empty: bool = False
    is_hidden: bool = False


@dataclass(frozen=True)
class SheetToWrite:
    """One sheet; None is a cell that is not there.

    Args:
        headings: none, or rows of them.
    """

    title: str
    headings: Sequence[Sequence[str | None]]
    columns: Sequence[SheetColumn]
    rows: Sequence[Sequence[SheetCell]]


def written(sheets: Sequence[SheetToWrite]) -> bytes:
    """The workbook. A text is never a formula, an error or a number, whatever it looks like."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    for sheet in sheets:
        _write(book, sheet)
    out = io.BytesIO()
    book.save(out)
    return _same_every_time(out.getvalue())


def _write(book: Any, sheet: SheetToWrite) -> None:
    from openpyxl.utils import get_column_letter

    made = book.create_sheet(sheet.title)
    if sheet.headings:
        made.freeze_panes = f"A{len(sheet.headings) + 1}"
    for number, column in enumerate(sheet.columns, start=1):
        shown = made.column_dimensions[get_column_letter(number)]
        shown.width = column.width
        shown.hidden = column.is_hidden
        if not column.is_empty:
            shown.number_format = column.form
    for row in sheet.headings:
        made.append([None if text is None else _heading(made, text) for text in row])
    for cells in sheet.rows:
        made.append(list(_cells(made, sheet.columns, cells)))


def _heading(sheet: Any, text: str) -> Any:
    from openpyxl.styles import Alignment, Font, PatternFill

    cell = _text(sheet, text)
    cell.font = Font(bold=True)
    cell.fill = PatternFill("solid", fgColor="DDEBF7")
    cell.alignment = Alignment(wrap_text=True, vertical="center")
    return cell


def _cells(sheet: Any, columns: Sequence[SheetColumn], cells: Sequence[SheetCell]) -> Iterator[Any]:
    from openpyxl.cell import WriteOnlyCell

    for column, value in zip(columns, cells, strict=True):
        if value is None:
            yield None
        elif isinstance(value, str):
            yield _text(sheet, value)
        else:
            cell = WriteOnlyCell(sheet)
            cell.value = value
            cell.number_format = column.form
            yield cell


def _text(sheet: Any, text: str) -> Any:
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(sheet)
    cell.value = _NOT_IN_CELLS.sub("\ufffd", text)
    cell.data_type = "s"  # what begins with = would be a formula, #N/A an error
    cell.number_format = TEXT
    return cell


def _same_every_time(raw: bytes) -> bytes:
    """The same parts without when they were written."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for part in source.infolist():
            content = source.read(part)
            if part.filename == _PROPERTIES:
                content = _TIMES.sub(rb"\g<1>" + _WRITTEN_AT.encode(), content)
            entry = zipfile.ZipInfo(part.filename, _TIME_IN_ZIP)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            target.writestr(entry, content)
    return out.getvalue()
