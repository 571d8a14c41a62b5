"""Chapters as they come: in any order, titled or not."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from pipeline.model.chapter import Chapter
from pipeline.model.text import MOST_LINE, is_line

MOST_BYTES = 255  # of a title in the list of chapters of an MP4 (chpl), which has one byte for its length
_UNSHOWN = ("Cc", "Cs", "Zl", "Zp")


def mended(found: Iterable[tuple[float, str]]) -> tuple[Chapter, ...]:
    """Chapters of a file, by when each begins in seconds: in order, one without a title by its number."""
    rising = sorted(found, key=lambda item: item[0])
    return tuple(
        Chapter(start_s=max(0.0, round(start_s, 3)), title=title_of(title) or str(number))
        for number, (start_s, title) in enumerate(rising, start=1)
    )


def title_of(text: str) -> str:
    """A title as one line that every format holds; empty where nothing in it can be seen.

    Without a backslash at its end: escaped as it has to be, ffmpeg (n9) still takes it for one that goes on.
    """
    shown = "".join(" " if unicodedata.category(char) in _UNSHOWN or char in "\ufffe\uffff" else char for char in text)
    line = unicodedata.normalize("NFC", " ".join(shown.split()))[:MOST_LINE]
    while len(line.encode("utf-8")) > MOST_BYTES:
        line = line[:-1]
    line = line.rstrip("\\ ")
    return line if is_line(line) else ""
