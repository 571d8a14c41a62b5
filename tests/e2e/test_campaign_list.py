"""A season's board on paper, and lists that come back: what is typed, on a real store."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest

from pipeline.catalogue import LANGUAGES as BOTH
from pipeline.catalogue import Language
from pipeline.model.china_time import day_in_china
from pipeline.storage import embedded
from pipeline.storage.s3.session import Connection
from tests.conftest import Result, Showcase
from tests.e2e.error_words import LANGUAGES, Case, case, hold, put

TODAY = day_in_china(datetime.now(UTC))
DONE = TODAY - timedelta(days=3)
OTHERS = f"""\
七一展播进度表,,,
,,,
地州,片名,选题,拍摄,备注
和田,我们的村医,{DONE.isoformat()},,电话：周五来
喀什,=石榴红了,√,,
"""
BROKEN = "地州,片名,选题\n乌有,我们的村医,√\n和田,我们的村医,以后\n"
CASES: dict[str, Case] = {
    "a paper of another kind": case("campaign_paper_kind", 2, "campaign show -o board.pdf"),
    "cells that can't be taken": case("campaign_list_rows", 2, "campaign import broken.csv", {"broken.csv": BROKEN}),
    "the board of another season": case(
        "campaign_list_other",
        2,
        "campaign import other.csv",
        {
            "other.csv": "地州,编号,片名,as written\n和田,653200-a,我们的村医,"
            '"{""campaign"":""july-2020"",""revision"":1,""prefecture"":""653200"",""id"":""653200-a"",""values"":{}}"\n'
        },
    ),
}
Run = Callable[..., Result]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    with embedded.serve(tmp_path_factory.mktemp("season"), ("delivery", "inbox")) as server:
        yield server.connection


@pytest.fixture
def desk(store: Connection, showcase: Showcase, request: pytest.FixtureRequest) -> Showcase:
    """An editor's folder, and a season of its own."""
    showcase.environment |= {
        "AWS_ENDPOINT_URL_S3": store.endpoint or "",
        "AWS_ACCESS_KEY_ID": store.access_key or "",
        "AWS_SECRET_ACCESS_KEY": store.secret_key or "",
        "SHOWCASE_LANG": "en",
    }
    number = abs(hash(request.node.name)) % 10**8
    air = TODAY + timedelta(days=30)
    made = showcase("campaign", "init", "--air-date", air.isoformat())
    assert made.code == 0, made.err
    plan = showcase.folder / "campaign.yaml"
    lines = plan.read_text(encoding="utf-8").splitlines()
    named = [f"id: season-{number}" if line.startswith("id:") else line for line in lines]
    plan.write_text("\n".join(named) + "\n", encoding="utf-8")
    made = showcase("campaign", "publish")
    assert made.code == 0, made.err
    return showcase


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", CASES)
def test_an_error_says_what_to_do_in_the_readers_language(language: Language, name: str, desk: Showcase) -> None:
    put(desk.folder, CASES[name].files)
    hold(desk, CASES[name], language, "我们的村医 乌有 以后 topic 选题 season")


def objects(said: Result) -> list[dict[str, object]]:
    return [json.loads(line) for line in said.out.splitlines()]


@pytest.mark.parametrize("language", BOTH)
def test_a_list_is_shown_then_said_once_a_prefecture_and_never_twice(language: Language, desk: Showcase) -> None:
    put(desk.folder, {"list.csv": OTHERS})
    shown = desk("campaign", "import", "list.csv", "-n", "--lang", language)
    assert shown.code == 0, shown.err
    assert desk("campaign", "show", "--json").out.count("=石榴红了") == 0
    (undated,) = [line for line in shown.err.splitlines() if "√" in line]
    assert re.findall(r"\d+", undated) == ["1"]
    said = desk("campaign", "import", "list.csv", "--json")
    assert said.code == 0
    rows = objects(said)
    assert all(row["new"] for row in rows)
    assert ("日期没说" if language == "zh" else "nobody said when") in desk(
        "campaign", "show", "喀什", "--lang", language
    ).out
    assert len({key for row in rows for key in row["records"]}) == 2  # type: ignore[attr-defined]
    again = desk("campaign", "import", "list.csv", "--json")
    assert (again.code, again.out) == (0, "")
    for title in ("我们的村医", "=石榴红了"):
        assert title in shown.out
    put(desk.folder, {"later.csv": "地州,片名,选题,拍摄\n和田,我们的村医,√,√\n喀什,=石榴红了,√,√\n"})
    later = desk("campaign", "import", "later.csv", "--lang", language)
    (of_today,) = [line for line in later.err.splitlines() if "√" in line]
    assert re.findall(r"\d+", of_today) == ["2"]
    assert ("按今天完成" if language == "zh" else "done today") in of_today


@pytest.mark.parametrize("language", BOTH)
def test_who_announces_hears_how_the_first_step_is_said(language: Language, desk: Showcase) -> None:
    said = desk("campaign", "announce", "--title", "雪莲", "--prefecture", "和田", "--lang", language)
    (typed,) = [line for line in said.out.splitlines() if "campaign done" in line]
    words = typed[typed.index("campaign done") :].split()
    assert words[2:] == ["653200-xuelian", "选题" if language == "zh" else "topic"]
    assert desk(*words).code == 0
    (film,) = [
        film
        for row in json.loads(desk("campaign", "show", "--json").out)["rows"]
        for film in row["films"]
        if film["id"] == words[2]
    ]
    assert film["cells"][0]["state"] == "done"


def test_the_board_is_filled_in_and_only_what_changed_is_said(desk: Showcase) -> None:
    put(desk.folder, {"list.csv": OTHERS})
    assert desk("campaign", "import", "list.csv").code == 0
    papers = ("out/board.html", "board.xlsx", "board.ics")
    wrote = desk("campaign", "show", *(word for paper in papers for word in ("-o", paper)))
    assert (wrote.code, [(desk.folder / paper).is_file() for paper in papers]) == (0, [True] * 3)
    unchanged = desk("campaign", "import", "board.xlsx", "--json")
    assert (unchanged.code, unchanged.out) == (0, "")
    book = openpyxl.load_workbook(desk.folder / "board.xlsx")
    sheet = book.worksheets[0]
    headings = [str(cell.value).split(" (")[0] for cell in sheet[1]]
    row = next(row for row in sheet.iter_rows(min_row=2) if row[2].value == "我们的村医")
    row[headings.index("shooting")].value = DONE
    row[headings.index("accepted")].value = "√"
    row[headings.index("title")].value = "村医"
    book.save(desk.folder / "board.xlsx")
    assert desk("campaign", "change", "我们的村医", "--title", "好村医", "--prefecture", "653200").code == 0
    said = objects(desk("campaign", "import", "board.xlsx", "--json"))
    entries = [row["entry"] for row in said if "entry" in row]
    assert [(entry["kind"], entry["milestone"], entry["on"]) for entry in entries] == [  # type: ignore[index]
        ("done", "shooting", DONE.isoformat())
    ]
    assert {row["left"]: row["board"] for row in said if "left" in row} == {
        "changed_since": "好村医",
        "store_knows": "",
    }
    told = desk("campaign", "import", "board.xlsx").err
    assert "showcase review ID --approve" in told


def test_nothing_is_half_done(desk: Showcase) -> None:
    put(desk.folder, {"broken.csv": BROKEN + f"喀什,石榴红了,{DONE}\n"})
    said = desk("campaign", "import", "broken.csv", "--json")
    assert said.code == 2
    assert [row["wrong"] for row in objects(said) if "wrong" in row] == ["prefecture", "listed_day"]
    told = desk("campaign", "import", "broken.csv").err
    assert "broken.csv:2:1" in told
    assert "broken.csv:3:3" in told
    assert "石榴红了" not in desk("campaign", "show", "--json").out


def test_the_calendar_of_a_prefecture_has_its_films(desk: Showcase) -> None:
    put(desk.folder, {"list.csv": OTHERS})
    assert desk("campaign", "import", "list.csv").code == 0
    assert desk("campaign", "show", "和田", "-o", "own.ics", "-o", "own.html", "--lang", "zh").code == 0
    calendar = (desk.folder / "own.ics").read_text(encoding="utf-8")
    assert "SUMMARY:拍摄 · 我们的村医" in calendar
    page = Path(desk.folder / "own.html").read_text(encoding="utf-8")
    assert "我们的村医" in page
    assert "喀什" not in page
