"""The editor's table of whom to ask: what is read of it, and what is said of what can't be."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from pipeline.errors import InputError
from pipeline.exchange.campaign import contacts

HEAD = "地州,联系人,电话,邮箱\n"


def table(folder: Path, text: str) -> Path:
    path = folder / "contacts.csv"
    path.write_text(text, encoding="utf-8")
    return path


def refused(path: Path) -> InputError:
    with pytest.raises(InputError) as error:
        contacts.read(path)
    return error.value


def kinds(error: InputError) -> list[tuple[str, str]]:
    problems = error.values["problems"]
    assert isinstance(problems, tuple)
    return [(item.where.rpartition(".csv:")[2], item.kind) for item in problems]


def test_contacts_are_read_by_prefecture_in_the_order_of_the_table(tmp_path: Path) -> None:
    text = f"{HEAD}和田,阿依古丽,0903-2022,a@b.cn\n653100,,139 9900,\n和田地区,努尔,1390000,\n"
    found = contacts.read(table(tmp_path, text))
    assert {code: [(item.name, item.phone, item.email) for item in told] for code, told in found.items()} == {
        "653200": [("阿依古丽", "0903-2022", "a@b.cn"), ("努尔", "1390000", None)],
        "653100": [(None, "139 9900", None)],
    }


@pytest.mark.parametrize(
    "head", ["单位,负责人,手机号码,电子邮箱", "Prefecture,Name,Mobile,E-mail", "地 州：,姓名（必填）,联系电话,Email"]
)
def test_headings_are_known_as_people_write_them(head: str, tmp_path: Path) -> None:
    (found,) = contacts.read(table(tmp_path, f"通讯录\n\n{head}\n喀什,努尔,1,n@b.cn\n"))["653100"]
    assert (found.name, found.phone, found.email) == ("努尔", "1", "n@b.cn")


def test_columns_of_others_are_passed_over_and_said(tmp_path: Path) -> None:
    told: list[tuple[str, dict[str, object]]] = []
    contacts.read(table(tmp_path, "地州,职务,电话\n和田,科长,1\n"), lambda key, **values: told.append((key, values)))
    assert [(key, values["names"]) for key, values in told] == [("table_columns_passed_over", "职务")]


def test_a_workbook_is_read_with_a_number_as_it_is_shown(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in (["地州", "电话", "姓名"], [653200, 13999012345, "=SUM(1)"], ["653100", "0998-1", "努尔"]):
        sheet.append(row)
    sheet.cell(2, 3).data_type = "s"
    book.save(tmp_path / "contacts.xlsx")
    found = contacts.read(tmp_path / "contacts.xlsx")
    assert [(item.phone, item.name) for told in found.values() for item in told] == [
        ("13999012345", "=SUM(1)"),
        ("0998-1", "努尔"),
    ]


def test_cells_that_say_nothing_are_named_with_their_places(tmp_path: Path) -> None:
    text = (
        f"{HEAD}火星,甲,1,\n,乙,2,\n和田,丙,3,not an address\n和田,丁,4,a@b\n和田,{'长' * 200},5,\n和田,戊,6,c@d.cn\n"
    )
    error = refused(table(tmp_path, text))
    assert error.key == "contacts_rows"
    assert error.values["count"] == 5
    assert kinds(error) == [
        ("2:1", "contact_cell_prefecture"),
        ("3", "contact_cell_empty"),
        ("4:4", "contact_cell_email"),
        ("5:4", "contact_cell_email"),
        ("6:2", "contact_cell_long"),
    ]


@pytest.mark.parametrize(
    "address", ["a@b.cn\r\nBcc: x@y.cn", "a b@c.cn", "a@b.cn,c@d.cn", f"{'a' * 65}@b.cn", "阿@b.cn"]
)
def test_what_a_header_would_take_apart_is_no_address(address: str, tmp_path: Path) -> None:
    assert refused(table(tmp_path, f'{HEAD}和田,甲,1,"{address}"\n')).key == "contacts_rows"


def test_many_wrong_rows_are_counted_and_the_first_are_shown(tmp_path: Path) -> None:
    error = refused(table(tmp_path, HEAD + "火星,甲,1,\n" * 500))
    assert error.values["count"] == 500
    assert len(kinds(error)) == contacts.MOST_PROBLEMS


def test_a_table_without_prefectures_or_with_two_columns_of_one_is_refused(tmp_path: Path) -> None:
    assert refused(table(tmp_path, "姓名,电话\n甲,1\n")).key == "contacts_lack_column"
    assert refused(table(tmp_path, "地州,电话,手机\n和田,1,2\n")).key == "table_headings_same"
