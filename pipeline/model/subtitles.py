"""Subtitles as they were read: cues in their order, and what is wrong with single lines of the file."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from pipeline.model.base import Noun
from pipeline.model.text import LanguageCode

LineEnds = Literal["lf", "crlf", "cr", "mixed"]
SubtitleFormat = Literal["srt", "ass", "vtt", "ttml"]


class Cue(Noun):
    """One subtitle: seconds of the film, its lines without markup; `number` counts from 1, `line` is the file's."""

    number: int
    line: int | None
    start_s: float
    end_s: float
    lines: tuple[str, ...]
    top: bool = False  # it stands at the top of the picture


def words(cues: Iterable[Cue]) -> str:
    """All their text, for asking which letters it is of."""
    return "".join(line for cue in cues for line in cue.lines)


class CueFault(Noun):
    """What is wrong with one place of the file.

    Args:
        kind: a cue that can't be read, ends before it begins, or is empty; signs that were read as they were meant;
            text that nobody was meant to see; a cue that is there a second time.
    """

    kind: Literal["malformed", "times", "empty", "mended", "rubbish", "doubled"]
    cue: int
    line: int | None
    detail: str = ""


class Subtitles(Noun):
    """One file of subtitles. A malformed cue is among the faults, not among the cues."""

    form: SubtitleFormat
    encoding: str
    guessed: bool  # the encoding is what the letters make likely, not what the file says
    line_ends: LineEnds
    cues: tuple[Cue, ...]
    faults: tuple[CueFault, ...] = ()


class SubtitleTrack(Noun):
    """The subtitles of a film in one language, timed from its first picture."""

    language: LanguageCode
    sha256: str  # of the file that was handed in
    cues: tuple[Cue, ...]
