"""Chapters: of the pages that are shown, and as an output has them."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from pipeline.media import ffmetadata
from pipeline.media.chapters import title_of
from pipeline.model.chapter import Chapter
from pipeline.model.deck import RATE, SlideFilm


def chapters_of(film: SlideFilm) -> tuple[Chapter, ...]:
    """A chapter for each page that is put on, whenever it is: by its title, else by its number."""
    return tuple(
        Chapter(start_s=round(item.frame / RATE, 3), title=title_of(item.title) or str(item.page), page=item.page)
        for item in film.shown
    )


def within(chapters: Sequence[Chapter], duration_s: float, start_s: float = 0.0) -> tuple[Chapter, ...]:
    """Those of a programme that begins at `start_s` of their clock: none beyond its end, and of several at one time the
    last. The first one begins with the programme, since an MP4 has no time that is in no chapter."""
    kept: dict[float, Chapter] = {}
    for chapter in chapters:
        begins_s = max(0.0, round(chapter.start_s - start_s, 3))
        if begins_s < round(duration_s, 3):
            kept[begins_s] = chapter
    begins = [0.0, *sorted(kept)[1:]]
    ordered = (kept[begins_s] for begins_s in sorted(kept))
    return tuple(
        chapter.model_copy(update={"start_s": begins_s}) for begins_s, chapter in zip(begins, ordered, strict=False)
    )


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
