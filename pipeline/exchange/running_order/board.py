"""The slots while films are laid into them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from pipeline.exchange.running_order import fitting
from pipeline.exchange.running_order.begun import NOTHING, Begun
from pipeline.model.reference import SubmissionRef
from pipeline.model.running_order import Film, Reason, Showing, Why
from pipeline.model.slots import Slot, Slots, SlotTime


class Board:
    """Every slot of every day with the films in it so far; each film is behind those that were put there before it.

    Args:
        kept: what had begun; its slots take nothing more.
        films: by which it is told what of that was on air.
    """

    def __init__(self, slots: Slots, kept: Begun = NOTHING, films: Mapping[SubmissionRef, Film] | None = None):
        self.slots, self.rules, self.kept = slots, slots.rules, kept
        self.placed = slots.placed
        self.open = {time for time in self.placed if kept.is_open(time)}
        self.times = tuple(sorted({*kept.times, *self.open}, key=lambda time: (time.start, time.end, time.name)))
        self.gap = timedelta(seconds=slots.rules.gap_s)
        self._rows = {slot.name: slot for slot in slots.slots}
        self._in: dict[SlotTime, list[Showing]] = {time: [] for time in self.times}
        self._of: dict[SubmissionRef, list[Showing]] = defaultdict(list)
        for item in kept.showings:
            self._in[item.slot].append(item)
        there = kept.on_air(films or {})
        self._earlier = Counter(item.ref for item in there)
        for item in there:
            self._of[item.ref].append(item)

    def row(self, time: SlotTime) -> Slot:
        """The row of the file that one of its slots is of."""
        return self._rows[time.name]

    def within(self, time: SlotTime) -> list[Showing]:
        """What is in a slot."""
        return self._in[time]

    def of(self, ref: SubmissionRef) -> list[Showing]:
        """The showings of a film."""
        return self._of[ref]

    def start(self, time: SlotTime) -> datetime:
        """When the next film of a slot begins."""
        there = self._in[time]
        return there[-1].end + self.gap if there else time.start

    def why_not(self, time: SlotTime, film: Film) -> Why | None:
        """What keeps a film from being the next one in a slot; None where nothing does."""
        if time not in self.open:
            return Why(reason=Reason.BEGUN)
        there = self._in[time]
        if why := fitting.unfit(self.row(time), film, time.start, time.end):
            return why
        if any(item.ref == film.ref for item in there):
            return Why(reason=Reason.SAME_SLOT)
        if there and not self.rules.share:
            return Why(reason=Reason.SLOT_TAKEN)
        why = fitting.unfit(self.row(time), film, self.start(time), time.end)
        return Why(reason=Reason.SLOT_TAKEN) if why and why.reason is Reason.TOO_LONG else why

    def put(self, time: SlotTime, film: Film, *, pinned: bool = False) -> None:
        """A film as the next one in a slot that it fits."""
        made = showing(self.row(time), time, film, self.start(time), pinned=pinned)
        self._in[time].append(made)
        self._of[film.ref].append(made)

    def neighbours(self, index: int) -> tuple[str | None, str | None]:
        """The prefectures of what is on air before the next film of a slot, by its place among all, and in the slot
        behind it."""
        earlier = (self._in[time] for time in reversed(self.times[: index + 1]))
        before = next((there[-1].prefecture for there in earlier if there), None)
        behind = self._in[self.times[index + 1]] if index + 1 < len(self.times) else []
        return before, behind[0].prefecture if behind else None

    @property
    def empty(self) -> tuple[SlotTime, ...]:
        """Slots without a film."""
        return tuple(time for time in self.times if not self._in[time])

    def showings(self) -> tuple[Showing, ...]:
        """All of them by their times, each with its number among its film's; what was kept is as it was."""
        made = (item for time in self.times if time in self.open for item in self._in[time])
        return self.kept.showings + numbered(made, self._earlier)

    @property
    def shown(self) -> Counter[SubmissionRef]:
        """How often each film is on air."""
        return Counter({ref: len(there) for ref, there in self._of.items()})


def showing(slot: Slot, time: SlotTime, film: Film, start: datetime, *, pinned: bool = False) -> Showing:
    """A film at a moment.

    Raises:
        ValueError: nobody took it over (`fitting.standing`).
    """
    if film.seconds is None or film.package_id is None:
        raise ValueError(f"{film.ref} has no package")
    return Showing(
        slot=time,
        start=start,
        seconds=film.seconds,
        prefecture=film.prefecture,
        submission_id=film.submission_id,
        package_id=film.package_id,
        title=film.title,
        column=film.column,
        language=fitting.language(slot, film),
        synopsis=film.synopsis,
        pinned=pinned,
    )


def numbered(showings: Iterable[Showing], earlier: Mapping[SubmissionRef, int] | None = None) -> tuple[Showing, ...]:
    """Showings by their times with their numbers: the first of each film is its 1.

    Args:
        earlier: how often each was on air before them.
    """
    seen = Counter(earlier or {})
    found = []
    for item in sorted(showings, key=lambda item: (item.start, item.ref)):
        seen[item.ref] += 1
        found.append(item.model_copy(update={"number": seen[item.ref]}))
    return tuple(found)
