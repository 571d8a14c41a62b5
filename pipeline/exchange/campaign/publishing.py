"""Whether a `campaign.yaml` can be the next revision: only one that was made from the newest."""

from __future__ import annotations

from pipeline.errors import InputError
from pipeline.model.campaign import MOST_REVISION, Campaign, CampaignRevision
from pipeline.model.campaign_changes import differences


def next_revision(draft: Campaign, newest: CampaignRevision | None, by: str) -> CampaignRevision | None:
    """The revision to put.

    Args:
        draft: with the revision that it was got as; without one it is new.
        newest: what is published; None where nothing is.

    Returns:
        None where it says what is published already.

    Raises:
        InputError: it was made from an older revision, or beside what is published; `differences` of the error has each
            value that would be put back, from what is published to what the draft says. Or no number is left.
    """
    if newest is None:
        return CampaignRevision(number=1, campaign=draft.model_copy(update={"revision": None}), by=by)
    found = differences(newest.campaign, draft)
    if not found:
        return None
    if draft.revision != newest.number:
        raise InputError(
            "campaign_older",
            where=draft.id,
            own=str(draft.revision or "-"),
            newest=newest.number,
            by=newest.by,
            differences=found,
        )
    if newest.number == MOST_REVISION:
        raise InputError("campaign_revisions_full", where=draft.id, most=MOST_REVISION)
    return CampaignRevision(number=newest.number + 1, campaign=draft.model_copy(update={"revision": None}), by=by)
