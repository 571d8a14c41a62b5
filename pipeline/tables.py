"""Tables that people keep in Excel: XLSX, or CSV in UTF-8, UTF-16 or GB18030, with commas, semicolons or tabs.

And tables for them: CSV that Excel opens with the right letters and without running anything.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from pipeline import regular, table_text, workbook
from pipeline.errors import InputError
from pipeline.workbook import JoinedCells, Odd, Sheet

MAX_BYTES = 20_000_000
MAX_ROWS = 20_000
MOST_ABOVE = 10  # lines over the headings: titles, an empty line, who sends it
_DELIMITERS = ",\t;，"
_SEPARATOR = re.compile(r"\ufeff?\"?sep=(.)\"?\s*", re.IGNORECASE)  # Excel's own first line, which it hides
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what makes a spreadsheet run a cell
# what spreadsheets write for a formula that failed, and for what a column is too narrow for
_NO_VALUE = re.compile(r"#(N/A|REF!|DIV/0!|VALUE!|NAME\?|NULL!|NUM!|#{2,})")
_TEXT_FORMULA = re.compile(r'="([^"]*)"')  # keeps figures from being read as a number; shown is the text alone
_MOST_SHOWN = 200


class RemarkCallback(Protocol):
    """Gets what a reader is to know of how a table was read: a key of the catalogue's `text`, and its values."""

    def __call__(self, key: str, /, **values: object) -> None: ...


def silent(_key: str, /, **_values: object) -> None:
    """Says nothing: for those who only want to know what is there."""


@dataclass(frozen=True)
class Cell:
    """A text and where it stands; `odd` of a workbook's cell that holds more than a text or a number."""

    text: str
    line: int
    column: int
    odd: Odd | None = None


@dataclass(frozen=True)
class Row:
    """One line of a table, by its headings; empty cells are left out.

    Args:
        empty: empty cells and those that a short row lacks, by their headings, with the last text above or none: in a
            workbook they may have been one cell, and a CSV does not tell.
        beyond: the first text without a heading over it, in the midst or to the right of the last one.
    """

    file: str
    line: int
    cells: dict[str, Cell]
    empty: dict[str, Cell] = field(default_factory=dict)
    beyond: Cell | None = None

    @property
    def where(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True)
class Table:
    """The headings, by what they are called, and every row under them.

    Args:
        hidden_lines: lines of a workbook that people do not see.
        hidden_headings: the same of columns, by their headings.
    """

    headings: dict[str, Cell]
    rows: tuple[Row, ...]
    hidden_lines: frozenset[int] = frozenset()
    hidden_headings: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Line:
    """One line of cells, of which at least one is filled; of the file's lines it is the first that it stands in."""

    number: int
    texts: tuple[str, ...]
    odd: Mapping[int, Odd] = field(default_factory=dict)

    @property
    def filled(self) -> list[str]:
        return [text for text in self.texts if text]


def read(
    path: Path,
    is_heading: Callable[[str], bool],
    remark: RemarkCallback = silent,
    is_example: Callable[[Row], bool] = lambda _: False,
) -> Table:
    """The table in a file: a CSV's, or that of a workbook's first sheet with headings.

    Args:
        is_heading: what a heading can be: of the first lines, the one with the most of them has the headings.
        remark: is told of each line above the headings, of sheets that are not read, of joined cells.
        is_example: whether a row only shows how: an empty cell under it is not under anything.

    Raises:
        InputError: not there, no regular file, too large, in no known encoding, a workbook that can't be read, without
            headings or rows, or with one heading twice.
    """
    raw = _content(path)
    if workbook.is_workbook(raw):
        if not workbook.is_named_so(path.name):
            remark("table_is_workbook", where=str(path))
        lines, sheet, top = _of_workbook(raw, is_heading, path, remark)
    elif workbook.is_named_so(path.name):
        lines, top = _of_misnamed(raw, is_heading, path, remark)
        sheet = None
    else:
        lines, top = _of_text(table_text.decoded(raw, path), is_heading, path)
        sheet = None
    if not top:
        raise InputError("table_empty", where=str(path))
    best = max(top, key=lambda line: _known(line.texts, is_heading))
    if not _known(best.texts, is_heading):
        found = " ".join(top[0].filled)[:80]
        raise InputError("table_no_headings", where=str(path), first=top[0].number, last=top[-1].number, found=found)
    at = lines.index(best)
    for line in lines[:at]:
        remark("table_passed_over", where=f"{path}:{line.number}", text=" ".join(line.filled)[:_MOST_SHOWN])
    headings = _headings(best, path)
    filled: dict[str, str] = {}
    rows = []
    ours = {column for column, text in enumerate(headings, start=1) if text and is_heading(text)}
    for line in _without_joins(lines[at + 1 :], sheet.joined if sheet else (), ours, path, remark):
        rows.append(_row(line, headings, filled, str(path)))
        if not is_example(rows[-1]):
            filled.update({heading: cell.text for heading, cell in rows[-1].cells.items()})
    if not rows:
        raise InputError("table_no_rows", where=f"{path}:{best.number}")
    named = {text: Cell(text, best.number, column) for column, text in enumerate(headings, start=1) if text}
    if not sheet:
        return Table(named, tuple(rows))
    hidden = tuple(text for text, cell in named.items() if cell.column in sheet.hidden_columns)
    return Table(named, tuple(rows), sheet.hidden_lines, hidden)


def _of_text(text: str, is_heading: Callable[[str], bool], path: Path) -> tuple[list[_Line], list[_Line]]:
    """Every line of a CSV, and those that may hold the headings."""
    separator = _SEPARATOR.fullmatch(text.split("\n", 1)[0])
    lines = _lines(text, separator[1] if separator else _delimiter(text, is_heading), path)
    return lines, lines[bool(separator) : MOST_ABOVE + 1]


def _of_misnamed(
    raw: bytes, is_heading: Callable[[str], bool], path: Path, remark: RemarkCallback
) -> tuple[list[_Line], list[_Line]]:
    """As `_of_text`, of a file that is called as workbooks are: only what has headings of ours is taken for a table.

    Raises:
        InputError: it is a damaged workbook, or a text or page that holds no such table.
    """
    workbook.refuse_remains(raw, str(path))
    try:
        lines, top = _of_text(table_text.decoded(raw, path), is_heading, path)
    except InputError as error:
        raise InputError("workbook_is_text", where=str(path)) from error
    if not any(_known(line.texts, is_heading) for line in top):
        raise InputError("workbook_is_text", where=str(path))
    remark("table_is_text", where=str(path))
    return lines, top


def _of_workbook(
    raw: bytes, is_heading: Callable[[str], bool], path: Path, remark: RemarkCallback
) -> tuple[list[_Line], Sheet | None, list[_Line]]:
    """Lines of the first sheet with headings, that sheet, and the lines that may hold them.

    A sheet with one of them alone, as a page of explanations has, is taken only where no other has more.
    """

    def lines_of(sheet: Sheet) -> list[_Line]:
        found = workbook.with_joined_headings(sheet, is_heading, MOST_ABOVE + 1)
        return [_Line(line.number, line.texts, line.odd) for line in found]

    read = [(sheet, lines_of(sheet)) for sheet in workbook.sheets(raw, str(path), MAX_ROWS + MOST_ABOVE)]
    counts = [max((_known(line.texts, is_heading) for line in lines[: MOST_ABOVE + 1]), default=0) for _, lines in read]
    chosen = next((index for least in (2, 1) for index, count in enumerate(counts) if count >= least), 0)
    if not read:
        return [], None, []
    sheet, lines = read[chosen]
    for index, (other, found) in enumerate(read):
        if index != chosen and found and counts[chosen]:
            key = "table_sheet_too" if counts[index] > 1 else "table_sheet_passed_over"
            remark(key, where=str(path), sheet=other.name, read=sheet.name)
    return lines, sheet, lines[: MOST_ABOVE + 1]


def _without_joins(
    lines: Sequence[_Line], joined: Sequence[JoinedCells], ours: Collection[int], path: Path, remark: RemarkCallback
) -> list[_Line]:
    """The lines with the text of joined cells in each that holds something else in a column of `ours`."""
    by_number = {line.number: index for index, line in enumerate(lines)}
    made = list(lines)
    for cells in joined:
        if cells.first not in by_number:  # above the rows, or empty
            continue
        first = made[by_number[cells.first]]
        text = first.texts[cells.column - 1] if cells.column <= len(first.texts) else ""
        under = [
            index
            for index, line in enumerate(lines)
            if cells.first < line.number <= cells.last and any(any(line.texts[at - 1 : at]) for at in ours)
        ]
        if not text or not under:
            continue
        for index in under:
            line = made[index]
            texts = [*line.texts, *[""] * (cells.column - len(line.texts))]
            texts[cells.column - 1] = text
            odd = {cells.column: first.odd[cells.column]} if cells.column in first.odd else {}
            made[index] = replace(line, texts=tuple(texts), odd={**line.odd, **odd})
        where = f"{path}:{cells.first}:{cells.column}"
        remark("table_joined", where=where, text=text[:_MOST_SHOWN], last=made[under[-1]].number)
    return made


def _lines(text: str, delimiter: str, path: Path) -> list[_Line]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    found: list[_Line] = []
    try:
        for texts in reader:
            number = reader.line_num - sum(item.count("\n") for item in texts)
            shown = tuple(_shown(item) for item in texts)
            odd = {column: Odd.ERROR for column, text in enumerate(shown, start=1) if _NO_VALUE.fullmatch(text)}
            line = _Line(number, shown, odd)
            if line.filled:
                found.append(line)
            if len(found) > MAX_ROWS + MOST_ABOVE:
                raise InputError("table_too_large", where=str(path), limit=MAX_ROWS)
    except csv.Error as error:
        raise InputError("table_syntax", where=f"{path}:{reader.line_num}", detail=str(error)) from error
    return found


def _shown(cell: str) -> str:
    """What a spreadsheet shows of a cell."""
    text = cell.strip().lstrip("\ufeff")
    return formula[1].strip() if (formula := _TEXT_FORMULA.fullmatch(text)) else text


def _content(path: Path) -> bytes:
    try:
        with regular.opened(path) as handle:
            raw = handle.read(MAX_BYTES + 1)
    except OSError as error:
        raise InputError("path_missing", where=str(path), detail=error.strerror) from error
    if len(raw) > MAX_BYTES:
        raise InputError("table_too_large", where=str(path), limit=MAX_BYTES)
    return raw


def _delimiter(text: str, is_heading: Callable[[str], bool]) -> str:
    """The one that finds most headings in one of the first lines; of several the one that stands there most often."""
    lines = text.split("\n", MOST_ABOVE + 1)[: MOST_ABOVE + 1]
    found = "\n".join(lines)

    def headings(delimiter: str) -> int:
        try:
            return max(
                _known([cell.strip() for cell in cells], is_heading) for cells in csv.reader(lines, delimiter=delimiter)
            )
        except csv.Error:
            return 0

    return max(_DELIMITERS, key=lambda delimiter: (headings(delimiter), found.count(delimiter)))


def _known(texts: Sequence[str], is_heading: Callable[[str], bool]) -> int:
    """How many headings there are in a line."""
    return sum(1 for text in texts if text and is_heading(text))


def _headings(line: _Line, path: Path) -> tuple[str, ...]:
    if twice := {heading for heading in line.filled if line.filled.count(heading) > 1}:
        raise InputError("table_heading_twice", where=f"{path}:{line.number}", heading=", ".join(sorted(twice)))
    return line.texts


def _row(line: _Line, headings: Sequence[str], above: Mapping[str, str], file: str) -> Row:
    """One line by its headings; `above` is the last text of each column so far."""
    width = max(column for column, heading in enumerate(headings, start=1) if heading)
    texts = [*line.texts, *[""] * (width - len(line.texts))]
    cells: dict[str, Cell] = {}
    empty: dict[str, Cell] = {}
    beyond: Cell | None = None
    for column, text in enumerate(texts, start=1):
        heading = headings[column - 1] if column <= width else ""
        if not heading:
            beyond = beyond or (Cell(text, line.number, column) if text else None)
        elif heading and text:
            cells[heading] = Cell(text, line.number, column, line.odd.get(column))
        elif heading:
            empty[heading] = Cell(above.get(heading, ""), line.number, column)
    return Row(file, line.number, cells, empty, beyond)


def write(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    """CSV in UTF-8 with the mark that Excel needs; a cell that a spreadsheet would run is made plain text."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(headings)
    for row in rows:
        writer.writerow([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in row])
    return codecs.BOM_UTF8 + out.getvalue().encode("utf-8")
