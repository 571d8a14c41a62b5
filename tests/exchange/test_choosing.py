"""Which packages `pull` takes where the operator asks for a part of them: by place, column, day, answers."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from pipeline.errors import InputError, IntegrityError
from pipeline.exchange import acknowledgement, choosing, pull
from pipeline.exchange.acknowledgement import OperatorAnswer
from pipeline.exchange.choosing import PullChoice
from pipeline.model.delivery import Decision, Ready
from pipeline.storage.buckets import Buckets
from pipeline.storage.s3.store import Store
from tests.exchange.conftest import buckets_of
from tests.programmes import WORDS
from tests.small_packages import deliver

SHOW, HEALTH = "七一展播", "健康"


@pytest.fixture(scope="module")
def season(store: Store) -> Buckets:
    buckets = buckets_of(store, "choosing")
    for ref, column in (("653200/a", SHOW), ("653200/b", HEALTH), ("653100/c", SHOW), ("653100/d", None)):
        deliver(buckets, ref, column)
    deliver(buckets, "650100/old", SHOW, marked=False)
    deliver(buckets, "650100/older", None, marked=False)
    deliver(buckets, "650100/torn", SHOW, marked=False, torn=True)
    there = acknowledgement.newest(buckets, "653200/b")
    acknowledgement.answer(buckets, there, OperatorAnswer(Decision.ACCEPT, by="运营"))
    return buckets


Looked = tuple[set[str], set[str], list[str]]


def looked(season: Buckets, folder: Path, choice: PullChoice, wanted: str | None = None) -> Looked:
    """Ids of what is fetched, of what was answered, and what was said of records."""
    faults: list[IntegrityError] = []
    found = pull.look(season, wanted, folder, faults.append, choice)
    named = [{item.delivery.submission_id for item in items} for items in (found.ready, found.answered)]
    return named[0], named[1], [fault.key for fault in faults]


def test_a_column_is_known_by_every_name_of_the_vocabulary(season: Buckets, tmp_path: Path) -> None:
    by_words = looked(season, tmp_path, PullChoice(column=SHOW, columns=WORDS.columns))
    assert looked(season, tmp_path, PullChoice(column="showcase", columns=WORDS.columns)) == by_words
    assert by_words[0]


def test_a_marker_without_its_column_is_asked_by_its_manifest(season: Buckets, tmp_path: Path) -> None:
    assert looked(season, tmp_path, PullChoice(column=" 七一 展播 ")) == (
        {"a", "c", "old"},
        set(),
        ["manifest_differs"],
    )
    assert looked(season, tmp_path, PullChoice(column="没有的")) == (set(), set(), ["manifest_differs"])
    both = PullChoice(frozenset({"653100", "653200"}), SHOW)
    assert looked(season, tmp_path, both) == ({"a", "c"}, set(), [])  # of others nothing is read


def test_prefectures_and_answers(season: Buckets, tmp_path: Path) -> None:
    own = frozenset({"653200"})
    assert looked(season, tmp_path, PullChoice(own)) == ({"a"}, {"b"}, [])
    assert looked(season, tmp_path, PullChoice(own, answered=True)) == ({"a", "b"}, set(), [])
    assert looked(season, tmp_path, PullChoice(own, answered=False)) == ({"a"}, {"b"}, [])
    assert looked(season, tmp_path, PullChoice(), "b") == ({"b"}, set(), [])  # an id means it, answered or not
    assert looked(season, tmp_path, PullChoice(answered=False), "b") == (set(), {"b"}, [])
    assert looked(season, tmp_path, PullChoice(frozenset({"653100"})), "b") == (set(), set(), [])
    with pytest.raises(InputError, match="no_such_delivery"):
        looked(season, tmp_path, PullChoice(own), "none")


def test_a_day_is_a_day_in_china(season: Buckets, tmp_path: Path) -> None:
    midnight = datetime(2026, 6, 30, 16, 0, tzinfo=UTC)
    assert choosing.is_since(midnight, date(2026, 7, 1))
    assert not choosing.is_since(midnight.replace(hour=15, minute=59), date(2026, 7, 1))
    assert not choosing.is_since(None, date(2026, 7, 1))
    today = datetime.now(choosing.CHINA).date()
    assert looked(season, tmp_path, PullChoice(frozenset({"653100"}), since=today))[0] == {"c", "d"}
    assert looked(season, tmp_path, PullChoice(since=today.replace(year=today.year + 1)))[0] == set()
    assert choosing.day(" 2026-07-01 ", "--since") == date(2026, 7, 1)
    for text in ("2026-7-32", "1.7.2026", "", "2026-07-01T00:00", "9999-12-31", "2200-01-01", "0001-01-01"):
        with pytest.raises(InputError, match="date_wrong"):
            choosing.day(text, "--since")


def test_what_is_no_name_of_ours_is_passed_over(season: Buckets, tmp_path: Path) -> None:
    name = "evil;x"
    ready = Ready(
        package_id=name, submission_id="e", title="e", revision=1, manifest_sha256="0" * 64, files=1, size_bytes=1
    )
    season.delivery.put_if_absent(f"654000/e/{name}/READY.json", json.dumps(json.loads(ready.to_file())).encode())
    assert looked(season, tmp_path, PullChoice(frozenset({"654000"}))) == (set(), set(), [])
