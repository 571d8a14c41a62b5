"""What had begun of a published order when it is laid anew: it stays as it was published, to the byte. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from pipeline.model.reference import SubmissionRef
from pipeline.model.running_order import Film, RunningOrder, Showing
from pipeline.model.slots import Pin, SlotTime, ref_of


@dataclass(frozen=True)
class Begun:
    """The slots of a published order that had begun at a moment.

    Args:
        now: the moment; None where no order is published: nothing is kept then, and every slot is open.
        showings: by their times, also of films that were withdrawn since.
        empty: slots in which nothing was on air.
    """

    now: datetime | None = None
    showings: tuple[Showing, ...] = ()
    empty: tuple[SlotTime, ...] = ()

    @property
    def times(self) -> tuple[SlotTime, ...]:
        """Their slots, each once, by the times."""
        found = {*(item.slot for item in self.showings), *self.empty}
        return tuple(sorted(found, key=lambda time: (time.start, time.end, time.name)))

    def is_open(self, time: SlotTime) -> bool:
        """Whether a slot of the file is to be filled: it has not begun, and nothing that had begun runs into it."""
        return (self.now is None or time.start > self.now) and all(item.end <= time.start for item in self.showings)

    def at(self, moment: datetime) -> Showing | None:
        """What is on air in the slot of a moment: then, else first in it; None where nothing is."""
        there = [item for item in self.showings if item.slot.start <= moment < max(item.slot.end, item.end)]
        return next((item for item in there if item.start <= moment < item.end), next(iter(there), None))

    def has(self, pin: Pin) -> bool:
        """Whether a pinned film is where it is pinned to."""
        ref, place = ref_of(pin.film), (pin.slot, pin.day)
        return any(item.ref == ref and (item.slot.name, item.slot.day) == place for item in self.showings)

    def on_air(self, films: Mapping[SubmissionRef, Film]) -> tuple[Showing, ...]:
        """Showings that count for how often a film was on air: none of a time at which it was withdrawn."""

        def is_absent(item: Showing) -> bool:
            film = films.get(item.ref)
            return film is not None and film.is_absent(item.start, item.end)

        return tuple(item for item in self.showings if not is_absent(item))


NOTHING = Begun()


def begun(order: RunningOrder, now: datetime) -> Begun:
    """What of a published order had begun at a moment: each slot whose start has come, with all that is in it."""
    return Begun(
        now,
        tuple(item for item in order.showings if item.slot.start <= now),
        tuple(time for time in order.empty if time.start <= now),
    )
