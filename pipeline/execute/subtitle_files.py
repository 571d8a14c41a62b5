"""The subtitles of a film: read, judged, and timed from its first picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline import durable
from pipeline.exchange.parts import FileToCheck
from pipeline.inspect import subtitles
from pipeline.media.timecode import Clock
from pipeline.model.finding import Evaluation, Policy, SubtitleFacts
from pipeline.model.font_coverage import FontCoverage
from pipeline.model.inspection import Inspection
from pipeline.model.languages import UNKNOWN
from pipeline.model.subtitles import Cue, Subtitles, SubtitleTrack
from pipeline.plan import captions
from pipeline.policy import evaluate, subtitle_facts

_EARLY_S = 0.5


@dataclass(frozen=True)
class SubtitleFile:
    """One file that was read; `film` is None where it is looked at alone."""

    file: FileToCheck
    sha256: str
    subtitles: Subtitles
    film: Inspection | None

    @property
    def begins_s(self) -> float:
        """Where the programme begins on the file's own clock: behind the line-up that is left out, unless the file
        has subtitles there already, and so is timed without it."""
        start_s = self.film.start_s if self.film else 0.0
        return start_s if all(cue.start_s > start_s - _EARLY_S for cue in self.subtitles.cues) else 0.0

    @property
    def track(self) -> SubtitleTrack:
        begins_s = self.begins_s
        moved = (_moved(cue, begins_s) for cue in self.subtitles.cues)
        cues = tuple(cue for cue in moved if cue.end_s > 0)  # the others ended with the line-up
        return SubtitleTrack(language=self.file.language or UNKNOWN, sha256=self.sha256, cues=cues)


def read(file: FileToCheck, film: Inspection | None) -> SubtitleFile:
    """Read one file.

    Raises:
        Refused, InputError, EnvironmentFault: as `inspect.subtitles` says.
    """
    return SubtitleFile(file, durable.digest(file.path), subtitles.read(file.path), film)


def judge(text: SubtitleFile, policy: Policy, shown_s: float | None = None) -> Evaluation:
    """What the rules say of one file.

    Args:
        shown_s: how long what they go with lasts, where that has no pictures of its own; None where that is not known.
    """
    line = text.film.programme if text.film else None
    end_s = text.begins_s + line.duration_s if line else shown_s
    table = subtitle_facts.facts(
        text.subtitles, end_s, _missing(text.subtitles.cues), text.begins_s, text.file.language or UNKNOWN
    )
    film_clock = evaluate.clock_of(text.film) if text.film else Clock()
    read = text.subtitles
    ends_s = max((cue.end_s for cue in read.cues), default=0.0)
    facts = SubtitleFacts(form=read.form, encoding=read.encoding, cues=len(read.cues), ends_s=ends_s)
    return evaluate.judge_facts(table, policy, sha256=text.sha256, film_clock=film_clock, subtitles=facts)


def font_coverage(texts: Sequence[SubtitleFile]) -> FontCoverage | None:
    """The fonts for these texts; None where none are installed."""
    if not texts:
        return None
    from pipeline.inspect import fonts

    if not fonts.can_draw():
        return None
    return fonts.font_coverage(
        captions.plain(line) for text in texts for cue in text.subtitles.cues for line in cue.lines
    )


def _missing(cues: Sequence[Cue]) -> dict[int, str] | None:
    """The letters of each cue that no font holds. Mongolian is not drawn, so it needs none."""
    if not captions.drawable(cues):
        return {}
    from pipeline.inspect import fonts

    if not fonts.can_draw():
        return None
    known = fonts.font_coverage(captions.plain(line) for cue in cues for line in cue.lines)
    return {cue.number: captions.missing("".join(cue.lines), known) for cue in cues}


def _moved(cue: Cue, by_s: float) -> Cue:
    if not by_s:
        return cue
    return cue.model_copy(update={"start_s": max(0.0, cue.start_s - by_s), "end_s": cue.end_s - by_s})
