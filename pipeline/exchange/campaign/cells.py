"""The milestones of one film: which are done, and how the others stand on a day."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from pipeline.exchange.campaign import store_facts
from pipeline.exchange.campaign.told import Longer, Marked
from pipeline.model.campaign import Campaign, FilledBy, Milestone
from pipeline.model.campaign_facts import FilmFacts
from pipeline.model.campaign_status import Cell, CellState, Extension, Setback
from pipeline.model.china_time import day_in_china


@dataclass(frozen=True)
class Progress:
    """What is known of one film's milestones.

    Args:
        named: whether anybody named it: what nobody named is not begun.
        counts: whether anything is wanted of it.
        marks: by milestone, what was said by hand.
        longer, of_prefecture: later days by milestone: its own, and those of its whole prefecture.
    """

    facts: FilmFacts | None = None
    named: bool = True
    counts: bool = True
    marks: Mapping[str, Marked] = field(default_factory=dict)
    longer: Mapping[str, Longer] = field(default_factory=dict)
    of_prefecture: Mapping[str, Longer] = field(default_factory=dict)


def cells(campaign: Campaign, progress: Progress, today: date, now: datetime) -> tuple[Cell, ...]:
    """One cell a milestone, in their order."""
    days = dict(_days(campaign, progress, now))
    setbacks = _setbacks(campaign, progress.facts, days)
    found: list[Cell] = []
    begun = progress.named
    for index, item in enumerate(campaign.milestones):
        extension = extension_of(item, progress.longer, progress.of_prefecture)
        due = extension.until if extension else item.due
        later = next((other.id for other in campaign.milestones[index + 1 :] if other.id in days), None)
        mark = progress.marks.get(item.id) if item.filled_by is FilledBy.HAND else None
        cell = Cell(
            milestone=item.id, state=CellState.OFF, due=due, said=mark.said if mark else None, extension=extension
        )
        if item.id in days:
            on = days[item.id]
            more: dict[str, object] = {
                "state": CellState.DONE,
                "on": on,
                "late_days": max((on - due).days, 0) if on else 0,
            }
        elif item.filled_by is FilledBy.HAND and later:
            more = {"state": CellState.IMPLIED, "implied_by": later}
        elif not progress.counts:
            more = {}
        else:
            more = _open(cell, setbacks.get(item.id), (due - today).days, campaign.near_days, begun)
            begun = False
        found.append(cell.model_copy(update=more))
    return tuple(found)


def extension_of(
    milestone: Milestone, own: Mapping[str, Longer], of_prefecture: Mapping[str, Longer]
) -> Extension | None:
    """The later day that holds: of the film's and its prefecture's the newer; none where the campaign's is as late."""
    given = [item for item in (own.get(milestone.id), of_prefecture.get(milestone.id)) if item]
    newest = max(given, key=lambda item: item.place, default=None)
    if newest is None or newest.until <= milestone.due:
        return None
    return Extension(
        until=newest.until,
        due=milestone.due,
        reason=newest.reason,
        of_prefecture=newest is not own.get(milestone.id),
        said=newest.said,
    )


def _days(campaign: Campaign, progress: Progress, now: datetime) -> Iterator[tuple[str, date | None]]:
    """Those that are done, each with its day; None where nobody said it."""
    for item in campaign.milestones:
        if item.filled_by is FilledBy.HAND:
            mark = progress.marks.get(item.id)
            if mark and mark.is_done:
                yield item.id, mark.on
        elif at := store_facts.done_at(item.filled_by, progress.facts, now):
            yield item.id, day_in_china(at)


def _setbacks(campaign: Campaign, facts: FilmFacts | None, days: Container[str]) -> dict[str, Setback]:
    """What was opened again: by a return the next fact of the store, by a withdrawal all that are left."""
    happened = store_facts.setback(facts)
    if happened is None:
        return {}
    left = [item.id for item in campaign.milestones if item.filled_by is not FilledBy.HAND and item.id not in days]
    return dict.fromkeys(left if happened.kind == "withdrawn" else left[:1], happened)


def _open(cell: Cell, setback: Setback | None, left: int, near_days: int, begun: bool) -> dict[str, object]:
    if left < 0:
        return {"state": CellState.LATE, "late_days": -left, "setback": setback}
    state = CellState.OPEN if begun else CellState.NOT_BEGUN
    if setback:
        state = CellState(setback.kind)
    elif left <= near_days:
        state = CellState.NEAR
    elif cell.extension:
        state = CellState.EXTENDED
    return {"state": state, "left_days": left, "setback": setback}
