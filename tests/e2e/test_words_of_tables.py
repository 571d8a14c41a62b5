"""Errors about tables and lists of films, and about what `init` writes."""

from __future__ import annotations

import io
import shutil
import zipfile
from pathlib import Path

import openpyxl
import pytest

from pipeline.catalogue import Language
from tests.conftest import Showcase
from tests.e2e.error_words import HEAD, LANGUAGES, Case, case, first_of_each, hold, put

T = "t.csv"
ROW = "film.mp4,村医,和田"
HEADINGS = "文件,片名,地州"
OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # how OLE2 files begin


def table(key: str, text: str | bytes, *, of: str = "init --from-csv t.csv", code: int = 2) -> Case:
    """A table that can't be taken."""
    return case(key, code, of, {T: text})


def row(key: str, text: str) -> Case:
    """One wrong row of a table; with others it would be one of several."""
    return table(key, f"{HEADINGS}\n{text}\n", code=7)


def workbook(key: str, cell: object, number_format: str = "General") -> Case:
    """A workbook with an odd cell for a title."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["文件", "片名", "地州"])
    sheet.append(["film.mp4", cell, "和田"])
    sheet.cell(2, 2).number_format = number_format
    out = io.BytesIO()
    book.save(out)
    return case(key, 7, "init --from-csv t.xlsx", {"t.xlsx": out.getvalue()})


def packed(name: str, content: bytes) -> bytes:
    """What begins like a workbook; it may be much larger than it looks."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as into:
        into.writestr(name, content)
    return out.getvalue()


def called(key: str, name: str, content: str | bytes) -> Case:
    """What is called as workbooks are, and is none."""
    return case(key, 2, f"init --from-csv {name}", {name: content})


OTHER = HEAD.replace("片", "别的") + 'id: 653200-cunyi\nprefecture: "653200"\nmedia: [{file: film.mp4, role: main}]\n'
TABLES = {
    "an empty table": table("table_empty", ""),
    "no headings": table("table_no_headings", "x\n"),
    "no headings for one film": table("table_no_headings", "x\n", of="init film.mp4 --from-csv t.csv"),
    "a heading twice": table("table_heading_twice", f"片名,{HEADINGS}\nx,{ROW}\n"),
    "an unknown heading": table("table_heading_unknown", f"{HEADINGS},县\n{ROW},策勒\n"),
    "two headings for one": table("table_headings_same", f"{HEADINGS},标题\n{ROW},x\n"),
    "an unknown column left out": table(
        "table_ignored_unknown", f"{HEADINGS}\n{ROW}\n", of="init --from-csv t.csv --ignore-column 县"
    ),
    "a column of no table": case("ignored_without_table", 2, "init film.mp4 --ignore-column 县"),
    "an open quote": table("table_syntax", f'{HEADINGS}\nfilm.mp4,"村医\n'),
    "no encoding": table("table_encoding", f"{HEADINGS}\n".encode() + b"a\xff\xff\xff\xffb"),
    "a NUL": table("table_nul", f"{HEADINGS}\n村\0医\n"),
    "no rows": table("table_no_rows", f"{HEADINGS}\n"),
    "no files": table("table_no_files", "片名,地州\n村医,和田\n"),
    "too many rows": table("table_too_large", f"{HEADINGS}\n" + f"{ROW}\n" * 20_020),
    "a row of no film": table("table_no_row", f"{HEADINGS}\na.mp4,村医,和田\n", of="init film.mp4 --from-csv t.csv"),
    "two rows of a film": table("table_many_rows", f"{HEADINGS}\n{ROW}\n{ROW}\n", of="init film.mp4 --from-csv t.csv"),
    "an old workbook": table("workbook_old", OLD + bytes(600)),
    "a locked workbook": table("workbook_locked", OLD + "EncryptedPackage".encode("utf-16-le")),
    "a cut workbook": table("workbook_damaged", b"PK\x03\x04broken"),
    "an empty workbook": called("workbook_empty", "t.xlsx", b""),
    "a letter as a workbook": called("workbook_is_text", "t.xls", "你好\n"),
    "a zip of something else": called("workbook_unreadable", "t.xlsx", packed("a.txt", b"x")),
    "a bomb": table("workbook_too_large", packed("xl/worksheets/sheet1.xml", bytes(101_000_000))),
    "a date for a title": workbook("table_cell_date", 45000, "yyyy-mm-dd"),
    "a number that is shown otherwise": workbook("table_cell_number", 123, "0.0%"),
    "an error for a title": workbook("table_cell_error", "#REF!"),
    "a formula for a title": workbook("table_cell_formula", "=A1"),
}
ROWS = {
    "a failed formula": row("table_cell_error", "film.mp4,#N/A,和田"),
    "an empty cell": row("table_cell_empty", "film.mp4,,和田"),
    "a cell beyond": row("table_cell_beyond", f"{ROW},x"),
    "a line break": row("table_line_break", 'film.mp4,"村\n医",和田'),
    "a cell that was joined": case(
        "table_cell_joined", 7, "init --from-csv t.csv", {T: f"{HEADINGS}\n{ROW}\nfilm2.mp4,棉田,\n"}
    ),
    "an id of two": case("id_taken", 2, "init film.mp4 --prefecture 和田 --title 村医", {"b.submission.yaml": OTHER}),
    "an id of two rows": case(
        "id_taken_by_row", 7, "init --from-csv t.csv", {T: f"{HEADINGS}\n{ROW}\n", "b.submission.yaml": OTHER}
    ),
    "a row whose submission is there": case(
        "row_submission_there", 7, "init --from-csv t.csv", {T: f"{HEADINGS}\n{ROW}\n", "film.submission.yaml": "x"}
    ),
    "two rows of one place": case(
        "rows_of_one_place", 7, "init --from-csv t.csv", {T: f"{HEADINGS}\nfilm.mov,棉田,和田\n{ROW}\n"}
    ),
    "two rows of one film": row("rows_of_one_file", f"{ROW}\nfilm.mp4,棉田,喀什"),
    "out of the table's folder": row("row_outside_folder", "../film.mp4,村医,和田"),
    "a film that is not there": row("row_file_missing", "none.mp4,村医,和田"),
    "a licence that ends before it begins": table(
        "fields_invalid", f"{HEADINGS},授权开始,授权截止\n{ROW},2026-07-02,2026-07-01\n", code=7
    ),
}
CALLS = {
    "a target of no kind": case("target_wrong", 2, "init film.mp4 -o s.txt"),
    "no prefecture": case("field_missing", 2, "init film.mp4"),
    "a title for many": case("flag_of_one", 2, "init --from-csv t.csv --title 村医", {T: f"{HEADINGS}\n{ROW}\n"}),
    "no film": case("init_nothing", 2, "init"),
    "a template of a film": case("template_alone", 2, "init film.mp4 --template t.xlsx"),
    "a template of no kind": case("template_suffix", 2, "init --template t.csv"),
    "a template that is there": case("file_there", 2, "init --template t.xlsx", {"t.xlsx": "x"}),
    "a file beside the target": case("outside_folder", 2, "init film.mp4 --prefecture 和田 -o d/s.yaml", {"d/x": ""}),
    "an answer for many": case("unchanged_of_one", 2, "submit d --unchanged", {"d/x": ""}, "为什么"),
}
CASES = {**TABLES, **ROWS, **CALLS}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", first_of_each(CASES))
def test_an_error_says_what_to_do_in_the_readers_language(
    language: Language, name: str, showcase: Showcase, small_film: Path
) -> None:
    shutil.copy(small_film, showcase.folder / "film.mp4")
    put(showcase.folder, CASES[name].files)
    if name == "a cell that was joined":  # the first row's film is not there: it is said too
        (showcase.folder / "film2.mp4").symlink_to(showcase.folder / "film.mp4")
    if name == "two rows of one place":
        shutil.copy(small_film, showcase.folder / "film.mov")
    hold(showcase, CASES[name], language, HEADINGS)
