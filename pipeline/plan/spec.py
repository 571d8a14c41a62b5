"""What the builders of outputs share: the film, its cadence, and each output before its streams are joined."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from pipeline.ffmpeg.source import MAIN
from pipeline.model.base import Noun
from pipeline.model.font_coverage import FontCoverage
from pipeline.model.inspection import Inspection, PosterCandidate, Segment
from pipeline.model.media import VideoTrack
from pipeline.model.plan import Output
from pipeline.model.subtitles import SubtitleTrack

POSTER_INPUT = "{in.poster}"  # among the inputs of a plan, as the film is `ffmpeg.source.MAIN`


class Fields(StrEnum):
    """Where an output's fields come from."""

    NONE = "none"
    KEPT = "kept"  # the source's own
    MADE = "made"  # of frames at twice the rate
    SEGMENTED = "segmented"  # two of one frame (PsF)


@dataclass(frozen=True)
class Cadence:
    """Frames in time as an output has them; `slack` is how far the count may be off.

    `rate_by` is how the source's rate becomes this one; `speed` is how much faster the film runs then.
    """

    rate: Fraction
    frames: int
    slack: int = 0
    fields: Fields = Fields.NONE
    rate_by: str = "repeat"
    speed: Fraction = Fraction(1)
    pulldown: bool = False

    @property
    def duration_s(self) -> float:
        return round(float(self.frames / self.rate), 6)

    @property
    def interlaced(self) -> bool:
        """Whether two fields of a frame are of two moments."""
        return self.fields in (Fields.KEPT, Fields.MADE)


class AudioSource(Noun):
    """The sound in one language: the film's own, another of its tracks, or a file.

    Args:
        token: the input that holds it.
        begins_s: where in a file of its own the programme begins.
    """

    inspection: Inspection
    language: str
    token: str = MAIN
    begins_s: float = 0.0


class Sidecars(Noun):
    """What goes with a film.

    Args:
        audio: more languages, or another sound for the film's own one.
        font_coverage: the fonts to draw `subtitles` with; None where none are installed.
        poster: a still that was handed in.
    """

    audio: tuple[AudioSource, ...] = ()
    subtitles: tuple[SubtitleTrack, ...] = ()
    font_coverage: FontCoverage | None = None
    poster: Inspection | None = None


NO_SIDECARS = Sidecars()


@dataclass(frozen=True)
class Film:
    """A film, or a lesson without pictures, as one output sees it."""

    title: str
    audio_sources: tuple[AudioSource, ...]
    inspection: Inspection
    cadence: Cadence
    toned: VideoTrack | None = None  # the picture track behind tone mapping, where there is any
    sidecars: Sidecars = NO_SIDECARS

    @property
    def source_track(self) -> VideoTrack:
        return self.inspection.media.video[0]

    @property
    def track(self) -> VideoTrack:
        """The picture track as an output takes it over."""
        return self.toned or self.source_track

    @property
    def language(self) -> str:
        return self.audio_sources[0].language

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(source.language for source in self.audio_sources)

    @property
    def frames(self) -> int:
        return self.cadence.frames

    @property
    def rate(self) -> Fraction:
        return self.cadence.rate

    @property
    def duration_s(self) -> float:
        return self.cadence.duration_s

    @property
    def poster_candidates(self) -> tuple[PosterCandidate, ...]:
        return self.inspection.measures.video.stills if self.inspection.measures else ()

    @property
    def black(self) -> tuple[Segment, ...]:
        return self.inspection.measures.video.black if self.inspection.measures else ()


@dataclass(frozen=True)
class OutputSpec:
    """One output before its streams are joined: which of the film's audio sources it takes, and with which options."""

    output: Output
    token: str
    options: tuple[str, ...]
    files: dict[str, str]
    audio: tuple[int, ...] = ()  # by their places in the film, in order
    texts: tuple[tuple[str, str], ...] = ()  # files that lie beside the encoder, and what is in them


CLEAN = ("-map_metadata", "-1", "-map_chapters", "-1")


def rate_options(rate: Fraction) -> tuple[str, ...]:
    """The `fps` filter has made the cadence; the encoder must neither drop nor repeat."""
    return ("-fps_mode:v", "passthrough", "-enc_time_base:v", f"{rate.denominator}:{rate.numerator}")


def threads_options(threads: int | str) -> tuple[str, ...]:
    """One thread repeats its bytes; `auto` lets the encoder choose (DESIGN section 5)."""
    return ("-threads:v", "0" if threads == "auto" else str(threads))


def field_options(cadence: Cadence) -> tuple[str, ...]:
    """Code fields as fields; which comes first is in the frames themselves."""
    return ("-flags:v", "+ilme+ildct") if cadence.interlaced else ()
