"""What is known of a film before anything is judged: MediaInfo's facts and what one decode measured."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import (
    Field,
    GetJsonSchemaHandler,
    SerializerFunctionWrapHandler,
    ValidationInfo,
    model_serializer,
    model_validator,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, to_json

from pipeline.model.base import Noun
from pipeline.model.loudness import LevelAdjustment, Loudness

# what is shorter than this is not looked for: no policy can ask for less
SHORTEST_BLACK_S = 0.5
SHORTEST_FREEZE_S = 1.0
SHORTEST_SILENCE_S = 1.0
SHORTEST_S = 1.0  # of every other stretch


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


class Segment(Noun):
    """A stretch of the film; seconds from the first picture, the end not included.

    `value` is the measure's own figure where it has one, `channel` counts from 0.
    """

    start_s: float
    end_s: float
    value: float | None = None
    channel: int | None = None

    @property
    def duration_s(self) -> float:
        return round(self.end_s - self.start_s, 6)


class Bars(Segment):
    """A stretch with bars burnt in; each a share of the picture's height or width."""

    top: float
    bottom: float
    left: float
    right: float


class Crop(Noun):
    """Samples that a container cuts off what is coded."""

    left: int = 0
    right: int = 0
    top: int = 0
    bottom: int = 0


class SharedTimes(Segment):
    """From the first to the last picture whose time is that of the one before, or an earlier one; value: how many.

    `period_s` is how far all pictures are apart once those between two times are spread over them: the rate is constant
    and only the time stamps are wrong. None: the rate varies, too.
    """

    period_s: float | None = None


class VideoTrack(Noun):
    """One picture track, as the decoder and MediaInfo tell it; None is «the file does not say».

    Args:
        width, height: in samples as coded, without what the container's `crop` cuts off.
        rotation: degrees clockwise that a player turns it by, after it `mirrored` it (left to right).
        display_aspect: before it is turned.
        index: the decoder's number of the stream; None where MediaInfo alone was asked.
        askew: a player is told to turn it by an angle that leaves no upright rectangle.
        dolby_vision: the profile, where its record is there.
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


class AudioTrack(Noun):
    """One sound track, as the decoder and MediaInfo tell it.

    Args:
        index: as of a picture track.
        layout_guessed: the file says how many channels there are, not which.
        pair: the two channels that are left and right, from 1; None takes all as their layout says.
        said_layout: what somebody says that the channels are.
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
    """

    kind: Literal["video", "audio", "unknown"]
    index: int
    id: int | None
    codec: str
    tag: str | None
    protected: bool = False


class TextTrack(Noun):
    """One subtitle track."""

    codec: str
    language: str | None


class TimecodeTrack(Noun):
    """Where the film's own clock starts."""

    first_frame: str | None
    source: str | None


class Media(Noun):
    """The file as MediaInfo tells it."""

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

    @property
    def is_pair(self) -> bool:
        """Whether the first two sound tracks are left and right, as cameras and servers write them (XDCAM, P2)."""
        pair = self.audio[:2]
        return len(pair) == 2 and all(
            item.channels == 1 and (item.language, item.codec) == (pair[0].language, pair[0].codec) for item in pair
        )


class Timeline(Noun):
    """Pictures as they decode: how many, when the first is shown, how far apart they are."""

    frames: int
    first_pts_s: float
    last_pts_s: float
    period_s: float
    shortest_s: float
    longest_s: float

    @property
    def duration_s(self) -> float:
        return round(self.last_pts_s - self.first_pts_s + self.period_s, 6)


class FieldCounts(Noun):
    """How many pictures movement shows as top first, bottom first, progressive, undecided (idet).

    `repeated_top` and `repeated_bottom` count pictures with a field of the one before: a fifth each is 3:2 pulldown.
    """

    tff: int
    bff: int
    progressive: int
    undetermined: int
    repeated_top: int = 0
    repeated_bottom: int = 0


class PosterCandidate(Noun):
    """A picture that could stand for the film; a higher score is better, and only good for comparing."""

    at_s: float
    score: float


@dataclass(frozen=True)
class Unjudged:
    """Why no rule is held against a measure."""

    why: str


@dataclass(frozen=True)
class Unlabelled:
    """Why no labelled film of the benchmark tries a measure's rule."""

    why: str


class VideoMeasures(Noun):
    """What one decode measured in the pictures; None is «not measured» or «there is no such track»."""

    timeline: Timeline | None = None
    black: tuple[Segment, ...] = ()
    freeze: tuple[Segment, ...] = ()
    flash: tuple[Segment, ...] = ()  # value: flashes (pairs) in the worst second
    flash_at_limit: tuple[Segment, ...] = ()  # seconds on end with as many flashes as are allowed
    combed: tuple[Segment, ...] = ()  # value: share of the pictures that moved
    wrong_fields: tuple[Segment, ...] = ()  # value: as above
    bars: tuple[Bars, ...] = ()
    outside_range: tuple[Segment, ...] = ()  # value: largest share of a picture
    line_up: tuple[Segment, ...] = ()
    repeats: tuple[Segment, ...] = ()  # value: share of the pictures
    holes: tuple[Segment, ...] = ()  # no picture for longer than one should last
    shared_times: Annotated[
        tuple[SharedTimes, ...],
        Field(exclude_if=lambda value: not value),
    ] = ()
    damage: tuple[Segment, ...] = ()  # pictures that the decoder could not make whole
    # the stream begins inside a group of pictures: what lies before the first one; value: how many
    undecoded_head: Annotated[
        tuple[Segment, ...],
        Field(exclude_if=lambda value: not value),
    ] = ()
    # what the first picture was decoded to, where the file does not say it: 4:2:0, RGB, gray, palette
    sampling: Annotated[
        str | None,
        Field(exclude_if=lambda value: value is None),
        Unlabelled("a fact of the track, not of pictures"),
    ] = None
    fields: FieldCounts | None = None
    stills: Annotated[tuple[PosterCandidate, ...], Unjudged("what a poster is chosen from, best first: no fault")] = ()


class AudioMeasures(Noun):
    """What the same decode measured in one sound track; None as above."""

    silence: tuple[Segment, ...] = ()
    dead_channels: tuple[Segment, ...] = ()
    inverted: tuple[Segment, ...] = ()
    clipping: tuple[Segment, ...] = ()
    tone: tuple[Segment, ...] = ()
    sound_gaps: tuple[Segment, ...] = ()
    dual_mono: Annotated[bool, Unlabelled("told for information: the benchmark counts what asks for something")] = False
    loudness_lkfs: float | None = None
    loudness_range_lu: Annotated[float | None, Unlabelled("told for information, as above")] = None
    true_peak_dbtp: float | None = None
    stereo: Annotated[Loudness | None, Unjudged("of the mix that is delivered: levels are settled on it")] = None
    dull_lkfs: Annotated[float | None, Unjudged("of that mix without its highest tones: how a coder changes it")] = None
    # how far `stereo` moves on other places of the grid of its blocks; None where it holds
    loudness_spread_lu: Annotated[
        float | None, Field(exclude_if=lambda value: value is None), Unlabelled("told for information, as above")
    ] = None
    audio_duration_s: float | None = None
    rest_lkfs: Annotated[float | None, Unjudged("told in the remark on channels that are not delivered")] = None


class Measures(Noun):
    """What one decode measured. In JSON the measures of picture and of sound stand side by side, in one object."""

    video: VideoMeasures = VideoMeasures()
    audio: AudioMeasures = AudioMeasures()
    decode_errors: int = 0  # of demuxer and decoders, whichever track they are of

    @model_validator(mode="before")
    @classmethod
    def _from_flat(cls, data: Any, info: ValidationInfo) -> Any:
        """Take measures as JSON has them."""
        if not isinstance(data, dict):
            return data
        rest = dict(data)
        for name, part in _PARTS.items():
            own = {field: rest.pop(field) for field in part.model_fields if field in rest}
            if own:  # strict models take arrays for tuples only while they read JSON themselves
                rest[name] = part.model_validate_json(to_json(own)) if info.mode == "json" else part(**own)
        return rest

    @model_serializer(mode="wrap")
    def _to_flat(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Give measures as JSON has them."""
        made = handler(self)
        return {**made.pop("video"), **made.pop("audio"), **made}

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """The schema of the JSON: the parts' properties side by side."""
        made = handler.resolve_ref_schema(handler(schema))
        rest = made["properties"]
        parts = [handler.resolve_ref_schema({"$ref": rest.pop(name)["$ref"]})["properties"] for name in _PARTS]
        made["properties"] = {**parts[0], **parts[1], **rest}
        return made


_PARTS: dict[str, type[Noun]] = {"video": VideoMeasures, "audio": AudioMeasures}


class Curves(Noun):
    """One figure for each second of the film, for people to look at; None where there is none."""

    luma: tuple[float | None, ...] = ()  # mean code value, 8 bit
    peak_dbfs: tuple[float | None, ...] = ()
    loudness_lkfs: tuple[float | None, ...] = ()  # of the last three seconds (EBU Tech 3341: short-term)


class Inspection(Noun):
    """All that policy and plan get to know of a film.

    `start_s` is where the programme begins, when the line-up in front of it is to be left out.
    """

    schema_version: Literal[1] = 1
    sha256: str
    size_bytes: int
    format: str
    media: Media
    measures: Measures | None
    levels: tuple[LevelAdjustment, ...] = ()
    start_s: float = 0.0
    curves: Curves = Curves()

    @property
    def programme(self) -> Timeline | None:
        """The pictures from where the programme begins."""
        line = self.measures.video.timeline if self.measures else None
        if line is None or not self.start_s:
            return line
        left_out = min(line.frames - 1, round(self.start_s / line.period_s))
        return line.model_copy(
            update={"frames": line.frames - left_out, "first_pts_s": line.first_pts_s + self.start_s}
        )
