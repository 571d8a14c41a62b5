"""The tracks of a file, as the decoder and MediaInfo tell them."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from pipeline.model.base import Noun

LEAST_KBPS = 32  # of sound: below are subtitles, time codes, cue messages
# what is left out of JSON while it holds its default
_UNSAID = Field(exclude_if=lambda value: value is None or value is False or value == ())


class Scan(StrEnum):
    """How pictures are coded."""

    PROGRESSIVE = "progressive"
    INTERLACED = "interlaced"
    UNKNOWN = "unknown"


class FieldOrder(StrEnum):
    """Which field comes first in time."""

    TFF = "tff"
    BFF = "bff"


class Crop(Noun):
    """Samples that a container cuts off what is coded."""

    left: int = 0
    right: int = 0
    top: int = 0
    bottom: int = 0


class VideoTrack(Noun):
    """One picture track, as the decoder and MediaInfo tell it; None is «the file does not say».

    Args:
        width, height: in samples as coded, without what the container's `crop` cuts off.
        rotation: degrees clockwise that a player turns it by, after it `mirrored` it (left to right).
        display_aspect: before it is turned.
        index: the decoder's number of the stream; None where MediaInfo alone was asked.
        askew: a player is told to turn it by an angle that leaves no upright rectangle.
        dolby_vision: the profile, where its record is there.
        immersive: marked as pictures for players of `3D` or `360°` films.
    """

    codec: str
    profile: str | None
    width: int
    height: int
    pixel_aspect: float
    display_aspect: float
    rotation: int
    frame_rate: float | None
    frame_rate_mode: Literal["cfr", "vfr"] | None
    frames: int | None
    duration_s: float | None
    bitrate_bps: int | None
    bitrate_mode: Literal["cbr", "vbr"] | None
    scan: Scan
    field_order: FieldOrder | None
    chroma: str | None
    bit_depth: int | None
    colour_range: Literal["limited", "full"] | None
    matrix: str | None
    primaries: str | None
    transfer: str | None
    hdr: str | None
    language: str | None
    index: Annotated[int | None, _UNSAID] = None
    mirrored: Annotated[bool, _UNSAID] = False
    crop: Annotated[Crop | None, _UNSAID] = None
    askew: Annotated[bool, _UNSAID] = False
    dolby_vision: Annotated[int | None, _UNSAID] = None
    immersive: Annotated[str | None, _UNSAID] = None


class AudioTrack(Noun):
    """One sound track, as the decoder and MediaInfo tell it.

    Args:
        index: as of a picture track.
        layout_guessed: the file says how many channels there are, not which.
        pair: the two channels that are left and right, from 1; None takes all as their layout says.
        said_layout: what somebody says that the channels are.
        coded: what its samples hold instead of sound (SMPTE ST 337), where a reader says so.
    """

    codec: str
    channels: int
    layout: str | None
    sample_rate_hz: int | None
    bit_depth: int | None
    bitrate_bps: int | None
    duration_s: float | None
    language: str | None
    index: Annotated[int | None, _UNSAID] = None
    layout_guessed: Annotated[bool, _UNSAID] = False
    pair: Annotated[tuple[int, int] | None, _UNSAID] = None
    said_layout: Annotated[str | None, _UNSAID] = None
    coded: Annotated[str | None, _UNSAID] = None

    @property
    def rest(self) -> tuple[int, ...]:
        """The channels that are not taken, from 1, where two of them are the programme."""
        return tuple(set(range(1, self.channels + 1)) - set(self.pair)) if self.pair else ()


class UnreadTrack(Noun):
    """A track that can't be decoded here.

    Args:
        codec: what MediaInfo, or else the decoder, calls it; empty where neither knows it.
        tag: the container's own letters or number for it.
        id: the container's number of the track (PID, track id).
        rate_kbps: what its PID carries, of a kind that neither reader knows.
        empty: it is announced, and nothing of it is in the file.
    """

    kind: Literal["video", "audio", "unknown"]
    index: int
    id: int | None
    codec: str
    tag: str | None
    protected: bool = False
    rate_kbps: Annotated[int | None, _UNSAID] = None
    empty: Annotated[bool, _UNSAID] = False

    @property
    def number(self) -> int:
        """The container's number of it, else its place from 1."""
        return self.index + 1 if self.id is None else self.id

    @property
    def coding(self) -> str:
        """What is known of its coding, in letters."""
        is_letters = self.tag and self.tag.isprintable() and not (self.codec and self.tag.startswith("["))
        tag = self.tag if is_letters else ""
        both = self.codec and tag and tag.lower() != self.codec.lower()
        return f"{self.codec} ({tag})" if both else self.codec or tag or "?"

    @property
    def carriage(self) -> str:
        """Where it is and how much it carries, of a stream that neither reader knows."""
        if self.rate_kbps is None:
            return f"#{self.number}"
        named = f", {self.codec}" if self.codec else ""
        return f"PID {self.number} (0x{self.number:x}){named}, {self.rate_kbps} kbit/s"


class TextTrack(Noun):
    """One subtitle track."""

    codec: str
    language: str | None


class TimecodeTrack(Noun):
    """Where the film's own clock starts."""

    first_frame: str | None
    source: str | None


class Media(Noun):
    """The file as MediaInfo tells it; `labelled` where its tags hold a label of generated content."""

    container: str
    size_bytes: int
    duration_s: float | None
    bitrate_bps: int | None
    truncated: bool
    programmes: int = 1
    attached_pictures: int = 0
    edit_list: bool = False  # the film shows less, or later, than the file holds
    video: tuple[VideoTrack, ...] = ()
    images: tuple[VideoTrack, ...] = ()
    audio: tuple[AudioTrack, ...] = ()
    text: tuple[TextTrack, ...] = ()
    timecode: tuple[TimecodeTrack, ...] = ()
    programme: Annotated[int | None, _UNSAID] = None  # the number of the one that was chosen, where there are several
    unread: Annotated[tuple[UnreadTrack, ...], _UNSAID] = ()
    labelled: Annotated[bool, _UNSAID] = False

    @property
    def unnamed(self) -> tuple[UnreadTrack, ...]:
        """Streams that neither reader knows and that may be a picture or sound by their rate, the largest first."""
        found = [
            item
            for item in self.unread
            if item.kind == "unknown" and (item.rate_kbps is None or item.rate_kbps > LEAST_KBPS)
        ]
        return tuple(sorted(found, key=lambda item: -(item.rate_kbps or 0)))

    @property
    def is_pair(self) -> bool:
        """Whether the first two sound tracks are left and right, as cameras and servers write them (XDCAM, P2)."""
        pair = self.audio[:2]
        return len(pair) == 2 and all(
            item.channels == 1 and (item.language, item.codec) == (pair[0].language, pair[0].codec) for item in pair
        )
