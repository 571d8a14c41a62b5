"""How many requests a look at a season sends: `benchmarks/season.py` in small, with segments in each package."""

from __future__ import annotations

import shutil
import threading
from collections import Counter
from collections.abc import Callable

import pytest

from benchmarks.season_seed import Seed, put_all, put_records, segments
from pipeline.exchange import selection, status
from pipeline.model.inbox import SubmissionStatus
from pipeline.storage.buckets import Buckets
from pipeline.storage.s3.store import Store
from tests.exchange.conftest import buckets_of

SUBMISSIONS, OBJECTS = 12, 60
PREFECTURES = 6  # two submissions each, of which one is delivered
SEEDS = [Seed(number) for number in range(SUBMISSIONS)]
DELIVERED = [seed for seed in SEEDS if seed.package_id]
RECORDS = SUBMISSIONS + 3 * len(DELIVERED) + sum(seed.is_answered for seed in SEEDS)  # SUBMITTED; READY, reviews; ACK
LISTINGS = 2 + 2 * PREFECTURES + len(DELIVERED)  # prefectures; theirs in each bucket; one more behind each package


@pytest.fixture(scope="module")
def season(store: Store) -> Buckets:
    buckets = buckets_of(store, "season")
    for seed in SEEDS:
        put_records(buckets, seed, OBJECTS)
        if seed.package_id:
            put_all(buckets.delivery, f"{seed.ref}/{seed.package_id}/", dict.fromkeys(segments(OBJECTS), b"x"))
    return buckets


@pytest.fixture
def asked(cached: Store) -> Counter[str]:
    """Requests by operation."""
    counts: Counter[str] = Counter()
    counting = threading.Lock()  # requests of several threads are counted, and none may be lost

    def count(model: object, **_: object) -> None:
        with counting:
            counts[model.name] += 1  # type: ignore[attr-defined]

    cached.client().meta.events.register("before-call.s3", count)
    return counts


def rows(found: list[SubmissionStatus]) -> list[str]:
    return [item.to_json() for item in found]


def test_a_look_reads_each_record_once_and_never_the_segments(season: Buckets, asked: Counter[str]) -> None:
    first = status.submission_statuses(season)
    assert {item.ref: (item.stage.value, len(item.notes)) for item in first} == {
        seed.ref: (seed.stage, 2 if seed.package_id else 0) for seed in SEEDS
    }
    assert asked == {"ListObjectsV2": LISTINGS, "GetObject": RECORDS}
    asked.clear()
    assert rows(status.submission_statuses(season)) == rows(first)
    assert asked == {"ListObjectsV2": LISTINGS}


@pytest.mark.parametrize(
    ("own", "wanted", "listings"),
    [
        (False, "PREFECTURE/ID", 3),
        (True, "ID", 3),
        (False, "ID", 3 + 2 + 2 * PREFECTURES),
    ],
)
def test_one_submission_takes_few_requests(
    own: bool, wanted: str, listings: int, season: Buckets, asked: Counter[str]
) -> None:
    ref = DELIVERED[0].ref
    looked = Buckets(season.inbox, season.delivery, ref.prefecture if own else None)
    found = status.submission_statuses(looked, str(ref) if "/" in wanted else ref.submission_id)
    assert [item.ref for item in found] == [ref]
    assert asked == {"ListObjectsV2": listings, "GetObject": 5}


def test_what_an_operator_looks_at_is_in_the_delivery_bucket_alone(season: Buckets, asked: Counter[str]) -> None:
    found = selection.deliveries(season, None)
    assert {item.ref for item in found} == {seed.ref for seed in DELIVERED}
    assert asked["ListObjectsV2"] == 1 + PREFECTURES + len(DELIVERED)
    package_id = DELIVERED[1].package_id
    assert package_id is not None
    assert [item.package_id for item in selection.deliveries(season, package_id)] == [package_id]


def damage(cached: Store, harm: Callable[[bytes], bytes]) -> int:
    assert cached.cache is not None
    entries = [path for path in cached.cache.folder.rglob("*") if path.is_file()]
    for path in entries:
        path.write_bytes(harm(path.read_bytes()))
    return len(entries)


@pytest.mark.parametrize(
    "harm",
    [lambda _: b"", lambda whole: whole[:-1], lambda whole: whole[:40] + b"?" + whole[41:], lambda whole: whole + b" "],
    ids=["empty", "cut short", "one byte", "longer"],
)
def test_a_damaged_cache_is_read_from_the_store_again(
    harm: Callable[[bytes], bytes], season: Buckets, cached: Store, asked: Counter[str]
) -> None:
    first = rows(status.submission_statuses(season))
    assert damage(cached, harm) == RECORDS
    asked.clear()
    assert rows(status.submission_statuses(season)) == first
    assert asked["GetObject"] == RECORDS


def test_a_cache_may_vanish_or_lie_where_nothing_can_be_written(
    season: Buckets, cached: Store, asked: Counter[str]
) -> None:
    assert cached.cache is not None
    first = rows(status.submission_statuses(season))
    shutil.rmtree(cached.cache.folder)
    assert rows(status.submission_statuses(season)) == first
    shutil.rmtree(cached.cache.folder)
    cached.cache.folder.write_bytes(b"a file where the folder should be")
    assert rows(status.submission_statuses(season)) == first


def test_swapped_entries_are_no_others_records(season: Buckets, cached: Store) -> None:
    first = rows(status.submission_statuses(season))
    assert cached.cache is not None
    entries = sorted(path for path in cached.cache.folder.rglob("*") if path.is_file())
    contents = [path.read_bytes() for path in entries]
    for path, content in zip(entries, contents[1:] + contents[:1], strict=True):
        path.write_bytes(content)
    assert rows(status.submission_statuses(season)) == first
