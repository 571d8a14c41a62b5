"""Workbooks that others read: what is a text there, what is not there, and the bytes."""

from __future__ import annotations

import io
import time
import zipfile
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import tables
from pipeline.workbook_writing import NUMBER, SheetCell, SheetColumn, SheetToWrite, written


def sheet(*rows: tuple[SheetCell, ...], columns: tuple[SheetColumn, ...] = (), title: str = "片单") -> SheetToWrite:
    wide = max(len(row) for row in rows)
    own = columns or tuple(SheetColumn() for _ in range(wide))
    return SheetToWrite(title, [tuple(f"列{number}" for number in range(len(own)))], own, rows)


def read(raw: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(raw))


RISKY = [
    "=1+1",
    "+86",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "#N/A",
    "TRUE",
    "0012",
    "20260701000000",
    "1e5",
    "2026-07-01",
    "''",
    " a ",
]


@pytest.mark.parametrize("text", RISKY)
def test_a_text_is_a_text_whatever_it_looks_like(text: str) -> None:
    cell = read(written([sheet((text,))])).worksheets[0]["A2"]
    assert (cell.value, cell.data_type, cell.number_format) == (text, "s", "@")


@settings(deadline=None, max_examples=30)
@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\r")), min_size=1, max_size=4))
def test_any_text_can_be_written_and_is_no_formula(texts: list[str]) -> None:
    book = read(written([sheet(tuple(texts))]))
    cells = list(next(book.worksheets[0].iter_rows(min_row=2, max_row=2)))
    assert all(cell.data_type != "f" for cell in cells)
    assert all(cell.value is None or isinstance(cell.value, str) for cell in cells)


def test_numbers_and_dates_are_what_they_are() -> None:
    columns = (SheetColumn(NUMBER), SheetColumn("yyyy-mm-dd"), SheetColumn("yyyy-mm-dd hh:mm:ss"), SheetColumn(NUMBER))
    at = datetime(2026, 7, 1, 9, 30)
    row = next(
        read(written([sheet((7, date(2026, 7, 1), at, 2.5), columns=columns)])).worksheets[0].iter_rows(min_row=2)
    )
    assert [cell.value for cell in row] == [7, datetime(2026, 7, 1), at, 2.5]
    assert [cell.is_date for cell in row] == [False, True, True, False]


def test_what_is_not_there_is_no_cell_at_all() -> None:
    raw = written(
        [
            sheet(
                ("a", None, "c"), (None, None, None), columns=(SheetColumn(), SheetColumn(is_empty=True), SheetColumn())
            )
        ]
    )
    part = zipfile.ZipFile(io.BytesIO(raw)).read("xl/worksheets/sheet1.xml").decode()
    assert 'r="B1"' in part
    assert 'r="B2"' not in part
    assert 'r="A3"' not in part


def test_the_same_cells_are_the_same_bytes_a_moment_later() -> None:
    first = written([sheet(("a", 1))])
    time.sleep(2.1)  # the step of ZIP's clock
    assert written([sheet(("a", 1))]) == first
    assert {part.date_time for part in zipfile.ZipFile(io.BytesIO(first)).infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_our_own_reader_takes_it(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    path.write_bytes(written([sheet(("村医", "0012", "=1"), title="片单"), sheet(("x",), title="图片")]))
    (row,) = tables.read(path, lambda heading: heading.startswith("列")).rows
    assert [cell.text for cell in row.cells.values()] == ["村医", "0012", "=1"]


def test_a_sheet_without_headings_begins_with_its_rows() -> None:
    made = SheetToWrite("x", (), (SheetColumn(),), [("a",)])
    found = read(written([made])).worksheets[0]
    assert (found["A1"].value, found.freeze_panes) == ("a", None)
