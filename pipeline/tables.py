"""Tables that people keep in Excel: CSV in UTF-8, UTF-16 or GB18030, with commas, semicolons or tabs.

And tables for them: CSV that Excel opens with the right letters and without running anything.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline import regular
from pipeline.errors import InputError

MAX_BYTES = 20_000_000
MAX_ROWS = 20_000
_DELIMITERS = ",\t;，"
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what makes a spreadsheet run a cell


@dataclass(frozen=True)
class Cell:
    """A text and where it stands."""

    text: str
    line: int
    column: int


@dataclass(frozen=True)
class Row:
    """One line of a table, by its headings; empty cells are left out."""

    file: str
    line: int
    cells: dict[str, Cell]

    @property
    def where(self) -> str:
        return f"{self.file}:{self.line}"


def read(path: Path) -> list[Row]:
    """Every row under the headings of the first line.

    Raises:
        InputError: not there, no regular file, too large, in no known encoding, without headings, or with one
            heading twice.
    """
    try:
        with regular.opened(path) as handle:
            raw = handle.read(MAX_BYTES + 1)
    except OSError as error:
        raise InputError("path_missing", where=str(path), detail=error.strerror) from error
    if len(raw) > MAX_BYTES:
        raise InputError("table_too_large", where=str(path), limit=MAX_BYTES)
    text = _decoded(raw, path)
    first = text.split("\n", 1)[0]
    delimiter = max(_DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[Row] = []
    headings: list[str] = []
    try:
        for fields in reader:
            line = reader.line_num - sum(field.count("\n") for field in fields)
            if not any(field.strip() for field in fields):
                continue
            if not headings:
                headings = [field.strip().lstrip("\ufeff") for field in fields]
                named = [heading for heading in headings if heading]
                if twice := {heading for heading in named if named.count(heading) > 1}:
                    raise InputError("table_heading_twice", where=f"{path}:{line}", heading=", ".join(sorted(twice)))
                continue
            cells = {
                heading: Cell(field.strip(), line, column)
                for column, (heading, field) in enumerate(zip(headings, fields, strict=False), start=1)
                if heading and field.strip()
            }
            rows.append(Row(str(path), line, cells))
            if len(rows) > MAX_ROWS:
                raise InputError("table_too_large", where=str(path), limit=MAX_ROWS)
    except csv.Error as error:
        raise InputError("table_syntax", where=f"{path}:{reader.line_num}", detail=str(error)) from error
    if not headings:
        raise InputError("table_empty", where=str(path))
    return rows


def write(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> bytes:
    """CSV in UTF-8 with the mark that Excel needs; a cell that a spreadsheet would run is made plain text."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(headings)
    for row in rows:
        writer.writerow([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in row])
    return codecs.BOM_UTF8 + out.getvalue().encode("utf-8")


def _decoded(raw: bytes, path: Path) -> str:
    encoding = next((name for mark, name in _MARKS if raw.startswith(mark)), None)
    for name in (encoding,) if encoding else ("utf-8", "gb18030"):
        try:
            text = raw.decode(name)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise InputError("table_encoding", where=str(path))
