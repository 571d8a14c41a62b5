"""Facts of slides: what of their letters is seen, their shape, and when pages turn."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from pipeline.model.deck import Deck, DeckPage, SlideTimes, Turn, Wrong, WrongTime
from pipeline.policy.fact import Fact, numbers

OF_TIMES = ("slides.shown_s", "slides.times")
LETTERS = ("document.undrawn", "document.replaced")  # of hand-outs too
NAMES = (
    *LETTERS,
    "slides.smallest_lines",
    "slides.reach",
    "slides.shape",
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


def facts(deck: Deck, timing: Timing) -> dict[str, tuple[Fact, ...]]:
    """Every fact of a deck that a rule may name."""
    return {
        **letters(deck),
        "slides.smallest_lines": tuple(_grouped(deck, lambda page: _smallest(page, deck.share))),
        "slides.reach": tuple(_reach(deck)),
        "slides.shape": tuple(_grouped(deck, lambda page: page.shape)),
        **of_times(timing, len(deck.pages)),
    }


def of_times(timing: Timing, pages: int | None) -> dict[str, tuple[Fact, ...]]:
    """How long each page stands, and what is wrong with the times, a line each.

    Args:
        pages: how many there are; None where that is not known.
    """
    wrong = tuple(Fact(item.why.value, line=item.line, detail=item.text) for item in _wrong(timing, pages))
    return {"slides.shown_s": tuple(_shown(timing)), "slides.times": wrong}


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
    """How long each turn is shown, in seconds."""
    turns = timing.times.turns if timing.times else ()
    starts: list[float] = [turn.start_s + timing.offset_s for turn in turns]
    ends: list[float | None] = [*starts[1:], timing.length_s][: len(turns)]
    for turn, start_s, end_s in zip(turns, starts, ends, strict=True):
        if end_s is not None and end_s > start_s:
            shown_s = round(end_s - max(0.0, start_s), 3)
            yield Fact(shown_s, start_s=max(0.0, start_s), line=turn.line, detail=str(turn.page))


def _wrong(timing: Timing, pages: int | None) -> Iterator[WrongTime]:
    times = timing.times
    if times is None:
        if timing.length_s is not None:
            yield WrongTime(why=Wrong.MISSING)
        return
    yield from times.wrong
    if not times.turns and not times.wrong:
        yield WrongTime(why=Wrong.MISSING)
    before: Turn | None = None
    for turn in times.turns:
        if turn.page < 1 or (pages is not None and turn.page > pages):
            yield WrongTime(why=Wrong.UNKNOWN_PAGE, line=turn.line, text=str(turn.page))
        if before is not None and turn.start_s <= before.start_s:
            yield WrongTime(why=Wrong.NOT_RISING, line=turn.line, text=str(turn.page))
        if timing.length_s is not None and turn.start_s + timing.offset_s >= timing.length_s:
            yield WrongTime(why=Wrong.BEYOND_END, line=turn.line, text=str(turn.page))
        before = turn
