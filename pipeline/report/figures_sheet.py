"""A season's figures as a workbook: a sheet a table, and one with a row a film."""

from __future__ import annotations

import re

from pipeline import workbook_writing
from pipeline.report.figure_words import FigureTable, FigureWords
from pipeline.workbook_writing import NUMBER, SheetColumn, SheetToWrite

_MOST_NAME = 31  # letters of a sheet's name, and those that it can't have (ECMA-376 part 1, 18.2.19)
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\]")
_WIDTH, _FIRST_WIDTH = 16, 30


def workbook(words: FigureWords) -> bytes:
    """The same bytes for the same figures; no cell is a formula, whatever a title begins with."""
    return workbook_writing.written([_sheet(table) for table in (*words.tables(), words.films())])


def _sheet(table: FigureTable) -> SheetToWrite:
    width = len(table.headings)
    numbers = [any(isinstance(row[place], int | float) for row in table.rows) for place in range(width)]
    columns = [
        SheetColumn(NUMBER if is_number else "@", _FIRST_WIDTH if place == 0 else _WIDTH)
        for place, is_number in enumerate(numbers)
    ]
    title = _NOT_IN_NAMES.sub(" ", table.title)[:_MOST_NAME]
    return SheetToWrite(title, [list(table.headings)], columns, table.rows)
