"""A season's board as a page, a workbook and a calendar: what people wrote stays text, and what moved moves."""

from __future__ import annotations

import io
import re
from datetime import date, timedelta

import openpyxl
import pytest
from icalendar import Calendar
from lxml import html

from pipeline.catalogue import LANGUAGES, Language
from pipeline.model.campaign_records import (
    Announce,
    BadKind,
    BadRecord,
    Done,
    Drop,
    Extend,
    MovedIn,
    MovedOut,
    Note,
    Side,
    Undone,
)
from pipeline.model.campaign_status import CampaignStatus, CellState
from pipeline.model.inbox import Stage
from pipeline.report import board_calendar, board_page, board_sheet
from pipeline.report.board_words import SIGNS, BoardWords
from tests.exchange.campaign.test_campaign_board import small_board
from tests.programmes import WORDS
from tests.seasons import HOTAN, KARAMAY, KASHGAR, at, campaign, facts, looked, milestones, published, said

MARKUP = "<script>alert(1)</script>&amp;\u202e"
SEEN = MARKUP.replace("\u202e", "\ufffd")
CUNYI = "653200-cunyi"


def words(language: Language) -> BoardWords:
    return BoardWords(language, WORDS.columns)


def odd_board() -> CampaignStatus:
    """Everything that a board can hold, with markup in each text that people write."""
    moved = milestones()
    later = tuple(item.model_copy(update={"due": item.due + timedelta(days=2)}) for item in moved)
    air = date(2027, 7, 3)
    records = [
        said(HOTAN, "2027-03-02", Announce(id=CUNYI, title=MARKUP, column="showcase", length_s=1500.0), by="<b>甲</b>"),
        said(HOTAN, "2027-03-03", Done(id=CUNYI, milestone="topic"), number=2),
        said(HOTAN, "2027-03-04", Undone(id=CUNYI, milestone="topic"), side=Side.EDITOR),
        said(HOTAN, "2027-03-05", Note(id=CUNYI, text=MARKUP), Note(text=MARKUP), side=Side.EDITOR, number=2),
        said(
            HOTAN,
            "2027-03-06",
            Extend(id=CUNYI, milestone="shooting", until=date(2027, 6, 20), reason=MARKUP),
            Extend(milestone="handed-in", until=date(2027, 6, 25), reason=MARKUP),
            side=Side.EDITOR,
            number=3,
        ),
        said(HOTAN, "2027-03-07", Announce(id="653200-b", title="乙"), Drop(id="653200-b", reason=MARKUP), number=3),
        said(HOTAN, "2027-03-08", Announce(id="653200-c", title="丙"), number=4),
        said(HOTAN, "2027-03-09", MovedOut(id="653200-c", to=KASHGAR), side=Side.EDITOR, number=4),
        said(KASHGAR, "2027-03-09", MovedIn(id="653200-c", origin=HOTAN, title="丙"), side=Side.EDITOR),
    ]
    films = [
        facts(
            KARAMAY,
            "650200-x",
            Stage.RETURNED,
            submitted_at=at("2027-06-01"),
            returned_at=at("2027-06-02"),
            reason=MARKUP,
        ),
        facts(KARAMAY, "650200-y", Stage.WITHDRAWN, submitted_at=at("2027-06-01"), withdrawn_at=at("2027-06-02")),
    ]
    bad = [
        BadRecord(prefecture=HOTAN, side=Side.PREFECTURE, number=9, key=MARKUP, kind=BadKind.UNREADABLE, what=MARKUP)
    ]
    history = published(campaign(), campaign(milestones=later, air_date=air))
    return looked("2027-06-12", records, films, of=history, bad=bad)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_one_file_with_headings_and_scopes_and_texts_are_text(language: Language) -> None:
    made = board_page.page(odd_board(), words(language))
    assert made == board_page.page(odd_board(), words(language))
    page = html.document_fromstring(made.decode())
    assert page.xpath("//script | //@src | //link | //@href[not(starts-with(., '#'))]") == []
    assert page.text_content().count(SEEN) >= 8
    assert "<b>甲</b>" in page.text_content()
    assert "\u202e".encode() not in made
    assert page.get("lang") == {"zh": "zh-CN", "en": "en"}[language]
    assert len(page.xpath("//h1")) == 1
    tables = page.xpath("//table")
    assert len(tables) == 1 + len(odd_board().rows)
    for table in tables:
        assert table.xpath("caption")
        assert len(table.xpath("thead//th[@scope='col']")) == 1 + len(milestones())
        assert len(table.xpath("tbody/tr/th[@scope='row']")) == len(table.xpath("tbody/tr"))
    assert all(page.xpath(f"//*[@id='{link[1:]}']") for link in page.xpath("//@href"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_cell_has_a_sign_and_a_word(language: Language) -> None:
    page = html.document_fromstring(board_page.page(odd_board(), words(language)).decode())
    marks = page.xpath("//td//span[contains(@class, 'mark')]")
    assert len(marks) > 40
    for mark in marks:
        sign, _, word = mark.text_content().strip().partition(" ")
        assert sign in SIGNS.values()
        assert len(word.strip()) > 1
    assert set(SIGNS) == set(CellState)


def test_the_page_of_one_prefecture_has_nothing_of_others() -> None:
    page = board_page.page(odd_board(), words("zh"), KARAMAY).decode()
    assert "650200-x" in page
    assert "和田" not in page
    assert CUNYI not in page


def test_moved_dates_are_old_and_new_and_who_said_it_is_there() -> None:
    text = html.document_fromstring(board_page.page(odd_board(), words("zh")).decode()).text_content()
    assert "选题：2027-03-31 → 2027-04-02（第 2 版）" in text
    assert "开播：2027-07-01 → 2027-07-03（第 2 版）" in text
    assert "阿依古丽（地州），2027-03-07 10:00" in text
    assert "已转给喀什地区" in text
    assert "由和田地区转来" in text
    assert "由 06-12 延到 06-25" in text


def test_a_season_in_which_nothing_is_wanted_says_so() -> None:
    early = looked("2027-01-04")
    assert "近期没有到期的。" in board_page.page(early, words("zh")).decode()


def test_the_workbook_has_a_row_a_film_and_a_column_a_milestone() -> None:
    raw = board_sheet.workbook(small_board(), words("zh"))
    assert raw == board_sheet.workbook(small_board(), words("zh"))
    (sheet,) = openpyxl.load_workbook(io.BytesIO(raw)).worksheets
    headings = [cell.value for cell in sheet[1]]
    assert headings[:6] == ["地州", "编号", "片名", "栏目", "时长", "选题（2027-03-31 截止）"]
    assert headings[7] == "首次报送（2027-06-10 截止，自动记录）"
    rows = [[cell.value for cell in row[:-1]] for row in sheet.iter_rows(min_row=2)]
    assert [row[:3] for row in rows] == [
        ["克拉玛依市", None, None],
        ["喀什地区", None, None],  # the dropped film is not in it
        ["和田地区", CUNYI, "我们的村医"],
        ["和田地区", "653200-xianyu", "咸鱼"],
        ["阿勒泰地区", "654300-xue", None],
    ]
    assert rows[2][5].date() == date(2027, 3, 29)
    assert (rows[2][6], rows[2][7].date(), rows[2][8]) == ("√", date(2027, 6, 9), None)
    assert sheet.column_dimensions["L"].hidden
    assert not sheet.column_dimensions["K"].hidden


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_cell_is_a_formula(language: Language) -> None:
    titles = ["=1+1", "+1", "-1", "@A1", "\t=1", "=cmd|' /C calc'!A0"]
    entries = [Announce(id=f"653200-{number}", title=title, column="showcase") for number, title in enumerate(titles)]
    notes = [Note(id=entry.id, text=entry.title) for entry in entries]
    status = looked("2027-06-12", [said(HOTAN, "2027-03-02", *entries, *notes)])
    book = openpyxl.load_workbook(io.BytesIO(board_sheet.workbook(status, words(language))))
    cells = [cell for row in book.worksheets[0].iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} <= {"s", "d"}
    assert "=1+1" in [cell.value for cell in cells]


def events(
    status: CampaignStatus, prefecture: str | None = None, language: Language = "zh"
) -> dict[str, dict[str, str]]:
    """Of each event its fields, by its name."""
    raw = board_calendar.calendar(status, words(language), prefecture)
    assert raw == board_calendar.calendar(status, words(language), prefecture)
    assert all(len(line) <= 75 for line in raw.split(b"\r\n"))
    read = Calendar.from_ical(raw)
    return {
        str(event["uid"]): {
            "day": event.decoded("dtstart").isoformat(),
            "end": event.decoded("dtend").isoformat(),
            "summary": str(event["summary"]),
            "sequence": str(event["sequence"]),
            "changed": event.decoded("last-modified").isoformat(),
            "status": str(event.get("status", "")),
        }
        for event in read.walk("VEVENT")
    }


def test_the_editors_calendar_has_a_whole_day_a_milestone() -> None:
    found = events(small_board())
    assert list(found) == [f"july-1-2027.{item.id}@showcase" for item in milestones()]
    topic = found["july-1-2027.topic@showcase"]
    assert (topic["day"], topic["end"], topic["summary"]) == ("2027-03-31", "2027-04-01", "选题 · 七一展播")
    assert topic["changed"] == "2027-01-04T02:00:00+00:00"
    raw = board_calendar.calendar(small_board(), words("zh")).decode()
    assert re.findall(r"DTSTART[^\r]*", raw)[0] == "DTSTART;VALUE=DATE:20270331"


def test_a_moved_date_moves_under_the_same_name_with_a_higher_number() -> None:
    later = tuple(
        item.model_copy(update={"due": date(2027, 4, 3)}) if item.id == "topic" else item for item in milestones()
    )
    history = published(campaign(), campaign(milestones=later))
    before, after = (events(looked(day, of=history)) for day in ("2027-01-10", "2027-03-20"))
    assert before.keys() == after.keys()
    name = "july-1-2027.topic@showcase"
    assert (before[name]["day"], after[name]["day"]) == ("2027-03-31", "2027-04-03")
    assert int(before[name]["sequence"]) < int(after[name]["sequence"])
    assert before[name]["changed"] < after[name]["changed"]


def test_a_prefectures_calendar_has_each_film_and_an_extension_moves_its_day_alone() -> None:
    announced = said(HOTAN, "2027-03-02", Announce(id=CUNYI, title="村医"), Announce(id="653200-b", title="乙"))
    extended = said(
        HOTAN,
        "2027-04-02",
        Extend(id=CUNYI, milestone="shooting", until=date(2027, 6, 20), reason="沙尘"),
        side=Side.EDITOR,
    )
    before, after = (events(looked("2027-06-01", records), HOTAN) for records in ([announced], [announced, extended]))
    name, other = (f"july-1-2027.{HOTAN}.{identity}.shooting@showcase" for identity in (CUNYI, "653200-b"))
    assert (before[name]["day"], after[name]["day"]) == ("2027-05-20", "2027-06-20")
    assert int(before[name]["sequence"]) < int(after[name]["sequence"])
    assert before[other] == after[other]
    assert after[name]["summary"] == "拍摄 · 村医"


def test_what_is_dropped_is_cancelled_and_films_without_a_name_are_one_event() -> None:
    announced = said(HOTAN, "2027-03-02", Announce(id=CUNYI, title="村医"))
    dropped = said(HOTAN, "2027-03-09", Drop(id=CUNYI, reason="病"), number=2)
    name = f"july-1-2027.{HOTAN}.{CUNYI}.topic@showcase"
    before, after = (events(looked("2027-03-20", records), HOTAN) for records in ([announced], [announced, dropped]))
    assert (before[name]["status"], after[name]["status"]) == ("", "CANCELLED")
    assert int(before[name]["sequence"]) < int(after[name]["sequence"])
    nameless = f"july-1-2027.{HOTAN}.topic@showcase"
    assert (before[nameless]["summary"], after[nameless]["summary"]) == (
        "选题 · 还没有报片名的 1 部",
        "选题 · 还没有报片名的 2 部",
    )


def test_titles_can_not_write_lines_of_a_calendar() -> None:
    odd = 'a;b,c\\n"BEGIN:VEVENT" \u202eUID:x ' + "长" * 150
    records = [said(HOTAN, "2027-03-02", Announce(id=CUNYI, title=odd), Note(id=CUNYI, text="x\nBEGIN:VEVENT"))]
    found = events(looked("2027-03-20", records), HOTAN)
    assert len(found) == 2 * len(milestones())
    assert found[f"july-1-2027.{HOTAN}.{CUNYI}.topic@showcase"]["summary"] == f"选题 · {odd}".replace(
        "\u202e", "\ufffd"
    )
    named = campaign(name="七一;BEGIN:VEVENT,\\n")
    raw = board_calendar.calendar(looked("2027-03-20", of=published(named)), words("zh"))
    assert str(Calendar.from_ical(raw)["name"]) == "七一;BEGIN:VEVENT,\\n"


def test_a_prefecture_that_has_no_row_has_an_empty_calendar() -> None:
    assert events(small_board(), "650100") == {}
