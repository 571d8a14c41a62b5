"""Stretches of slots in which nothing is on air, and which film can be there by every rule. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pipeline.exchange.running_order import fitting
from pipeline.model.running_order import Film, Showing
from pipeline.model.slots import Slots, SlotTime


@dataclass(frozen=True)
class Room:
    """A stretch of a slot.

    Args:
        start: when a film in it would begin.
        until: when it has to be over.
    """

    slot: SlotTime
    start: datetime
    until: datetime


def rooms(slots: Slots, standing: Iterable[Showing]) -> list[Room]:
    """Every stretch that is free, by the times: a slot without a film, and where films share slots, what these leave.

    Args:
        standing: what is on air.
    """
    within: dict[SlotTime, list[Showing]] = defaultdict(list)
    for item in standing:
        within[item.slot].append(item)
    gap = timedelta(seconds=slots.rules.gap_s)
    found = []
    for time in slots.placed:
        own = sorted(within[time], key=lambda item: item.start)
        if own and not slots.rules.share:
            continue
        start = time.start
        for item in own:
            found.append(Room(time, start, item.start - gap))
            start = item.end + gap
        found.append(Room(time, start, time.end))
    return [room for room in found if room.start < room.until]


def takes(slots: Slots, film: Film, own: Sequence[Showing], room: Room) -> bool:
    """Whether a film can be in a room.

    Args:
        own: where it is on air already; once more only as the rules say.
    """
    row = slots.slot(room.slot.name)
    if row is None or fitting.unfit(row, film, room.start, room.until):
        return False
    rule = slots.rules.repeat_of(film.ref, film.column)
    if own and (rule is None or len(own) > rule.times):
        return False
    return all(item.slot != room.slot for item in own) and (
        rule is None or all(rule.is_far_enough(*sorted((room.start, item.start))) for item in own)
    )
