"""The running order as the command lays, holds, shows, writes and publishes it, on a real store."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from lxml import etree

from pipeline import catalogue
from pipeline.catalogue import Language
from pipeline.cli.layout import width
from pipeline.exchange import acknowledgement, withdrawal
from pipeline.exchange.acknowledgement import OperatorAnswer
from pipeline.exchange.running_order import laying
from pipeline.model.china_time import day_in_china
from pipeline.model.delivery import Decision
from pipeline.model.running_order import MOST_NUMBER
from pipeline.storage import embedded
from pipeline.storage.bucket import Bucket
from pipeline.storage.buckets import Buckets
from pipeline.storage.s3.session import Connection
from pipeline.storage.s3.store import Store
from tests.conftest import Result, Showcase
from tests.e2e.error_words import LANGUAGES, Case, case, hold, put
from tests.listed_programmes import deliver, film_of
from tests.running_orders import film, slots, written
from tests.storage import kept_store

A, B, C = "653200", "650100", "654000"
SLOTS = """\
schema_version: 1
campaign: july-2027
name: {zh: 七一展播, en: July 1 showcase}
slots:
  - {name: evening, from: 2027-07-01, until: 2027-07-04, start: 19:30, minutes: 30, columns: [七一展播]}
rules: {pinned: [{film: 654000/pinned, slot: evening, date: 2027-07-02}]}
"""


BROKEN = """\
日期,开始,编号
2027-07-01,19:30,653200/first
2027-07-02,19:30,650100/third
2027-07-03,19:31,654000/waits
2027-07-04,25:00,653200/second
"""
NARROW = SLOTS.replace("minutes: 30", "minutes: 1, language: kaz").replace("rules:", "# rules:")
BARE = "日期,编号\n2027-07-01,653200/first\n"
CASES: dict[str, Case] = {
    "an order of another kind": case("order_kind", 2, "campaign schedule slots.yaml -o order.pdf"),
    "a table without a column": case(
        "order_lacks_column", 2, "campaign schedule slots.yaml --from bare.csv", {"bare.csv": BARE}
    ),
    "a table that breaks rules": case(
        "order_rows", 2, "campaign schedule slots.yaml --from order.csv", {"order.csv": BROKEN}
    ),
    "another day": case("order_of_a_day", 2, "campaign schedule slots.yaml --today 2027-07-04"),
    "an order with nothing in it": case(
        "order_nothing", 2, "campaign schedule narrow.yaml --publish", {"narrow.yaml": NARROW}
    ),
    "after the last number": case(
        "order_numbers_full",
        2,
        "campaign schedule full.yaml --publish",
        {"full.yaml": SLOTS.replace("july-2027", "full")},
    ),
    "no slots": case("order_no_slots", 2, "campaign schedule --publish --campaign none"),
}


@pytest.fixture(scope="module")
def season(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Buckets, Connection]]:
    """Four films that were taken over, one that waits, one of another column."""
    with embedded.serve(tmp_path_factory.mktemp("season"), ("delivery", "inbox")) as server:
        store = Store(server.connection, endpoint_shown="")
        buckets = Buckets(Bucket(store, "inbox"), Bucket(store, "delivery"))
        for name, prefecture, column in (
            *(("first", A, "七一展播"), ("second", A, "七一展播"), ("third", B, "七一展播"), ("pinned", C, "七一展播")),
            *(("waits", C, "七一展播"), ("health", C, "卫生健康")),
        ):
            there = deliver(buckets, film_of(name, column, prefecture), tmp_path_factory.mktemp(name))
            if name != "waits":
                there = acknowledgement.newest(buckets, str(there.ref))
                acknowledgement.answer(buckets, there, OperatorAnswer(Decision.ACCEPT))
        last = laying.lay(slots().model_copy(update={"campaign": "full"}), [film(f"{A}/first")]).as_published(
            MOST_NUMBER
        )
        kept_store.put(buckets.delivery, f"_campaign/full/order-{MOST_NUMBER}.json", last.to_file())
        yield buckets, server.connection


@pytest.fixture
def desk(season: tuple[Buckets, Connection], showcase: Showcase) -> Showcase:
    """An editor's folder with the slots."""
    connection = season[1]
    showcase.environment |= {
        "AWS_ENDPOINT_URL_S3": connection.endpoint or "",
        "AWS_ACCESS_KEY_ID": connection.access_key or "",
        "AWS_SECRET_ACCESS_KEY": connection.secret_key or "",
        "SHOWCASE_LANG": "en",
    }
    written(showcase.folder / "slots.yaml", SLOTS)
    return showcase


Run = Callable[..., Result]


@pytest.fixture
def run(desk: Showcase) -> Run:
    """Types the command."""

    def typed(*words: str, language: Language = "en") -> Result:
        return desk("campaign", "schedule", *words, "--lang", language)

    return typed


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", CASES)
def test_an_error_says_what_to_do_in_the_readers_language(language: Language, name: str, desk: Showcase) -> None:
    put(desk.folder, CASES[name].files)
    hold(desk, CASES[name], language, "first second third waits pinned health evening")


def test_an_order_is_laid_and_shown_within_the_terminal(run: Run) -> None:
    for language in catalogue.LANGUAGES:
        said = run("slots.yaml", language=language)
        assert said.code == 0
        lines = said.out.splitlines()
        assert [line.split()[1] for line in lines if "19:30–" in line] == ["first", "pinned", "third", "second"]
        assert all(width(line) <= 80 for line in lines), lines
    said = run("slots.yaml")
    assert "654000/waits waits: not taken over yet" in said.out
    assert "654000/health health: no slot of its column (slots take: July 1 showcase)" in said.out


def test_json_is_the_order_alone(run: Run) -> None:
    said = run("slots.yaml", "--json")
    (row,) = [json.loads(line) for line in said.out.splitlines()]
    assert said.code == 0
    assert [item["submission_id"] for item in row["showings"]] == ["first", "pinned", "third", "second"]
    assert row["showings"][0]["start"] == "2027-07-01T11:30:00Z"
    assert {item["submission_id"]: item["why"]["reason"] for item in row["left_out"]} == {
        "waits": "not_taken_over",
        "health": "column",
    }


def test_papers_are_written_and_the_workbook_is_read_back(desk: Showcase, run: Run) -> None:
    said = run("slots.yaml", "-o", "order.xlsx", "-o", "out/order.html", "-o", "order.xml")
    assert (said.code, [(desk.folder / name).is_file() for name in ("order.xlsx", "out/order.html", "order.xml")]) == (
        0,
        [True] * 3,
    )
    again = run("slots.yaml", "--from", "order.xlsx")
    assert again.code == 0
    shown = [line for line in said.out.splitlines() if "19:30–" in line]
    assert shown == [line for line in again.out.splitlines() if "19:30–" in line]


@pytest.mark.parametrize("language", catalogue.LANGUAGES)
def test_each_rule_that_does_not_hold_is_a_line_with_its_row(desk: Showcase, language: Language, run: Run) -> None:
    written(desk.folder / "order.csv", BROKEN)
    said = run("slots.yaml", "--from", "order.csv", "--publish", language=language)
    assert said.code == 2
    told = [line for line in said.err.splitlines() if "order.csv" in line]
    assert [next(number for number in ("csv:4", "csv:5:2", "csv") if number in line) for line in told[1:]] == [
        *("csv:5:2", "csv:4", "csv"),
    ]
    assert run("--campaign", "july-2027").out == ""  # nothing was published


def test_before_anything_is_published_it_is_said_how_to_begin(run: Run) -> None:
    said = run("--campaign", "july-2027")
    assert (said.code, said.out) == (0, "")
    assert "showcase campaign schedule slots.yaml" in said.err


def test_an_order_with_nothing_in_it_is_not_published(desk: Showcase, run: Run) -> None:
    written(desk.folder / "narrow.yaml", NARROW.replace("july-2027", "narrow"))
    assert run("narrow.yaml").code == 0  # it can be looked at
    for more in ((), ("-n",)):
        said = run("narrow.yaml", "--publish", *more)
        assert said.code == 2
        assert "654000/waits" in said.err
        assert "not taken over yet" in said.err
    assert run("--campaign", "narrow").out == ""


def test_after_the_last_number_nothing_is_published_or_promised(desk: Showcase, run: Run) -> None:
    written(desk.folder / "full.yaml", SLOTS.replace("july-2027", "full"))
    for more in ((), ("-n",)):
        said = run("full.yaml", "--publish", *more, "--json")
        assert (said.code, said.rows[-1]["error"]["key"]) == (2, "order_numbers_full")  # type: ignore[index]
    assert f"order {MOST_NUMBER}" in run("--campaign", "full").out


@pytest.mark.parametrize("language", catalogue.LANGUAGES)
def test_what_a_first_order_has_in_slots_that_have_begun_is_told_and_stays(
    desk: Showcase, language: Language, run: Run
) -> None:
    today, own = (
        day_in_china(datetime.now(UTC)),
        f"begun-{language}",
    )  # before july-2027, where the store has both of one second
    past, coming = (str(today + timedelta(days=days)) for days in (-2, 2))
    file = SLOTS.replace("july-2027", own).replace("from: 2027-07-01, until: 2027-07-04", f"dates: [{past}, {coming}]")
    file = file.partition("rules:")[0]
    first, kept = (
        ("注意：有 1 次播出排在已经开始的时段", "已经开始的时段里的 1 次播出，照第 1 号编排不变")
        if language == "zh"
        else (
            "note: it has 1 showings in slots that have begun",
            "1 showings that have begun stay as published in order 1",
        )
    )

    def told(*words: str, pins: str = "") -> str:
        written(desk.folder / "past.yaml", f"{file}{pins}")
        said = run("past.yaml", "--publish", *words, language=language)
        assert said.code == 0, said.err
        return said.out

    said = told()
    assert (first in said, kept in said) == (True, False)
    said = told()  # it stands
    assert (first in said, kept in said) == (False, True)
    pins = f"rules: {{pinned: [{{film: 653200/first, slot: evening, date: {past}}}]}}\n"
    for words in (("-n",), ()):
        said = told(*words, pins=pins)
        assert kept in said
        assert next(line.split()[1] for line in said.splitlines() if "19:30–" in line) == "third"
        assert f"{past[5:]} 19:30" in next(line for line in said.splitlines() if "653200/first" in line)


def test_an_operator_may_not_publish(desk: Showcase, run: Run) -> None:
    written(desk.folder / "showcase.toml", 'role = "operator"\n')
    said = run("slots.yaml", "--publish", "--json")
    assert (said.code, json.loads(said.out)["error"]["key"]) == (3, "right_of_another")


def test_a_published_order_names_what_was_withdrawn_with_what_fits(
    season: tuple[Buckets, Connection], desk: Showcase, run: Run
) -> None:
    buckets, _ = season
    said = run("slots.yaml", "--publish", "-n")
    assert (said.code, "order 1" in said.out.splitlines()[-1]) == (0, True)
    assert run("--campaign", "july-2027").out == ""
    said = run("slots.yaml", "--publish")
    assert (said.code, said.out.splitlines()[-1]) == (0, "published as order 1")
    raw = buckets.delivery.get("_campaign/july-2027/order-1.json") or b""
    assert [name in raw for name in (b"third", b"waits", b"health")] == [True, False, False]
    again = run("slots.yaml", "--publish")
    assert (again.code, "order 1 is this one: nothing to publish" in again.out) == (0, True)
    said = run()
    assert said.code == 0
    assert "since order" not in said.out
    assert said.out.splitlines()[1].startswith("  of season july-2027, published 20")
    withdrawal.withdraw(buckets, f"{B}/third", "版权", "王", undo=False)
    there = acknowledgement.newest(buckets, f"{C}/waits")
    acknowledgement.answer(buckets, there, OperatorAnswer(Decision.ACCEPT))
    for typed in ((), ("slots.yaml",)):
        said = run(*typed)
        assert said.code == 0
        assert said.out.splitlines()[-2:] == [
            "  07-03 19:30 650100/third third: withdrawn",
            "    what fits there: 654000/waits waits",
        ]
    lines = run().out.splitlines()
    assert "  654000/waits waits: not in this order" in lines  # no longer: not taken over yet
    assert "  654000/waits waits: 2027-07-03 19:30 evening" in lines
    row = json.loads(run("--json").out.splitlines()[0])
    assert (row["number"], row["published_at"][:2]) == (1, "20")
    assert [(item["film"], item["start"]) for item in row["places"]] == [("654000/waits", "2027-07-03T11:30:00Z")]
    assert run("-o", "order.html").code == 0
    said = run("-o", "guide.xml")
    assert "guide.xml is without 1 showings whose film was withdrawn: 07-03 19:30 650100/third" in said.out.splitlines()
    root = etree.parse(desk.folder / "guide.xml").getroot()
    assert [item.findtext("title") for item in root.iterfind("programme")] == ["first", "pinned", "second"]
    page = (desk.folder / "order.html").read_text("utf-8")
    assert ("why (as of 20" in page, page.count("<td>withdrawn</td>")) == (True, 1)
    gap = json.loads(run("--json").out.splitlines()[-1])
    assert (gap["order"], gap["why"]["reason"], gap["fits"]) == (1, "withdrawn", ["654000/waits"])
    (row,) = [line for line in run().out.splitlines() if line.startswith("  19:30–") and "third" in line]
    assert row.split()[-1] == "withdrawn"
    *shown, row = run("--today", "2027-07-04").out.splitlines()  # the slot has passed
    assert (shown[-1], row) == (
        "of order 1, 1 showings were not on air, since their film was withdrawn before:",
        "  07-03 19:30 650100/third third: withdrawn",
    )
    for code, names in ((A, set()), (B, set()), (C, {"waits", "health"})):
        written(desk.folder / "showcase.toml", f'role = "producer"\nprefecture = "{code}"\n')
        (row, *found) = [json.loads(line) for line in run("--json").out.splitlines()]
        assert len(row["showings"]) == 4
        assert {item["submission_id"] for item in row["left_out"]} == names
        assert row["places"] == []  # which slot came free it can't see
        assert [(item["gap"]["submission_id"], item["fits"]) for item in found] == (
            [("third", [])] if code == B else []
        )
        assert [name in run().out for name in ("waits", "health")] == [code == C] * 2
        assert "no film fits" not in run().out
        assert "films of other prefectures that were withdrawn can't be seen" in run("-o", f"{code}.xml").err
    (desk.folder / "showcase.toml").unlink()
    said = run("--publish")  # anew, into the slots of the published one
    assert (said.code, said.out.splitlines()[-1]) == (0, "published as order 2")
    assert "since order" not in run().out
