"""The one function that makes the board of a season."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from pipeline.model.campaign import PublishedCampaign
from pipeline.model.campaign_facts import FilmFacts
from pipeline.model.campaign_records import BadRecord, PlacedRecord
from pipeline.model.campaign_status import CampaignStatus


def board(
    history: Sequence[PublishedCampaign],
    records: Iterable[PlacedRecord],
    bad: Iterable[BadRecord],
    films: Iterable[FilmFacts],
    today: date,
    *,
    now: datetime | None = None,
    prefectures: Sequence[str] | None = None,
) -> CampaignStatus:
    """The board as it was known at the end of a day in China.

    Args:
        history: every revision of the campaign, the oldest first.
        records: in any order; those of later days are left out.
        bad: what could not be read as a record; likewise.
        films: what the store knew at the end of that day.
        today: the day.
        now: the moment, where the day is not over yet: a slot that ends later on it is not over.
        prefectures: the only ones that the one who looks can see; all where none are said.

    Raises:
        InputError: nothing was published until then.
    """
