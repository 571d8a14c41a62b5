"""Workbooks: XLSX as Excel, WPS and others write it, read as lines of text; and one to be filled in.

Nothing is unpacked before its size is known, no formula is computed, no macro and no link to elsewhere is read.
"""

from __future__ import annotations

import codecs
import io
import warnings
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, time, timedelta
from enum import StrEnum
from typing import IO, Any

from pipeline.cell_format import is_number, shown_number, shown_time, typed
from pipeline.errors import InputError, Interrupted

MAX_UNPACKED_BYTES = 100_000_000  # a table of 20 000 films takes a third of it
MAX_PARTS = 5_000
LAST_LINE = 1_048_576  # Excel's own
_LAST_COLUMN = 16_384
_TRUE = ("1", "true")
_OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = b"PK\x03\x04"
_SUFFIXES = (".xlsx", ".xlsm", ".xls", ".et", ".ods", ".xlsb")
_TEXT_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_LOOKED_AT = 4096
_LOCKED = "EncryptedPackage".encode("utf-16-le")  # MS-OFFCRYPTO 2.3.4: the stream that holds a locked workbook
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"  # ECMA-376 part 1, 18


class Odd(StrEnum):
    """What a cell holds beside a text or a number."""

    DATE = "date"
    ERROR = "error"
    FORMULA = "formula"  # one whose value was not stored
    NUMBER = "number"  # one of which people see other digits


@dataclass(frozen=True)
class SheetLine:
    """One line of a sheet, by its number there; `odd` are its odd cells by their column, from 1."""

    number: int
    texts: tuple[str, ...]
    odd: Mapping[int, Odd] = field(default_factory=dict)


@dataclass(frozen=True)
class JoinedCells:
    """Cells of several lines that were joined into one: what stands in the first is the text of all."""

    column: int
    first: int
    last: int


@dataclass(frozen=True)
class Sheet:
    """One sheet that people see: its lines with at least one text, and its joined cells.

    Args:
        hidden_lines: the numbers of lines that are not shown, by hand or by a filter.
        hidden_columns: the same of columns, from 1.
    """

    name: str
    lines: tuple[SheetLine, ...]
    joined: tuple[JoinedCells, ...]
    hidden_lines: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()


def is_workbook(head: bytes) -> bool:
    """Whether a file that begins so is a workbook of any kind, by its first eight bytes."""
    return head.startswith((_ZIP, _OLE2))


def is_named_so(name: str) -> bool:
    """Whether a file is called as workbooks are."""
    return name.casefold().endswith(_SUFFIXES)


def refuse_remains(raw: bytes, where: str) -> None:
    """Let pass what may be a text though it is called as workbooks are: web pages and programs give such out as .xls.

    Raises:
        InputError: it is what is left of a workbook.
    """
    head = raw[:_LOOKED_AT]
    if not raw:
        raise InputError("workbook_empty", where=where)
    if head.startswith(_ZIP[:2]) or (b"\x00" in head and not head.startswith(_TEXT_MARKS)):
        raise InputError("workbook_damaged", where=where)


def sheets(raw: bytes, where: str, most_lines: int) -> Iterator[Sheet]:
    """The sheets that are not hidden, in their order.

    Args:
        where: what the file is called.
        most_lines: more lines with a text are refused.

    Raises:
        InputError: an old, locked, foreign or damaged workbook, or one that is too large.
    """
    if raw.startswith(_OLE2):
        raise InputError("workbook_locked" if _LOCKED in raw else "workbook_old", where=where)
    with _readable(where):
        _refuse_large(zipfile.ZipFile(io.BytesIO(raw)), where)
        book = _opened(raw)
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible":
            continue
        with _readable(where):
            marks = _marks(sheet)
            lines = tuple(_lines(sheet, marks.empty_formulas, where, most_lines))
        yield Sheet(
            sheet.title, lines, tuple(marks.joined), frozenset(marks.hidden_lines), frozenset(marks.hidden_columns)
        )


def with_joined_headings(sheet: Sheet, is_heading: Callable[[str], bool], most_lines: int) -> Sequence[SheetLine]:
    """A sheet's lines; of the first, each that a heading's joined cells reach has it too: headings in two lines, of
    which the upper one has groups of columns."""
    made = list(sheet.lines)
    for index, line in enumerate(made[:most_lines]):
        texts = list(line.texts)
        for cells in sheet.joined:
            above = next((other.texts for other in made[:index] if other.number == cells.first), ())
            text = above[cells.column - 1] if cells.column <= len(above) else ""
            if text and is_heading(text) and cells.first < line.number <= cells.last:
                texts += [""] * (cells.column - len(texts))
                texts[cells.column - 1] = texts[cells.column - 1] or text
        made[index] = replace(line, texts=tuple(texts))
    return made


@contextmanager
def _readable(where: str) -> Iterator[None]:
    """Whatever a library stumbles over in a file is the file's fault; what it warns of are styles."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except (InputError, Interrupted, MemoryError):
        raise
    except zipfile.BadZipFile as error:
        raise InputError("workbook_damaged", where=where) from error
    except Exception as error:
        raise InputError("workbook_unreadable", where=where) from error


def _refuse_large(archive: zipfile.ZipFile, where: str) -> None:
    parts = archive.infolist()
    unpacked = sum(part.file_size for part in parts)  # no part is read further than it says here
    if len(parts) > MAX_PARTS or unpacked > MAX_UNPACKED_BYTES:
        limit = MAX_UNPACKED_BYTES // 1_000_000
        raise InputError("workbook_too_large", where=where, size=unpacked // 1_000_000, limit=limit)


def _opened(raw: bytes) -> Any:
    import openpyxl

    if not openpyxl.DEFUSEDXML:
        raise AssertionError("openpyxl must read XML by defusedxml")
    return openpyxl.load_workbook(io.BytesIO(raw), read_only=True, data_only=True, keep_links=False)


@dataclass
class _Marks:
    """What openpyxl does not tell while it reads on the way.

    Args:
        empty_formulas: line and column of formulas without a stored value.
    """

    joined: list[JoinedCells] = field(default_factory=list)
    empty_formulas: set[tuple[int, int]] = field(default_factory=set)
    hidden_lines: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)


def _marks(sheet: Any) -> _Marks:
    from defusedxml.ElementTree import iterparse
    from openpyxl.utils.cell import coordinate_to_tuple, range_boundaries

    marks = _Marks()
    line = 0
    with _source(sheet) as source:
        for event, element in iterparse(source, events=("start", "end")):
            if event == "start":
                if element.tag.endswith("}worksheet") and element.tag != f"{_MAIN}worksheet":
                    raise ValueError("Strict Open XML")
                if element.tag == f"{_MAIN}row":
                    line = int(element.get("r", line + 1))
                    if element.get("hidden") in _TRUE:
                        marks.hidden_lines.add(line)
                elif element.tag == f"{_MAIN}col" and element.get("hidden") in _TRUE:
                    first, last = (int(element.get(name)) for name in ("min", "max"))
                    marks.hidden_columns |= set(range(first, min(last, _LAST_COLUMN) + 1))
            elif element.tag == f"{_MAIN}c":
                formula, value = element.find(f"{_MAIN}f"), element.findtext(f"{_MAIN}v")
                # a text that is empty is a value, too
                if formula is not None and not value and element.get("t") != "str" and (place := element.get("r")):
                    marks.empty_formulas.add(coordinate_to_tuple(place))
            elif element.tag == f"{_MAIN}mergeCell":
                left, top, _, bottom = range_boundaries(element.get("ref"))
                if left and top and bottom and bottom > top:
                    marks.joined.append(JoinedCells(left, top, bottom))
            elif element.tag == f"{_MAIN}row":
                element.clear()
    return marks


def _source(sheet: Any) -> IO[bytes]:
    """The sheet's own part of the file; openpyxl has no public name for it."""
    source: IO[bytes] = sheet._get_source()
    return source


def _lines(sheet: Any, empty_formulas: set[tuple[int, int]], where: str, most_lines: int) -> Iterator[SheetLine]:
    sheet.reset_dimensions()  # some write that there is one cell, and then write many
    found = 0
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        if number > LAST_LINE or found > most_lines:
            raise InputError("table_too_large", where=where, limit=most_lines)
        odd = {column: Odd.FORMULA for column in range(1, len(cells) + 1) if (number, column) in empty_formulas}
        texts = []
        for column, cell in enumerate(cells, start=1):
            shown = shown_number(cell) or shown_time(cell)
            texts.append("=" if column in odd else typed(cell.value) if shown is None else shown)
            if isinstance(cell.value, date | time | timedelta):
                odd[column] = Odd.DATE
            elif cell.data_type == "e":
                odd[column] = Odd.ERROR
            elif shown is None and column not in odd and is_number(cell.value):
                odd[column] = Odd.NUMBER
        if any(texts):
            found += 1
            yield SheetLine(number, tuple(texts), odd)


@dataclass(frozen=True)
class TemplateColumn:
    """One column of a template.

    Args:
        choices: what a cell offers; where `only` is False, another text is taken too.
        example: what the example row holds.
    """

    heading: str
    example: str | date | None = None
    choices: tuple[str, ...] = ()
    only: bool = True
    width: int = 16


def template(columns: Sequence[TemplateColumn], name: str, lists: str, hint: str) -> bytes:
    """A workbook to be filled in: headings, an example, drop-downs.

    Args:
        name: what its sheet is called.
        lists: what the hidden sheet is called that the drop-downs are read from: a list of their own ends at 255
            letters.
        hint: what is said when a cell holds something else.
    """
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = name
    hidden = book.create_sheet(lists)
    hidden.sheet_state = "hidden"
    sheet.freeze_panes = "A2"
    for index, column in enumerate(columns, start=1):
        letter = get_column_letter(index)
        dated = isinstance(column.example, date)
        shown = "yyyy-mm-dd" if dated else "@"  # text, so that a code or a title stays what was typed
        sheet.column_dimensions[letter].width = column.width
        sheet.column_dimensions[letter].number_format = shown
        head, example = sheet.cell(1, index, column.heading), sheet.cell(2, index, column.example)
        head.font = Font(bold=True)
        head.fill = PatternFill("solid", fgColor="DDEBF7")
        head.alignment = Alignment(wrap_text=True, vertical="center")
        example.number_format = shown
        example.font = Font(italic=True, color="808080")
        if not column.choices:
            continue
        for line, choice in enumerate(column.choices, start=1):
            hidden.cell(line, index, choice)
        listed = f"'{lists}'!${letter}$1:${letter}${len(column.choices)}"
        rule = DataValidation(type="list", formula1=listed, allow_blank=True, showErrorMessage=column.only, error=hint)
        rule.add(f"{letter}2:{letter}{LAST_LINE}")
        sheet.add_data_validation(rule)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
