"""What the builders of outputs share: the film, its cadence, and the outputs gathered so far."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.model.inspection import Inspection, Segment, VideoTrack
from pipeline.model.plan import Output


@dataclass(frozen=True)
class Film:
    """A film as every output sees it: pictures at the delivered rate."""

    title: str
    language: str
    inspection: Inspection
    frame_rate: int
    frames: int
    frames_slack: int

    @property
    def track(self) -> VideoTrack:
        return self.inspection.media.video[0]

    @property
    def duration_s(self) -> float:
        return round(self.frames / self.frame_rate, 6)

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


def rate_options(frame_rate: int) -> tuple[str, ...]:
    """The `fps` filter has made the cadence; the encoder must neither drop nor repeat."""
    return ("-fps_mode:v", "passthrough", "-enc_time_base:v", f"1:{frame_rate}")
