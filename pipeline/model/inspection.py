"""What is known of a film before anything is judged: MediaInfo's facts and what one decode measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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
from pipeline.model.chapter import Chapter
from pipeline.model.generated import FoundLabel
from pipeline.model.loudness import LevelAdjustment, Loudness
from pipeline.model.media import Media

# what is shorter than this is not looked for: no policy can ask for less
SHORTEST_BLACK_S = 0.5
SHORTEST_FREEZE_S = 1.0
SHORTEST_SILENCE_S = 1.0
SHORTEST_S = 1.0  # of every other stretch


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


class SharedTimes(Segment):
    """From the first to the last picture whose time is that of the one before, or an earlier one; value: how many.

    `period_s` is how far all pictures are apart once those between two times are spread over them: the rate is constant
    and only the time stamps are wrong. None: the rate varies, too.
    """

    period_s: float | None = None


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


class PictureStretch(Segment):
    """Pictures of one kind, until they change.

    Args:
        width, height: in samples as they are decoded.
        pixel_aspect: of one sample, width to height.
        pix_fmt: the decoder's name of their format.
        colour_range, matrix, transfer: as `VideoTrack` has them.
        primaries: likewise, where ordinary screens have others.
    """

    width: int
    height: int
    pixel_aspect: float
    pix_fmt: str
    colour_range: Literal["limited", "full"] | None
    matrix: str | None
    transfer: str | None
    primaries: Annotated[str | None, Field(exclude_if=lambda value: value is None)] = None

    @property
    def kind(self) -> tuple[object, ...]:
        """All that it has in common with other stretches of the same kind."""
        return tuple(getattr(self, name) for name in PictureStretch.__annotations__)

    @property
    def display_aspect(self) -> float:
        return round(self.width * self.pixel_aspect / self.height, 3)


def lead_of(stretches: Sequence[PictureStretch]) -> PictureStretch:
    """The stretch that a film is delivered like: of the finest pictures those that are seen longest."""
    seen_s: dict[tuple[object, ...], float] = {}
    for item in stretches:
        seen_s[item.kind] = seen_s.get(item.kind, 0.0) + item.duration_s
    return max(stretches, key=lambda item: (item.width * item.height, seen_s[item.kind]))


def are_sampled_alike(stretches: Sequence[PictureStretch]) -> bool:
    """Whether all have one size and format; else they are brought to those of the finest, in limited range."""
    return len({(item.width, item.height, item.pix_fmt) for item in stretches}) <= 1


class SoundStretch(Segment):
    """Sound of one kind, until it changes; `layout` is the decoder's name of its channels."""

    layout: str
    sample_rate_hz: int


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
    # of a film whose pictures change on the way, the first one too
    picture_stretches: Annotated[
        tuple[PictureStretch, ...],
        Field(exclude_if=lambda value: not value),
        Unlabelled("told of the stream, not of what is in its pictures"),
    ] = ()
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
    # of a track whose sound changes on the way, the first one too
    sound_stretches: Annotated[
        tuple[SoundStretch, ...],
        Field(exclude_if=lambda value: not value),
        Unlabelled("told of the stream, not of what is heard"),
    ] = ()
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

    Args:
        start_s: where the programme begins, when the line-up in front of it is to be left out.
        chapters: that it came with, where they were asked for, in seconds from the first picture.
        generated_labels: of generated content, each that is in the file, in the order in which they count.
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
    chapters: Annotated[tuple[Chapter, ...], Field(exclude_if=lambda value: not value)] = ()
    generated_labels: Annotated[tuple[FoundLabel, ...], Field(exclude_if=lambda value: not value)] = ()

    @property
    def generated_label(self) -> str | None:
        """The one that is carried on, byte for byte: the first that is one."""
        return next((item.text for item in self.generated_labels if item.text is not None), None)

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
