"""`status` of a prefecture whose film was on air: no time is named at which it was withdrawn."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from pipeline.exchange.running_order import laying, publishing
from pipeline.model.campaign import CampaignRevision
from pipeline.storage import campaigns
from pipeline.storage.buckets import Buckets
from tests.common_store import CommonStore
from tests.conftest import Showcase
from tests.faults.dated_store import DatedStore
from tests.running_orders import film, slots
from tests.seasons import HOTAN, campaign
from tests.storage import kept_store
from tests.storage.test_audit import at
from tests.stored_days import noon, stored_days

REF = f"{HOTAN}/{HOTAN}-a"


@pytest.fixture
def story(common_store: CommonStore, showcase: Showcase) -> Iterator[tuple[DatedStore, Showcase, Buckets]]:
    """A film that was taken over 12 days ago, and the command of its prefecture."""
    with stored_days(common_store, 14) as (proxy, connection, buckets):
        assert campaigns.publish(buckets.delivery, CampaignRevision(number=1, campaign=campaign(), by="编辑"))
        proxy.turn_to(noon(12))
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
    row["dates"] = [f"{noon(ago):%Y-%m-%d}" for ago in (7, second)]  # type: ignore[assignment]
    laid = laying.lay(slots(row, repeats=[{"times": 1, "after_days": 1}]), [film(REF)])
    assert len(laid.showings) == 2
    publishing.publish(buckets, laid.model_copy(update={"campaign": campaign().id}))
    last = f"{noon(second):%Y-%m-%d} 19:30"
    for words in (("status",), ("status", f"{HOTAN}-a")):
        assert f"{last} {'已播出' if second > 0 else '播出'}" in person(*words, "--lang", "zh").out
        assert "播出时间按第 1 号编排（" in person(*words, "--lang", "zh").out
        assert "活动计划第" not in person(*words, "--lang", "zh").out
    proxy.turn_to(noon(5))
    moved = campaign(air_date=campaign().air_date + timedelta(7))
    assert campaigns.publish(buckets.delivery, CampaignRevision(number=2, campaign=moved, by="编辑"))
    for words in (("status",), ("status", f"{HOTAN}-a"), ("campaign", "show", HOTAN)):
        said = "".join(line.strip() for line in person(*words, "--lang", "zh").out.splitlines())
        assert f"活动计划第 2 版是在它之后发布的（{noon(5):%Y-%m-%d}" in said.replace("发 布", "发布"), said
    kept_store.withdraw(buckets, REF, 1)
    for words in (("status",), ("status", f"{HOTAN}-a")):
        said = person(*words, "--lang", "zh")
        assert f"{noon(7):%Y-%m-%d} 19:30 已播出" in said.out, said.out
        assert last not in said.out
