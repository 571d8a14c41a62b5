"""When pages turn: tables as people write them, PPTX as programs record them, and every line that is wrong."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time, timedelta
from pathlib import Path

import pytest
from openpyxl import Workbook
from pptx import Presentation
from pptx.oxml import parse_xml

from pipeline.errors import InputError, Refused
from pipeline.inspect import slide_times
from pipeline.model.deck import SlideTimes, Wrong

MAIN = 'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
AGAIN = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
Table = Callable[[str], SlideTimes]


@pytest.fixture
def table(tmp_path: Path) -> Table:
    def read(text: str) -> SlideTimes:
        path = tmp_path / "a.csv"
        path.write_text(text, encoding="utf-8-sig")
        return slide_times.read(path)

    return read


def told(times: SlideTimes) -> list[tuple[int, float, str]]:
    return [(turn.page, turn.start_s, turn.title) for turn in times.turns]


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("00:01:12:05", 72.2),
        ("00:01:12;05", 72.2),
        ("００：０１：１２：０５", 72.2),
        ("1:12", 72.0),
        ("1:02:03.480", 3723.48),
        ("00:00:00", 0.0),
        ("0:12.5", 12.5),
        ("72", None),
        ("0", 0.0),
        ("０", 0.0),
        ("0.0", 0.0),
        ("0 秒", 0.0),
        ("0.5", None),
        ("1:60", None),
        ("00:01:12:25", None),
        ("later", None),
    ],
)
def test_times_as_people_write_them(text: str, seconds: float | None) -> None:
    assert slide_times.seconds_of(text) == (None if seconds is None else pytest.approx(seconds))


def test_a_table_in_either_language(table: Table) -> None:
    assert told(table("页,开始,标题\n1,0:00,播种\n第3页,0:12,\n1,00:00:20:12,再看\n")) == [
        (1, 0.0, "播种"),
        (3, 12.0, ""),
        (1, 20.48, "再看"),
    ]
    assert told(table("Page;Start\n1;0:00\n2;0:05\n")) == [(1, 0.0, ""), (2, 5.0, "")]


def test_a_workbook_with_times_of_its_own(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    for row in (
        ("页", "开始", "标题"),
        (1, time(0, 0, 0), "一"),
        (2.0, time(0, 1, 12), None),
        ("3", "00:02:00:00", ""),
    ):
        sheet.append(row)
    book.save(tmp_path / "a.xlsx")
    assert told(slide_times.read(tmp_path / "a.xlsx")) == [(1, 0.0, "一"), (2, 72.0, ""), (3, 120.0, "")]


@pytest.mark.parametrize(
    ("typed", "form", "seconds"),
    [
        (time(0, 5), "h:mm", 5.0),  # what spreadsheets make of 0:05
        (time(0, 5), "hh:mm;@", 5.0),
        (time(1, 12), "[$-409]h:mm", 72.0),
        (timedelta(hours=25, minutes=30), "[h]:mm", 1530.0),
        (timedelta(hours=1, minutes=12), "[h]:mm", 72.0),
        (time(0, 1, 12), "h:mm", 72.0),  # the seconds were typed
        (time(0, 5), "h:mm:ss", 300.0),
        (time(0, 1, 12, 400_000), "mm:ss.0", 72.4),
        (timedelta(minutes=1, seconds=12), "[mm]:ss", 72.0),
    ],
)
def test_a_time_in_a_workbook_is_read_as_it_is_shown(
    typed: time | timedelta, form: str, seconds: float, tmp_path: Path
) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(("页", "开始"))
    sheet.append((1, typed))
    sheet.cell(2, 2).number_format = form
    book.save(tmp_path / "a.xlsx")
    assert told(slide_times.read(tmp_path / "a.xlsx")) == [(1, pytest.approx(seconds), "")]


def test_lines_that_are_none_are_told_by_their_number(table: Table) -> None:
    times = table("页,开始\n一,0:00\n2,12\n,\n3,\n")
    assert [(item.why, item.line, item.text) for item in times.wrong] == [
        (Wrong.PAGE, 2, "一"),
        (Wrong.NUMBER, 3, "12"),
        (Wrong.TIME, 5, ""),
    ]
    assert [(item.why, item.text) for item in table("页,标题\n1,x\n").wrong] == [(Wrong.COLUMN, "开始")]


def test_a_table_without_headings_or_turns_is_told_in_its_own_words(table: Table) -> None:
    assert [(item.why, item.text) for item in table("1,0:00\n2,0:12\n").wrong] == [(Wrong.NO_HEADINGS, "1 0:00")]
    for empty in ("", "\n", "页,开始,标题\n", "页,开始\n,\n"):
        assert [(item.why, item.text) for item in table(empty).wrong] == [(Wrong.NO_TURNS, "")]
    twice = table("页,开始,开始\n1,0:00,0:12\n").wrong
    assert [(item.why, item.line, item.text) for item in twice] == [(Wrong.HEADING_TWICE, 1, "开始")]


TEXT = "页,开始,标题\n1,0:00,播种\n2,0:12,收获\n"


@pytest.mark.parametrize("encoding", ["gbk", "utf-16", "utf-16-le", "utf-8-sig"])
def test_a_table_in_the_encodings_of_excel_and_wps(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(TEXT.encode(encoding))
    assert told(slide_times.read(path)) == [(1, 0.0, "播种"), (2, 12.0, "收获")]


@pytest.mark.parametrize(
    ("name", "data", "why", "line"),
    [
        ("a.csv", TEXT.encode() + b"3,\xff\xff\xff\xff\n", Wrong.ENCODING, None),
        ("a.csv", TEXT.encode() + b"3,\0\n", Wrong.ENCODING, 4),
        ("a.csv", '页,开始\n1,"0:00\n'.encode(), Wrong.SYNTAX, 2),
        ("a.csv", ("页,开始\n" + "1,0:00\n" * 20_020).encode(), Wrong.TOO_LARGE, None),
        ("a.xlsx", b"", Wrong.NO_TURNS, None),
        ("a.xlsx", b"PK\x03\x04broken", Wrong.WORKBOOK, None),
        ("a.xlsx", "你好\n".encode(), Wrong.WORKBOOK, None),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), Wrong.WORKBOOK_OLD, None),
        (
            "a.et",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            Wrong.WORKBOOK_LOCKED,
            None,
        ),
    ],
)
def test_a_table_that_can_not_be_read_is_told(
    name: str, data: bytes, why: Wrong, line: int | None, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(data)
    times = slide_times.read(tmp_path / name)
    assert (times.turns, [(item.why, item.line) for item in times.wrong]) == ((), [(why, line)])


def test_two_columns_for_one_are_told(table: Table) -> None:
    """One of them may be how long a page stands."""
    times = table("页,时间,开始时间\n1,0:05,0:00\n")
    assert [(item.why, item.line, item.text) for item in times.wrong] == [(Wrong.HEADING_TWICE, 1, "时间, 开始时间")]


def test_what_a_workbook_does_not_show_is_told(tmp_path: Path) -> None:
    """A sheet for each lesson, and a line that was filtered out."""
    book = Workbook()
    for number, sheet in enumerate((book.worksheets[0], book.create_sheet("第二讲")), start=1):
        for row in (("页", "开始"), (1, "0:00"), (2, f"0:{number}0"), (3, "0:40")):
            sheet.append(row)
    book.worksheets[0].row_dimensions[3].hidden = True
    book.save(tmp_path / "a.xlsx")
    times = slide_times.read(tmp_path / "a.xlsx")
    assert told(times) == [(1, 0.0, ""), (3, 40.0, "")]
    assert [(item.why, item.line, item.text) for item in times.wrong] == [
        (Wrong.SECOND_SHEET, None, "第二讲"),
        (Wrong.HIDDEN, 3, ""),
    ]


def test_what_is_no_file_is_no_table(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not_a_file"):
        slide_times.read(tmp_path)


def pptx(path: Path, shown_ms: list[int | None], hidden: tuple[int, ...] = (), *, twice: bool = True) -> Path:
    made = Presentation()
    for number, milliseconds in enumerate(shown_ms, start=1):
        slide = made.slides.add_slide(made.slide_layouts[5])
        slide.shapes.title.text = f"第{number}页"
        if number in hidden:
            slide.element.set("show", "0")
        if milliseconds is None:
            continue
        one = f'<p:transition {MAIN} spd="slow" advTm="{milliseconds}"/>'
        again = f"<mc:Choice Requires='p14'>{one}</mc:Choice><mc:Fallback>{one}</mc:Fallback>"
        slide.element.append(parse_xml(f"<mc:AlternateContent {AGAIN}>{again}</mc:AlternateContent>" if twice else one))
    made.save(str(path))
    return path


@pytest.mark.parametrize("twice", [True, False])
def test_recorded_times_of_a_pptx(twice: bool, tmp_path: Path) -> None:
    path = pptx(tmp_path / "a.pptx", [4000, 9000, 2500, None], hidden=(2,), twice=twice)
    times = slide_times.read(path)
    assert times.form == "pptx"
    assert told(times) == [
        (1, 0.0, "第1页"),
        (2, 4.0, "第3页"),
        (3, 6.5, "第4页"),
    ]  # PowerPoint's PDF has no page for 2
    assert [turn.line for turn in times.turns] == [1, 3, 4]
    assert times.slides == 4


def test_first_bytes_decide_what_says_the_times(tmp_path: Path) -> None:
    recorded = pptx(tmp_path / "a.pptx", [4000, None])
    recorded.rename(tmp_path / "a.csv")
    assert slide_times.read(tmp_path / "a.csv").form == "pptx"
    book = Workbook()
    for row in (("页", "开始"), (1, "0:00"), (2, "0:04")):
        book.worksheets[0].append(row)
    book.save(tmp_path / "b.pptx")
    (tmp_path / "c.pptx").write_text("页,开始\n1,0:00\n2,0:04\n")
    for name in ("b.pptx", "c.pptx"):
        assert told(slide_times.read(tmp_path / name)) == [(1, 0.0, ""), (2, 4.0, "")]


def test_a_slide_without_a_recorded_time_is_named(tmp_path: Path) -> None:
    times = slide_times.read(pptx(tmp_path / "a.pptx", [4000, None, 2500]))
    assert [(item.why, item.line) for item in times.wrong] == [(Wrong.UNTIMED, 2)]
    times = slide_times.read(pptx(tmp_path / "a.pptx", [None, None, None]))
    assert [(item.why, item.line) for item in times.wrong] == [(Wrong.NONE_TIMED, None)]
    (tmp_path / "b.pptx").write_bytes(b"PK\x03\x04" + bytes(100))
    with pytest.raises(Refused) as refused:
        slide_times.read(tmp_path / "b.pptx")
    assert refused.value.code == "document.unreadable"
