"""What a command would change: the entries that are news, and what can't be said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline.model.campaign_records import Entry, Side
from pipeline.model.campaign_status import CampaignStatus


def news(status: CampaignStatus, prefecture: str, side: Side, entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """Those of the entries that say what the board does not say yet, so that a rerun says nothing twice.

    Args:
        prefecture: whose films they speak of.
        side: who would say it.

    Raises:
        InputError: one of them can't be said: what the store knows, what nobody has announced, a day to come.
    """


def moving(status: CampaignStatus, prefecture: str, identity: str, to: str) -> Mapping[str, tuple[Entry, ...]]:
    """What `move` has to put, by prefecture and in this order: the new place first; nothing where it is done already.

    Raises:
        InputError: there is no such film, it was handed in already, or the other prefecture has one of that id.
    """
