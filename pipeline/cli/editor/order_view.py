"""A running order on the terminal: its days, what got no place, which slots stay empty, what is wrong by now."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

from pipeline.cli.console import Console
from pipeline.cli.layout import cut, terminal_width, width
from pipeline.exchange.running_order.holding import Violation
from pipeline.exchange.running_order.placing import Place
from pipeline.exchange.running_order.watching import Gap
from pipeline.model.china_time import CHINA
from pipeline.model.running_order import Reason, RunningOrder, Showing
from pipeline.report import order_words
from pipeline.report.order_words import OrderWords

MOST_FITTING = 3  # of what fits a slot that has come free
MOST_WITHDRAWN = 10  # showings of which it is said that a guide is without them; the rest is counted
_TIMES, _PREFECTURE, _COLUMN, _SHOWING = 11, 10, 14, 9  # cells


@dataclass(frozen=True)
class Since:
    """What became of a published order.

    Args:
        order: with what it does not have, as that stands now.
        at: when the store got it.
        places: where what lacks a place could be now.
    """

    order: RunningOrder
    at: datetime
    gaps: Sequence[Gap]
    places: Sequence[Place]


def show(
    console: Console, order: RunningOrder, words: OrderWords, gone: Collection[Showing], since: Since | None = None
) -> None:
    """All of it, within the terminal.

    Args:
        gone: showings whose film was withdrawn before they were over; they are marked.
        since: of one that was published before.
    """
    console.give(_told(order, since) if since else order)
    _head(console, order, words)
    if since:
        console.tell("order_since", id=order.campaign, at=f"{since.at.astimezone(CHINA):%Y-%m-%d %H:%M}")
    for day, items in groupby(order.showings, key=lambda item: item.start.astimezone(CHINA).date()):
        console.line(words.day(day))
        for item in items:
            console.line(_row(item, words, is_gone=item in gone))
    for key, group in (("order_left_out", order.absent), ("order_missing", order.missing)):
        if group:
            console.say(key, count=len({item.ref for item in group}))
        for left in group:
            title = words.title(left.title)
            console.tell("order_left_out_row", id=left.ref.typed, title=title, why=words.left_out(left))
    if order.empty:
        console.say("order_empty_count", count=len(order.empty))
        for slot, days in words.empty(order.empty):
            console.tell("order_empty_row", slot=slot, days=days)
    if since and since.places:
        console.say("order_places", count=len(since.places))
        for place in since.places:
            at, title = order_words.moment(place.start), words.title(place.film.title)
            console.tell("order_place_row", id=place.film.ref.typed, title=title, at=at, slot=place.slot.name)


def show_hints(console: Console, hints: Sequence[Violation], words: OrderWords) -> None:
    """Where an order made by hand is not as it would be laid."""
    if hints:
        console.say("order_hints")
    for item in hints:
        console.tell(
            "order_hint_row", where=item.where, title=words.title(item.title), why=words.why(item.why, item.other)
        )


def show_gaps(
    console: Console, order: RunningOrder, gaps: Sequence[Gap], words: OrderWords, *, knows_all: bool = True
) -> None:
    """What can't be on air as it was published, and what fits there.

    Args:
        knows_all: whether every film was looked at, so that it can be said that none fits.
    """
    for key, group in (
        ("order_gaps_over", [gap for gap in gaps if gap.is_over]),
        ("order_gaps", [gap for gap in gaps if not gap.is_over]),
    ):
        if group:
            console.say(key, number=order.number, count=len(group))
        _gaps(console, order, group, words, knows_all=knows_all)
    if order.showings and not knows_all:
        console.say("order_own_alone")


def show_unlisted(console: Console, unlisted: Sequence[Showing], words: OrderWords) -> None:
    """What had begun and stands in no row of an order made by hand."""
    if unlisted:
        more = len(unlisted) - MOST_WITHDRAWN
        key = "order_unlisted_more" if more > 0 else "order_unlisted"
        films = words.between.join(f"{_at(item)} {item.ref.typed}" for item in unlisted[:MOST_WITHDRAWN])
        console.say(key, count=len(unlisted), films=films, more=more)


def show_guide(console: Console, file: Path, gone: Collection[Showing], words: OrderWords, *, knows_all: bool) -> None:
    """What a programme guide is without, since it is not on air.

    Args:
        gone: showings whose film was withdrawn before they were over.
        knows_all: whether every film was looked at.
    """
    if gone:
        named = [f"{_at(item)} {item.ref.typed}" for item in sorted(gone, key=lambda item: (item.start, item.ref))]
        more = len(named) - MOST_WITHDRAWN
        key = "order_guide_without_more" if more > 0 else "order_guide_without"
        films = words.between.join(named[:MOST_WITHDRAWN])
        console.say(key, file=file, count=len(named), films=films, more=more)
    if not knows_all:
        console.remark("order_guide_own", file=file)


def _at(item: Showing) -> str:
    return f"{item.start.astimezone(CHINA):%m-%d} {order_words.clock(item.start)}"


def _gaps(console: Console, order: RunningOrder, gaps: Sequence[Gap], words: OrderWords, *, knows_all: bool) -> None:
    for gap in gaps:
        console.give(_gap(order, gap))
        title = words.title(gap.showing.title)
        console.tell(
            "order_gap_row", at=_at(gap.showing), id=gap.showing.ref.typed, title=title, why=words.why(gap.why)
        )
        first = [f"{film.ref.typed} {words.title(film.title)}" for film in gap.fits[:MOST_FITTING]]
        more = len(gap.fits) - len(first)
        if more:
            console.tell("order_gap_fits_more", films=words.between.join(first), more=more)
        elif first:
            console.tell("order_gap_fits", films=words.between.join(first))
        elif gap.why.reason is not Reason.REPLACED and gap.is_open and knows_all:
            console.tell("order_gap_none")


def _told(order: RunningOrder, since: Since) -> dict[str, object]:
    places = [
        {"film": str(item.film.ref), "slot": item.slot.model_dump(mode="json"), "start": _utc(item.start)}
        for item in since.places
    ]
    return {**order.model_dump(mode="json", by_alias=True), "published_at": _utc(since.at), "places": places}


def _utc(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _gap(order: RunningOrder, gap: Gap) -> dict[str, object]:
    return {
        "gap": gap.showing.model_dump(mode="json", by_alias=True),
        "order": order.number,
        "why": gap.why.model_dump(mode="json", by_alias=True),
        "fits": [str(film.ref) for film in gap.fits],
        "is_over": gap.is_over,
    }


def _head(console: Console, order: RunningOrder, words: OrderWords) -> None:
    name = words.title(order.slots.name)
    if order.number:
        name = f"{name} {console.word('order_of_number', number=order.number)}"
    if not order.showings:
        console.tell("order_head_none", name=name)
        return
    first, last = (f"{item.start.astimezone(CHINA):%Y-%m-%d}" for item in (order.showings[0], order.showings[-1]))
    console.tell("order_head", name=name, count=len(order.showings), first=first, last=last)


def _row(item: Showing, words: OrderWords, *, is_gone: bool) -> str:
    times = f"{item.start.astimezone(CHINA):%H:%M}–{item.end.astimezone(CHINA):%H:%M}"
    room = terminal_width() - 2 - _TIMES - _PREFECTURE - _COLUMN - _SHOWING - 4
    cells = (
        (times, _TIMES),
        (words.title(item.title), room),
        (words.prefecture(item.prefecture), _PREFECTURE),
        (words.column(item.column), _COLUMN),
        (words.showing(item.number, is_gone=is_gone), _SHOWING),
    )
    return f"  {' '.join(_padded(text, width_) for text, width_ in cells)}".rstrip()


def _padded(text: str, cells: int) -> str:
    shown = cut(text, cells)
    return shown + " " * (cells - width(shown))
