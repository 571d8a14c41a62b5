"""`status` of a prefecture whose film was on air: no time is named at which it was withdrawn."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Iterator
from datetime import UTC, timedelta

import pytest

from pipeline.exchange.running_order import laying, publishing
from pipeline.model.campaign import CampaignRevision
from pipeline.model.china_time import CHINA, day_in_china
from pipeline.storage import campaigns
from pipeline.storage.bucket import Bucket
from pipeline.storage.buckets import Buckets
from pipeline.storage.s3.store import Store
from tests.common_store import CommonStore
from tests.conftest import Showcase
from tests.faults.dated_store import DatedStore, dated
from tests.running_orders import film, slots
from tests.seasons import HOTAN, campaign
from tests.storage import kept_store
from tests.storage.test_audit import at

REF = f"{HOTAN}/{HOTAN}-a"
TODAY = day_in_china(datetime.datetime.now(UTC))


def day(ago: int) -> datetime.datetime:
    """Noon of so many days before today."""
    return datetime.datetime.combine(TODAY - timedelta(days=ago), datetime.time(12, tzinfo=CHINA))


@pytest.fixture
def story(common_store: CommonStore, showcase: Showcase) -> Iterator[tuple[DatedStore, Showcase, Buckets]]:
    """A film that was taken over 12 days ago, and the command of its prefecture."""
    with (
        common_store.taken("delivery", "inbox") as straight,
        dated(straight.endpoint or "", day(14)) as proxy,
    ):
        connection = dataclasses.replace(straight, endpoint=proxy.endpoint)
        store = Store(connection, endpoint_shown="")
        buckets = Buckets(Bucket(store, "inbox"), Bucket(store, "delivery"))
        assert campaigns.publish(buckets.delivery, CampaignRevision(number=1, campaign=campaign(), by="编辑"))
        proxy.turn_to(day(12))
        kept_store.submit(buckets, REF)
        kept_store.approve(buckets, REF, 1)
        kept_store.deliver(buckets, REF)
        kept_store.answer(buckets, REF, 1)
        person = at(showcase, connection)
        (person.folder / "showcase.toml").write_text(f'role = "producer"\nprefecture = "{HOTAN}"\n')
        yield proxy, person, buckets


@pytest.mark.parametrize("second", [4, -2])
def test_a_time_at_which_it_was_withdrawn_is_none_of_its(
    second: int, story: tuple[DatedStore, Showcase, Buckets]
) -> None:
    """Of two showings the second is behind the withdrawal, whether it would be over by now or is yet to come."""
    proxy, person, buckets = story
    row = {"name": "evening", "start": "19:30", "minutes": 30}
    row["dates"] = [f"{day(ago):%Y-%m-%d}" for ago in (7, second)]  # type: ignore[assignment]
    laid = laying.lay(slots(row, repeats=[{"times": 1, "after_days": 1}]), [film(REF)])
    assert len(laid.showings) == 2
    publishing.publish(buckets, laid.model_copy(update={"campaign": campaign().id}))
    last = f"{day(second):%Y-%m-%d} 19:30"
    for words in (("status",), ("status", f"{HOTAN}-a")):
        assert f"{last} {'已播出' if second > 0 else '播出'}" in person(*words, "--lang", "zh").out
    proxy.turn_to(day(5))
    kept_store.withdraw(buckets, REF, 1)
    for words in (("status",), ("status", f"{HOTAN}-a")):
        said = person(*words, "--lang", "zh")
        assert f"{day(7):%Y-%m-%d} 19:30 已播出" in said.out, said.out
        assert last not in said.out
