"""The one function that makes the board of a season."""

from __future__ import annotations

from collections.abc import Container, Iterator
from datetime import date, datetime

from pipeline.exchange.campaign import rows
from pipeline.exchange.campaign.films import films_of
from pipeline.exchange.campaign.known import Known, Look, look
from pipeline.exchange.campaign.told import ToldPrefecture, told
from pipeline.exchange.campaign.wanted import wanted
from pipeline.model import region
from pipeline.model.campaign import Campaign, FilledBy
from pipeline.model.campaign_changes import moved_dates
from pipeline.model.campaign_facts import FilmFacts
from pipeline.model.campaign_records import BadKind, BadRecord, Done, Extend, Undone, faulty
from pipeline.model.campaign_status import CampaignStatus, Contradiction


def board(
    known: Known, today: date, *, now: datetime | None = None, prefectures: Container[str] | None = None
) -> CampaignStatus:
    """The board as it was known at the end of a day in China.

    Args:
        known: all that is known; what is of later days is left out.
        now: the moment, where the day is not over yet: a slot that ends later on it is not over.
        prefectures: the only ones that the one who looks can see; all where none are said.

    Raises:
        InputError: nothing was published until then.
    """
    seen = look(known, today, now, prefectures)
    campaign = seen.campaign
    said = told(seen.records)
    facts: dict[str, list[FilmFacts]] = {}
    for item in seen.films:
        facts.setdefault(item.prefecture, []).append(item)
    expected = campaign.expected()
    made = []
    contradictions: list[Contradiction] = []
    bad = {item.key: item for item in seen.bad}
    for fault in _of_milestones(seen):
        bad.setdefault(fault.key, fault)
    for code in _codes(campaign, (*said, *facts)):
        if prefectures is not None and code not in prefectures:
            continue
        own = said.get(code, ToldPrefecture())
        found = films_of(seen, code, own, facts.get(code, ()), expected.get(code, 0))
        contradictions += found.contradictions
        for fault in found.unknown:
            bad.setdefault(fault.key, fault)
        if code in expected or found.films or own.notes:
            made.append(rows.row(campaign, code, own, found, expected.get(code)))
    ordered = rows.sorted_rows(made)
    return CampaignStatus(
        campaign=campaign,
        revision=seen.history[-1].revision.number,
        published_at=seen.history[-1].at,
        today=today,
        moved=moved_dates(seen.history),
        rows=ordered,
        wanted=wanted(campaign, ordered),
        contradictions=tuple(contradictions),
        bad=tuple(sorted(bad.values(), key=lambda item: (item.prefecture, item.side, item.number, item.key))),
    )


def _codes(campaign: Campaign, others: tuple[str, ...]) -> list[str]:
    """Every prefecture that may have a row: those that take part, the fourteen in their order, the others."""
    order = {code: index for index, code in enumerate(region.prefectures())}
    known = {*campaign.expected(), *others}
    return sorted(known, key=lambda code: (order.get(code, len(order)), code))


def _of_milestones(seen: Look) -> Iterator[BadRecord]:
    """A line for each record that marks a milestone which no revision of the campaign has, or none by hand."""
    all_known = {item.id for one in seen.history for item in one.revision.campaign.milestones}
    by_hand = {
        item.id for one in seen.history for item in one.revision.campaign.milestones if item.filled_by is FilledBy.HAND
    }
    for record in seen.records:
        for entry in record.record.entries:
            if isinstance(entry, Done | Undone | Extend) and entry.milestone not in all_known:
                yield faulty(record, BadKind.UNKNOWN_MILESTONE, entry.milestone)
            elif isinstance(entry, Done | Undone) and entry.milestone not in by_hand:
                yield faulty(record, BadKind.NOT_BY_HAND, entry.milestone)
