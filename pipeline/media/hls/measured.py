"""What is measured of the segments of one rendition, whatever container they are in."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

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


@dataclass(frozen=True)
class ReadStretch:
    """Segments of one time line that could be read: the first's number, how many, what is in them."""

    first: int
    count: int
    coding: Coding | None
    sounds: tuple[Coding, ...] = ()  # beside the pictures
    container: str = "fmp4"


@dataclass
class MeasuredSegments:
    """A rendition's segments in order, None where one can't be read; `faults` are (segment, what is wrong), `breaks`
    are segments behind which packet counters do not go on, `hidden` the bytes of encrypted ones by their number."""

    coding: Coding | None = None
    pieces: list[Piece | None] = field(default_factory=list)
    faults: list[tuple[int, str]] = field(default_factory=list)
    breaks: list[int] = field(default_factory=list)
    hidden: dict[int, int] = field(default_factory=dict)
    stretches: list[ReadStretch] = field(default_factory=list)
    container: str = "fmp4"

    @property
    def sounds(self) -> tuple[Coding, ...]:
        """What is heard beside the pictures of one file."""
        return next((item.sounds for item in self.stretches), ())

    @property
    def is_whole(self) -> bool:
        """Whether each segment was read or is encrypted."""
        known = (piece is not None or number in self.hidden for number, piece in enumerate(self.pieces))
        return bool(self.pieces) and all(known)

    def add(self, further: MeasuredSegments) -> None:
        """The segments that follow."""
        behind = len(self.pieces)
        if self.coding is None and further.coding is not None:
            self.coding, self.container = further.coding, further.container
        self.stretches += [replace(item, first=behind + item.first) for item in further.stretches]
        self.pieces += further.pieces
        self.faults += [(behind + number, fault) for number, fault in further.faults]
        self.breaks += [behind + number for number in further.breaks]
        self.hidden |= {behind + number: size for number, size in further.hidden.items()}
