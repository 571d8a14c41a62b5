"""No column of a table is lost in silence."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline import catalogue
from pipeline.errors import InputError
from pipeline.exchange.table_headings import folded
from pipeline.execute import fields, headings
from pipeline.tables import Row

Told = list[tuple[str, dict[str, object]]]


def read(text: str, folder: Path, ignored: tuple[str, ...] = ()) -> tuple[list[Row], Told]:
    path = folder / "t.csv"
    path.write_text(text, encoding="utf-8")
    told: Told = []

    def remark(key: str, /, **values: object) -> None:
        told.append((key, values))

    return headings.read(path, remark, ignored), told


def refused(text: str, folder: Path, ignored: tuple[str, ...] = ()) -> InputError:
    with pytest.raises(InputError) as caught:
        read(text, folder, ignored)
    return caught.value


def test_what_is_no_field_is_named_once_for_a_table(tmp_path: Path) -> None:
    rows, told = read("序 号,文件,片名（必填）,备注,时长\n1,a.mp4,村医,x,10\n2,b.mp4,棉田,y,9\n", tmp_path)
    assert [sorted(row.cells) for row in rows] == [["文件", "片名（必填）"]] * 2
    assert told == [("table_columns_passed_over", {"where": str(tmp_path / "t.csv"), "names": "序 号、备注、时长"})]


def test_an_unknown_heading_is_an_error_that_names_the_nearest(tmp_path: Path) -> None:
    error = refused("文件,片名,报送地区,县市\na.mp4,村医,和田,x\n", tmp_path)
    assert (error.key, error.where) == ("table_heading_unknown", f"{tmp_path / 't.csv'}:1:3")
    for language in catalogue.LANGUAGES:
        said = "\n".join(catalogue.error_lines(language, error))
        assert "报送地州" in said
        assert "县市" in said
        assert "--ignore-column 报送地区 --ignore-column 县市" in said
    spaced = refused("文件,片名,x y,县市\na.mp4,村医,和田,x\n", tmp_path)
    assert '--ignore-column "x y" --ignore-column 县市' in "\n".join(catalogue.error_lines("en", spaced))


def test_a_column_is_ignored_by_its_name(tmp_path: Path) -> None:
    text = "文件,片名,报送地区,县市\na.mp4,村医,和田,x\n"
    rows, told = read(text, tmp_path, ("报送地区", " 县市"))
    assert sorted(rows[0].cells) == ["文件", "片名"]
    assert told[0][1]["names"] == "报送地区、县市"
    assert sorted(read("文件,片名,导演\na.mp4,村医,x\n", tmp_path, ("导演",))[0][0].cells) == ["文件", "片名"]
    error = refused(text, tmp_path, ("报送地区", "县市", "县"))
    assert (error.key, error.values["name"]) == ("table_ignored_unknown", "县")


def test_two_columns_of_one_field_are_an_error_but_for_contacts(tmp_path: Path) -> None:
    error = refused("文件,片名,标题\na.mp4,村医,医生\n", tmp_path)
    assert (error.key, error.values) == ("table_headings_same", {"first": "片名", "second": "标题"})
    rows, _ = read("文件,联系人,联系电话\na.mp4,古丽,13899991234\n", tmp_path)
    assert fields.of_row(rows[0])["contact"].text == "古丽 13899991234"


def test_rows_without_a_film_are_said_and_passed_over(tmp_path: Path) -> None:
    rows, told = read("序号,文件,片名\n1,a.mp4,村医\n2,,\n3,,\n共1部,,\n", tmp_path)
    assert [row.line for row in rows] == [2]
    assert ("table_row_empty", {"where": f"{tmp_path / 't.csv'}:3", "count": 3}) in told


def test_the_example_of_a_template_is_passed_over_while_there_is_no_such_film(tmp_path: Path) -> None:
    text = "文件,片名\n示例.mp4,村医\nb.mp4,棉田\n"
    rows, told = read(text, tmp_path)
    assert ([row.line for row in rows], told[0][0]) == ([3], "table_example")
    rows, _ = read("文件,语种\n示例.mp4,维语\nb.mp4,\n", tmp_path)
    assert rows[0].empty["语种"].text == ""  # what only shows how is not above
    (tmp_path / "示例.mp4").touch()
    assert [row.line for row in read(text, tmp_path)[0]] == [2, 3]
    (tmp_path / "示例.mp4").unlink()
    assert refused("文件,片名\n示例.mp4,村医\n", tmp_path).key == "table_no_rows"


def test_no_heading_is_a_field_and_passed_over_too() -> None:
    assert not {folded(name) for names in headings.FIELDS.values() for name in names} & headings.PASSED_OVER
    assert all(headings.field_of(name) == field for field, names in headings.FIELDS.items() for name in names)
