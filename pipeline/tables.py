"""Tables that people keep in Excel: CSV in UTF-8, UTF-16 or GB18030, with commas, semicolons or tabs.

And tables for them: CSV that Excel opens with the right letters and without running anything.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from pipeline import regular
from pipeline.errors import InputError

MAX_BYTES = 20_000_000
MAX_ROWS = 20_000
MOST_ABOVE = 10  # lines over the headings: titles, an empty line, who sends it
_DELIMITERS = ",\t;，"
_SEPARATOR = re.compile(r"\ufeff?\"?sep=(.)\"?\s*", re.IGNORECASE)  # Excel's own first line, which it hides
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # OOXML and ODF, OLE2
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_UNMARKED = ("utf-16-le", "utf-16-be")
_BETWEEN_CELLS = (",", ";", "\t", "\r", "\n")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what makes a spreadsheet run a cell
_TEXT_FORMULA = re.compile(r'="([^"]*)"')  # keeps figures from being read as a number; shown is the text alone
PassedOverCallback: TypeAlias = Callable[[str, str], None]


@dataclass(frozen=True)
class Cell:
    """A text and where it stands."""

    text: str
    line: int
    column: int


@dataclass(frozen=True)
class Row:
    """One line of a table, by its headings; empty cells are left out.

    Args:
        empty: empty cells and those that a short row lacks, by their headings, with the last text above or none: in a
            workbook they may have been one cell, and a CSV does not tell.
        beyond: the first text to the right of the last heading.
    """

    file: str
    line: int
    cells: dict[str, Cell]
    empty: dict[str, Cell] = field(default_factory=dict)
    beyond: Cell | None = None

    @property
    def where(self) -> str:
        return f"{self.file}:{self.line}"


def read(
    path: Path,
    is_heading: Callable[[str], bool],
    on_passed_over: PassedOverCallback = lambda _where, _text: None,
) -> list[Row]:
    """Every row under the headings.

    Args:
        is_heading: what a heading can be: of the first lines, the one with the most of them has the headings.
        on_passed_over: gets each line above the headings: FILE:LINE, and what is in it.

    Raises:
        InputError: not there, no regular file, too large, a workbook, in no known encoding, without headings or rows,
            or with one heading twice.
    """
    text = _text(path)
    separator = _SEPARATOR.fullmatch(text.split("\n", 1)[0])
    lines = _lines(text, separator[1] if separator else _delimiter(text, is_heading), path)
    top = lines[bool(separator) : MOST_ABOVE + 1]
    if not top:
        raise InputError("table_empty", where=str(path))
    best = max(top, key=lambda line: _known(line.texts, is_heading))
    if not _known(best.texts, is_heading):
        found = " ".join(top[0].filled)[:80]
        raise InputError("table_no_headings", where=str(path), first=top[0].number, last=top[-1].number, found=found)
    at = lines.index(best)
    for line in lines[:at]:
        on_passed_over(f"{path}:{line.number}", " ".join(line.filled))
    headings = _headings(best, path)
    filled: dict[str, str] = {}
    rows = []
    for line in lines[at + 1 :]:
        rows.append(_row(line, headings, filled, str(path)))
        filled.update({heading: cell.text for heading, cell in rows[-1].cells.items()})
    if not rows:
        raise InputError("table_no_rows", where=f"{path}:{best.number}")
    return rows


@dataclass(frozen=True)
class _Line:
    """One line of cells, of which at least one is filled; of the file's lines it is the first that it stands in."""

    number: int
    texts: tuple[str, ...]

    @property
    def filled(self) -> list[str]:
        return [text for text in self.texts if text]


def _lines(text: str, delimiter: str, path: Path) -> list[_Line]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    found: list[_Line] = []
    try:
        for texts in reader:
            number = reader.line_num - sum(item.count("\n") for item in texts)
            line = _Line(number, tuple(_shown(item) for item in texts))
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


def _text(path: Path) -> str:
    try:
        with regular.opened(path) as handle:
            raw = handle.read(MAX_BYTES + 1)
    except OSError as error:
        raise InputError("path_missing", where=str(path), detail=error.strerror) from error
    if len(raw) > MAX_BYTES:
        raise InputError("table_too_large", where=str(path), limit=MAX_BYTES)
    if raw.startswith(_WORKBOOKS):
        raise InputError("table_workbook", where=str(path))
    return _decoded(raw, path)


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
        if column > width:
            beyond = beyond or (Cell(text, line.number, column) if text else None)
        elif heading and text:
            cells[heading] = Cell(text, line.number, column)
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


def _decoded(raw: bytes, path: Path) -> str:
    marked = next((name for mark, name in _MARKS if raw.startswith(mark)), None)
    encoding = marked or next((name for name in _UNMARKED if _is_table_in(raw, name)), None)
    for name in (encoding,) if encoding else ("utf-8", "gb18030"):
        try:
            text = raw.decode(name)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:
            line = len(io.StringIO(text.partition("\x00")[0] + "-", newline="").readlines())
            raise InputError("table_nul", where=f"{path}:{line}")
        return text
    raise InputError("table_encoding", where=str(path))


def _is_table_in(raw: bytes, encoding: str) -> bool:
    """Whether bytes with NULs are UTF-16: what stands between cells then has a NUL of its own, two at the least."""
    if b"\x00" not in raw:
        return False
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError:
        return False
    return "\x00" not in text and sum(map(text.count, _BETWEEN_CELLS)) > 1
