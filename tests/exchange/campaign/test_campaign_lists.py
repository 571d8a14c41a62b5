"""Lists of a season that people keep: the board's own table filled in, and everybody else's, odd ones by the dozen."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline import tables
from pipeline.errors import InLanguages, InputError
from pipeline.exchange.campaign import importing, listed
from pipeline.exchange.campaign.asking import news
from pipeline.exchange.campaign.importing import Imported, LeftKind
from pipeline.exchange.campaign.listed_values import Unfit
from pipeline.model.campaign import ExpectedFilms, FilledBy
from pipeline.model.campaign_records import Announce, Change, Done, Drop, MovedIn, MovedOut, Note, Side, Undone
from pipeline.model.campaign_status import CampaignStatus
from pipeline.model.inbox import Stage
from pipeline.report import board_sheet
from pipeline.report.board_words import BoardWords
from tests.exchange.campaign.test_campaign_board import small_board
from tests.programmes import WORDS
from tests.seasons import ALTAY, HOTAN, KARAMAY, KASHGAR, at, campaign, facts, looked, milestones, published, said

CUNYI, XIANYU = "653200-cunyi", "653200-xianyu"
ZH, EN = BoardWords("zh", WORDS.columns), BoardWords("en", WORDS.columns)
Cells = Iterable[Iterable[Any]]


def asked(
    path: Path, status: CampaignStatus, side: Side = Side.EDITOR, own: str | None = None, **more: Any
) -> Imported:
    """What a table on disk comes to."""
    rows = listed.read(path, status.campaign, **more)
    return importing.compare(status, rows, side, WORDS.columns, own)


def csv(folder: Path, text: str) -> Path:
    path = folder / "list.csv"
    path.write_text(text.strip() + "\n", encoding="utf-8")
    return path


def xlsx(folder: Path, rows: Cells) -> Path:
    book = openpyxl.Workbook()
    for row in rows:
        book.worksheets[0].append(list(row))
    path = folder / "list.xlsx"
    book.save(path)
    return path


def of_csv(folder: Path, text: str, status: CampaignStatus | None = None, **more: Any) -> Imported:
    return asked(csv(folder, text), status or small_board(), **more)


def kinds(found: Imported) -> list[tuple[str, str]]:
    """What is wrong: its line and column, and why."""
    return [
        (":".join(item.where.split(":")[1:]), item.why.kind if isinstance(item.why, Unfit) else item.why.key)
        for item in found.wrong
    ]


def filled(
    folder: Path,
    change: Callable[[Any, dict[str, int], dict[str, int]], None] = lambda *_: None,
    written_from: CampaignStatus | None = None,
    words: BoardWords = ZH,
) -> Path:
    """The board's own table after somebody changed it.

    Args:
        change: gets the sheet, its columns by their headings without what is in brackets, its lines by ids.
    """
    raw = board_sheet.workbook(written_from or small_board(), words)
    book = openpyxl.load_workbook(io.BytesIO(raw))
    sheet = book.worksheets[0]
    columns = {str(cell.value).split("（")[0].split(" (")[0]: cell.column for cell in sheet[1]}
    lines = {str(row[1].value): row[0].row for row in sheet.iter_rows(min_row=2)}
    change(sheet, columns, lines)
    path = folder / "board.xlsx"
    book.save(path)
    return path


@pytest.mark.parametrize("words", [ZH, EN], ids=["zh", "en"])
def test_the_boards_own_table_read_back_says_nothing(words: BoardWords, tmp_path: Path) -> None:
    found = asked(filled(tmp_path, words=words), small_board())
    assert (found.entries, found.left, found.wrong) == ({}, (), ())
    assert found.rows == 3  # those without a title say nothing


def test_what_nobody_could_type_in_a_cell_goes_there_and_back_where_the_store_has_it(tmp_path: Path) -> None:
    signs, none, gone = "653200-signs", "653200-none", "653200-gone"
    status = looked(
        "2027-05-22",
        [
            said(
                HOTAN,
                "2027-05-02",
                Announce(id=signs, title="？？？", column="no-such-column"),
                Announce(id=none, title="木卡姆", length_s=0.2),
                Announce(id=gone, title="👨‍👩‍👧"),
                Note(id=signs, text="！！！"),
            )
        ],
    )
    found = asked(filled(tmp_path, written_from=status), status)
    assert (found.entries, found.left, found.wrong) == ({}, (), ())

    def change(sheet: Any, columns: dict[str, int], lines: dict[str, int]) -> None:
        sheet.cell(lines[signs], columns["片名"], "！？")

    found = asked(filled(tmp_path, change, written_from=status), status)
    assert [item.why.kind for item in found.wrong if isinstance(item.why, Unfit)] == ["listed_letters"]


def test_one_cell_changed_is_one_entry(tmp_path: Path) -> None:
    def shot(sheet: Any, columns: dict[str, int], lines: dict[str, int]) -> None:
        sheet.cell(lines[XIANYU], columns["拍摄"]).value = date(2027, 6, 11)

    found = asked(filled(tmp_path, shot), small_board())
    assert found.entries == {HOTAN: (Done(id=XIANYU, milestone="shooting", on=date(2027, 6, 11)),)}
    assert (found.left, found.wrong) == ((), ())


def test_each_cell_that_was_filled_in_is_an_entry_and_a_prefectures_are_together(tmp_path: Path) -> None:
    def fill(sheet: Any, columns: dict[str, int], lines: dict[str, int]) -> None:
        sheet.cell(lines[CUNYI], columns["选题"]).value = None
        sheet.cell(lines[CUNYI], columns["拍摄"]).value = "6月1日"
        sheet.cell(lines[XIANYU], columns["片名"]).value = "咸鱼翻身"
        sheet.cell(lines[XIANYU], columns["栏目"]).value = "七一"
        sheet.cell(lines[XIANYU], columns["时长"]).value = "25:30"
        sheet.cell(lines[XIANYU], columns["备注"]).value = "电话：周五来"
        sheet.cell(2, columns["片名"]).value = "石油人"
        sheet.cell(2, columns["选题"]).value = "√"

    found = asked(filled(tmp_path, fill), small_board())
    assert found.wrong == () or kinds(found) == [("4:6", "campaign_undo_implied")]
    entries = {code: list(items) for code, items in found.entries.items()}
    assert entries[KARAMAY] == [
        Announce(id="650200-shiyouren", title="石油人"),
        Done(id="650200-shiyouren", milestone="topic", undated=True),
    ]
    assert [type(item) for item in entries[HOTAN]] == [Done, Change, Change, Change, Note]
    assert Change(id=XIANYU, column="showcase") in entries[HOTAN]
    assert Change(id=XIANYU, length_s=1530.0) in entries[HOTAN]


def test_a_mark_that_is_taken_out_is_undone_where_nothing_later_stands(tmp_path: Path) -> None:
    def clear(sheet: Any, columns: dict[str, int], lines: dict[str, int]) -> None:
        sheet.cell(lines[XIANYU], columns["选题"]).value = None

    assert asked(filled(tmp_path, clear), small_board()).entries == {HOTAN: (Undone(id=XIANYU, milestone="topic"),)}

    def clear_implied(sheet: Any, columns: dict[str, int], lines: dict[str, int]) -> None:
        sheet.cell(lines[CUNYI], columns["拍摄"]).value = None

    found = asked(filled(tmp_path, clear_implied), small_board())
    assert kinds(found) == [("4:7", "campaign_undo_implied")]


def test_what_was_changed_in_the_store_since_is_named_and_left(tmp_path: Path) -> None:
    def fill(sheet: Any, columns: dict[str, int], lines: dict[str, int]) -> None:
        sheet.cell(lines[XIANYU], columns["选题"]).value = date(2027, 4, 3)
        sheet.cell(lines[XIANYU], columns["片名"]).value = "咸鱼翻身"
        sheet.cell(lines[XIANYU], columns["拍摄"]).value = date(2027, 6, 11)

    path = filled(tmp_path, fill)
    season = [
        said(HOTAN, "2027-04-02", Announce(id=XIANYU, title="咸鱼")),
        said(HOTAN, "2027-04-03", Done(id=XIANYU, milestone="topic", on=date(2027, 4, 1)), number=2),
        said(HOTAN, "2027-06-12", Change(id=XIANYU, title="一条咸鱼"), number=3),
    ]
    found = asked(path, looked("2027-06-12", season))
    assert found.entries == {HOTAN: (Done(id=XIANYU, milestone="shooting", on=date(2027, 6, 11)),)}
    told = [(item.kind, item.cell.heading, item.board) for item in found.left]
    assert told[:2] == [
        (LeftKind.CHANGED_SINCE, "片名", "一条咸鱼"),
        (LeftKind.CHANGED_SINCE, "选题（2027-03-31 截止）", "2027-04-01"),
    ]


def test_what_the_store_says_the_same_meanwhile_is_no_news(tmp_path: Path) -> None:
    def fill(sheet: Any, columns: dict[str, int], lines: dict[str, int]) -> None:
        sheet.cell(lines[XIANYU], columns["拍摄"]).value = date(2027, 6, 11)

    path = filled(tmp_path, fill)
    season = [
        said(HOTAN, "2027-04-02", Announce(id=XIANYU, title="咸鱼"), Done(id=XIANYU, milestone="topic")),
        said(HOTAN, "2027-06-12", Done(id=XIANYU, milestone="shooting", on=date(2027, 6, 11)), number=2),
        said(HOTAN, "2027-04-02", Announce(id=CUNYI, title="我们的村医"), number=3),
    ]
    found = asked(path, looked("2027-06-12", season))
    assert found.entries == {}


def test_what_the_store_knows_is_named_with_what_does_it_and_left(tmp_path: Path) -> None:
    def fill(sheet: Any, columns: dict[str, int], lines: dict[str, int]) -> None:
        sheet.cell(lines[XIANYU], columns["首次报送"]).value = "√"
        sheet.cell(lines[CUNYI], columns["通过"]).value = "6月12日"
        sheet.cell(lines[CUNYI], columns["片名"]).value = "村医"

    titled = looked(
        "2027-06-12",
        [
            said(HOTAN, "2027-03-30", Announce(id=CUNYI, title="我们的村医")),
            said(HOTAN, "2027-03-30", Announce(id=XIANYU, title="咸鱼"), number=2),
        ],
        [facts(HOTAN, CUNYI, Stage.SUBMITTED, submitted_at=at("2027-06-09"), title="我们的村医")],
    )
    found = asked(filled(tmp_path, fill, titled), titled)
    assert (found.entries, found.wrong) == ({}, ())
    left = [(item.kind, item.film, item.why.values["command"] if item.why else None) for item in found.left]
    assert left == [
        (LeftKind.HANDED_IN, CUNYI, None),
        (LeftKind.STORE_KNOWS, CUNYI, "showcase review ID --approve"),
        (LeftKind.STORE_KNOWS, XIANYU, "showcase submit FILM"),
    ]


def test_what_was_said_can_not_be_emptied(tmp_path: Path) -> None:
    def clear(sheet: Any, columns: dict[str, int], lines: dict[str, int]) -> None:
        sheet.cell(lines[XIANYU], columns["片名"]).value = None

    (left,) = asked(filled(tmp_path, clear), small_board()).left
    assert (left.kind, left.board) == (LeftKind.CLEARED, "咸鱼")


def test_rows_in_another_order_and_left_out_change_nothing(tmp_path: Path) -> None:
    def shuffle(sheet: Any, _columns: dict[str, int], lines: dict[str, int]) -> None:
        rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
        anchors = [row.pop() for row in rows]
        # the hidden column stayed where it was while the others were sorted, and one film was deleted
        sorted_rows = sorted(rows, key=lambda row: str(row[2]), reverse=True)
        for at_line, (row, anchor) in enumerate(zip(sorted_rows, anchors, strict=True), start=2):
            for column, value in enumerate((*row, anchor), start=1):
                sheet.cell(at_line, column).value = value
        sheet.delete_rows(2)

    found = asked(filled(tmp_path, shuffle), small_board())
    assert (found.entries, found.left, found.wrong) == ({}, (), ())


@pytest.mark.parametrize(
    ("column", "value", "kind"),
    [
        (2, "653200-x", "listed_id_lost"),
        (2, None, "listed_id_lost"),
        (2, CUNYI, "listed_twice"),
        (1, "喀什", "listed_moved"),
        (1, "火星", "prefecture"),
        (12, "{}", "listed_written"),
        (6, "选好了吗", "listed_day"),
        (6, "2027-13-40", "listed_day"),
        (7, "2027-06-13", "listed_to_come"),
        (7, 12, "listed_day"),
        (7, 46184.5, "listed_day"),
        (3, "????", "listed_letters"),
        (11, "??：?", "listed_letters"),
        (11, "#REF!", "listed_error"),
        (3, "长" * 201, "string_too_long"),
        (3, "上\n下", "one_line"),
        (3, date(2027, 1, 1), "listed_date"),
        (4, "没有的栏目", "listed_column"),
        (4, "法律讲堂", "campaign_column_other"),
        (5, "很长", "listed_length"),
        (5, 25, "listed_length"),
        (11, "字" * 1025, "string_too_long"),
    ],
)
def test_a_cell_that_says_nothing_is_a_line_and_nothing_is_put(
    column: int, value: object, kind: str, tmp_path: Path
) -> None:
    def change(sheet: Any, _columns: dict[str, int], lines: dict[str, int]) -> None:
        sheet.cell(lines[XIANYU], column).value = value

    found = asked(filled(tmp_path, change), small_board())
    assert [name for _, name in kinds(found)] == [kind]


def test_the_table_of_another_season_is_refused(tmp_path: Path) -> None:
    other = looked("2027-06-12", [said(HOTAN, "2027-03-02", Announce(id=CUNYI, title="我们的村医"))])
    renamed = other.model_copy(update={"campaign": other.campaign.model_copy(update={"id": "july-1-2026"})})
    path = filled(tmp_path, written_from=renamed)
    with pytest.raises(InputError, match="campaign_list_other"):
        asked(path, other)


def test_a_film_that_was_dropped_or_moved_is_named_and_left(tmp_path: Path) -> None:
    season = [
        said(HOTAN, "2027-03-02", Announce(id=CUNYI, title="我们的村医"), Drop(id=CUNYI, reason="主角生病")),
        said(HOTAN, "2027-03-02", Announce(id=XIANYU, title="咸鱼"), number=2),
        said(HOTAN, "2027-03-03", MovedOut(id=XIANYU, to=KASHGAR), side=Side.EDITOR),
        said(KASHGAR, "2027-03-03", MovedIn(id=XIANYU, origin=HOTAN, title="咸鱼"), side=Side.EDITOR),
    ]
    found = of_csv(
        tmp_path,
        """
地州,片名,选题
和田,我们的村医,√
和田,咸鱼,√
喀什,咸鱼,√
""",
        looked("2027-06-12", season),
    )
    assert [(item.kind, item.film) for item in found.left] == [(LeftKind.DROPPED, CUNYI), (LeftKind.MOVED, XIANYU)]
    assert found.entries == {KASHGAR: (Done(id=XIANYU, milestone="topic"),)}


EMPTY = looked("2027-06-12")


def first_film(**values: Any) -> tuple[Any, ...]:
    return (Announce(id="653200-guoyuan", title="果园", **values),)


DONE_TEN = Done(id="653200-guoyuan", milestone="topic", on=date(2027, 6, 10))
DONE = Done(id="653200-guoyuan", milestone="topic", undated=True)
LISTS = {
    "usual": ("地州,片名,选题\n和田,果园,2027-06-10", (*first_film(), DONE_TEN)),
    "any order, English": ("topic,Title,PREFECTURE\n2027/6/10,果园,Hotan", (*first_film(), DONE_TEN)),
    "by code, semicolons": ("选题;地州;片名\n6月10日;653200;果园", (*first_film(), DONE_TEN)),
    "tabs, spaces in headings": ("地 州\t片　名\t选 题\n和田地区\t果园\t6-10", (*first_film(), DONE_TEN)),
    "titles above": (
        "关于报送七一展播进度的表,,\n,,\n单位：和田,,\n地州,片名,选题\n和田,果园,6/10",
        (*first_film(), DONE_TEN),
    ),
    "blank rows and a sum": ("序号,地州,片名,选题\n1,和田,果园,6.10\n,,,\n,,,\n,合计,,\n", (*first_film(), DONE_TEN)),
    "a number in front": ("no.,prefecture,film,topic\n1,Hotan,果园,20270610", (*first_film(), DONE_TEN)),
    "a time behind": ("地州,片名,选题\n和田,果园,2027/6/10 0:00", (*first_film(), DONE_TEN)),
    "a day and a mark": ("地州,片名,选题\n和田,果园,√（6月10日）", (*first_film(), DONE_TEN)),
    "a day and a word": ("地州,片名,选题\n和田,果园,6月10日完成", (*first_film(), DONE_TEN)),
    "a word and a day": ("地州,片名,选题\n和田,果园,已完成 2027年6月10日", (*first_film(), DONE_TEN)),
    "full-width": ("地州,片名,选题\n和田,果园,２０２７－６－１０", (*first_film(), DONE_TEN)),
    "√": ("地州,片名,选题\n和田,果园,√", (*first_film(), DONE)),
    "✓": ("地州,片名,选题\n和田,果园,✓", (*first_film(), DONE)),
    "●": ("地州,片名,选题\n和田,果园,●", (*first_film(), DONE)),
    "是": ("地州,片名,选题\n和田,果园,是", (*first_film(), DONE)),
    "已完成": ("地州,片名,选题\n和田,果园,已完成", (*first_film(), DONE)),
    "Done": ("地州,片名,选题\n和田,果园,Done", (*first_film(), DONE)),
    "×": ("地州,片名,选题\n和田,果园,×", first_film()),
    "否": ("地州,片名,选题\n和田,果园,否", first_film()),
    "进行中": ("地州,片名,选题\n和田,果园,进行中", first_film()),
    "minutes by the heading": ("地州,片名,时长（分钟）\n和田,果园,25", first_film(length_s=1500.0)),
    "minutes by name": ("地州,片名,分钟数\n和田,果园,12.5", first_film(length_s=750.0)),
    "seconds by the heading": ("地州,片名,片长（秒）\n和田,果园,90", first_film(length_s=90.0)),
    "a length in words": ("地州,片名,片长\n和田,果园,25分30秒", first_film(length_s=1530.0)),
    "a column by another name": ("地州,片名,栏目\n和田,果园,七一专题展播", first_film(column="showcase")),
    "an id of its own": (
        "地州,编号,片名\n和田,653200-yuan,果园",
        (Announce(id="653200-yuan", title="果园"),),
    ),
    "words on a film": ("地州,片名,备注\n和田,果园,周五来", (*first_film(), Note(id="653200-guoyuan", text="周五来"))),
    "words on a prefecture": ("地州,片名,备注\n和田,,电话没人接", (Note(text="电话没人接"),)),
    "what is nobody's column": ("地州,片名,联系人,电话\n和田,果园,张三,13800000000", first_film()),
    "an unknown row of a code as a number": ("地州,片名\n653200.0,果园", first_film()),
}


@pytest.mark.parametrize("name", LISTS)
def test_lists_of_other_people(name: str, tmp_path: Path) -> None:
    text, entries = LISTS[name]
    found = of_csv(tmp_path, text, EMPTY)
    assert (found.wrong, found.left) == ((), ())
    assert found.entries == {HOTAN: entries}
    assert news(EMPTY, HOTAN, Side.EDITOR, found.entries[HOTAN]) == entries


WRONG = {
    "two days": ("地州,片名,选题\n和田,果园,6月10日至12日", [("2:3", "listed_day")]),
    "a plan": ("地州,片名,选题\n和田,果园,计划6月10日", [("2:3", "listed_day")]),
    "before a day": ("地州,片名,选题\n和田,果园,6月10日前", [("2:3", "listed_day")]),
    "a day of no month": ("地州,片名,选题\n和田,果园,2月30日", [("2:3", "listed_day")]),
    "a lost zero": ("地州,片名,选题\n和田,果园,6.1", [("2:3", "listed_day_dot")]),
    "a day to come": ("地州,片名,选题\n和田,果园,6月20日", [("2:3", "listed_to_come")]),
    "year 9999": ("地州,片名,选题\n和田,果园,9999-12-31", [("2:3", "listed_day")]),
    "an error": ("地州,片名,选题\n和田,果园,#REF!", [("2:3", "listed_error")]),
    "no title": ("地州,片名,选题\n和田,,√", [("2:1", "listed_nameless")]),
    "no prefecture": ("片名,选题\n果园,√", [("2:1", "listed_prefecture_unsaid")]),
    "a prefecture that is none": ("地州,片名\n乌有,果园", [("2:1", "prefecture")]),
    "the Corps": ("地州,片名\n第八师,果园", [("2:1", "prefecture_corps")]),
    "joined prefectures": ("地州,片名\n和田,果园\n,枣树", [("3:1", "listed_joined")]),
    "one film twice": ("地州,片名\n和田,果园\n和田,果园", [("3:2", "listed_twice")]),
    "a list's own numbers": ("地州,编号,片名\n和田,7,果园", [("2:2", "listed_id")]),
    "two titles of one id": (
        "地州,片名\n和田,果园\n和田,《果园》\n和田,果苑",
        [("3:2", "listed_twice"), ("4:2", "listed_twice")],
    ),
    "beyond the headings": ("地州,片名\n和田,果园,又一格", [("2:3", "listed_beyond")]),
    "all of them": (
        "地州,片名,选题\n乌有,果园,√\n和田,果园,昨天\n和田,枣,√",
        [("2:1", "prefecture"), ("3:3", "listed_day")],
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_can_not_be_taken_is_a_line_each_with_its_place(name: str, tmp_path: Path) -> None:
    text, lines = WRONG[name]
    assert kinds(of_csv(tmp_path, text, EMPTY)) == lines


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("地州,片名,进度条\n和田,果园,√", "table_heading_unknown"),
        ("地州,片名,拍摄情况\n和田,果园,√", "table_heading_unknown"),
        ("地州,地区,片名\n和田,和田,果园", "table_headings_same"),
        ("地州,片名,选题,topic\n和田,果园,√,√", "table_headings_same"),
        ("甲,乙\n1,2", "table_no_headings"),
        ("地州,片名", "table_no_rows"),
        ("", "table_empty"),
    ],
)
def test_a_table_that_is_none_is_refused(text: str, key: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=key):
        of_csv(tmp_path, text, EMPTY)


def test_a_column_may_be_left_out(tmp_path: Path) -> None:
    found = of_csv(tmp_path, "地州,片名,拍摄情况\n和田,果园,好", EMPTY, ignored=("拍摄情况",))
    assert found.entries == {HOTAN: first_film()}


def test_joined_cells_date_cells_ticks_and_hidden_rows_of_a_workbook(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["七一展播进度表"])
    sheet.merge_cells("A1:E1")
    sheet.append(["地州", "片名", "选题", "拍摄", "时长"])
    sheet.append(["和田", "果园", datetime(2027, 6, 10, 14, 30), True, time(0, 25, 30)])
    sheet.append([None, "枣树", date(2027, 6, 9), False, "12:30"])
    sheet.append([None, None, None, None, None])
    sheet.append(["喀什", "羊", "✔", None, None])
    sheet.merge_cells("A3:A4")
    sheet.row_dimensions[6].hidden = True
    path = tmp_path / "list.xlsx"
    book.save(path)
    remarks: list[str] = []
    found = asked(path, EMPTY, remark=lambda key, **_: remarks.append(key))
    assert found.wrong == ()
    assert found.entries[HOTAN] == (
        Announce(id="653200-guoyuan", title="果园", length_s=1530.0),
        DONE_TEN,
        Done(id="653200-guoyuan", milestone="shooting", undated=True),
        Announce(id="653200-zaoshu", title="枣树", length_s=750.0),
        Done(id="653200-zaoshu", milestone="topic", on=date(2027, 6, 9)),
    )
    assert [item.id for item in found.entries[KASHGAR] if isinstance(item, Done)] == ["653100-yang"]
    assert {"table_passed_over", "table_joined", "table_hidden_rows"} <= set(remarks)


def test_headings_in_two_lines_of_which_the_upper_one_groups_columns(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["七一展播进度表"])
    sheet.append(["地州", "片名", "前期", None, "备注"])
    sheet.append([None, None, "选题", "拍摄", None])
    sheet.append(["和田", "果园", date(2027, 6, 10), None, "周五来"])
    for joined in ("A1:E1", "A2:A3", "B2:B3", "C2:D2", "E2:E3"):
        sheet.merge_cells(joined)
    path = tmp_path / "list.xlsx"
    book.save(path)
    found = asked(path, EMPTY)
    assert found.wrong == ()
    assert found.entries == {HOTAN: (*first_film(), DONE_TEN, Note(id="653200-guoyuan", text="周五来"))}


def test_a_time_that_a_spreadsheet_made_of_minutes_is_not_taken_for_hours(tmp_path: Path) -> None:
    path = xlsx(tmp_path, [["地州", "片名", "时长"], ["和田", "果园", time(12, 30, 1)]])
    assert kinds(asked(path, EMPTY)) == [("2:3", "listed_length")]


def test_a_day_in_a_format_that_a_chinese_spreadsheet_has_built_in(tmp_path: Path) -> None:
    """Formats 27 to 58 are not in the file (ECMA-376 part 1, 18.8.30): a reader sees the number alone."""
    path = xlsx(tmp_path, [["地州", "片名", "选题"], ["和田", "果园", 46548]])
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    styles = parts["xl/styles.xml"].decode()
    parts["xl/styles.xml"] = styles.replace('<xf numFmtId="0"', '<xf numFmtId="58"').encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    assert asked(path, EMPTY).entries == {HOTAN: (*first_film(), DONE_TEN)}


def test_a_formula_without_a_result_is_a_line(tmp_path: Path) -> None:
    path = xlsx(tmp_path, [["地州", "片名", "选题"], ["和田", "果园", "=TODAY()"]])
    assert kinds(asked(path, EMPTY)) == [("2:3", "listed_formula")]


def test_a_title_that_begins_as_a_formula_goes_there_and_back(tmp_path: Path) -> None:
    odd = ["=1+1", "+86", "@x", "<b>&amp;</b>", "\u202eabc", "a\u200db"]
    entries = [Announce(id=f"653200-{number}", title=title) for number, title in enumerate(odd)]
    notes = [Note(id=entry.id, text=entry.title) for entry in entries]
    status = looked("2027-06-12", [said(HOTAN, "2027-03-02", *entries, *notes)])
    path = filled(tmp_path, written_from=status)
    found = asked(path, status)
    assert (found.entries, found.left, found.wrong) == ({}, (), ())
    cells = [cell for row in openpyxl.load_workbook(path).worksheets[0].iter_rows() for cell in row]
    assert all(cell.data_type != "f" for cell in cells)


def test_a_prefecture_speaks_of_its_own_films_alone(tmp_path: Path) -> None:
    text = "地州,片名\n和田,果园\n喀什,羊"
    found = of_csv(tmp_path, text, EMPTY, side=Side.PREFECTURE, own=HOTAN)
    assert kinds(found) == [("3:1", "listed_prefecture_other")]
    alone = of_csv(tmp_path, "片名,选题\n果园,√", EMPTY, side=Side.PREFECTURE, own=HOTAN)
    assert alone.entries == {HOTAN: (*first_film(), DONE)}


def test_a_list_of_ids_alone_finds_its_films(tmp_path: Path) -> None:
    found = of_csv(tmp_path, f"编号,拍摄\n{XIANYU},6月11日\n650200/nobody,√\n")
    assert found.entries == {HOTAN: (Done(id=XIANYU, milestone="shooting", on=date(2027, 6, 11)),)}
    assert kinds(found) == [("3:1", "listed_prefecture_unsaid")]


def test_an_empty_cell_of_somebodys_list_says_nothing(tmp_path: Path) -> None:
    found = of_csv(tmp_path, "地州,片名,选题,拍摄,备注\n和田,咸鱼,,,\n和田,我们的村医,否,,\n")
    assert (found.entries, found.left, found.wrong) == ({}, (), ())


def test_a_list_that_is_read_again_says_nothing_again(tmp_path: Path) -> None:
    text = "地州,片名,选题,时长,栏目,备注\n和田,果园,6月10日,25:00,七一展播,周五来\n"
    first = of_csv(tmp_path, text, EMPTY)
    put = [said(HOTAN, "2027-06-12", *first.entries[HOTAN], side=Side.EDITOR)]
    assert of_csv(tmp_path, text, looked("2027-06-12", put)).entries == {}


def test_a_mark_of_a_film_that_the_board_had_open_is_of_the_day_on_which_it_is_read(tmp_path: Path) -> None:
    """It was late on the board until then, and a mark in place of a day does not undo that; nothing is said twice."""
    announced = said(HOTAN, "2027-03-02", Announce(id="653200-guoyuan", title="果园"))
    text = "地州,片名,选题,拍摄\n和田,果园,√,\n和田,新片,√,\n"
    found = of_csv(tmp_path, text, looked("2027-06-12", [announced]))
    known, new = (item for item in found.entries[HOTAN] if isinstance(item, Done))
    assert (known.on, known.undated, new.on, new.undated) == (None, False, None, True)
    status = looked("2027-06-12", [announced, said(HOTAN, "2027-06-12", *found.entries[HOTAN], side=Side.EDITOR)])
    row = status.row(HOTAN)
    assert row
    steps = [film.cell("topic") for film in row.films if film.id]
    assert [(str(step.on), step.late_days) for step in steps] == [("2027-06-12", 73), ("None", 0)]
    assert of_csv(tmp_path, text, status).entries == {}


def test_a_title_that_two_films_have_needs_an_id(tmp_path: Path) -> None:
    two = said(HOTAN, "2027-03-02", Announce(id="653200-a", title="果园"), Announce(id="653200-b", title="果园"))
    status = looked("2027-06-12", [two])
    assert kinds(of_csv(tmp_path, "地州,片名,选题\n和田,果园,√", status)) == [("2:2", "listed_title_twice")]
    by_id = of_csv(tmp_path, "地州,编号,片名,选题\n和田,653200-b,果园,√", status)
    assert by_id.entries == {HOTAN: (Done(id="653200-b", milestone="topic"),)}


def test_an_id_that_another_title_has_is_a_line(tmp_path: Path) -> None:
    status = looked("2027-06-12", [said(HOTAN, "2027-03-02", Announce(id="653200-guoyuan", title="果苑"))])
    assert kinds(of_csv(tmp_path, "地州,片名,选题\n和田,果园,√", status)) == [("2:2", "listed_id_taken")]


def test_a_column_of_the_board_is_named_in_both_languages(tmp_path: Path) -> None:
    came = facts(HOTAN, "653200-a", Stage.SUBMITTED, submitted_at=at("2027-06-01"), title="果园", column="showcase")
    found = of_csv(tmp_path, "地州,片名,栏目\n和田,果园,党建", looked("2027-06-12", (), [came]))
    assert [item.board for item in found.left] == [InLanguages("七一展播", "July 1 showcase")]


def test_milestones_whose_words_end_in_brackets_are_told_apart(tmp_path: Path) -> None:
    steps = (
        ("first", "审片（初审）", "2027-05-01", FilledBy.HAND),
        ("last", "审片（终审）", "2027-06-01", FilledBy.HAND),
    )
    own = campaign(milestones=milestones(steps), films=ExpectedFilms(prefectures={ALTAY: 1}))
    film = said(ALTAY, "2027-03-02", Announce(id="654300-xue", title="雪"))
    status = looked("2027-06-12", [film], of=published(own))
    path = filled(tmp_path, lambda sheet, *_: sheet.cell(2, 7, "√"), status)
    assert asked(path, status).entries == {ALTAY: (Done(id="654300-xue", milestone="last"),)}
    with pytest.raises(InputError, match="table_heading_unknown"):
        of_csv(tmp_path, "地州,片名,审片\n阿勒泰,雪,√", status)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(
        st.tuples(st.sampled_from(["和田", "喀什", "", "x"]), *[st.text(max_size=8) for _ in range(4)]), max_size=4
    )
)
def test_whatever_a_table_holds_it_is_entries_or_lines(rows: list[tuple[str, ...]], tmp_path: Path) -> None:
    path = tmp_path / "any.csv"
    path.write_bytes(tables.write(["地州", "片名", "选题", "时长", "备注"], rows))
    try:
        found = asked(path, EMPTY)
    except InputError as error:
        assert error.key.startswith("table_")
        return
    for code, entries in found.entries.items():
        if not found.wrong:
            news(EMPTY, code, Side.EDITOR, entries)
