"""What the builders of outputs share: the film, its cadence, and the outputs gathered so far."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from pipeline.model.inspection import Inspection, Segment, VideoTrack
from pipeline.model.plan import Output


@dataclass(frozen=True)
class Cadence:
    """Pictures in time as an output has them; `slack` is how far the count may be off."""

    rate: Fraction
    frames: int
    slack: int = 0
    interlaced: bool = False

    @property
    def duration_s(self) -> float:
        return round(float(self.frames / self.rate), 6)


@dataclass(frozen=True)
class Film:
    """A film, or a lesson without pictures, as one output sees it."""

    title: str
    language: str
    inspection: Inspection
    cadence: Cadence

    @property
    def track(self) -> VideoTrack:
        return self.inspection.media.video[0]

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
    def black(self) -> tuple[Segment, ...]:
        return self.inspection.measures.black if self.inspection.measures else ()


@dataclass(frozen=True)
class Draft:
    """One output before its streams are joined: which branches it takes and with which options."""

    output: Output
    token: str
    options: tuple[str, ...]
    files: dict[str, str]
    picture: bool
    sound: bool


CLEAN = ("-map_metadata", "-1", "-map_chapters", "-1")


def rate_options(rate: Fraction) -> tuple[str, ...]:
    """The `fps` filter has made the cadence; the encoder must neither drop nor repeat."""
    return ("-fps_mode:v", "passthrough", "-enc_time_base:v", f"{rate.denominator}:{rate.numerator}")


def threads_options(threads: int | str) -> tuple[str, ...]:
    """One thread repeats its bytes; `auto` lets the encoder choose (DESIGN section 5)."""
    return ("-threads:v", "0" if threads == "auto" else str(threads))


def field_options(interlaced: bool) -> tuple[str, ...]:
    """Code fields as fields; which comes first is in the pictures themselves."""
    return ("-flags:v", "+ilme+ildct") if interlaced else ()
