"""A season's plan brought to the store, and fetched from there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.exchange.campaign.publishing import next_revision
from pipeline.exchange.campaign.season import plans_of
from pipeline.model.campaign import Campaign, CampaignRevision
from pipeline.model.campaign_changes import Difference, differences
from pipeline.storage import campaigns
from pipeline.storage.buckets import Buckets


@dataclass(frozen=True)
class Publication:
    """What becomes of a plan.

    Args:
        new: the revision that says it; None where the published one says just that.
        before: what was published until then; None where nothing was.
        changes: from that to the new one.
    """

    new: CampaignRevision | None
    before: CampaignRevision | None
    changes: Sequence[Difference] = ()

    @property
    def number(self) -> int:
        """The revision that says it."""
        standing = self.new or self.before
        return standing.number if standing else 0


def prepared(buckets: Buckets, draft: Campaign, by: str) -> Publication:
    """What publishing would do.

    Raises:
        InputError: the draft was made from an older revision (`publishing.next_revision`).
        IntegrityError: the newest revision can't be read.
    """
    plans = campaigns.plans(buckets.delivery).get(draft.id)
    before = plans.revision(max(plans.revisions)) if plans else None
    made = next_revision(draft, before, by)
    return Publication(made, before, differences(before.campaign, made.campaign) if before and made else ())


def publish(buckets: Buckets, draft: Campaign, by: str) -> Publication:
    """Put the plan under the next number; of two at one moment the second is refused. Raises as `prepared`."""
    while True:
        made = prepared(buckets, draft, by)
        if made.new is None or campaigns.publish(buckets.delivery, made.new):
            return made


def newest(buckets: Buckets, wanted: str | None) -> CampaignRevision:
    """The newest revision of the season that is meant; raises as `season.plans_of` and `prepared`."""
    plans = plans_of(buckets, wanted)
    return plans.revision(max(plans.revisions))


def is_of_store(buckets: Buckets, written: Campaign) -> bool:
    """Whether a file says just what the revision says that it was fetched as."""
    plans = campaigns.plans(buckets.delivery).get(written.id)
    number = written.revision
    if plans is None or number is None or number not in plans.revisions:
        return False
    return not differences(plans.revision(number).campaign, written)
