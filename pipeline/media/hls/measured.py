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
    """A rendition's segments in order, None where one can't be read.

    Args:
        faults: (segment, what is wrong).
        breaks: segments behind which packet counters do not go on.
        hidden: the bytes of encrypted ones by their number.
        unread: why others are not looked into, a key of the catalogue's `check_why`.
        strange: what those are that are no media at all, as `files.strange` tells.
        unstamped: packed audio that does not say when it begins.
    """

    coding: Coding | None = None
    pieces: list[Piece | None] = field(default_factory=list)
    faults: list[tuple[int, str]] = field(default_factory=list)
    breaks: list[int] = field(default_factory=list)
    hidden: dict[int, int] = field(default_factory=dict)
    unread: dict[int, str] = field(default_factory=dict)
    strange: dict[int, str] = field(default_factory=dict)
    unstamped: list[int] = field(default_factory=list)
    stretches: list[ReadStretch] = field(default_factory=list)
    container: str = "fmp4"

    @property
    def sounds(self) -> tuple[Coding, ...]:
        """What is heard beside the pictures of one file."""
        return next((item.sounds for item in self.stretches), ())

    @property
    def is_whole(self) -> bool:
        """Whether each segment was read, is encrypted, or is not to be looked into."""
        apart = self.hidden.keys() | self.unread.keys()
        return bool(self.pieces) and all(piece or number in apart for number, piece in enumerate(self.pieces))

    def put_fault(self, number: int, uri: str, error: Exception, strange: str | None = None) -> None:
        """A segment that can't be read: by what it is where that is no media, else by what is wrong."""
        if strange:
            self.strange[number] = strange
        else:
            self.faults.append((number, f"{uri}: {error}"))

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
        self.unread |= {behind + number: why for number, why in further.unread.items()}
        self.strange |= {behind + number: what for number, what in further.strange.items()}
        self.unstamped += [behind + number for number in further.unstamped]
