"""Facts of slides: what of their letters is seen, their shape, and when pages turn."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from pipeline.model.deck import Deck, DeckPage, SlideTimes, Turn, Wrong, WrongTime, frame_of
from pipeline.policy.fact import Fact, numbers

OF_TIMES = ("slides.shown_s", "slides.first_s", "slides.times")
OF_SIZE = ("slides.smallest_lines", "slides.smallest_beside_lines", "slides.reach", "slides.shape")
LETTERS = ("document.undrawn", "document.replaced")  # of hand-outs too
NAMES = (
    *LETTERS,
    *OF_SIZE,
    "slides.unseen",
    "slides.page_s",
    *OF_TIMES,
)


@dataclass(frozen=True)
class Timing:
    """When the pages of a deck turn, as far as it is known.

    Args:
        times: None where nobody says it.
        length_s: of the sound that goes with them; None where there is none, or its length is not known.
        offset_s: by which every page comes later.
    """

    times: SlideTimes | None = None
    length_s: float | None = None
    offset_s: float = 0.0


def letters(deck: Deck) -> dict[str, tuple[Fact, ...]]:
    """What is told of a hand-out's letters."""
    return {
        "document.undrawn": tuple(_letters(deck, lambda page: page.undrawn)),
        "document.replaced": tuple(_letters(deck, lambda page: page.replaced)),
    }


def unseen(deck: Deck, times: SlideTimes | None, *, beside_film: bool) -> tuple[Fact, ...]:
    """What of a deck never comes on the picture: pages that no time names, or all.

    Args:
        beside_film: it goes with a recording that has pictures, and nobody asks how they share the picture.
    """
    if times is None:
        return (Fact("beside_film"),) if beside_film else ()
    if not times.is_of(len(deck.pages)):
        return ()
    times = times.counted(len(deck.pages))
    named = {turn.page for turn in times.turns}
    where = [number for number in range(1, len(deck.pages) + 1) if number not in named]
    return (Fact("pages", detail=numbers(where)),) if named and where and not times.wrong else ()


def facts(deck: Deck, timing: Timing, *, beside: Fraction | None = None) -> dict[str, tuple[Fact, ...]]:
    """Every fact of a deck that a rule may name.

    Args:
        beside: how much of the picture's height the slides have beside the lecturer; None where they have all of it.
    """
    smallest = tuple(_grouped(deck, lambda page: _smallest(page, deck.share * float(beside or 1))))
    percent = {"percent": f"{round((beside or 1) * 100)}"}
    return {
        **letters(deck),
        "slides.smallest_lines": () if beside else smallest,
        "slides.smallest_beside_lines": tuple(replace(item, about=percent) for item in smallest) if beside else (),
        "slides.reach": tuple(_reach(deck)),
        "slides.shape": tuple(_grouped(deck, lambda page: page.shape)),
        "slides.unseen": (),
        "slides.page_s": (),
        **of_times(timing, len(deck.pages)),
    }


def of_times(timing: Timing, pages: int | None) -> dict[str, tuple[Fact, ...]]:
    """How long each page stands, and what is wrong with the times, a line each.

    Args:
        pages: how many there are; None where that is not known.
    """
    if timing.times is not None and pages is not None:
        if not timing.times.is_of(pages):
            return {"slides.shown_s": (), "slides.first_s": (), "slides.times": (_another_deck(timing.times, pages),)}
        timing = replace(timing, times=timing.times.counted(pages))
    found = tuple(_wrong(timing, pages))
    untimed = numbers(item.line for item in found if item.why is Wrong.UNTIMED and item.line)
    wrong = [Fact(item.why.value, line=item.line, detail=item.text) for item in found if item.why is not Wrong.UNTIMED]
    if untimed:
        wrong.append(Fact(Wrong.UNTIMED.value, about={"slides": untimed}))
    return {
        "slides.shown_s": tuple(_shown(timing)),
        "slides.first_s": tuple(_first(timing)),
        "slides.times": (*wrong, *_out_of_place(timing)),
    }


def _letters(deck: Deck, of: Callable[[DeckPage], str]) -> Iterator[Fact]:
    """All letters of the deck, with the pages that they are on."""
    found = "".join(dict.fromkeys("".join(of(page) for page in deck.pages)))
    where = numbers(number for number, page in enumerate(deck.pages, start=1) if of(page))
    yield Fact(found, detail=where)


def _smallest(page: DeckPage, share: float) -> float | None:
    return None if page.smallest_lines is None else float(round(page.smallest_lines * share))


def _grouped(deck: Deck, of: Callable[[DeckPage], float | None]) -> Iterator[Fact]:
    """A fact for each value that there is, with its pages."""
    places: dict[float, list[int]] = {}
    for number, page in enumerate(deck.pages, start=1):
        if (value := of(page)) is not None:
            places.setdefault(value, []).append(number)
    for value, where in places.items():
        yield Fact(value, detail=numbers(where))


def _reach(deck: Deck) -> Iterator[Fact]:
    """How far letters stand from the middle, in percent of the frame: of the pages that reach farthest."""
    farthest = max((page.reach for page in deck.pages), default=0.0)
    if farthest:
        where = numbers(number for number, page in enumerate(deck.pages, start=1) if page.reach == farthest)
        yield Fact(round(farthest * 100, 1), detail=where)


def _shown(timing: Timing) -> Iterator[Fact]:
    """How long each turn is shown, in seconds: the first one that is seen from the very start on."""
    seen = [(turn, start_s, end_s) for turn, start_s, end_s in _stretches(timing) if end_s is None or end_s > 0]
    for place, (turn, start_s, end_s) in enumerate(seen):
        begins_s = max(0.0, start_s) if place else 0.0
        if end_s is not None and end_s > begins_s:
            yield Fact(round(end_s - begins_s, 3), start_s=begins_s, line=turn.line, detail=str(turn.page))


def _first(timing: Timing) -> Iterator[Fact]:
    """When the first page is to come; it is seen before that too, since nothing else is."""
    if timing.times is not None and timing.times.turns:
        first = timing.times.turns[0]
        start_s = first.start_s + timing.offset_s
        if frame_of(start_s) > 0:
            yield Fact(round(start_s, 3), line=first.line, detail=str(first.page))


def _stretches(timing: Timing) -> list[tuple[Turn, float, float | None]]:
    """Each turn with when it comes and when the next one does, or the sound's end; None where that is not known."""
    turns = timing.times.turns if timing.times else ()
    starts: list[float] = [turn.start_s + timing.offset_s for turn in turns]
    ends: list[float | None] = [*starts[1:], timing.length_s][: len(turns)]
    return list(zip(turns, starts, ends, strict=True))


def _wrong(timing: Timing, pages: int | None) -> Iterator[WrongTime]:
    """Lines that can't be read or name no page, in the table's order."""
    times = timing.times
    if times is None:
        if timing.length_s is not None:
            yield WrongTime(why=Wrong.MISSING)
        return
    yield from times.wrong
    if not times.turns and not times.wrong:
        yield WrongTime(why=Wrong.MISSING)
    for turn in times.turns:
        if turn.page < 1 or (pages is not None and turn.page > pages):
            yield WrongTime(why=Wrong.UNKNOWN_PAGE, line=turn.line, text=str(turn.page))


def _another_deck(times: SlideTimes, pages: int) -> Fact:
    hidden = (times.slides or 0) - len(times.turns)
    about = {"pages": str(pages), "slides": str(times.slides), "hidden": str(hidden)}
    return Fact(Wrong.ANOTHER_DECK.value, about=about)


def _out_of_place(timing: Timing) -> Iterator[Fact]:
    """Turns whose time is no good among the others, with all that their words name."""
    before: Turn | None = None
    offset = f"{timing.offset_s:g}"
    for turn, start_s, end_s in _stretches(timing):
        about = {"page": str(turn.page), "time": clock(turn.start_s), "offset": offset}
        if before is not None and (why := _too_soon(before, turn, timing.offset_s)):
            more = {"before": clock(before.start_s)}
            yield Fact(why.value, line=turn.line, about={**about, **more})
        elif timing.offset_s < 0 and end_s is not None and end_s <= 0:
            yield Fact(Wrong.MOVED_BEFORE_START.value, line=turn.line, about=about)
        if timing.length_s is not None and start_s >= timing.length_s:
            why = Wrong.MOVED_BEYOND_END if timing.offset_s else Wrong.BEYOND_END
            yield Fact(why.value, line=turn.line, about={**about, "length": clock(timing.length_s)})
        before = turn


def _too_soon(before: Turn, turn: Turn, offset_s: float) -> Wrong | None:
    """Why a turn leaves no picture to the one before it."""
    if turn.start_s <= before.start_s:
        return Wrong.NOT_RISING
    frame, last = (max(0, frame_of(item.start_s + offset_s)) for item in (turn, before))
    # one that ends before there is a picture was moved there
    return Wrong.SAME_PICTURE if frame == last and turn.start_s + offset_s > 0 else None


def clock(seconds: float) -> str:
    """A time as people write it in such a table: 1:12.4, or 1:02:03."""
    whole = round(seconds, 3)
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(int(minutes), 60)
    second = f"{rest:06.3f}".rstrip("0").rstrip(".")
    return f"{hours}:{minutes:02}:{second}" if hours else f"{minutes}:{second}"
