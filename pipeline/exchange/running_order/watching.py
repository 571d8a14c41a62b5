"""What an order says today: which of its films can't be on air any more, and when a film is. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pipeline.exchange.running_order import fitting
from pipeline.exchange.running_order.rooms import Room, takes
from pipeline.model.reference import SubmissionRef
from pipeline.model.running_order import Absence, Film, Reason, RunningOrder, Showing, Why
from pipeline.model.slots import Slots, SlotTime


@dataclass(frozen=True)
class Gap:
    """A showing that can't be as it was published.

    Args:
        fits: films that can be in its place by every rule, the best first; none where its own newer package is.
        is_over: it would be over by now; its film was withdrawn before that.
        is_open: its slot has not begun, and can be filled otherwise.
    """

    showing: Showing
    why: Why
    fits: tuple[Film, ...] = ()
    is_over: bool = False
    is_open: bool = True


@dataclass(frozen=True)
class OnAir:
    """When a film is on air.

    Args:
        showings: all of its showings, by their times; none where the order does not have it, and none in which it was
            withdrawn.
        current: on air at this moment; following: the next one.
        over_at: when the last of its slots is over.
        shown: whether that has come.
    """

    showings: tuple[Showing, ...]
    current: Showing | None
    following: Showing | None
    over_at: datetime | None
    shown: bool

    @property
    def first_slot(self) -> SlotTime | None:
        """The slot of its first showing."""
        return self.showings[0].slot if self.showings else None


def gaps(order: RunningOrder, films: Iterable[Film], now: datetime | None = None, own: str | None = None) -> list[Gap]:
    """The showings whose film was withdrawn since, or is another by now, with what fits their slots.

    Args:
        now: what is over by then is a gap only where its film was withdrawn before, and nothing fits a slot that has
            begun; nothing is over or has begun where it is None.
        own: the prefecture whose films these are; showings of others are not looked at then.
    """
    by_ref = {film.ref: film for film in sorted(films, key=lambda film: film.ref)}
    over = {item for item in order.showings if now is not None and item.end <= now}
    broken = {
        item: why
        for item in order.showings
        if own in (None, item.prefecture) and (why := _why(order, item, by_ref.get(item.ref), is_over=item in over))
    }
    standing = [item for item in order.showings if item not in broken or broken[item].reason is Reason.REPLACED]

    def is_open(item: Showing) -> bool:
        return now is None or item.slot.start > now

    def fits(item: Showing) -> tuple[Film, ...]:
        is_free = is_open(item) and broken[item].reason is not Reason.REPLACED
        return _fitting(order, item, standing, by_ref.values()) if is_free else ()

    return [Gap(item, why, fits(item), item in over, is_open(item)) for item, why in broken.items()]


def gone(found: Iterable[Gap]) -> frozenset[Showing]:
    """Of gaps the showings whose film was withdrawn before they were over."""
    return frozenset(gap.showing for gap in found if gap.why.reason is Reason.WITHDRAWN)


def on_air(order: RunningOrder, ref: SubmissionRef, now: datetime, absences: Sequence[Absence] = ()) -> OnAir:
    """When a film is on air; a showing is over at its end, which is no longer of it.

    Args:
        absences: when nobody had it to put on air.
    """
    own = order.of(ref, absences)
    current = next((item for item in own if item.start <= now < item.end), None)
    following = next((item for item in own if item.start > now), None)
    over_at = max((item.slot.end for item in own), default=None)
    return OnAir(own, current, following, over_at, over_at is not None and over_at <= now)


def _why(order: RunningOrder, item: Showing, film: Film | None, *, is_over: bool) -> Why | None:
    """What is over was not on air where its film was withdrawn then, whatever became of it since."""
    if film is None:
        return None if is_over else Why(reason=Reason.UNKNOWN)
    if film.is_absent(item.start, item.end):
        return Why(reason=Reason.WITHDRAWN)
    if is_over or (film.package_id == item.package_id and fitting.standing(film) is None):
        return None
    if said := fitting.standing(film):
        return said
    row = order.slots.slot(item.slot.name)
    said = fitting.unfit(row, film, item.start, _until(order.slots, item, order.showings)) if row else None
    return said or Why(reason=Reason.REPLACED)


def _until(slots: Slots, item: Showing, showings: Sequence[Showing]) -> datetime:
    """By when what is on air in its place has to be over."""
    behind = [other.start for other in showings if other.slot == item.slot and other.start > item.start]
    return min(behind) - timedelta(seconds=slots.rules.gap_s) if behind else item.slot.end


def _fitting(order: RunningOrder, gap: Showing, standing: Sequence[Showing], films: Iterable[Film]) -> tuple[Film, ...]:
    slots = order.slots
    room = Room(gap.slot, gap.start, _until(slots, gap, standing))
    near = _near(gap, standing)
    shown: dict[SubmissionRef, list[Showing]] = {}
    for item in standing:
        shown.setdefault(item.ref, []).append(item)

    def may(film: Film) -> bool:
        return film.ref != gap.ref and takes(slots, film, shown.get(film.ref, []), room)

    def turn(film: Film) -> tuple[object, ...]:
        return (
            len(shown.get(film.ref, [])),
            slots.rules.rank(film.column),
            sum(film.prefecture == other for other in near),
            film.ref,
        )

    return tuple(sorted(filter(may, films), key=turn))


def _near(gap: Showing, standing: Sequence[Showing]) -> list[str]:
    """The prefectures of what is on air before and behind it."""
    before = [item.prefecture for item in standing if item.start < gap.start]
    behind = [item.prefecture for item in standing if item.start > gap.start]
    return [*before[-1:], *behind[:1]]
