"""When a film was withdrawn and nothing else of it was taken over, by the time at which the store got the records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.errors import ShowcaseError
from pipeline.exchange import acknowledgement, withdrawal
from pipeline.exchange.acknowledgement import OperatorAnswer
from pipeline.exchange.running_order.films import films
from pipeline.exchange.running_order.laying import lay
from pipeline.exchange.running_order.watching import gaps
from pipeline.model.c2_records import How, Order, OrderAction, OrderResult
from pipeline.model.china_time import CHINA
from pipeline.model.delivery import Decision
from pipeline.model.reference import SubmissionRef
from pipeline.model.running_order import Film, RunningOrder
from pipeline.storage import embedded
from pipeline.storage.bucket import Bucket
from pipeline.storage.buckets import Buckets
from pipeline.storage.orders import OrderPlace
from pipeline.storage.s3.session import Connection
from pipeline.storage.s3.store import Store
from tests.exchange.conftest import buckets_of
from tests.listed_programmes import deliver, film_of
from tests.programmes import WORDS
from tests.running_orders import EVENING, film, slots
from tests.storage.kept_store import aged, put
from tests.storage.proxy import proxied

A = "653200"
NOW = datetime.now(UTC).replace(microsecond=0)
Days = Mapping[str, float]


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    names = [f"{name}-{kind}" for name in ("newer", "undone", "told", "quiet") for kind in ("delivery", "inbox")]
    with embedded.serve(tmp_path_factory.mktemp("absences"), names) as server:
        yield server.connection


def brought(buckets: Buckets, folder: Path, *revisions: int) -> list[str]:
    """Versions of a film, each taken over; their packages' ids."""
    found = []
    for revision in revisions:
        there = deliver(buckets, film_of("film", "七一展播", A, revision), folder / str(revision))
        acknowledgement.answer(buckets, acknowledgement.newest(buckets, f"{A}/film"), OperatorAnswer(Decision.ACCEPT))
        found.append(there.package_id)
    return found


def looked(
    connection: Connection, buckets: Buckets, days: Days, until: datetime | None = None
) -> tuple[Film, list[str]]:
    """The film of a store that got its objects so many days ago, by the ends of their keys; others fifty."""
    faults: list[ShowcaseError] = []

    def ago(key: str) -> float:
        return next((item for end, item in days.items() if key.endswith(end)), 50)

    with proxied(connection, answered=aged(ago)) as proxy:
        seen = Buckets(Bucket(proxy.store, buckets.inbox.name), Bucket(proxy.store, buckets.delivery.name))
        (found,) = films(seen, WORDS.columns, faults.append, until)
    return found, [fault.key for fault in faults]


def spans(found: Film) -> list[tuple[int, int | None]]:
    """Each absence in whole days ago."""

    def ago(at: datetime) -> int:
        return round((NOW - at) / timedelta(days=1))

    return [(ago(item.start), None if item.end is None else ago(item.end)) for item in found.absences]


def order(package: str, *days_ago: int) -> RunningOrder:
    """A film in an evening on each of these days."""
    days = [str((NOW - timedelta(days=item)).astimezone(CHINA).date()) for item in days_ago]
    row = {"name": "evening", "dates": days, "start": EVENING["start"], "minutes": 30}
    repeats = [{"times": len(days), "after_days": 1}]
    made = lay(slots(row, repeats=repeats), [film(f"{A}/film", package_id=package)])
    assert len(made.showings) == len(days)
    return made


def test_what_was_to_be_on_air_between_a_withdrawal_and_a_newer_version_was_not(
    connection: Connection, tmp_path: Path
) -> None:
    store = Store(connection, endpoint_shown="")
    buckets = buckets_of(store, "newer")
    (first,) = brought(buckets, tmp_path, 1)
    withdrawal.withdraw(buckets, f"{A}/film", "版权", "王", undo=False)  # signed now; the store got it ten days ago
    gone, faults = looked(connection, buckets, {"WITHDRAWN.json": 10})
    assert (spans(gone), faults) == ([(10, None)], [])
    (second,) = brought(buckets, tmp_path, 2)
    days = {"WITHDRAWN.json": 10, f"{second}/ACK.json": 4}
    found, faults = looked(connection, buckets, days)
    assert (spans(found), faults, found.package_id) == ([(10, 4)], [], second)
    laid = order(first, 15, 7, 2, -2)
    told = [(gap.showing.number, gap.why.reason.value, gap.is_over) for gap in gaps(laid, [found], NOW)]
    assert told == [(2, "withdrawn", True), (4, "replaced", False)]
    assert [(gap.showing.number, gap.is_over) for gap in gaps(laid, [gone], NOW)] == [(2, True), (3, True), (4, False)]
    then, _ = looked(connection, buckets, days, NOW - timedelta(days=6))
    assert spans(then) == [(10, None)]
    assert spans(looked(connection, buckets, days, NOW - timedelta(days=11))[0]) == []


def test_a_version_that_stands_or_a_withdrawal_that_was_undone_leaves_no_span_or_a_short_one(
    connection: Connection, tmp_path: Path
) -> None:
    store = Store(connection, endpoint_shown="")
    buckets = buckets_of(store, "undone")
    first, second = brought(buckets, tmp_path, 1, 2)
    withdrawal.withdraw(buckets, second, "错字", "王", undo=False)
    assert spans(looked(connection, buckets, {f"{second}/WITHDRAWN.json": 9})[0]) == []  # the first one stands
    withdrawal.withdraw(buckets, first, "版权", "王", undo=False)
    withdrawal.withdraw(buckets, second, None, "王", undo=True)
    withdrawal.withdraw(buckets, second, "又一次", "王", undo=False)
    days = {
        f"{second}/WITHDRAWN.json": 9,
        f"{first}/WITHDRAWN.json": 8,
        f"{second}/WITHDRAWN-0002.json": 6,
        f"{second}/WITHDRAWN-0003.json": 3,
    }
    found, faults = looked(connection, buckets, days)
    assert (spans(found), faults) == ([(8, 6), (3, None)], [])
    put(buckets.delivery, f"{A}/film/{second}/WITHDRAWN-0002.json", b"{}")
    found, faults = looked(connection, buckets, days)
    assert (spans(found), faults) == ([], ["marker_unreadable"])
    assert found.standing == "withdrawn"


def test_a_head_ends_result_that_counts_as_the_answer_is_a_take_over(connection: Connection, tmp_path: Path) -> None:
    store = Store(connection, endpoint_shown="")
    buckets = buckets_of(store, "told")
    (first,) = brought(buckets, tmp_path, 1)
    withdrawal.withdraw(buckets, first, "版权", "王", undo=False)
    second = deliver(buckets, film_of("film", "七一展播", A, 2), tmp_path / "2").package_id
    days = {"WITHDRAWN.json": 9, "ORDER.json": 6, "RESULT.json": 5}
    assert spans(looked(connection, buckets, days)[0]) == [(9, None)]
    known = "a" * 32
    told = OrderPlace(buckets.delivery, SubmissionRef(A, "film"), second, known)
    order = Order(
        correlate_id=known,
        head_end="http://127.0.0.1/",
        action=OrderAction.REGIST,
        earlier=0,
        csp_id="csp",
        lsp_id="lsp",
        dialect="standard",
        package_id=second,
        by="王",
        at=NOW,
    )
    assert told.put_order(order)
    assert told.put_result(OrderResult(correlate_id=known, cmd_result=0, how=How.NOTICE, at=NOW, accepts=True))
    found, faults = looked(connection, buckets, days)
    assert (spans(found), faults, found.package_id) == ([(9, 5)], [], second)


def test_what_was_never_withdrawn_costs_no_reading(connection: Connection, tmp_path: Path) -> None:
    store = Store(connection, endpoint_shown="")
    buckets = buckets_of(store, "quiet")
    (package,) = brought(buckets, tmp_path, 1)
    for decision in (Decision.REJECT, Decision.ACCEPT):
        acknowledgement.answer(
            buckets, acknowledgement.newest(buckets, package), OperatorAnswer(decision, "声音", correct=True)
        )
    with proxied(connection) as proxy:
        seen = Buckets(Bucket(proxy.store, buckets.inbox.name), Bucket(proxy.store, buckets.delivery.name))
        (found,) = films(seen, WORDS.columns, lambda fault: pytest.fail(fault.key))
    assert found.absences == ()
    read = [message.path.rpartition("/")[2] for message in proxy.asked if "/ACK" in message.path]
    assert read == ["ACK-0003.json"]
