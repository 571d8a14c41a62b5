"""An order that somebody made by hand, held to the rules by which orders are laid. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pipeline.exchange.running_order import fitting, laying
from pipeline.exchange.running_order.begun import NOTHING, Begun
from pipeline.exchange.running_order.board import Board, numbered, showing
from pipeline.model.china_time import CHINA
from pipeline.model.course import Title
from pipeline.model.reference import SubmissionRef
from pipeline.model.running_order import Film, LeftOut, Reason, RunningOrder, Showing, Why
from pipeline.model.slots import Slots, SlotTime, ref_of


@dataclass(frozen=True)
class OrderRow:
    """A row that names a film.

    Args:
        where: its place, FILE:LINE.
    """

    where: str
    start: datetime
    ref: SubmissionRef


@dataclass(frozen=True)
class Violation:
    """A rule that does not hold.

    Args:
        where: the row's place; None of what stands in no row.
        other: the film that it is measured by.
    """

    where: str | None
    ref: SubmissionRef
    title: Title | None
    why: Why
    other: SubmissionRef | None = None


@dataclass(frozen=True)
class Held:
    """What became of it.

    Args:
        violations: none where it can be published.
        hints: what a laid order would have otherwise: the turn of prefectures and columns is the editor's to change.
        unlisted: what had begun and stands in no row; the order has it all the same.
    """

    order: RunningOrder
    violations: tuple[Violation, ...]
    hints: tuple[Violation, ...]
    unlisted: tuple[Showing, ...] = ()


def held(rows: Sequence[OrderRow], slots: Slots, films: Iterable[Film], kept: Begun = NOTHING) -> Held:
    """The order that the rows make, and every rule that does not hold.

    Args:
        kept: what had begun of the order that is published; rows say the same of it, or nothing.
    """
    by_ref = {film.ref: film for film in sorted(films, key=lambda film: film.ref)}
    made = _Hand(slots, by_ref, kept)
    for row in sorted(rows, key=lambda row: (row.start, row.where)):
        made.take(row)
    made.hold_repeats()
    made.hold_pins()
    shown, new = made.board.shown, [item for _, item in made.showings]
    showings = kept.showings + numbered(new, shown)
    shown.update(item.ref for item in new)
    late = made.begun_pins()
    named = {row.ref for row in rows} | set(shown) | {item.ref for item in late}
    left_out = [
        laying.without_place(film, _unlisted(laying.why(made.board, film)))
        for film in by_ref.values()
        if film.ref not in named
    ]
    left_out += late
    left_out += laying.repeats_missing(slots, by_ref.values(), shown)
    taken = {item.slot for item in showings}
    order = RunningOrder(
        campaign=slots.campaign,
        slots=slots,
        showings=showings,
        left_out=tuple(sorted(left_out, key=lambda item: (item.ref, item.number, str(item.slot)))),
        empty=tuple(time for time in made.board.times if time not in taken),
    )
    hints = tuple(_hints(made.showings, slots, by_ref, kept))
    return Held(order, tuple(made.violations), hints, made.unlisted)


def _unlisted(why: Why) -> Why:
    """Of a film that would fit a slot it is said that the table does not have it."""
    return Why(reason=Reason.NOT_LISTED) if why.reason is Reason.NO_SLOT_LEFT else why


class _Hand:
    """Rows as they are taken, in the order of their times."""

    def __init__(self, slots: Slots, films: dict[SubmissionRef, Film], kept: Begun):
        self.slots, self.films, self.kept = slots, films, kept
        self.board = Board(slots, kept, films)
        self.stays = {(item.start, item.ref): item for item in kept.showings}
        self.listed: set[tuple[datetime, SubmissionRef]] = set()
        self.pins = {(ref_of(pin.film), pin.slot, pin.day) for pin in slots.rules.pinned}
        self.within: dict[SlotTime, list[Showing]] = defaultdict(list)
        self.showings: list[tuple[OrderRow, Showing]] = []
        self.violations: list[Violation] = []

    def take(self, row: OrderRow) -> None:
        """One row, with the rules that are its own and those of its slot."""
        key = row.start, row.ref
        if key in self.stays and key not in self.listed:
            self.listed.add(key)
            return None
        film = self.films.get(row.ref)
        time = next((time for time in self.board.placed if time.start <= row.start < time.end), None)
        if said := self._begun(row, time):
            there = self.kept.at(row.start)
            return self._say(row, said, there.ref if there else None)
        if film is None:
            return self._say(row, Why(reason=Reason.UNKNOWN))
        if time is None:
            return self._say(row, Why(reason=Reason.NO_SLOT))
        if said := fitting.unfit(self.board.row(time), film, row.start, time.end):
            self._say(row, said)
            if fitting.standing(film):
                return None
        self._hold_neighbours(row, time)
        pinned = (row.ref, time.name, time.day) in self.pins
        made = showing(self.board.row(time), time, film, row.start, pinned=pinned)
        self.within[time].append(made)
        self.showings.append((row, made))
        return None

    def _begun(self, row: OrderRow, time: SlotTime | None) -> Why | None:
        """What a row is told that is in a slot which had begun, and that is not of what is on air there."""
        if time in self.board.open:
            return None
        if there := self.kept.at(row.start):
            return Why(reason=Reason.ON_AIR, wanted=(f"{there.start.astimezone(CHINA):%Y-%m-%d %H:%M}",))
        is_empty = any(item.start <= row.start < item.end for item in self.kept.empty)
        return Why(reason=Reason.BEGUN) if time or is_empty else None

    @property
    def unlisted(self) -> tuple[Showing, ...]:
        """What had begun and stands in no row."""
        return tuple(item for key, item in self.stays.items() if key not in self.listed)

    def begun_pins(self) -> list[LeftOut]:
        """Pinned films that are not in their slots, and that can't be any more."""
        found = []
        for pin in self.slots.rules.pinned:
            ref, row = ref_of(pin.film), self.slots.slot(pin.slot)
            if row and not self.kept.is_open(row.on(pin.day)) and not self.kept.has(pin):
                film = self.films.get(ref)
                found.append(laying.not_pinned(ref, film, row.on(pin.day), Why(reason=Reason.BEGUN)))
        return found

    def _hold_neighbours(self, row: OrderRow, time: SlotTime) -> None:
        there = self.within[time]
        if any(item.ref == row.ref for item in there):
            self._say(row, Why(reason=Reason.SAME_SLOT))
        if not self.slots.rules.share:
            if there:
                self._say(row, Why(reason=Reason.SLOT_TAKEN), there[0].ref)
            elif row.start != time.start:
                self._say(row, Why(reason=Reason.OFF_START))
        elif there and (early := there[-1].end + timedelta(seconds=self.slots.rules.gap_s) - row.start) > timedelta():
            self._say(row, Why(reason=Reason.GAP, seconds=round(early.total_seconds())), there[-1].ref)

    def hold_repeats(self) -> None:
        """How often and how soon films come again; pinned showings are as the file has them."""
        for ref in sorted({item.ref for _, item in self.showings}):
            own = [(row, item) for row, item in self.showings if item.ref == ref]
            rule = self.slots.rules.repeat_of(ref, own[0][1].column)
            most = 1 + (rule.times if rule else 0)
            before = [item.start for item in self.board.of(ref)]
            starts = [*before, *(item.start for _, item in own)]
            for number, (row, item) in enumerate(own, start=len(before) + 1):
                if item.pinned:
                    continue
                if number > most:
                    self._say(row, Why(reason=Reason.OFTEN))
                elif number > 1 and rule and not rule.is_far_enough(starts[number - 2], item.start):
                    self._say(row, Why(reason=Reason.SOON))

    def hold_pins(self) -> None:
        """Every pinned film is in its slot; those of slots that had begun are left out by name."""
        there = {(item.ref, item.slot.name, item.slot.day) for _, item in self.showings}
        for pin in self.slots.rules.pinned:
            ref = ref_of(pin.film)
            row = self.slots.slot(pin.slot)
            is_open = row is not None and self.kept.is_open(row.on(pin.day))
            if is_open and not self.kept.has(pin) and (ref, pin.slot, pin.day) not in there:
                film = self.films.get(ref)
                said = Why(reason=Reason.NOT_PINNED, wanted=(f"{pin.slot} {pin.day:%Y-%m-%d}",))
                self.violations.append(Violation(None, ref, film.title if film else None, said))

    def _say(self, row: OrderRow, said: Why, other: SubmissionRef | None = None) -> None:
        film = self.films.get(row.ref)
        self.violations.append(Violation(row.where, row.ref, film.title if film else None, said, other))


def _hints(
    showings: Sequence[tuple[OrderRow, Showing]], slots: Slots, films: dict[SubmissionRef, Film], kept: Begun
) -> Iterator[Violation]:
    """Where one that comes later could have been: of another prefecture, or of a column that comes first."""
    rank = slots.rules.rank
    aired = {item.ref for item in kept.on_air(films)}
    firsts = _first_of_each([pair for pair in showings if pair[1].ref not in aired])
    behind = [*kept.showings[-1:], *(item for _, item in showings)]
    for index, (row, item) in enumerate(showings):
        if item.pinned or (item.ref, item.start) not in firsts:
            continue
        later = [
            other
            for _, other in showings[index + 1 :]
            if not other.pinned and (other.ref, other.start) in firsts and _could_be(other, item, slots, films)
        ]
        earlier = next((other for other in later if rank(other.column) < rank(item.column)), None)
        if earlier:
            yield Violation(row.where, item.ref, item.title, Why(reason=Reason.COLUMN_ORDER), earlier.ref)
        place = index + len(kept.showings[-1:])
        before = behind[place - 1].prefecture if place else None
        mixed = next((one for one in later if one.column == item.column and one.prefecture != item.prefecture), None)
        if before == item.prefecture and mixed:
            yield Violation(row.where, item.ref, item.title, Why(reason=Reason.IN_A_ROW), mixed.ref)


def _first_of_each(showings: Sequence[tuple[OrderRow, Showing]]) -> set[tuple[SubmissionRef, datetime]]:
    found: dict[SubmissionRef, datetime] = {}
    for _, item in showings:
        found.setdefault(item.ref, item.start)
    return set(found.items())


def _could_be(other: Showing, item: Showing, slots: Slots, films: dict[SubmissionRef, Film]) -> bool:
    row = slots.slot(item.slot.name)
    return row is not None and fitting.unfit(row, films[other.ref], item.start, item.slot.end) is None
