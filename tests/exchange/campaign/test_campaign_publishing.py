"""A campaign that was made from an older revision is not published."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline.errors import InputError
from pipeline.exchange.campaign.publishing import next_revision
from pipeline.model.campaign import MOST_REVISION, CampaignRevision
from tests.seasons import campaign

MOVED = campaign(air_date=date(2027, 7, 2))


def published(number: int) -> CampaignRevision:
    return CampaignRevision(number=number, campaign=campaign(), by="李编")


def test_the_first_one_is_revision_1() -> None:
    for draft in (campaign(), campaign(revision=4)):
        assert next_revision(draft, None, "李编") == published(1)


def test_one_that_was_got_from_the_newest_is_the_next() -> None:
    made = next_revision(MOVED.model_copy(update={"revision": 3}), published(3), "王编")
    assert made == CampaignRevision(number=4, campaign=MOVED, by="王编")


@pytest.mark.parametrize("revision", [None, 1, 3])
def test_what_is_published_already_is_not_put_again(revision: int | None) -> None:
    assert next_revision(campaign(revision=revision), published(3), "王编") is None


@pytest.mark.parametrize("revision", [None, 2, 4])
def test_one_from_another_revision_is_refused_with_what_it_would_put_back(revision: int | None) -> None:
    with pytest.raises(InputError, match="campaign_older") as refused:
        next_revision(MOVED.model_copy(update={"revision": revision}), published(3), "王编")
    found = refused.value.values["differences"]
    assert [(item.path, item.old, item.new) for item in found] == [("air_date", "2027-07-01", "2027-07-02")]


def test_after_the_last_number_nothing_is_published_and_that_is_said() -> None:
    last = published(MOST_REVISION)
    assert next_revision(campaign(), last, "王编") is None
    with pytest.raises(InputError, match="campaign_revisions_full") as refused:
        next_revision(MOVED.model_copy(update={"revision": MOST_REVISION}), last, "王编")
    assert refused.value.values["most"] == MOST_REVISION
    made = next_revision(MOVED.model_copy(update={"revision": MOST_REVISION - 1}), published(MOST_REVISION - 1), "王编")
    assert made == CampaignRevision(number=MOST_REVISION, campaign=MOVED, by="王编")
