"""Tables out of Excel, and tables for it."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import tables
from pipeline.errors import InputError
from pipeline.execute import headings

TEXT = '序号,片名,所属地州,简介\r\n1,村医,和田,"两行\r\n简介"\r\n\r\n2,棉田,喀什地区,\r\n'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_every_way_that_excel_saves(encoding: str, delimiter: str, tmp_path: Path) -> None:
    path = tmp_path / "表.csv"
    path.write_bytes(TEXT.replace(",", delimiter).encode(encoding))
    rows = tables.read(path, headings.is_heading).rows
    assert [row.cells["片名"].text for row in rows] == ["村医", "棉田"]
    assert rows[0].cells["简介"].text == "两行\r\n简介"
    assert (rows[0].line, rows[1].line) == (2, 5)
    assert rows[1].cells["片名"].column == 2
    assert "简介" not in rows[1].cells  # empty cells say nothing


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (b"", "table_empty"),
        (b"\n\n", "table_empty"),
        ("片名,片名\n1,2\n".encode(), "table_heading_twice"),
        (b'a,b\n"open,1\n', "table_syntax"),
        ("片名,地州\n\n".encode(), "table_no_rows"),
        ("片名,地州\n,\n".encode(), "table_no_rows"),
        (b"PK\x03\x04\x14\x00", "workbook_damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "workbook_old"),
        ("村医.mp4,村医\n棉田.mp4,棉田\n".encode(), "table_no_headings"),
        (b"a\xff\xff\xff\xffb", "table_encoding"),
    ],
)
def test_what_is_no_table_is_told(content: bytes, key: str, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=key):
        tables.read(path, headings.is_heading)


HEADED = "序号{0}文件名{0}片名{0}地州\n1{0}村医.mp4{0}村医{0}和田\n"


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize(
    ("above", "passed_over"),
    [
        ("", []),
        ("2026年“七一”展播报送表{0}{0}{0}\n", ["1 2026年“七一”展播报送表"]),
        ("2026年，“七一”展播，报送表，汇总\n\n", ["1 2026年，“七一”展播，报送表，汇总"]),
        ("报送单位{0}和田地区远教办{0}联系人{0}张三\n", ["1 报送单位 和田地区远教办 联系人 张三"]),
        ("sep={0}\n", ["1 sep={0}"]),
        ("sep={0}\n片名汇总\n", ["1 sep={0}", "2 片名汇总"]),
    ],
)
def test_headings_are_found_under_what_stands_above(
    above: str, passed_over: list[str], delimiter: str, tmp_path: Path
) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes((above + HEADED).format(delimiter).encode("gb18030"))
    told: list[str] = []

    def remark(key: str, /, *, where: str, text: str) -> None:
        assert key == "table_passed_over"
        told.append(f"{where.removeprefix(f'{path}:')} {text}")

    rows = tables.read(path, headings.is_heading, remark).rows
    assert [(row.line, row.cells["文件名"].text, row.cells["地州"].text) for row in rows] == [
        (above.count("\n") + 2, "村医.mp4", "和田")
    ]
    expected = [text.format(delimiter).strip() for text in passed_over]
    # Excel's first line splits at its own sign
    assert [text.replace(" ", "") for text in told] == [text.replace(" ", "").rstrip(delimiter) for text in expected]


def test_headings_are_looked_for_in_the_first_lines_alone(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("说明\n" * 12 + HEADED.format(","), encoding="utf-8")
    with pytest.raises(InputError, match="table_no_headings") as refused:
        tables.read(path, headings.is_heading)
    assert refused.value.values == {"first": 1, "last": 11, "found": "说明"}


def test_an_empty_cell_is_known_with_what_stands_above(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("片名,地州,导演\n村医,,张三\n棉田,和田,\n桥\n", encoding="utf-8")
    rows = tables.read(path, headings.is_heading).rows
    assert [{name: (cell.text, cell.line, cell.column) for name, cell in row.empty.items()} for row in rows] == [
        {"地州": ("", 2, 2)},
        {"导演": ("张三", 3, 3)},
        {"地州": ("和田", 4, 2), "导演": ("张三", 4, 3)},
    ]


@pytest.mark.parametrize(
    ("row", "beyond"),
    [
        ("村医,下乡,和田", (3, "和田")),
        ("村医,下乡,,,余", (5, "余")),
        ("村医,和田,,,", None),
        ("村医,和田", None),
        ('"村医,下乡",和田', None),
        ("村医", None),
    ],
)
@pytest.mark.parametrize("head", ["片名,地州", "片名,地州,,"])
def test_a_text_beyond_the_headings_is_known(
    head: str, row: str, beyond: tuple[int, str] | None, tmp_path: Path
) -> None:
    path = tmp_path / "t.csv"
    path.write_text(f"{head}\n{row}\n", encoding="utf-8")
    found = tables.read(path, headings.is_heading).rows[0].beyond
    assert (found and (found.column, found.text)) == beyond


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", [TEXT, TEXT.replace(",", "\t"), "片名\n一上丂\n二\n", "title,kind\nFilm,film"])
def test_utf_16_needs_no_mark(text: str, encoding: str, tmp_path: Path) -> None:
    marked, bare = tmp_path / "marked.csv", tmp_path / "bare.csv"
    marked.write_bytes(text.encode("utf-8-sig"))
    bare.write_bytes(text.encode(encoding))
    first, second = (
        [{name: cell.text for name, cell in row.cells.items()} for row in tables.read(path, headings.is_heading).rows]
        for path in (marked, bare)
    )
    assert first == second


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("at", ["医", "\n", ","])
def test_a_stray_nul_is_told_with_its_line(at: str, newline: str, encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    head, row = "片名,地州\n", "村医,和田\n"
    text = head + row.replace(at, f"\0{at}") + row
    path.write_bytes(text.replace("\n", newline).encode(encoding))
    with pytest.raises(InputError, match="table_nul") as refused:
        tables.read(path, headings.is_heading)
    assert refused.value.where == f"{path}:2"


def test_a_formula_that_keeps_a_text_is_that_text(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text('片名,编号,地州\n"=""村医""",="0012",=1+1\n', encoding="utf-8")
    row = tables.read(path, headings.is_heading).rows[0]
    assert [cell.text for cell in row.cells.values()] == ["村医", "0012", "=1+1"]


def test_a_table_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="path_missing"):
        tables.read(tmp_path / "none.csv", headings.is_heading)


@given(st.lists(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\x00\r")), min_size=2, max_size=2)))
def test_what_is_written_opens_whole_and_runs_nothing(rows: list[list[str]]) -> None:
    content = tables.write(["a", "b"], rows)
    assert content.startswith(b"\xef\xbb\xbf")
    read = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert len(read) == len(rows) + 1
    for written, row in zip(rows, read[1:], strict=True):
        for before, cell in zip(written, row, strict=True):
            assert not cell.startswith(("=", "+", "-", "@"))
            assert cell in (before, f"'{before}")
