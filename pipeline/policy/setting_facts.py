"""Facts of what a submission asks of its parts' slides: settings that change nothing of what is there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.model.course import CoursePart, Layout
from pipeline.policy.fact import Fact

UNUSED = "course.unused_setting"
NAMES = (UNUSED,)


@dataclass(frozen=True)
class Shown:
    """What there is of a part that can be shown.

    Args:
        has_main: a recording or a sound was handed in; `has_pictures`: and it has pictures.
        has_slides: a deck was handed in, `has_times`: and somebody says when its pages turn.
    """

    has_main: bool
    has_pictures: bool
    has_slides: bool
    has_times: bool


def unused(part: CoursePart, shown: Shown) -> tuple[Fact, ...]:
    """A fact for each setting of a part that has no effect."""
    return tuple(Fact(why, detail=part.id) for why in _why(part, shown))


def _why(part: CoursePart, shown: Shown) -> Iterator[str]:
    if part.layout and not shown.has_pictures:
        yield "layout_no_pictures"
    elif part.layout not in (None, Layout.FILM) and not shown.has_slides:
        yield "layout_no_slides"
    if part.corner and part.layout is not Layout.PIP:
        yield "corner"
    if part.page_s and shown.has_main:
        yield "page_s"
    if part.offset_s and not shown.has_times:
        yield "offset_s"
