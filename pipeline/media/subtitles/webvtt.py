"""WebVTT: whole, for players that take a file, and in segments beside HLS (RFC 8216 clause 3.5)."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from pipeline.media.subtitles import scripts
from pipeline.media.timecode import webvtt
from pipeline.model.chapter import Chapter
from pipeline.model.subtitles import Cue, words

SEGMENT_S = 60  # for a film that is there as a whole it may be long (Apple's authoring rules, 5.7)
_NAMES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def whole(cues: Sequence[Cue]) -> str:
    """One file."""
    return "WEBVTT\n\n" + "".join(map(_cue, cues))


def chapters(found: Sequence[Chapter], duration_s: float) -> str:
    """A file of chapters (WebVTT 6.6): each lasts until the next one begins, the last one until the end."""
    ends = [*(chapter.start_s for chapter in found[1:]), duration_s]
    return "WEBVTT\n\n" + "".join(
        f"{number}\n{webvtt(chapter.start_s)} --> {webvtt(end_s)}\n"
        f"{scripts.isolated(chapter.title).translate(_NAMES)}\n\n"
        for number, (chapter, end_s) in enumerate(zip(found, ends, strict=True), start=1)
    )


def segments(cues: Sequence[Cue], film_s: float, zero: int) -> Iterator[tuple[float, str]]:
    """Each segment's length in seconds and its text; together they cover the film.

    A cue that goes on into the next segment stands in both. `zero` is the film's beginning on the 90 kHz clock of its
    pictures.
    """
    head = f"WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:{zero},LOCAL:00:00:00.000\n\n"
    for number in range(max(1, math.ceil(round(film_s / SEGMENT_S, 6)))):
        begins, ends = number * SEGMENT_S, min(film_s, (number + 1) * SEGMENT_S)
        shown = [cue for cue in cues if cue.start_s < ends and cue.end_s > begins]
        yield ends - begins, head + "".join(map(_cue, shown))


def payload(cue: Cue) -> str:
    """Lines between marks of direction: a browser else takes it from a cue's first letter."""
    return "\n".join(scripts.isolated(line).translate(_NAMES) for line in cue.lines)


def is_vertical(cue: Cue) -> bool:
    """Mongolian letters stand in columns, from left to right."""
    return scripts.main_of(words([cue])) == scripts.MONGOLIAN


def _cue(cue: Cue) -> str:
    settings = " line:0" if cue.top else ""
    if is_vertical(cue):
        settings = " vertical:lr"
    return f"{cue.number}\n{webvtt(cue.start_s)} --> {webvtt(cue.end_s)}{settings}\n{payload(cue)}\n\n"
