"""A film that was on air and was withdrawn since stays in each order that is published behind it, on every paper."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from lxml import etree

from pipeline.exchange import acknowledgement, withdrawal
from pipeline.exchange.acknowledgement import OperatorAnswer
from pipeline.model.delivery import Decision
from pipeline.storage.buckets import Buckets
from tests.common_store import CommonStore
from tests.conftest import Showcase
from tests.listed_programmes import deliver, film_of
from tests.running_orders import written
from tests.storage.test_audit import at
from tests.stored_days import TODAY, noon, stored_days

A, B, C = "653200", "650100", "654000"
DAYS = [str(TODAY + timedelta(days=days)) for days in (-4, -3, 2, 3)]
SLOTS = f"""\
schema_version: 1
campaign: season
name: {{zh: 展播, en: Season}}
slots:
  - {{name: evening, dates: [{", ".join(DAYS)}], start: 19:30, minutes: 30}}
"""


def taken_over(buckets: Buckets, name: str, prefecture: str, folder: Path) -> None:
    there = deliver(buckets, film_of(name, None, prefecture), folder / name)
    there = acknowledgement.newest(buckets, str(there.ref))
    acknowledgement.answer(buckets, there, OperatorAnswer(Decision.ACCEPT))


@pytest.fixture
def editor(common_store: CommonStore, showcase: Showcase, tmp_path: Path) -> Iterator[Showcase]:
    """Two films were on air; the first was withdrawn behind that, and a third was taken over."""
    with stored_days(common_store, 9) as (proxy, connection, buckets):
        person = at(showcase, connection)
        person.environment["SHOWCASE_LANG"] = "en"
        written(person.folder / "slots.yaml", SLOTS)
        for name, prefecture in (("aired", A), ("second", B)):
            taken_over(buckets, name, prefecture, tmp_path)
        pins = f"rules: {{pinned: [{{film: {A}/aired, slot: evening, date: {DAYS[0]}}}]}}\n"
        written(person.folder / "first.yaml", SLOTS + pins)
        said = person("campaign", "schedule", "first.yaml", "--publish")
        assert said.code == 0, said.err
        proxy.turn_to(noon(2))
        withdrawal.withdraw(buckets, f"{A}/aired", "版权", "王", undo=False)
        taken_over(buckets, "new", C, tmp_path)
        yield person


def on_air(out: str) -> list[str]:
    """Titles with what is said of their showings."""
    return [f"{line.split()[1]} {line.split()[-1]}" for line in out.splitlines() if "19:30–" in line]


def test_a_film_that_was_on_air_stays_in_the_next_order(editor: Showcase) -> None:
    papers = ("-o", "order.html", "-o", "order.xlsx", "-o", "guide.xml")
    expected = ["aired first", "second first", "new first"]
    kept = "2 showings that have begun stay as published in order 1"
    for words in (("-n",), papers):
        said = editor("campaign", "schedule", "slots.yaml", "--publish", *words)
        assert said.code == 0, said.err
        assert on_air(said.out) == expected
        assert kept in said.out.splitlines()
    root = etree.parse(editor.folder / "guide.xml").getroot()
    assert [item.findtext("title") for item in root.iterfind("programme")] == ["aired", "second", "new"]
    assert "aired" in (editor.folder / "order.html").read_text("utf-8")
    showings = editor("campaign", "schedule", "--json").rows[0]["showings"]
    assert [(item["submission_id"], item["number"], item["pinned"]) for item in showings] == [  # type: ignore[attr-defined]
        *(("aired", 1, True), ("second", 1, False), ("new", 1, False)),
    ]
    said = editor("campaign", "schedule", "slots.yaml", "--from", "order.xlsx", "--publish")
    assert (said.code, "order 2 is this one: nothing to publish" in said.out) == (0, True), said.err


def test_a_table_says_the_same_of_the_past_or_nothing(editor: Showcase) -> None:
    def held(*rows: str, language: str = "en") -> tuple[int, str]:
        table = "\n".join(["date,start,id", *rows, f"{DAYS[3]},19:30,{C}/new"])
        written(editor.folder / "order.csv", table + "\n")
        said = editor(
            "campaign", "schedule", "slots.yaml", "--from", "order.csv", "--publish", "-n", "--lang", language
        )
        if said.code == 0:
            assert on_air(said.out)[2].startswith("new")
        return said.code, said.out + said.err

    code, said = held(f"{DAYS[0]},19:30,{A}/aired", f"{DAYS[1]},19:30,{B}/second")
    assert (code, "in no row of the table" in said) == (0, False)
    code, said = held(f"{DAYS[0]},19:30,{A}/aired")
    assert code == 0
    assert f"in no row of the table, and kept, since they have begun: {DAYS[1][5:]} 19:30 {B}/second" in said
    code, said = held(f"{DAYS[0]},19:30,{C}/new")
    assert code == 2
    (line,) = [line for line in said.splitlines() if "order.csv:2" in line and "already" in line]
    assert f"already on air as {A}/aired ({DAYS[0]} 19:30)" in line
    code, said = held(f"{DAYS[0]},19:30,{C}/new", language="zh")
    assert (code, f"那里已经播出的是 {A}/aired（{DAYS[0]} 19:30），已经开始的照已发布的不变" in said) == (2, True)
