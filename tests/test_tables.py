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

TEXT = '序号,片名,所属地州,简介\r\n1,村医,和田,"两行\r\n简介"\r\n\r\n2,棉田,喀什地区,\r\n'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_every_way_that_excel_saves(encoding: str, delimiter: str, tmp_path: Path) -> None:
    path = tmp_path / "表.csv"
    path.write_bytes(TEXT.replace(",", delimiter).encode(encoding))
    rows = tables.read(path)
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
        (b"\x00\x01\x02", "table_encoding"),
        (b"a\xff\xff\xff\xffb", "table_encoding"),
    ],
)
def test_what_is_no_table_is_told(content: bytes, key: str, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=key):
        tables.read(path)


def test_a_table_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="path_missing"):
        tables.read(tmp_path / "none.csv")


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
