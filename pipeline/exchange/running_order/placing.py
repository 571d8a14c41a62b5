"""What a published order does not have, as it stands now: where it could be, or why it has no place. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from pipeline.exchange.running_order import fitting, laying
from pipeline.exchange.running_order.board import Board
from pipeline.exchange.running_order.rooms import Room, rooms, takes
from pipeline.exchange.running_order.watching import Gap
from pipeline.model.reference import SubmissionRef
from pipeline.model.running_order import Film, LeftOut, Reason, RunningOrder, Showing, Why
from pipeline.model.slots import Pin, SlotTime, ref_of


@dataclass(frozen=True)
class Place:
    """Where a film could be that is on air nowhere: the first slot that is empty or came free, and takes it.

    Args:
        start: when it would begin.
    """

    film: Film
    slot: SlotTime
    start: datetime


class Outside:
    """What an order does not have.

    Args:
        films: as they stand now.
        found: the gaps of this order.
        now: a slot that has begun by then is no place any more.
        own: the prefecture whose films these are: what became of others' films it can't see.
    """

    def __init__(
        self, order: RunningOrder, films: Iterable[Film], found: Sequence[Gap], now: datetime, own: str | None = None
    ):
        self._order, self._slots, self._own = order, order.slots, own
        self._films = {film.ref: film for film in sorted(films, key=lambda film: film.ref)}
        broken = {gap.showing for gap in found if gap.why.reason is not Reason.REPLACED}
        self._standing: dict[SubmissionRef, list[Showing]] = defaultdict(list)
        for item in order.showings:
            if item not in broken:
                self._standing[item.ref].append(item)
        there = [item for own_ones in self._standing.values() for item in own_ones]
        self._taken = {item.slot for item in there}
        self._ahead = [room for room in rooms(order.slots, there) if room.slot.start > now]
        self._pinned: dict[SubmissionRef, set[tuple[str, date]]] = defaultdict(set)
        for pin in order.slots.rules.pinned:
            self._pinned[ref_of(pin.film)].add((pin.slot, pin.day))

    def places(self) -> list[Place]:
        """Films that are on air nowhere and could be by every rule; each by itself, so that two may be told the same
        slot."""
        found = ((film, self._room(film)) for film in self._films.values() if film.ref not in self._standing)
        return [Place(film, room.slot, room.start) for film, room in found if room]

    def left_out(self) -> tuple[LeftOut, ...]:
        """Every film that the order does not have, repeats and pinned showings that it lacks, with the reasons of
        today."""
        shown = Counter(item.ref for item in self._order.showings)
        pins = [pin for pin in self._slots.rules.pinned if self._own in (None, ref_of(pin.film).prefecture)]
        found = [item for pin in pins if (item := self._pin_missing(pin))]
        found += [
            laying.without_place(film, self._why(film))
            for ref, film in self._films.items()
            if not shown[ref] and ref not in self._pinned
        ]
        standing = [film for film in self._films.values() if fitting.standing(film) is None]
        for item in laying.repeats_missing(self._slots, standing, shown):
            why = self._without_room(self._room(self._films[item.ref]))
            found.append(item.model_copy(update={"why": why}))
        return tuple(sorted(found, key=lambda item: (item.ref, item.number, str(item.slot))))

    def _room(self, film: Film) -> Room | None:
        """The first that takes it; for one that is on air nowhere and is pinned, of the slots that it is pinned to."""
        own = self._standing.get(film.ref, [])
        pins = self._pinned.get(film.ref) if not own else None
        there = (room for room in self._ahead if pins is None or (room.slot.name, room.slot.day) in pins)
        return next((room for room in there if takes(self._slots, film, own, room)), None)

    def _why(self, film: Film) -> Why:
        said = laying.why(Board(self._slots), film)
        return self._without_room(self._room(film)) if said.reason is Reason.NO_SLOT_LEFT else said

    def _without_room(self, room: Room | None) -> Why:
        """A prefecture can't see which slots came free."""
        return Why(reason=Reason.NOT_IN_ORDER if room or self._own else Reason.NO_SLOT_LEFT)

    def _pin_missing(self, pin: Pin) -> LeftOut | None:
        ref, row = ref_of(pin.film), self._slots.slot(pin.slot)
        if row is None or any((item.slot.name, item.slot.day) == (pin.slot, pin.day) for item in self._order.of(ref)):
            return None
        film, time = self._films.get(ref), row.on(pin.day)
        why = Why(reason=Reason.UNKNOWN)
        if film:
            own = self._standing.get(ref, [])
            here = [room for room in self._ahead if room.slot == time and takes(self._slots, film, own, room)]
            is_full = not here and time in self._taken
            taken = Why(reason=Reason.SLOT_TAKEN) if is_full else self._without_room(next(iter(here), None))
            why = fitting.unfit(row, film, time.start, time.end) or taken
        return laying.not_pinned(ref, film, time, why)
