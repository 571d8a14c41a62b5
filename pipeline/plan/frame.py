"""From source frames to the frames of each output: shape and colour."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction
from typing import TypeAlias

from pipeline.ffmpeg import graph
from pipeline.ffmpeg.graph import Stream
from pipeline.media.track_shape import matrix_of, snapped_shape, upright_size
from pipeline.model.media import VideoTrack
from pipeline.plan import colour, layout
from pipeline.plan.cadence import interlaced_frames, numbered
from pipeline.plan.lecture import Slides
from pipeline.plan.spec import Cadence, Fields, Pictures, Shown

_FRAMES = (Fraction(16, 9), Fraction(4, 3))  # shapes that a television fills


@dataclass(frozen=True)
class FrameSize:
    """A frame to fill: its size in samples and the shape of one sample."""

    width: int
    height: int
    sample_aspect: Fraction = Fraction(1)


class Fitting(StrEnum):
    """What becomes of a film whose shape is not the frame's."""

    PAD = "pad"  # black beside it
    CROP = "crop"  # what stands over is cut off
    KEEP = "keep"  # it stands alone, as large as fits
    FILL = "fill"  # the frame is the film's own


@dataclass(frozen=True)
class FrameFormat:
    """What an output's frames are: their size, their colours, and how a film of another shape stands in them."""

    box: FrameSize
    matrix: str = "bt709"
    fitting: Fitting = Fitting.PAD
    full_range: bool = False
    pix_fmt: str = "yuv420p"
    keeps_colours: bool = False  # primaries and curve are those of the source
    is_captioned: bool = False  # subtitles will be drawn at its foot


Draw: TypeAlias = Callable[[Stream], Stream]


def fit(shape: Fraction, box: FrameSize) -> tuple[int, int]:
    """The largest even size inside `box` that shows `shape` undistorted; a sliver of 2 samples is filled."""
    whole = shape / box.sample_aspect
    width = min(Fraction(box.width), box.height * whole)
    height = min(Fraction(box.height), box.width / whole)
    even_width, even_height = 2 * round(width / 2), 2 * round(height / 2)
    if box.width - even_width <= 2:
        even_width = box.width
    if box.height - even_height <= 2:
        even_height = box.height
    return even_width, even_height


def within_source(track: VideoTrack, limit: FrameSize) -> FrameSize:
    """The box turned for an upright film and no larger than the source is shown: nothing is enlarged."""
    shape = snapped_shape(track)
    upright = upright_size(track)
    box = FrameSize(limit.height, limit.width) if shape < 1 else limit
    return FrameSize(min(box.width, 2 * round(upright[1] * shape / 2)), min(box.height, upright[1] // 2 * 2))


def cover(shape: Fraction, box: FrameSize) -> tuple[int, int]:
    """The smallest even size that fills `box` with `shape` undistorted: what stands over is cut off."""
    whole = shape / box.sample_aspect
    return 2 * round(max(Fraction(box.width), box.height * whole) / 2), 2 * round(
        max(Fraction(box.height), box.width / whole) / 2
    )


def filled(shape: Fraction, box: FrameSize) -> FrameSize:
    """The same frame with samples of another shape, so that 4:3 or 16:9 fills it; others stand in 16:9."""
    whole = shape if shape in _FRAMES else _FRAMES[0]
    return FrameSize(box.width, box.height, (whole * box.height / box.width).limit_denominator(255))


def conform(shown: Shown, pictures: Pictures, target: FrameFormat, draw: Draw = lambda stream: stream) -> Stream:
    """Frames scaled, converted to the target's matrix and range, tagged; fields are scaled as fields.

    Args:
        draw: puts something on the finished frame, before two are interlaced into one.
    """
    track, cadence = pictures.track, pictures.cadence
    if pictures.slides and shown.slides is not None:
        track = pictures.slides.track
        stream, box = _with_slides(shown, pictures.slides, pictures, target), target.box
    else:
        stream, box = _framed(shown.pictures, pictures, target)
    stream = interlaced_frames(draw(stream), cadence)
    stream = graph.apply(stream, "setsar", sar=f"{box.sample_aspect.numerator}/{box.sample_aspect.denominator}")
    tags = colour.TAGS[target.matrix]
    if target.keeps_colours:
        tags = {**colour.tags(track), "colorspace": tags["colorspace"]}
    fields = "tff" if cadence.interlaced else "prog"
    return graph.apply(stream, "setparams", field_mode=fields, range="pc" if target.full_range else "tv", **tags)


def _with_slides(shown: Shown, slides: Slides, pictures: Pictures, target: FrameFormat) -> Stream:
    """Slides and lecturer in one picture of the slides' shape. Each is scaled once, to the size that it has there:
    small letters would lose by every further time."""
    cadence, aspect = pictures.cadence, target.box.sample_aspect
    whole = _scaled_size(snapped_shape(slides.track), target)
    lines = 4 if cadence.fields is Fields.KEPT else 2
    areas = layout.areas(
        slides.layout, slides.corner, layout.Canvas(*whole, aspect, lines, is_captioned=target.is_captioned)
    )
    area = areas.slides
    own = replace(target, box=FrameSize(area.width, area.height, aspect), fitting=Fitting.FILL)
    without_fields = replace(cadence, fields=Fields.NONE)  # a deck's pictures are whole, whatever the lecturer's are
    base, _ = _framed(shown.slides, Pictures(slides.track, without_fields), own)
    if (area.width, area.height) != whole:
        base = graph.apply(base, "pad", w=whole[0], h=whole[1], x=area.x, y=area.y, color=layout.BACKGROUND)
    area = areas.lecturer
    own = replace(target, box=FrameSize(area.width, area.height, aspect), fitting=Fitting.KEEP)
    width, height = _scaled_size(snapped_shape(pictures.track), own)
    lecturer, _ = _framed(shown.pictures, pictures, own)
    x, y = area.place(width, height, lines)
    return _placed(graph.overlay(base, lecturer, x, y, target.pix_fmt), target, *whole)


def _framed(stream: Stream, pictures: Pictures, target: FrameFormat) -> tuple[Stream, FrameSize]:
    """A film in the target's frame, and the frame."""
    track = pictures.track
    if pictures.stretches:
        return _joined(stream, pictures, target)
    given = _is_in_format(track, target, *_scaled_size(snapped_shape(track), target))
    return _fitted(stream, track, target, pictures.cadence, is_in_format=given), target.box


def _fitted(
    stream: Stream, track: VideoTrack, target: FrameFormat, cadence: Cadence, *, is_in_format: bool = False
) -> Stream:
    """Frames of one kind in the target's frame; where they change on the way none is taken as it comes, since decoders
    go on calling them what they called the first."""
    width, height = _scaled_size(snapped_shape(track), target)
    if not is_in_format:
        scaled = _scaled_fields if cadence.fields is Fields.KEPT else _scaled_frames
        stream = scaled(stream, track, target, width, height)
    return _placed(graph.apply(stream, "format", pix_fmts=target.pix_fmt), target, width, height)


def _placed(stream: Stream, target: FrameFormat, width: int, height: int) -> Stream:
    """A picture of this size in the target's frame."""
    box = target.box
    if target.fitting is Fitting.CROP and (width, height) != (box.width, box.height):
        x, y = (width - box.width) // 4 * 2, (height - box.height) // 4 * 2
        stream = graph.apply(stream, "crop", w=box.width, h=box.height, x=x, y=y)
    elif target.fitting is Fitting.PAD and (width, height) != (box.width, box.height):
        x, y = (box.width - width) // 4 * 2, (box.height - height) // 4 * 2
        stream = graph.apply(stream, "pad", w=box.width, h=box.height, x=x, y=y, color="black")
    return stream


def _joined(stream: Stream, pictures: Pictures, target: FrameFormat) -> tuple[Stream, FrameSize]:
    """Each stretch of a film in its own shape and colours, in one frame: the one that the film itself has."""
    if target.fitting in (Fitting.KEEP, Fitting.FILL):
        size = _scaled_size(snapped_shape(pictures.track), target)
        target = replace(target, box=FrameSize(*size, target.box.sample_aspect), fitting=Fitting.PAD)
    ends = [item.begins for item in pictures.stretches[1:]]
    parts = []
    for part, stretch, end in zip(
        graph.fan_out(stream, "split", len(pictures.stretches)), pictures.stretches, [*ends, None], strict=True
    ):
        limits = {"start_frame": stretch.begins, **({} if end is None else {"end_frame": end})}
        own = colour.tagged(graph.apply(part, "trim", **limits), stretch.track)
        fitted = _fitted(own, stretch.track, target, pictures.cadence)
        parts.append(graph.apply(fitted, "setsar", sar="1"))
    return numbered(graph.concat(parts), pictures.cadence), target.box


def _scaled_size(shape: Fraction, target: FrameFormat) -> tuple[int, int]:
    match target.fitting:
        case Fitting.FILL:
            return target.box.width, target.box.height
        case Fitting.CROP:
            return cover(shape, target.box)
        case Fitting.PAD | Fitting.KEEP:
            return fit(shape, target.box)


def _is_in_format(track: VideoTrack, target: FrameFormat, width: int, height: int) -> bool:
    """Whether nothing has to be scaled or converted."""
    return (
        (track.width, track.height, track.rotation, track.mirrored) == (width, height, 0, False)
        and matrix_of(track) == target.matrix
        and (track.colour_range == "full") == target.full_range
        and (track.chroma, track.bit_depth, target.pix_fmt) == ("4:2:0", 8, "yuv420p")
    )


def _scaled_fields(stream: Stream, track: VideoTrack, target: FrameFormat, width: int, height: int) -> Stream:
    return graph.apply(
        stream,
        "scale",
        w=width,
        h=height,
        interl=1,
        flags="bicubic+accurate_rnd+full_chroma_int",
        in_color_matrix=colour.SWSCALE[matrix_of(track)],
        out_color_matrix=colour.SWSCALE[target.matrix],
        in_range="pc" if track.colour_range == "full" else "tv",
        out_range="pc" if target.full_range else "tv",
    )


def _scaled_frames(stream: Stream, track: VideoTrack, target: FrameFormat, width: int, height: int) -> Stream:
    deep = (track.bit_depth or 8) > 8
    if track.width % 2 or track.height % 2:
        stream = graph.even_chroma(stream, track)
    return graph.apply(
        stream,
        "zscale",
        w=width,
        h=height,
        **colour.SCALER,
        matrixin=colour.ZSCALE[matrix_of(track)],
        matrix=colour.ZSCALE[target.matrix],
        rangein="full" if track.colour_range == "full" else "limited",
        range="full" if target.full_range else "limited",
        **({"dither": "ordered"} if deep and target.pix_fmt == "yuv420p" else {}),
    )
