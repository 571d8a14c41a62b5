"""One look at a season on a real store: what it costs, what it knows on an earlier day, what is said by whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from pipeline import shipped
from pipeline.errors import EnvironmentFault, InputError, IntegrityError
from pipeline.exchange import status
from pipeline.exchange.campaign import figures, saying, season
from pipeline.exchange.campaign.reading import MOST_RECORDS
from pipeline.exchange.campaign.season import NoCampaign, Season
from pipeline.exchange.running_order import publishing, watching
from pipeline.exchange.running_order.films import films
from pipeline.exchange.running_order.laying import lay
from pipeline.exchange.vocabularies import Vocabularies
from pipeline.model.campaign import Campaign, CampaignRevision, ExpectedFilms
from pipeline.model.campaign_facts import FilmFacts
from pipeline.model.campaign_records import (
    MOST_ENTRIES,
    Announce,
    BadKind,
    CampaignRecord,
    Done,
    Entry,
    Note,
    Side,
)
from pipeline.model.campaign_status import CellState, Standing
from pipeline.model.china_time import day_in_china, end_of_day
from pipeline.model.inbox import Review, ReviewKind, Stage
from pipeline.model.reference import SubmissionRef
from pipeline.storage import campaigns, embedded, layout
from pipeline.storage.bounds import MOST_RECORD
from pipeline.storage.bucket import Bucket
from pipeline.storage.buckets import Buckets
from pipeline.storage.object_cache import ObjectCache
from pipeline.storage.s3.session import Connection
from pipeline.storage.s3.store import Store
from tests.exchange.conftest import buckets_of
from tests.running_orders import film as laid_film
from tests.running_orders import slots
from tests.seasons import HOTAN, KASHGAR, campaign, milestones
from tests.storage import kept_store
from tests.storage.kept_store import aged, put
from tests.storage.proxy import Message, Proxy, proxied

Through = Callable[[Buckets, Callable[[str], float], Callable[[Buckets], Season]], Season]
TODAY = day_in_china(datetime.now(UTC))
FILM = f"{HOTAN}/{HOTAN}-a"
TOPIC = Announce(id=f"{HOTAN}-a", title="我们的村医")


def plan(**values: object) -> Campaign:
    """A season that is on air in two months."""
    steps = tuple(
        item.model_copy(update={"due": TODAY + timedelta(days=20 + 5 * index)})
        for index, item in enumerate(milestones())
    )
    return campaign(milestones=steps, air_date=TODAY + timedelta(days=60), **values)


def publish(buckets: Buckets, number: int = 1, **values: object) -> Campaign:
    made = plan(**values)
    assert campaigns.publish(buckets.delivery, CampaignRevision(number=number, campaign=made, by="编辑"))
    return made


def record(prefecture: str, *entries: Entry, of: str = "july-1-2027") -> bytes:
    return CampaignRecord(campaign=of, prefecture=prefecture, by="某人", entries=entries).to_file()


def own(buckets: Buckets, prefecture: str = HOTAN) -> Buckets:
    """As a prefecture's keys see them."""
    return replace(buckets, own=prefecture, sees_others=False)


def film(found: Season, identity: str = f"{HOTAN}-a") -> FilmFacts:
    (made,) = [item for item in found.known.films if item.submission_id == identity]
    return made


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    with embedded.serve(tmp_path_factory.mktemp("seasons"), ("delivery", "inbox")) as server:
        yield server.connection


@pytest.fixture(scope="module")
def store(connection: Connection) -> Store:
    return Store(connection, endpoint_shown="")


@pytest.fixture
def buckets(store: Store, request: pytest.FixtureRequest) -> Buckets:
    return buckets_of(store, f"s{abs(hash(request.node.name)) % 10**9}")


@pytest.fixture
def asked(store: Store) -> Iterator[Counter[str]]:
    counts: Counter[str] = Counter()

    def count(model: object, **_: object) -> None:
        counts[model.name] += 1  # type: ignore[attr-defined]

    store.client().meta.events.register("before-call.s3", count, unique_id="counted")
    yield counts
    store.client().meta.events.unregister("before-call.s3", unique_id="counted")


def test_before_anything_is_published_nothing_else_is_asked(buckets: Buckets, asked: Counter[str]) -> None:
    with pytest.raises(NoCampaign, match="campaign_none"):
        season.load(buckets)
    assert asked == {"ListObjectsV2": 1}
    publish(buckets)
    with pytest.raises(InputError, match="campaign_unknown"):
        season.load(buckets, wanted="other")
    with pytest.raises(InputError, match="campaign_not_published"):
        season.load(buckets, today=TODAY - timedelta(days=1))


def test_a_look_costs_the_listings_of_status_and_a_new_record_one_reading(
    buckets: Buckets, asked: Counter[str], tmp_path: object
) -> None:
    buckets.delivery.store.cache = ObjectCache(tmp_path, "counted")  # type: ignore[arg-type]
    for ref in (FILM, f"{KASHGAR}/{KASHGAR}-b"):
        kept_store.submit(buckets, ref)
        kept_store.deliver(buckets, ref)
    before = Counter[str]()
    for when in ("before", "after"):
        status.submission_statuses(buckets)
        asked.clear()
        status.submission_statuses(buckets)
        if when == "before":
            before = Counter(asked)
            publish(buckets)
            for prefecture in (HOTAN, KASHGAR):
                for number in range(1, 11):
                    said = record(prefecture, Note(text=f"电话 {number}"))
                    put(buckets.inbox, layout.campaign_record(prefecture, "july-1-2027", number), said)
                    put(buckets.delivery, layout.campaign_record(prefecture, "july-1-2027", number), said)
        else:
            assert asked == before  # `status` asks for nothing more, whatever is said of a season
    season.load(buckets)
    asked.clear()
    season.load(buckets)
    assert asked["GetObject"] == 0
    assert asked["ListObjectsV2"] <= before["ListObjectsV2"] + 2 * 2 + 2
    listings = asked["ListObjectsV2"]
    put(buckets.inbox, layout.campaign_record(HOTAN, "july-1-2027", 11), record(HOTAN, Note(text="新的")))
    asked.clear()
    season.load(buckets)
    assert asked == {"ListObjectsV2": listings, "GetObject": 1}


EVENTS = (  # days ago; what an object's key ends in; the stage from then on
    (50, ("r1.json", "r1/DRAFT.json"), Stage.DRAFT),
    (40, ("r1/SUBMITTED.json",), Stage.SUBMITTED),
    (38, ("reviews/r1-0001.json",), Stage.RETURNED),
    (30, ("-a/r2.json", "r2/SUBMITTED.json"), Stage.SUBMITTED),
    (25, ("reviews/r2-0001.json",), Stage.APPROVED),
    (20, ("READY.json",), Stage.READY),
    (15, ("ACK.json",), Stage.ACCEPTED),
    (4, ("WITHDRAWN.json",), Stage.WITHDRAWN),
)


def days_ago(key: str) -> float:
    if key.startswith("_campaign/"):
        return 60 if key.endswith("/r1.json") else 5
    if "/_campaign/" in key:
        return 55 if key.endswith("0001.json") else 3
    return next((days for days, ends, _ in reversed(EVENTS) if key.endswith(ends)), 19)


@pytest.fixture(scope="module")
def story(store: Store) -> Buckets:
    """A film with all that can befall one; a plan that was changed, and words of two sides."""
    buckets = buckets_of(store, "story")
    publish(buckets)
    publish(buckets, 2, near_days=9)
    kept_store.submit(buckets, FILM, 1, draft=True)
    returned = Review(
        submission_id=f"{HOTAN}-a",
        revision=1,
        number=1,
        kind=ReviewKind.RETURN,
        text="声音",
        by="编辑",
        at=kept_store.AT,
    )
    put(buckets.delivery, f"{FILM}/reviews/r1-0001.json", returned.to_file())
    kept_store.submit(buckets, FILM, 2)
    kept_store.approve(buckets, FILM, 2)
    kept_store.deliver(buckets, FILM, 2)
    kept_store.answer(buckets, FILM, 2)
    kept_store.withdraw(buckets, FILM, 2)
    put(buckets.delivery, layout.campaign_record(HOTAN, "july-1-2027", 1), record(HOTAN, TOPIC))
    put(buckets.inbox, layout.campaign_record(HOTAN, "july-1-2027", 2), record(HOTAN, Note(text="周五到")))
    return buckets


@pytest.fixture
def through(connection: Connection) -> Through:
    """A look at a store whose objects came so many days ago."""

    def look(buckets: Buckets, days: Callable[[str], float], look: Callable[[Buckets], Season]) -> Season:
        with proxied(connection, answered=aged(days)) as proxy:
            return look(Buckets(Bucket(proxy.store, buckets.inbox.name), Bucket(proxy.store, buckets.delivery.name)))

    return look


@pytest.mark.parametrize(("days", "stage"), [(days, stage) for days, _, stage in EVENTS])
def test_an_earlier_day_is_seen_as_it_was(days: int, stage: Stage, story: Buckets, through: Through) -> None:
    day = TODAY - timedelta(days=days)
    found = through(story, days_ago, lambda seen: season.load(seen, today=day))
    facts = film(found)
    assert facts.stage is stage
    ago = {name: (TODAY - day_in_china(at)).days for name, at in facts if isinstance(at, datetime)}
    expected = {"draft_at": 50, "submitted_at": 40, "approved_at": 25, "taken_over_at": 15}
    expected |= {"returned_at": 38} if stage is Stage.RETURNED else {}
    expected |= {"withdrawn_at": 4} if stage is Stage.WITHDRAWN else {}
    gone = {"taken_over_at"} if stage is Stage.WITHDRAWN else set()
    assert ago == {name: at for name, at in expected.items() if at >= days and name not in gone}
    assert facts.reason == {Stage.RETURNED: "声音", Stage.WITHDRAWN: "版权到期"}.get(stage)
    assert found.status.revision == (2 if days <= 5 else 1)
    assert len(list(found.known.records)) == (1 if days > 3 else 2)


def test_a_slot_between_a_withdrawal_and_a_newer_version_was_none_of_the_film(store: Store, through: Through) -> None:
    """Its first slot is the one behind the newer take-over; nobody calls it shown before that is over."""
    buckets = buckets_of(store, "absent")
    publish(buckets)
    for revision in (1, 2):
        kept_store.submit(buckets, FILM, revision)
        kept_store.approve(buckets, FILM, revision)
        kept_store.deliver(buckets, FILM, revision)
        kept_store.answer(buckets, FILM, revision)
    kept_store.withdraw(buckets, FILM, 1)
    row = {"name": "evening", "start": "19:30", "minutes": 30}
    row["dates"] = [str(TODAY + timedelta(days=number)) for number in (-7, 2)]
    laid = lay(slots(row, repeats=[{"times": 1, "after_days": 1}]), [laid_film(FILM)])
    assert publishing.publish(buckets, laid.model_copy(update={"campaign": "july-1-2027"})).number == 1
    newer = kept_store.package_id_of(FILM, 2)
    shown = {}
    for taken_over in (8, 4):

        def ago(key: str, last: float = taken_over) -> float:
            ends = (("WITHDRAWN.json", 9), (f"{newer}/ACK.json", last), ("/order-1.json", 12))
            return next((days for end, days in ends if key.endswith(end)), 20)

        found = film(through(buckets, ago, season.load))
        assert found.stage is Stage.ACCEPTED
        shown[taken_over] = day_in_china(found.on_air) if found.on_air else None
    assert shown == {8: TODAY - timedelta(days=7), 4: TODAY + timedelta(days=2)}


def test_the_films_end_decides_whether_it_was_shown_as_in_the_order(store: Store, through: Through) -> None:
    """Its slot is 19:30 to 20:00, the film over at 19:50."""
    buckets = buckets_of(store, "ended")
    publish(buckets)
    kept_store.submit(buckets, FILM, 1)
    kept_store.approve(buckets, FILM, 1)
    kept_store.deliver(buckets, FILM, 1)
    kept_store.answer(buckets, FILM, 1)
    kept_store.withdraw(buckets, FILM, 1)
    evening = {"name": "evening", "start": "19:30", "minutes": 30, "dates": [str(TODAY - timedelta(days=2))]}
    laid = lay(slots(evening), [laid_film(FILM)])
    assert publishing.publish(buckets, laid.model_copy(update={"campaign": "july-1-2027"})).number == 1
    end = laid.showings[0].end
    for minutes, is_shown in ((-1, False), (5, True)):
        ago = (datetime.now(UTC) - end - timedelta(minutes=minutes)) / timedelta(days=1)
        found = through(buckets, lambda key, ago=ago: ago if key.endswith("WITHDRAWN.json") else 20, season.load)
        (made,) = [item for row in found.status.rows for item in row.films if item.id]
        assert (made.cell("on-air").state is CellState.DONE) is is_shown
        assert (made.on_air is not None) is is_shown
        gap = watching.gaps(laid, [laid_film(FILM, absences=found.absent[film(found).ref])], end + timedelta(hours=1))
        assert (not gap) is is_shown


def test_status_of_an_earlier_day_is_the_same_filter(story: Buckets, connection: Connection) -> None:
    with proxied(connection, answered=aged(days_ago)) as proxy:
        seen = Buckets(Bucket(proxy.store, story.inbox.name), Bucket(proxy.store, story.delivery.name))
        for days, _, stage in EVENTS:
            end = end_of_day(TODAY - timedelta(days=days))
            (item,) = status.submission_statuses(seen, until=end)
            assert item.stage is stage
            assert item.since is not None
            assert (TODAY - day_in_china(item.since)).days == days  # whatever its record's clock says
        assert status.submission_statuses(seen, until=end_of_day(TODAY - timedelta(days=51))) == []
        for wanted in (FILM, f"{HOTAN}-a"):
            (item,) = status.submission_statuses(seen, wanted, until=end_of_day(TODAY - timedelta(days=39)))
            assert item.stage is Stage.SUBMITTED


def test_what_the_store_tells_is_on_the_board(story: Buckets, through: Through) -> None:
    found = through(story, days_ago, season.load)
    row = found.status.row(HOTAN)
    assert row is not None
    made = row.film(f"{HOTAN}-a")
    assert made is not None
    assert (made.standing, made.stage, [note.text for note in row.notes]) == (
        Standing.ANNOUNCED,
        Stage.WITHDRAWN,
        ["周五到"],
    )
    assert (found.taken, found.faults) == ({(Side.EDITOR, HOTAN): {1}, (Side.PREFECTURE, HOTAN): {2}}, [])


def test_a_bad_record_is_a_line_and_costs_no_reading_where_it_is_large(buckets: Buckets, asked: Counter[str]) -> None:
    publish(buckets)
    contents = {
        1: record(HOTAN, TOPIC),
        2: b"{",
        3: b" " * (MOST_RECORD + 1),
        4: record(KASHGAR, Note(text="别人的")),
        5: record(HOTAN, Note(text="别的一季"), of="other"),
        MOST_RECORDS + 1: record(HOTAN, Note(text="太多")),
        MOST_RECORDS + 2: record(HOTAN, Note(text="太多")),
    }
    for number, content in contents.items():
        put(buckets.inbox, layout.campaign_record(HOTAN, "july-1-2027", number), content)
    asked.clear()
    found = season.load(buckets)
    assert asked["GetObject"] == 1 + 4  # the plan, and what may be a record
    bad = [(item.number, item.kind.value, item.what) for item in found.status.bad]
    assert bad == [
        (2, "unreadable", ""),
        (3, "too_large", ""),
        (4, "foreign", KASHGAR),
        (5, "other_campaign", "other"),
        (MOST_RECORDS + 1, "too_many", "2"),
    ]
    assert found.taken == {(Side.PREFECTURE, HOTAN): {1, 2, 3, 4, 5}}  # numbers beyond keep nobody from the next
    assert [item.id for row in found.status.rows for item in row.films if item.id] == [f"{HOTAN}-a"]


def seen_through(proxy: Proxy, buckets: Buckets) -> Buckets:
    return Buckets(Bucket(proxy.store, buckets.inbox.name), Bucket(proxy.store, buckets.delivery.name))


def is_record(given: Message) -> bool:
    """Whether an object of a season is asked for, that there is."""
    path = given.path.partition("?")[0]
    return given.method == "GET" and "/_campaign/" in path and path.endswith(".json") and "/_trial/" not in path


def test_records_that_are_locked_are_a_line_a_folder_and_no_missing_right(
    buckets: Buckets, connection: Connection
) -> None:
    publish(buckets)
    for number in (1, 2, 3):
        put(buckets.inbox, layout.campaign_record(HOTAN, "july-1-2027", number), record(HOTAN, TOPIC))

    def locked(given: Message) -> Message | None:
        return given.refused(403, "AccessDenied") if is_record(given) and HOTAN in given.path else None

    with proxied(connection, locked) as proxy:
        found = season.load(seen_through(proxy, buckets))
    (bad,) = found.status.bad
    assert (bad.number, bad.kind, bad.what) == (1, BadKind.LOCKED, "3")
    assert len(found.status.rows) == 4

    def all_locked(given: Message) -> Message | None:
        return given.refused(403, "AccessDenied") if is_record(given) else None

    with proxied(connection, all_locked) as proxy, pytest.raises(IntegrityError, match="record_refused"):
        season.load(seen_through(proxy, buckets))


def test_a_right_that_is_missing_is_told_as_that(buckets: Buckets, connection: Connection) -> None:
    publish(buckets)

    def nothing_is_given(given: Message) -> Message | None:
        is_asked = given.method == "GET" and "/_campaign/" in given.path.partition("?")[0]
        return given.refused(403, "AccessDenied") if is_asked else None

    with proxied(connection, nothing_is_given) as proxy, pytest.raises(EnvironmentFault, match="campaign_not_seen"):
        season.load(seen_through(proxy, buckets))


def test_what_is_locked_with_a_key_of_its_own_is_asked_for_once(
    buckets: Buckets, connection: Connection, tmp_path: Path
) -> None:
    publish(buckets)
    key = layout.campaign_record(HOTAN, "july-1-2027", 1)
    put(buckets.inbox, key, record(HOTAN, TOPIC))

    def locked(given: Message) -> Message | None:
        return given.refused(400, "InvalidRequest") if is_record(given) and key in given.path else None

    def asked_for(proxy: Proxy) -> int:
        before = len(proxy.asked)
        found = season.load(seen_through(proxy, buckets))
        assert [item.kind for item in found.status.bad] == [BadKind.LOCKED]
        return len([item for item in proxy.asked[before:] if is_record(item) and key in item.path])

    with proxied(connection, locked) as proxy:
        proxy.store.cache = ObjectCache(tmp_path, "locked")
        assert [asked_for(proxy) for _ in range(3)] == [1, 0, 0]
        put(buckets.inbox, key, record(HOTAN, Note(text="又放了一次")))
        assert [asked_for(proxy) for _ in range(2)] == [1, 0]


def test_a_marker_that_is_none_is_a_fault_beside_the_board(buckets: Buckets) -> None:
    publish(buckets)
    kept_store.submit(buckets, FILM)
    put(buckets.inbox, f"{FILM}/r1/SUBMITTED.json", b"{")
    put(buckets.delivery, "_campaign/july-1-2027/order-1.json", b"{")
    found = season.load(buckets)
    assert sorted(str(fault.where) for fault in found.faults) == [
        f"{buckets.delivery.name}/_campaign/july-1-2027/order-1.json",
        f"{buckets.inbox.name}/{FILM}/r1/SUBMITTED.json",
    ]
    assert (found.order, len(found.status.rows)) == (None, 4)
    put(buckets.delivery, "_campaign/july-1-2027/r1.json", b"{")
    with pytest.raises(IntegrityError, match="marker_unreadable"):
        season.load(buckets)


def test_a_prefecture_sees_and_says_its_own_alone(buckets: Buckets) -> None:
    publish(buckets)
    first = season.load(buckets)
    done = saying.say(buckets, first, {HOTAN: [TOPIC], KASHGAR: [Note(text="电话")]}, "王编辑")
    assert [len(item.keys) for item in done] == [1, 1]
    mine = season.load(own(buckets))
    assert (mine.side, mine.own, [row.code for row in mine.status.rows]) == (Side.PREFECTURE, HOTAN, [HOTAN])
    with pytest.raises(InputError, match="campaign_others"):
        saying.say(own(buckets), mine, {KASHGAR: [Note(text="x")]}, "阿依")
    (put_now,) = saying.say(own(buckets), mine, {HOTAN: [Done(id=TOPIC.id, milestone="topic")]}, "阿依")
    assert put_now.keys == (f"{buckets.inbox.name}/{layout.campaign_record(HOTAN, 'july-1-2027', 1)}",)
    known = season.load(buckets)
    by = {(item.side, item.record.by) for item in known.known.records}
    assert by == {(Side.EDITOR, "王编辑"), (Side.PREFECTURE, "阿依")}


def test_what_was_said_is_not_said_again_and_nothing_is_put_where_something_is_wrong(buckets: Buckets) -> None:
    publish(buckets)
    said = {HOTAN: [TOPIC, Done(id=TOPIC.id, milestone="topic")], KASHGAR: [Note(text="电话")]}
    first = season.load(buckets)
    tried = saying.say(buckets, first, said, "编辑", dry_run=True)
    assert [(item.entries, item.keys) for item in tried] == [(tuple(said[HOTAN]), ()), (tuple(said[KASHGAR]), ())]
    assert season.load(buckets).taken == {}
    saying.say(buckets, first, said, "编辑")
    again = saying.say(buckets, season.load(buckets), said, "编辑")
    assert [(item.entries, item.keys) for item in again] == [((), ())] * 2
    wrong = {HOTAN: [Note(text="好的")], KASHGAR: [Done(id="none", milestone="topic")]}
    with pytest.raises(InputError, match="campaign_film_unknown"):
        saying.say(buckets, season.load(buckets), wrong, "编辑")
    assert season.load(buckets).taken == {(Side.EDITOR, HOTAN): {1}, (Side.EDITOR, KASHGAR): {1}}


def test_who_speaks_at_once_takes_the_next_number(buckets: Buckets) -> None:
    publish(buckets)
    seen = season.load(buckets)  # both look before either speaks
    for number, by in ((1, "甲"), (2, "乙")):
        (done,) = saying.say(buckets, seen, {HOTAN: [Note(text=by)]}, by)
        assert done.keys == (f"{buckets.delivery.name}/{layout.campaign_record(HOTAN, 'july-1-2027', number)}",)
    row = season.load(buckets).status.row(HOTAN)
    assert row is not None
    assert {note.text for note in row.notes} == {"甲", "乙"}


def test_more_than_a_record_holds_is_put_as_several(buckets: Buckets) -> None:
    publish(buckets, films=ExpectedFilms(prefectures={HOTAN: 1}))
    many = [Announce(id=f"film-{number}", title=f"片 {number}") for number in range(MOST_ENTRIES + 1)]
    (done,) = saying.say(buckets, season.load(buckets), {HOTAN: many}, "编辑")
    assert len(done.keys) == 2
    found = season.load(buckets)
    assert sum(len(item.record.entries) for item in found.known.records) == MOST_ENTRIES + 1


def test_where_all_numbers_are_taken_it_is_said(buckets: Buckets, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(buckets)
    for module in (saying, season):
        monkeypatch.setattr(module, "MOST_RECORDS", 2)
    for number in (1, 2):
        put(buckets.delivery, layout.campaign_record(HOTAN, "july-1-2027", number), record(HOTAN, Note(text="一")))
    with pytest.raises(InputError, match="campaign_records_full"):
        saying.say(buckets, season.load(buckets), {HOTAN: [Note(text="x")]}, "编辑")


@pytest.mark.parametrize("side", list(Side))
@pytest.mark.parametrize(
    ("junk", "counted", "numbers"),
    [
        (MOST_RECORDS, (), (1, 2)),
        (MOST_RECORDS, (1, 3), (4, 5)),
        (2, (1,), (3, 4)),
        (1, (MOST_RECORDS,), (2, 3)),
        (MOST_RECORDS, (MOST_RECORDS - 2,), (MOST_RECORDS - 1, 1)),
        (9999, (), (1, 2)),
    ],
)
def test_junk_takes_no_number_but_its_own_and_is_named(
    buckets: Buckets, side: Side, junk: int, counted: tuple[int, ...], numbers: tuple[int, ...]
) -> None:
    publish(buckets)
    bucket, seen = (buckets.inbox, own(buckets)) if side is Side.PREFECTURE else (buckets.delivery, buckets)
    put(bucket, layout.campaign_record(HOTAN, "july-1-2027", junk), b"{")
    for number in counted:
        put(bucket, layout.campaign_record(HOTAN, "july-1-2027", number), record(HOTAN, Note(text=f"{number}")))
    for number in numbers:
        look = season.load(seen)
        assert [item.number for item in look.status.bad] == [junk]
        (done,) = saying.say(seen, look, {HOTAN: [Note(text=f"说第 {number} 条")]}, "阿依")
        assert done.keys == (f"{bucket.name}/{layout.campaign_record(HOTAN, 'july-1-2027', number)}",)


def test_of_several_seasons_the_last_published_is_meant_or_the_one_that_is_named(
    buckets: Buckets, through: Through
) -> None:
    publish(buckets)
    publish(buckets, id="autumn")
    put(buckets.delivery, layout.campaign_record(HOTAN, "july-1-2027", 1), record(HOTAN, TOPIC))

    def days(key: str) -> float:
        return 10 if key.startswith("_campaign/july") else 1

    for today, wanted, name in (
        (None, None, "autumn"),
        (None, "july-1-2027", "july-1-2027"),
        (TODAY - timedelta(days=5), None, "july-1-2027"),
    ):
        found = through(buckets, days, lambda seen, day=today, one=wanted: season.load(seen, wanted=one, today=day))
        assert found.campaign == name
        assert found.others == [other for other in ("autumn", "july-1-2027") if other != name]
        assert len(list(found.known.records)) == (1 if wanted else 0)


@pytest.mark.parametrize(
    ("announced", "delivered", "counted"),
    [
        (None, "七一展播", "showcase"),
        ("showcase", "党建", "party-building"),
        (None, "乡村影像", "乡村影像"),  # which no vocabulary knows
        ("showcase", "乡村影像", "乡村影像"),
        ("showcase", "", "showcase"),
        (None, "", ""),
    ],
)
def test_a_film_counts_in_the_column_that_it_was_delivered_in(
    announced: str | None, delivered: str, counted: str, buckets: Buckets
) -> None:
    publish(buckets)
    say = TOPIC.model_copy(update={"column": announced})
    put(buckets.delivery, layout.campaign_record(HOTAN, "july-1-2027", 1), record(HOTAN, say))
    kept_store.deliver(buckets, FILM, column=delivered)
    kept_store.deliver(buckets, f"{HOTAN}/unsaid", column=delivered)
    found = season.load(buckets)
    made = figures.report(found.status, found.known.films, [], datetime.now(UTC))
    own = [item for item in made.by_column if f"{HOTAN}/{HOTAN}-a" in item.named.films]
    assert [item.name for item in own] == [counted]
    unannounced = next(row for row in found.status.rows if row.code == HOTAN).film("unsaid")
    assert (unannounced is None) == (delivered == "党建")  # a word that nobody knows may be one of the season's


def test_a_film_in_review_counts_in_the_column_of_its_newest_cut(buckets: Buckets, asked: Counter[str]) -> None:
    """Its marker says it, which is read anyway; those from before markers had it are as they were announced."""
    publish(buckets)
    say = TOPIC.model_copy(update={"column": "showcase"})
    put(buckets.delivery, layout.campaign_record(HOTAN, "july-1-2027", 1), record(HOTAN, say))
    kept_store.submit(buckets, FILM)
    kept_store.submit(buckets, f"{HOTAN}/of-another", column="党建")
    assert film(season.load(buckets)).column is None
    columns = Vocabularies((shipped.folder("profiles"),)).columns
    before, counts = [], []
    for revision, written in enumerate(("展播", "党建"), start=2):
        kept_store.submit(buckets, FILM, revision, column=written)
        asked.clear()
        before.append(season.load(buckets))
        counts.append(Counter(asked))
        found = films(buckets, columns, lambda fault: pytest.fail(str(fault)))
        laid = next(item for item in found if str(item.ref) == FILM)
        assert laid.column == film(before[-1]).column
    own = [next(row for row in item.status.rows if row.code == HOTAN) for item in before]
    assert [row.film(f"{HOTAN}-a").column for row in own] == ["showcase", "party-building"]
    assert own[0].film("of-another") is None  # of a column that is none of the season's
    assert counts[1]["ListObjectsV2"] == counts[0]["ListObjectsV2"]
    assert not [name for name in asked if "submission.yaml" in name]


def test_what_was_packaged_from_a_folder_counts_as_handed_in_and_accepted(buckets: Buckets) -> None:
    publish(buckets)
    kept_store.deliver(buckets, FILM)
    facts = film(season.load(buckets))
    assert facts.stage is Stage.READY
    assert facts.submitted_at is not None
    assert facts.submitted_at == facts.approved_at


def test_a_package_that_was_cleared_since_is_there_on_an_earlier_day(buckets: Buckets, through: Through) -> None:
    from pipeline.model.delivery import Clearable
    from tests.e2e.test_words_of_keeping import cleared

    publish(buckets)
    package_id = kept_store.deliver(buckets, FILM)
    kept_store.answer(buckets, FILM, 1)
    ready = buckets.place_of_delivery(SubmissionRef(HOTAN, f"{HOTAN}-a")).package(package_id).ready()
    at = datetime.now(UTC) - timedelta(days=20)
    cleared(buckets, FILM, Clearable.SUPERSEDED_PACKAGE, package_id=package_id, ready=ready, ready_at=at)

    def days(key: str) -> float:
        return 60 if "_campaign" in key else {"ACK.json": 10, "CLEARED.json": 2}.get(key.rpartition("/")[2], 20)

    for ago, stage in ((15, Stage.READY), (9, Stage.ACCEPTED), (1, Stage.WITHDRAWN)):
        day: date = TODAY - timedelta(days=ago)
        found = through(buckets, days, lambda seen, day=day: season.load(seen, today=day))
        assert film(found).stage is stage, ago
    found = through(buckets, days, lambda seen: season.load(seen, today=TODAY - timedelta(days=25)))
    assert list(found.known.films) == []
