"""Workbooks as Excel, WPS and other programs write them, and what is no workbook of ours."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from pipeline import tables, workbook
from pipeline.errors import InputError
from pipeline.execute import headings
from pipeline.tables import Table

HEAD = ("序号", "文件名", "片名", "地州")
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml"


def saved(book: openpyxl.Workbook, folder: Path) -> Path:
    path = folder / "films.xlsx"
    book.save(path)
    return path


def book_of(*rows: Sequence[object]) -> openpyxl.Workbook:
    book = openpyxl.Workbook()
    for row in rows:
        book.worksheets[0].append(list(row))
    return book


def told_of(path: Path) -> tuple[Table, list[tuple[str, dict[str, object]]]]:
    """A table, and what a reader is told of how it was read."""
    told: list[tuple[str, dict[str, object]]] = []

    def remark(key: str, /, **values: object) -> None:
        told.append((key, values))

    return tables.read(path, headings.is_heading, remark), told


def texts(table: Table) -> list[dict[str, str]]:
    return [{heading: cell.text for heading, cell in row.cells.items()} for row in table.rows]


def by_hand(folder: Path, sheet: str, workbook_rest: str = "", **parts: str) -> Path:
    """A workbook of the fewest parts, without styles: `sheet` is what stands in its one sheet's element."""
    path = folder / "hand.xlsx"
    kinds = f'<Override PartName="/xl/workbook.xml" ContentType="{SPREADSHEET}.sheet.main+xml"/>'
    kinds += f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{SPREADSHEET}.worksheet+xml"/>'
    related = f'<Relationship Id="rId1" Type="{RELATIONS}/{{}}" Target="{{}}"/>'
    contents = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">{kinds}'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
        f"{related.format('officeDocument', 'xl/workbook.xml')}</Relationships>",
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}">{workbook_rest}'
        '<sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
        f"{related.format('worksheet', 'worksheets/sheet1.xml')}</Relationships>",
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{MAIN}">{sheet}</worksheet>',
        **parts,
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in contents.items():
            archive.writestr(name, text)
    return path


def inline(*cells: str) -> str:
    return "".join(f'<c t="inlineStr"><is><t>{cell}</t></is></c>' for cell in cells)


def pairs(head: Sequence[str], row: Sequence[str]) -> dict[str, str]:
    return dict(zip(head, row, strict=True))


def test_texts_numbers_and_dates_are_what_people_see(tmp_path: Path) -> None:
    head = ("文件名", "片名", "地州", "授权开始", "简介", "联系电话")
    book = book_of(
        head,
        ("a.mp4", 1921, 653200.0, date(2026, 7, 1), "一\n二", 13899991234),
        ("b.mp4", " 棉田 ", "650000", datetime(2026, 7, 1, 8, 30), True, 1.5),
    )
    table, told = told_of(saved(book, tmp_path))
    first, second = table.rows
    assert texts(table)[0] == pairs(head, ("a.mp4", "1921", "653200", "2026-07-01", "一\n二", "13899991234"))
    assert texts(table)[1] == pairs(head, ("b.mp4", "棉田", "650000", "2026-07-01 08:30:00", "TRUE", "1.5"))
    assert first.cells["授权开始"].odd is workbook.Odd.DATE
    assert (second.line, second.cells["地州"].column, second.where) == (3, 3, f"{tmp_path / 'films.xlsx'}:3")
    assert told == []


def test_dates_of_a_workbook_that_counts_from_1904(tmp_path: Path) -> None:
    book = book_of(("文件名", "授权开始"))
    book.epoch = CALENDAR_MAC_1904
    book.worksheets[0].append(["a.mp4", datetime(2026, 7, 1)])
    table, _ = told_of(saved(book, tmp_path))
    assert texts(table)[0]["授权开始"] == "2026-07-01"


def test_the_stored_value_of_a_formula_counts_and_one_without_is_known(tmp_path: Path) -> None:
    head = inline("文件名", "片名", "导演", "地州")
    row = (
        '<c r="A2" t="str"><f>B2&amp;".mp4"</f><v>a.mp4</v></c><c r="B2"><f>C9</f></c>'
        '<c r="C2" t="str"><f>C8</f><v></v></c><c r="D2"><f>650000+3200</f><v>653200</v></c>'
    )
    path = by_hand(tmp_path, f'<sheetData><row r="1">{head}</row><row r="2">{row}</row></sheetData>')
    table, _ = told_of(path)
    assert texts(table) == [{"文件名": "a.mp4", "片名": "=", "地州": "653200"}]
    assert table.rows[0].cells["片名"].odd is workbook.Odd.FORMULA
    assert table.rows[0].cells["文件名"].odd is None


def test_an_error_value_is_known(tmp_path: Path) -> None:
    table, _ = told_of(saved(book_of(HEAD, (1, "a.mp4", "#N/A", "和田")), tmp_path))
    assert table.rows[0].cells["片名"].odd is workbook.Odd.ERROR


def test_the_first_sheet_with_our_headings_is_read_and_the_others_are_said(tmp_path: Path) -> None:
    book = book_of(("填写说明",), ("片名", "写全称"))
    hidden = book.create_sheet("旧表")
    hidden.append(list(HEAD))
    hidden.sheet_state = "hidden"
    for name, row in (("和田", (1, "a.mp4", "村医", "和田")), ("喀什", (1, "b.mp4", "棉田", "喀什"))):
        sheet = book.create_sheet(name)
        sheet.append(["2026年报送表"])
        sheet.append([])
        sheet.append(list(HEAD))
        sheet.append(list(row))
    book.create_sheet("空")
    path = saved(book, tmp_path)
    table, told = told_of(path)
    assert texts(table) == [{"序号": "1", "文件名": "a.mp4", "片名": "村医", "地州": "和田"}]
    assert told == [
        ("table_sheet_passed_over", {"where": str(path), "sheet": "Sheet", "read": "和田"}),
        ("table_sheet_too", {"where": str(path), "sheet": "喀什", "read": "和田"}),
        ("table_passed_over", {"where": f"{path}:1", "text": "2026年报送表"}),
    ]


def test_joined_cells_count_for_every_film_that_they_stand_beside(tmp_path: Path) -> None:
    book = book_of(
        ("2026年“七一”展播报送表",),
        HEAD,
        (1, "a.mp4", "村医", "和田"),
        (2, "b.mp4", "棉田"),
        (3, "c.mp4", "桥"),
        (4,),
        (5, "d.mp4", "路"),
    )
    for cells in ("A1:D1", "D3:D6"):
        book.worksheets[0].merge_cells(cells)
    path = saved(book, tmp_path)
    table, told = told_of(path)
    assert [row.get("地州") for row in texts(table)] == ["和田", "和田", "和田", None, None]
    assert told == [
        ("table_passed_over", {"where": f"{path}:1", "text": "2026年“七一”展播报送表"}),
        ("table_joined", {"where": f"{path}:3:4", "text": "和田", "last": 5}),
    ]
    assert table.rows[4].empty["地州"].text == "和田"  # under them, and not one of them: as in a CSV


@pytest.mark.parametrize("dimension", ["", '<dimension ref="A1"/>', '<dimension ref="A1:XFD1048576"/>'])
@pytest.mark.parametrize("numbered", [True, False])
def test_as_other_programs_write_them(numbered: bool, dimension: str, tmp_path: Path) -> None:
    rows = [HEAD, ("1", "a.mp4", "村医_x000D_\n下乡", "和田"), ("2", "b.mp4", "棉田", "喀什")]
    places = ' r="{}"' if numbered else ""
    written = "".join(f"<row{places.format(n)}>{inline(*row)}</row>" for n, row in enumerate(rows, start=1))
    table, _ = told_of(by_hand(tmp_path, f"{dimension}<sheetData>{written}</sheetData>"))
    assert [row["地州"] for row in texts(table)] == ["和田", "喀什"]
    assert texts(table)[0]["片名"] == "村医\n下乡"


def test_a_stray_cell_far_down_costs_nothing(tmp_path: Path) -> None:
    far = '<row r="1048576"><c r="XFD1048576" t="inlineStr"><is><t> </t></is></c></row>'
    rows = f'<row r="1">{inline(*HEAD)}</row><row r="2">{inline("1", "a.mp4", "村医", "和田")}</row>{far}'
    table, _ = told_of(by_hand(tmp_path, f"<sheetData>{rows}</sheetData>"))
    assert len(table.rows) == 1


def refused(path: Path) -> InputError:
    with pytest.raises(InputError) as caught:
        told_of(path)
    return caught.value


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    path = by_hand(tmp_path, f"<sheetData>{' ' * (workbook.MAX_UNPACKED_BYTES + 1)}</sheetData>")
    assert path.stat().st_size < 200_000
    error = refused(path)
    assert (error.key, error.where) == ("workbook_too_large", str(path))
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(workbook.MAX_PARTS + 1):
            archive.writestr(f"{number}.xml", "")
    assert refused(path).key == "workbook_too_large"


def test_a_bomb_that_lies_about_its_size_is_read_no_further(tmp_path: Path) -> None:
    path = by_hand(tmp_path, f"<sheetData>{' ' * 1_000_000}</sheetData>")
    raw = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        size = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    path.write_bytes(raw.replace(size.to_bytes(4, "little"), (500).to_bytes(4, "little")))
    assert refused(path).key == "workbook_damaged"


def test_entities_are_not_expanded(tmp_path: Path) -> None:
    entities = '<!DOCTYPE x [<!ENTITY a "村医村医"><!ENTITY b "&a;&a;&a;&a;">]>'
    text = f'<worksheet xmlns="{MAIN}"><sheetData><row>{inline("文件名", "&b;")}</row></sheetData></worksheet>'
    assert refused(by_hand(tmp_path, "", **{"xl/worksheets/sheet1.xml": entities + text})).key == "workbook_unreadable"


@pytest.mark.parametrize("name", ["xl/workbook.xml", "xl/worksheets/sheet1.xml", "[Content_Types].xml"])
def test_what_is_broken_inside_is_told(name: str, tmp_path: Path) -> None:
    assert refused(by_hand(tmp_path, "", **{name: "<broken"})).key == "workbook_unreadable"


def test_strict_open_xml_and_other_zips_are_told(tmp_path: Path) -> None:
    strict = '<worksheet xmlns="http://purl.oclc.org/ooxml/spreadsheetml/main"><sheetData/></worksheet>'
    path = by_hand(tmp_path, "", **{"xl/worksheets/sheet1.xml": strict})
    assert refused(path).key == "workbook_unreadable"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", "<x/>")
    assert refused(path).key == "workbook_unreadable"


@pytest.mark.parametrize(("inside", "key"), [("Workbook", "workbook_old"), ("EncryptedPackage", "workbook_locked")])
@pytest.mark.parametrize("suffix", [".xls", ".et", ".xlsx", ".csv"])
def test_old_and_locked_workbooks_are_known_by_what_they_are(
    inside: str, key: str, suffix: str, tmp_path: Path
) -> None:
    path = tmp_path / f"films{suffix}"
    signature = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    path.write_bytes(signature + bytes(1000) + inside.encode("utf-16-le") + bytes(100))
    assert refused(path).key == key


def test_a_text_under_a_workbooks_name_is_a_text(tmp_path: Path) -> None:
    path = tmp_path / "films.xls"
    path.write_bytes("文件名\t片名\na.mp4\t村医\n".encode("gb18030"))
    rows, said = told_of(path)
    assert texts(rows) == [{"文件名": "a.mp4", "片名": "村医"}]
    assert [key for key, _ in said] == ["table_is_text"]


@pytest.mark.parametrize("name", ["films.xls", "films.xlsx", "films.et"])
@pytest.mark.parametrize(
    ("raw", "key"),
    [
        (b"", "workbook_empty"),
        (b"PK junk", "workbook_damaged"),
        (b"\x09\x08\x10\x00\x00\x06", "workbook_damaged"),
        (b"PK\x03\x04cut off", "workbook_damaged"),
        (b"<html><table><tr><td>a.mp4</td></tr></table>", "workbook_is_text"),
        ("随便,写的\n".encode("gbk"), "workbook_is_text"),
        (b'"open', "workbook_is_text"),
    ],
)
def test_what_is_called_a_workbook_and_is_none_is_told_as_that(raw: bytes, key: str, name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(raw)
    assert refused(path).key == key


def test_a_workbook_under_a_texts_name_is_read_and_said(tmp_path: Path) -> None:
    path = saved(book_of(("文件名", "片名"), ("a.mp4", "村医")), tmp_path).rename(tmp_path / "films.csv")
    rows, said = told_of(path)
    assert texts(rows) == [{"文件名": "a.mp4", "片名": "村医"}]
    assert [key for key, _ in said] == ["table_is_workbook"]


def test_a_workbook_without_headings_says_where_they_were_looked_for(tmp_path: Path) -> None:
    error = refused(saved(book_of(("村医", "a.mp4")), tmp_path))
    assert (error.key, error.values["found"]) == ("table_no_headings", "村医 a.mp4")
    assert refused(saved(openpyxl.Workbook(), tmp_path)).key == "table_empty"


def test_more_rows_than_anybody_fills_in_are_refused(tmp_path: Path) -> None:
    rows = "".join(f"<row>{inline('a.mp4')}</row>" for _ in range(tables.MAX_ROWS + 20))
    path = by_hand(tmp_path, f"<sheetData><row>{inline('文件名')}</row>{rows}</sheetData>")
    assert refused(path).key == "table_too_large"


def test_a_template_offers_long_lists_from_a_hidden_sheet() -> None:
    choices = tuple(f"地州{number:03}的名称" for number in range(100))
    columns = [
        workbook.TemplateColumn("文件", "示例.mp4"),
        workbook.TemplateColumn("地州", "和田", choices),
        workbook.TemplateColumn("授权开始", date(2026, 7, 1)),
    ]
    raw = workbook.template(columns, "影片", "选项", "请选一项")
    sheets = list(workbook.sheets(raw, "x", 10))
    assert [(sheet.name, [line.texts for line in sheet.lines]) for sheet in sheets] == [
        ("影片", [("文件", "地州", "授权开始"), ("示例.mp4", "和田", "2026-07-01")])
    ]
    book = openpyxl.load_workbook(io.BytesIO(raw))
    rule = book["影片"].data_validations.dataValidation[0]
    assert (rule.formula1, str(rule.sqref)) == ("'选项'!$B$1:$B$100", f"B2:B{workbook.LAST_LINE}")
    assert [row[0] for row in book["选项"].iter_rows(min_col=2, max_col=2, values_only=True)] == list(choices)
    assert book["选项"].sheet_state == "hidden"
    assert book["影片"].column_dimensions["A"].number_format == "@"


@pytest.mark.parametrize(
    ("value", "form", "shown"),
    [
        (123, "00000", "00123"),
        (653200.0, "0_ ", "653200"),
        (12, "0_);[Red]\\(0\\)", "12"),
        (123, "#,##0", "123"),
        (12.5, "0.0", "12.5"),
        (7, "@", "7"),
        (1234, "#,##0", None),
        (123, "0.00", None),
        (12.5, "0", None),
        (3, '"第"0', None),
        (0.5, "0%", None),
        (13899990000, "000-0000-0000", None),
        (5, ";;;", None),
        (-5, "00000", None),
    ],
)
def test_a_number_is_taken_as_it_is_shown_or_is_odd(value: float, form: str, shown: str | None, tmp_path: Path) -> None:
    book = book_of(("文件", "编号", "授权开始"), ("a.mp4", value, value))
    book.worksheets[0].cell(2, 2).number_format = form
    cell = told_of(saved(book, tmp_path))[0].rows[0].cells["编号"]
    assert (None if cell.odd else cell.text) == shown
    assert cell.odd in (None, workbook.Odd.NUMBER)


def test_what_is_hidden_is_told_and_counts(tmp_path: Path) -> None:
    book = book_of(("文件", "片名", "备注"), ("a.mp4", "甲", "x"), ("b.mp4", "乙", "x"), ("c.mp4", "丙", "x"))
    sheet = book.worksheets[0]
    sheet.row_dimensions[3].hidden = True
    sheet.row_dimensions[9].hidden = True  # empty
    for letter in "BC":
        sheet.column_dimensions[letter].hidden = True
    path = saved(book, tmp_path)
    told: dict[str, dict[str, object]] = {}
    rows = headings.read(path, lambda key, /, **values: told.update({key: values}))
    assert [row.cells["片名"].text for row in rows] == ["甲", "乙", "丙"]
    assert told["table_hidden_rows"] == {"where": str(path), "count": 1, "lines": "3"}
    assert told["table_hidden_columns"] == {"where": str(path), "names": "片名"}
