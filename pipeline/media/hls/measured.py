"""What is measured of the segments of one rendition, whatever container they are in."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipeline.media.codecs.codec import SequenceParameters, VideoCodec


@dataclass(frozen=True)
class Coding:
    """What the stream's own headers say. `name` is what CODECS takes (RFC 6381); sizes in samples; `transfer` as in
    table E-4 of H.264."""

    kind: str  # video, audio or text
    name: str
    width: int = 0
    height: int = 0
    frame_rate: float | None = None
    interlaced: bool = False
    transfer: int | None = None
    codec: VideoCodec | None = None  # of pictures whose headers are read
    parameters: SequenceParameters | None = None
    channels: int | None = None


@dataclass(frozen=True)
class Piece:
    """One segment: bytes, when it begins and ends in seconds, and when its key pictures are shown; `key` is whether
    it begins with one."""

    size: int
    start_s: float
    end_s: float
    key: bool = True
    keys_s: tuple[float, ...] = ()

    @property
    def duration_s(self) -> float:
        return self.end_s - self.start_s


@dataclass
class MeasuredSegments:
    """A rendition's segments in order, None where one can't be read; `faults` are (segment, what is wrong), `breaks`
    are segments behind which packet counters do not go on."""

    coding: Coding | None = None
    pieces: list[Piece | None] = field(default_factory=list)
    faults: list[tuple[int, str]] = field(default_factory=list)
    breaks: list[int] = field(default_factory=list)
    container: str = "fmp4"
