"""Milestones that no hand fills: when the store has them done, and what opened them again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from pipeline.model.campaign import FilledBy
from pipeline.model.campaign_facts import FilmFacts
from pipeline.model.campaign_status import Setback
from pipeline.model.inbox import Stage


def done_at(how: FilledBy, facts: FilmFacts | None, now: datetime) -> datetime | None:
    """When a fact came about, and None while it has not; what comes later tells what must have been before it."""
    return _FACTS[how](facts, now) if facts and how in _FACTS else None


def came_in_at(facts: FilmFacts) -> datetime | None:
    """When anything of it was first there as a whole; None while it is on its way."""
    return _first(facts.draft_at, facts.submitted_at, facts.approved_at, facts.taken_over_at)


def setback(facts: FilmFacts | None) -> Setback | None:
    """That a film is returned or withdrawn."""
    if facts and facts.stage is Stage.WITHDRAWN:
        return Setback(kind="withdrawn", reason=facts.reason, at=facts.withdrawn_at)
    if facts and facts.stage is Stage.RETURNED:
        return Setback(kind="returned", reason=facts.reason, at=facts.returned_at)
    return None


def on_air_at(facts: FilmFacts | None) -> datetime | None:
    """When it is first on air; None without a slot, and of what was withdrawn before the film was over."""
    return None if facts is None or _is_gone(facts) else facts.on_air


def _is_gone(facts: FilmFacts) -> bool:
    gone = facts.withdrawn_at if facts.stage is Stage.WITHDRAWN else None
    return bool(gone and facts.film_end and gone < facts.film_end)


def _draft(facts: FilmFacts, _: datetime) -> datetime | None:
    return came_in_at(facts)


def _submitted(facts: FilmFacts, _: datetime) -> datetime | None:
    return _first(facts.submitted_at, facts.approved_at, facts.taken_over_at)


def _approved(facts: FilmFacts, _: datetime) -> datetime | None:
    return None if setback(facts) else _first(facts.approved_at, facts.taken_over_at)


def _taken_over(facts: FilmFacts, _: datetime) -> datetime | None:
    return None if setback(facts) else facts.taken_over_at


def _shown(facts: FilmFacts, now: datetime) -> datetime | None:
    """Its slot is over; what was withdrawn before the film was over, as the order has it too, was not shown."""
    end = facts.on_air_end
    return end if end and end <= now and not _is_gone(facts) else None


def _first(*times: datetime | None) -> datetime | None:
    return min((at for at in times if at), default=None)


_FACTS: dict[FilledBy, Callable[[FilmFacts, datetime], datetime | None]] = {
    FilledBy.DRAFT: _draft,
    FilledBy.SUBMITTED: _submitted,
    FilledBy.APPROVED: _approved,
    FilledBy.TAKEN_OVER: _taken_over,
    FilledBy.SHOWN: _shown,
}
