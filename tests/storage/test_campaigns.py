"""A season's objects in a store: revisions put once, records under the next number, and no submission among them."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor

import pytest

from pipeline.errors import IntegrityError
from pipeline.exchange import selection, status
from pipeline.exchange.audit.walk import stops
from pipeline.model.campaign import CampaignRevision
from pipeline.model.campaign_records import CampaignRecord, Note
from pipeline.model.reference import SubmissionRef
from pipeline.storage import campaigns, layout
from pipeline.storage.bounds import MOST_RECORD
from pipeline.storage.bucket import Bucket
from pipeline.storage.buckets import Buckets
from pipeline.storage.place import Contents
from pipeline.storage.s3.store import Store
from pipeline.storage.upkeep import usage
from pipeline.storage.upkeep.kinds import BucketRole, ObjectKind, kind_of
from tests.exchange.conftest import buckets_of
from tests.seasons import HOTAN, KASHGAR, at, campaign


def put(bucket: Bucket, key: str, content: bytes = b"{}") -> None:
    bucket.put(key, content, sha256=hashlib.sha256(content).hexdigest(), media_type="application/json")


def note(text: str, prefecture: str = HOTAN) -> CampaignRecord:
    return CampaignRecord(campaign="july-1-2027", prefecture=prefecture, by="编辑", entries=(Note(text=text),))


def revision(number: int, **values: object) -> CampaignRevision:
    return CampaignRevision(number=number, campaign=campaign(**values), by="编辑")


def test_a_revision_is_put_once_and_found_by_one_listing(store: Store) -> None:
    delivery = Bucket(store, "plans")
    assert campaigns.plans(delivery) == {}
    assert campaigns.publish(delivery, revision(1))
    assert campaigns.publish(delivery, revision(1))  # a lost answer: the same is there
    assert not campaigns.publish(delivery, revision(1, near_days=9))
    assert campaigns.publish(delivery, revision(2, near_days=9))
    put(delivery, "_campaign/july-1-2027/order-3.json")
    for odd in ("r0.json", "r01.json", "r1.json/x", "r99999999.json", "R1.json", "order-x.json"):
        put(delivery, f"_campaign/july-1-2027/{odd}")
    put(delivery, "_campaign/~x/r1.json")
    put(delivery, "_campaign/none/order-1.json")
    found = campaigns.plans(delivery)
    assert set(found) == {"july-1-2027"}
    plans = found["july-1-2027"]
    assert (sorted(plans.revisions), sorted(plans.orders)) == ([1, 2], [3])
    assert [item.revision.campaign.near_days for item in plans.history(Contents(), raised)] == [7, 9]
    assert plans.revision(2).campaign.near_days == 9


def raised(fault: IntegrityError) -> None:
    raise fault


def test_a_revision_that_is_none_is_named_and_the_others_count(store: Store) -> None:
    delivery = Bucket(store, "odd-plans")
    campaigns.publish(delivery, revision(1))
    put(delivery, "_campaign/july-1-2027/r2.json", b"{")
    put(delivery, "_campaign/july-1-2027/r3.json", revision(4).to_file())
    other = CampaignRevision(number=4, campaign=campaign(id="other"), by="编辑").to_file()
    put(delivery, "_campaign/july-1-2027/r4.json", other)
    put(delivery, "_campaign/july-1-2027/r5.json", b" " * (MOST_RECORD + 1))
    faults: list[IntegrityError] = []
    plans = campaigns.plans(delivery)["july-1-2027"]
    history = plans.history(Contents(), faults.append)
    assert [item.revision.number for item in history] == [1]
    assert [fault.key for fault in faults] == [
        *("marker_unreadable", "marker_differs", "marker_differs", "record_too_large"),
    ]
    with pytest.raises(IntegrityError, match="marker_unreadable"):
        plans.revision(2)


def test_the_latest_season_is_the_one_that_was_published_last_until_then() -> None:
    def plans(name: str, *days: str) -> campaigns.Plans:
        listed = {
            number: campaigns.ListedObject(Bucket(None, "d"), name, "", at(day), 1)  # type: ignore[arg-type]
            for number, day in enumerate(days, 1)
        }
        return campaigns.Plans(name, listed)

    found = {"a": plans("a", "2026-01-01", "2027-05-01"), "b": plans("b", "2027-03-01")}
    assert campaigns.latest({}) is None
    for until, name in ((None, "a"), ("2027-04-01", "b"), ("2026-06-01", "a"), ("2020-01-01", "a")):
        chosen = campaigns.latest(found, at(until) if until else None)
        assert chosen is not None
        assert chosen.campaign == name, until


def test_records_take_the_next_number_whoever_puts_at_once(store: Store) -> None:
    inbox = Bucket(store, "records")
    with ThreadPoolExecutor(8) as pool:
        keys = list(
            pool.map(lambda number: campaigns.put_record(inbox, note(f"第 {number} 条"), range(1, 1001)), range(12))
        )
    assert sorted(map(str, keys)) == [
        f"records/{layout.campaign_record(HOTAN, 'july-1-2027', n)}" for n in range(1, 13)
    ]
    again = campaigns.put_record(inbox, note("第 3 条"), range(1, 1001))  # the answer to our own was lost
    assert again in keys
    assert campaigns.put_record(inbox, note("没有号了"), range(1, 13)) is None


def test_a_seasons_objects_are_no_submission_no_prefecture_and_kept_as_records(store: Store) -> None:
    buckets = buckets_of(store, "mixed")
    odd = ("0001.json", "r1.json", "r1/SUBMITTED.json", "reviews/r1-0001.json", "pkg/READY.json", "ACK.json")
    keys = [
        *(f"{prefecture}/_campaign/july-1-2027/{name}" for prefecture in (HOTAN, KASHGAR) for name in odd),
        *(f"{HOTAN}/_campaign/{name}" for name in ("r1.json", "loose")),
        *(f"_campaign/july-1-2027/{name}" for name in ("r1.json", "order-1.json", "r1/SUBMITTED.json")),
    ]
    for bucket in (buckets.inbox, buckets.delivery):
        for key in keys:
            put(bucket, key)
    assert buckets.records() == []
    assert status.submission_statuses(buckets) == []
    assert status.came_in(buckets) == []
    assert selection.deliveries(buckets, None) == []
    for typed in ("_campaign", f"{HOTAN}/_campaign", "july-1-2027", f"{HOTAN}/july-1-2027"):
        assert selection.select(buckets, typed) == []
    assert {name for _, name in buckets.prefectures(buckets.seen)} == {HOTAN, KASHGAR}
    assert "_campaign" not in buckets.delivery.folders(f"{HOTAN}/film/")
    for role in (BucketRole.INBOX, BucketRole.DELIVERY):
        assert {kind_of(role, key) for key in keys} == {ObjectKind.RECORD}
    rows = usage.usages(Buckets(buckets.inbox, buckets.delivery, work_name="mixed-work"), at("2027-06-01"))
    assert {(row.prefecture, row.kind) for row in rows} == {(name, ObjectKind.RECORD) for name in (HOTAN, KASHGAR, "")}
    verified, stray = stops(buckets)
    assert ([stop for stop in verified if stop.role is not BucketRole.WORK], stray) == ([], [])
    looked = buckets.look(campaign="july-1-2027")
    assert looked.submissions == []
    assert sorted(item.where for item in looked.said) == [
        f"{bucket.name}/{prefecture}/_campaign/july-1-2027/0001.json"
        for bucket in (buckets.delivery, buckets.inbox)
        for prefecture in (KASHGAR, HOTAN)
    ]


def test_all_that_was_said_is_met_among_submissions_of_either_order(store: Store) -> None:
    """Ids that sort before and behind the records, more records than a page has, another season beside."""
    buckets = buckets_of(store, "dense")
    said = [layout.campaign_record(HOTAN, "july-1-2027", number) for number in range(1, 61)]
    others = [layout.campaign_record(HOTAN, name, 1) for name in ("a-season", "z-season")]
    for bucket in (buckets.inbox, buckets.delivery):
        for key in (*said, *others):
            put(bucket, key)
    for name in ("653200-film", "film"):
        put(buckets.delivery, f"{HOTAN}/{name}/r1.json")
        for number in range(30):
            put(buckets.delivery, f"{HOTAN}/{name}/0123456789abcdef/ts/{number}.ts")
    looked = buckets.look(campaign="july-1-2027")
    assert [item.ref for item in looked.submissions] == [SubmissionRef(HOTAN, name) for name in ("653200-film", "film")]
    assert sorted(item.key for item in looked.said) == sorted(said * 2)
    assert buckets.look().said == []
