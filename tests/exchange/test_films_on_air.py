"""Films of a real store as they can be laid, and orders as they are published there."""

from __future__ import annotations

import hashlib
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.errors import InputError, IntegrityError, ShowcaseError
from pipeline.exchange import acknowledgement, status, withdrawal
from pipeline.exchange.acknowledgement import OperatorAnswer
from pipeline.exchange.running_order import publishing
from pipeline.exchange.running_order.films import films
from pipeline.exchange.running_order.laying import lay
from pipeline.model.course import Title
from pipeline.model.delivery import Decision
from pipeline.model.programme import Programme
from pipeline.model.running_order import MOST_NUMBER, Film, RunningOrder, Standing
from pipeline.storage.bucket import Bucket
from pipeline.storage.buckets import Buckets
from pipeline.storage.s3.store import Store
from tests import stored_seasons
from tests.exchange.conftest import buckets_of, cached
from tests.listed_programmes import course, deliver, film_of
from tests.programmes import WORDS
from tests.running_orders import EVENING, evenings, film, slots
from tests.seasons import campaign

__all__ = ["cached"]
A, B = "653200", "650100"


def put(buckets: Buckets, folder: Path, told: Programme, *, taken: bool = True, described: bool = True) -> None:
    delivered = deliver(buckets, told, folder / str(told.revision) / told.description.identity, described=described)
    if taken:
        there = acknowledgement.newest(buckets, str(delivered.ref))
        acknowledgement.answer(buckets, there, OperatorAnswer(Decision.ACCEPT))


def seen(buckets: Buckets) -> tuple[dict[str, Film], list[ShowcaseError]]:
    faults: list[ShowcaseError] = []
    found = films(buckets, WORDS.columns, faults.append)
    return {str(item.ref): item for item in found}, faults


def test_what_was_taken_over_is_told_by_its_package_and_the_rest_by_name(store: Store, tmp_path: Path) -> None:
    buckets = buckets_of(store, "films")
    put(buckets, tmp_path, film_of("taken", "七一展播"))
    put(buckets, tmp_path, film_of("own", "没有的栏目", B))
    put(buckets, tmp_path, film_of("ready", "党建"), taken=False)
    put(buckets, tmp_path, film_of("gone", "党建"))
    put(buckets, tmp_path, film_of("old"), described=False)
    put(buckets, tmp_path, course().programme)
    withdrawal.withdraw(buckets, f"{A}/gone", "版权", "王", undo=False)
    found, faults = seen(buckets)
    assert {name: item.standing for name, item in found.items()} == {
        f"{A}/taken": Standing.TAKEN_OVER,
        f"{B}/own": Standing.TAKEN_OVER,
        f"{A}/ready": Standing.NOT_TAKEN_OVER,
        f"{A}/gone": Standing.WITHDRAWN,
        f"{A}/old": Standing.UNREADABLE,
        f"{B}/{B}-mianhua": Standing.COURSE,
    }
    assert [fault.key for fault in faults] == ["programme_missing"]
    taken = found[f"{A}/taken"]
    assert (taken.column, taken.languages, taken.seconds, taken.title.zh) == ("showcase", ("zho",), 24, "taken")
    assert taken.licence
    assert taken.licence.until.year == 2029
    assert taken.synopsis
    assert (found[f"{B}/own"].column, found[f"{A}/ready"].package_id) == ("没有的栏目", None)
    order = lay(slots(evenings(3)), found.values())
    assert {str(item.ref) for item in order.showings} == {f"{A}/taken", f"{B}/own"}


def test_the_package_that_was_taken_over_stands_behind_a_newer_one(store: Store, tmp_path: Path) -> None:
    buckets = buckets_of(store, "newer")
    put(buckets, tmp_path, film_of("film", revision=1))
    first = seen(buckets)[0][f"{A}/film"]
    put(buckets, tmp_path, film_of("film", revision=2))
    second = seen(buckets)[0][f"{A}/film"]
    assert first.package_id != second.package_id
    withdrawal.withdraw(buckets, f"{A}/film", "错字", "王", undo=False)
    assert seen(buckets)[0][f"{A}/film"] == first


def test_what_a_package_says_is_asked_for_once(cached: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    buckets = buckets_of(cached, "asked")
    for name in ("a", "b"):
        put(buckets, tmp_path, film_of(name))
    asked: list[str] = []
    get = Bucket.get_with_etag

    def counted(self: Bucket, key: str, *most: int) -> tuple[bytes, str] | None:
        asked.append(key)
        return get(self, key, *most)

    monkeypatch.setattr(Bucket, "get_with_etag", counted)
    first = seen(buckets)
    assert sum(key.endswith("programme.json") for key in asked) == 2
    asked.clear()
    assert seen(buckets) == first
    assert asked == []


def test_a_programme_that_was_forged_is_told_and_never_kept(cached: Store, tmp_path: Path) -> None:
    buckets = buckets_of(cached, "forged")
    put(buckets, tmp_path, film_of("film"))
    (package,) = [item.delivery for item in status.submission_statuses(buckets)]
    assert package
    key = f"{A}/film/{package.package_id}/metadata/programme.json"
    true = buckets.delivery.get(key)
    assert true
    forged = true.replace(b"film", b"lies")
    digest = hashlib.sha256(forged).hexdigest()
    buckets.delivery.put(key, forged, sha256=digest, media_type="application/json")
    found, faults = seen(buckets)
    assert (found[f"{A}/film"].standing, [fault.key for fault in faults]) == (Standing.UNREADABLE, ["download_differs"])
    buckets.delivery.put(key, true, sha256=hashlib.sha256(true).hexdigest(), media_type="application/json")
    assert seen(buckets)[0][f"{A}/film"].standing is Standing.TAKEN_OVER


def order_of(name: str = "a", campaign: str = "july-2027") -> RunningOrder:
    made = lay(slots(), [film(f"{A}/{name}")])
    return made.model_copy(update={"campaign": campaign})


def test_an_order_is_published_under_the_next_number_and_the_newest_counts(store: Store) -> None:
    buckets = buckets_of(store, "published")
    assert publishing.newest(buckets, "july-2027") is None
    assert publishing.newest_of_all(buckets) is None
    numbers = [publishing.publish(buckets, order_of(f"f{item}")).number for item in range(11)]
    assert numbers == list(range(1, 12))
    newest = publishing.newest(buckets, "july-2027")
    assert newest
    assert newest.order == order_of("f10").numbered(11)  # the eleventh, though order-9 is the last by name
    assert publishing.newest(buckets, "july-2027", newest.at - timedelta(days=1)) is None
    publishing.publish(buckets, order_of("other", "later"))
    last = publishing.newest_of_all(buckets)
    assert last
    assert last.at <= datetime.now(UTC) + timedelta(minutes=1)
    assert status.submission_statuses(buckets) == []  # no listing takes it for a submission


def test_an_order_of_a_season_that_nobody_published_is_refused_where_there_are_others(store: Store) -> None:
    buckets = buckets_of(store, "unknown")
    publishing.refuse_unknown(buckets, "july-1-2072")  # no plan at all: orders are published without one
    stored_seasons.publish(buckets, campaign())
    publishing.refuse_unknown(buckets, campaign().id)
    with pytest.raises(InputError) as refused:
        publishing.refuse_unknown(buckets, "july-1-2072")
    assert (refused.value.key, refused.value.values["known"]) == ("campaign_unknown", campaign().id)


def test_two_that_publish_at_one_moment_have_two_numbers(store: Store) -> None:
    buckets = buckets_of(store, "together")
    together = threading.Barrier(4)

    def publish(name: str) -> int | None:
        together.wait(20)
        return publishing.publish(buckets, order_of(name)).number

    with ThreadPoolExecutor(4) as pool:
        numbers = list(pool.map(publish, "abcd"))
    assert sorted(numbers, key=str) == [1, 2, 3, 4]


def test_an_order_that_is_none_is_named(store: Store) -> None:
    buckets = buckets_of(store, "bad")
    publishing.publish(buckets, order_of())
    for content in (b"{}", order_of().numbered(7).to_file(), order_of(campaign="other").numbered(2).to_file()):
        digest = hashlib.sha256(content).hexdigest()
        key = "_campaign/july-2027/order-2.json"
        buckets.delivery.put(key, content, sha256=digest, media_type="application/json")
        with pytest.raises(IntegrityError) as refused:
            publishing.newest(buckets, "july-2027")
        assert refused.value.where == f"{buckets.delivery.name}/{key}"


def test_an_order_that_no_record_can_hold_is_refused(store: Store) -> None:
    buckets = buckets_of(store, "large")
    told = Title(zh="字" * 128, en="字" * 128)
    order = lay(
        slots({**EVENING, "until": "2028-07-01"}), [film(f"{A}/f{number}", title=told) for number in range(360)]
    )
    assert publishing.publish(buckets, order.model_copy(update={"showings": order.showings[:200]})).number == 1
    with pytest.raises(InputError) as refused:
        publishing.publish(buckets, order.model_copy(update={"showings": order.showings[:330] * 3}))
    assert refused.value.key == "order_large"
    assert publishing.next_number(buckets, "july-2027") == 2


def test_what_is_published_has_no_film_that_is_on_air_nowhere(store: Store) -> None:
    """Every prefecture reads it as it lies there."""
    buckets = buckets_of(store, "raw")
    waiting = film(f"{B}/waiting", standing=Standing.NOT_TAKEN_OVER)
    order = lay(
        slots(
            pinned=[
                {"film": f"{name}", "slot": "evening", "date": "2027-07-02"} for name in (f"{A}/a", f"{B}/waiting")
            ],
            repeats=[
                {"films": [f"{A}/a", f"{B}/waiting"], "times": 1, "after_days": 1},
                {"films": [f"{B}/waiting"], "times": 2, "after_days": 1},
            ],
        ),
        [film(f"{A}/a"), film(f"{B}/long", 31), waiting],
    )
    assert {item.submission_id for item in order.left_out} == {"long", "waiting"}
    published = publishing.publish(buckets, order)
    assert (published.left_out, published.unpublished) == (order.left_out, (f"{B}/waiting",))
    raw = buckets.delivery.get("_campaign/july-2027/order-1.json")
    assert raw
    assert [word for word in (b"waiting", b"long", B.encode(), b"not_taken_over") if word in raw] == []
    found = RunningOrder.model_validate_json(raw)
    assert (found.showings, found.empty) == (order.showings, order.empty)
    assert [pin.film for pin in found.slots.rules.pinned] == [f"{A}/a"]
    newest = publishing.newest(buckets, "july-2027")
    assert newest
    assert publishing.is_published(order, newest.order)


def test_an_older_order_with_what_was_left_out_reads_and_tells_nothing_of_it(store: Store) -> None:
    buckets = buckets_of(store, "older")
    order = lay(slots(), [film(f"{A}/a"), film(f"{B}/long", 31)]).numbered(1)
    content = order.to_file()
    assert b"long" in content
    digest = hashlib.sha256(content).hexdigest()
    key = "_campaign/july-2027/order-1.json"
    buckets.delivery.put(key, content, sha256=digest, media_type="application/json")
    newest = publishing.newest(buckets, "july-2027")
    assert newest
    assert newest.order == order.model_copy(update={"left_out": ()})
    assert publishing.is_published(order, newest.order)


def test_numbers_go_on_until_the_last_one_and_no_further(store: Store) -> None:
    buckets = buckets_of(store, "last")
    for number in (9998, MOST_NUMBER - 1):
        content = order_of().as_published(number).to_file()
        digest = hashlib.sha256(content).hexdigest()
        key = f"_campaign/july-2027/order-{number}.json"
        buckets.delivery.put(key, content, sha256=digest, media_type="application/json")
        made = [publishing.publish(buckets, order_of(name)).number for name in ("b" if number > 9998 else "bc")]
        assert made == ([MOST_NUMBER] if number > 9998 else [9999, 10_000])
        newest = publishing.newest(buckets, "july-2027")
        assert newest
        assert newest.order.number == made[-1]
    with pytest.raises(InputError) as refused:
        publishing.publish(buckets, order_of("d"))
    assert (refused.value.key, refused.value.values["most"]) == ("order_numbers_full", MOST_NUMBER)


def test_more_orders_than_anybody_reads_are_named(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    buckets = buckets_of(store, "many")
    for name in "abc":
        publishing.publish(buckets, order_of(name))
    monkeypatch.setattr(publishing, "MOST_ORDERS", 2)
    with pytest.raises(IntegrityError) as refused:
        publishing.newest(buckets, "july-2027")
    assert (refused.value.key, refused.value.values["most"]) == ("orders_many", 2)
