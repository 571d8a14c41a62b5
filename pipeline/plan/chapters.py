"""Chapters: of the pages that are shown, and as an output has them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from pipeline.media import ffmetadata
from pipeline.media.chapters import title_of
from pipeline.model.chapter import Chapter


def chapters_of(
    turns: Iterable[tuple[float, int, str]], bookmarks: Mapping[int, str], offset_s: float = 0.0
) -> tuple[Chapter, ...]:
    """A chapter for each page that is put on, whenever it is, in the order of showing. Pure.

    Args:
        turns: when a page is put on, in seconds of the film; its number from 1; the title that was typed for it.
        bookmarks: the titles of pages by their numbers, for those that have no other; without one either it is the
            number.
        offset_s: by how much all are moved; what was on before the film begins is a chapter from its beginning on.
    """
    return tuple(
        Chapter(
            start_s=max(0.0, round(start_s + offset_s, 3)),
            title=title_of(title) or title_of(bookmarks.get(page, "")) or str(page),
            page=page,
        )
        for start_s, page, title in turns
    )


def within(chapters: Sequence[Chapter], duration_s: float, start_s: float = 0.0) -> tuple[Chapter, ...]:
    """Those of a programme that begins at `start_s` of their clock: the one that it begins in from its beginning on,
    none beyond its end, and of several at one time the last."""
    kept: dict[float, Chapter] = {}
    for chapter in chapters:
        begins_s = max(0.0, round(chapter.start_s - start_s, 3))
        if begins_s < round(duration_s, 3):
            kept[begins_s] = chapter.model_copy(update={"start_s": begins_s})
    return tuple(kept[begins_s] for begins_s in sorted(kept))


def at_speed(chapters: Sequence[Chapter], speed: Fraction) -> tuple[Chapter, ...]:
    """The same where the film runs so much faster."""
    if speed == 1:
        return tuple(chapters)
    return tuple(
        chapter.model_copy(update={"start_s": round(chapter.start_s / float(speed), 3)}) for chapter in chapters
    )


def text(chapters: Sequence[Chapter], duration_s: float) -> str:
    """The file that ffmpeg reads them from."""
    return ffmetadata.render(chapters, duration_s)
