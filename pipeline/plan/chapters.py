"""Chapters: of the pages that are shown, of a lecture's own, and as an output has them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from pipeline.media import ffmetadata
from pipeline.model.chapter import Chapter
from pipeline.model.text import MOST_LINE

MOST_BYTES = 255  # of a title in the list of chapters of an MP4 (chpl), which has one byte for its length
_UNSHOWN = ("Cc", "Cs", "Zl", "Zp")


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
            title=_line(title) or _line(bookmarks.get(page, "")) or str(page),
            page=page,
        )
        for start_s, page, title in turns
    )


def mended(found: Iterable[tuple[float, str]]) -> tuple[Chapter, ...]:
    """Chapters that a file came with, in seconds from its beginning: in order, one without a title by its number."""
    rising = sorted(found, key=lambda item: item[0])
    return tuple(
        Chapter(start_s=max(0.0, round(start_s, 3)), title=_line(title) or str(number))
        for number, (start_s, title) in enumerate(rising, start=1)
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


def _line(title: str) -> str:
    """A title as one line that every format holds."""
    shown = "".join(" " if unicodedata.category(char) in _UNSHOWN else char for char in title)
    line = unicodedata.normalize("NFC", " ".join(shown.split()))
    line = "".join(char for char in line if char not in "\ufffe\uffff")[:MOST_LINE]
    while len(line.encode("utf-8")) > MOST_BYTES:
        line = line[:-1]
    return line.strip()
