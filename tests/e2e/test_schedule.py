"""The running order as the command lays, holds, shows, writes and publishes it, on a real store."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipeline import catalogue
from pipeline.catalogue import Language
from pipeline.cli import words
from pipeline.cli.editor.campaign_schedule import schedule
from pipeline.cli.layout import width
from pipeline.exchange import acknowledgement, withdrawal
from pipeline.exchange.acknowledgement import OperatorAnswer
from pipeline.model.delivery import Decision
from pipeline.storage import embedded
from pipeline.storage.bucket import Bucket
from pipeline.storage.buckets import Buckets
from pipeline.storage.s3.session import Connection
from pipeline.storage.s3.store import Store
from tests.listed_programmes import deliver, film_of
from tests.running_orders import written

GROUP = words.group("campaign", example="showcase campaign schedule slots.yaml")
GROUP.subcommand("schedule", example="showcase campaign schedule slots.yaml")(schedule)
A, B, C = "653200", "650100", "654000"
SLOTS = """\
schema_version: 1
campaign: july-2027
name: {zh: 七一展播, en: July 1 showcase}
slots:
  - {name: evening, from: 2027-07-01, until: 2027-07-04, start: 19:30, minutes: 30, columns: [七一展播]}
rules: {pinned: [{film: 654000/pinned, slot: evening, date: 2027-07-02}]}
"""


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
        yield buckets, server.connection


@pytest.fixture(autouse=True)
def here(season: tuple[Buckets, Connection], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An editor's folder with the slots."""
    connection = season[1]
    monkeypatch.chdir(tmp_path)
    for name, value in (
        ("AWS_ENDPOINT_URL_S3", connection.endpoint),
        ("AWS_ACCESS_KEY_ID", connection.access_key),
        ("AWS_SECRET_ACCESS_KEY", connection.secret_key),
    ):
        monkeypatch.setenv(name, value or "")
    written(tmp_path / "slots.yaml", SLOTS)
    return tmp_path


@dataclass
class Said:
    code: int
    stdout: str
    stderr: str


Run = Callable[..., Said]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Types a command."""

    def typed(*words_: str, language: Language = "en") -> Said:
        capsys.readouterr()
        argv = ["schedule", *words_, "--lang", language]
        code = GROUP.main(argv, standalone_mode=False, prog_name="showcase campaign", obj=language)
        return Said(code, *capsys.readouterr())

    return typed


def test_an_order_is_laid_and_shown_within_the_terminal(run: Run) -> None:
    for language in catalogue.LANGUAGES:
        said = run("slots.yaml", language=language)
        assert said.code == 0
        lines = said.stdout.splitlines()
        assert [line.split()[1] for line in lines if "19:30–" in line] == ["first", "pinned", "third", "second"]
        assert all(width(line) <= 80 for line in lines), lines
    said = run("slots.yaml")
    assert "654000/waits waits: not taken over yet" in said.stdout
    assert "654000/health health: no slot of its column (slots take: July 1 showcase)" in said.stdout


def test_json_is_the_order_alone(run: Run) -> None:
    said = run("slots.yaml", "--json")
    (row,) = [json.loads(line) for line in said.stdout.splitlines()]
    assert said.code == 0
    assert [item["submission_id"] for item in row["showings"]] == ["first", "pinned", "third", "second"]
    assert row["showings"][0]["start"] == "2027-07-01T11:30:00Z"
    assert {item["submission_id"]: item["why"]["reason"] for item in row["left_out"]} == {
        "waits": "not_taken_over",
        "health": "column",
    }


def test_papers_are_written_and_the_workbook_is_read_back(here: Path, run: Run) -> None:
    said = run("slots.yaml", "-o", "order.xlsx", "-o", "out/order.html", "-o", "order.xml")
    assert (said.code, [(here / name).is_file() for name in ("order.xlsx", "out/order.html", "order.xml")]) == (
        0,
        [True] * 3,
    )
    again = run("slots.yaml", "--from", "order.xlsx")
    assert again.code == 0
    shown = [line for line in said.stdout.splitlines() if "19:30–" in line]
    assert shown == [line for line in again.stdout.splitlines() if "19:30–" in line]


BROKEN = """\
日期,开始,编号
2027-07-01,19:30,653200/first
2027-07-02,19:30,650100/third
2027-07-03,19:31,654000/waits
2027-07-04,25:00,653200/second
"""


@pytest.mark.parametrize("language", catalogue.LANGUAGES)
def test_each_rule_that_does_not_hold_is_a_line_with_its_row(here: Path, language: Language, run: Run) -> None:
    written(here / "order.csv", BROKEN)
    said = run("slots.yaml", "--from", "order.csv", "--publish", language=language)
    assert said.code == 2
    told = [line for line in said.stderr.splitlines() if "order.csv" in line]
    assert [next(number for number in ("csv:4", "csv:5:2", "csv") if number in line) for line in told[1:]] == [
        *("csv:5:2", "csv:4", "csv"),
    ]
    assert run("--campaign", "july-2027").stdout == ""  # nothing was published


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        (("slots.yaml", "-o", "order.pdf"), "order_kind"),
        (("slots.yaml", "-o", "slots.yaml/order.xml"), "not_a_folder"),
        (("none.yaml",), "path_missing"),
        (("--publish", "--campaign", "none"), "order_no_slots"),
        (("slots.yaml", "--from", "bare.csv"), "order_lacks_column"),
    ],
)
def test_what_can_not_be_done_is_said(here: Path, typed: tuple[str, ...], key: str, run: Run) -> None:
    written(here / "bare.csv", "日期,编号\n2027-07-01,653200/first\n")
    said = run(*typed, "--json")
    assert said.code == 2
    assert json.loads(said.stdout.splitlines()[-1])["error"]["key"] == key


def test_before_anything_is_published_it_is_said_how_to_begin(run: Run) -> None:
    said = run("--campaign", "july-2027")
    assert (said.code, said.stdout) == (0, "")
    assert "showcase campaign schedule slots.yaml" in said.stderr


def test_an_operator_may_not_publish(here: Path, run: Run) -> None:
    written(here / "showcase.toml", 'role = "operator"\n')
    said = run("slots.yaml", "--publish", "--json")
    assert (said.code, json.loads(said.stdout)["error"]["key"]) == (3, "right_of_another")


def test_a_published_order_names_what_was_withdrawn_with_what_fits(
    season: tuple[Buckets, Connection], run: Run
) -> None:
    buckets, _ = season
    said = run("slots.yaml", "--publish", "-n")
    assert (said.code, "order 1" in said.stdout.splitlines()[-1]) == (0, True)
    assert run("--campaign", "july-2027").stdout == ""
    said = run("slots.yaml", "--publish")
    assert (said.code, said.stdout.splitlines()[-1]) == (0, "published as order 1")
    said = run()
    assert said.code == 0
    assert "since order" not in said.stdout
    withdrawal.withdraw(buckets, f"{B}/third", "版权", "王", undo=False)
    there = acknowledgement.newest(buckets, f"{C}/waits")
    acknowledgement.answer(buckets, there, OperatorAnswer(Decision.ACCEPT))
    for typed in ((), ("slots.yaml",)):
        said = run(*typed)
        assert said.code == 0
        assert said.stdout.splitlines()[-2:] == [
            "  07-03 19:30 650100/third third: withdrawn",
            "    what fits there: 654000/waits waits",
        ]
    gap = json.loads(run("--json").stdout.splitlines()[-1])
    assert (gap["order"], gap["why"]["reason"], gap["fits"]) == (1, "withdrawn", ["654000/waits"])
    said = run("--publish")  # anew, into the slots of the published one
    assert (said.code, said.stdout.splitlines()[-1]) == (0, "published as order 2")
    assert "since order" not in run().stdout
