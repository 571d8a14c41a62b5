"""From source pictures to the pictures of each output: shape and colour."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from pipeline.ffmpeg import graph
from pipeline.ffmpeg.graph import Stream
from pipeline.media.track_shape import matrix_of, snapped_shape, upright_size
from pipeline.model.inspection import VideoTrack
from pipeline.plan import colour
from pipeline.plan.cadence import interlaced_frames
from pipeline.plan.spec import Cadence, Fields

_FRAMES = (Fraction(16, 9), Fraction(4, 3))  # shapes that a television fills


@dataclass(frozen=True)
class FrameSize:
    """A frame to fill: its size in samples and the shape of one sample."""

    width: int
    height: int
    sample_aspect: Fraction = Fraction(1)


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


def shape_to(
    stream: Stream,
    track: VideoTrack,
    box: FrameSize,
    cadence: Cadence,
    *,
    matrix: str,
    over: str = "pad",
    full: bool = False,
    pix_fmt: str = "yuv420p",
    drawn: Callable[[Stream], Stream] = lambda stream: stream,
) -> Stream:
    """Scaled, converted to `matrix` and range, tagged; fields are scaled as fields. `drawn` puts something on the
    finished picture, before two are woven into one.

    What differs in shape is padded to the box (`over` pad), cropped to it (crop), or stands alone (keep); `fill` takes
    the box as the picture's own frame.
    """
    shape = snapped_shape(track)
    if over == "fill":
        width, height = box.width, box.height
    else:
        width, height = cover(shape, box) if over == "crop" else fit(shape, box)
    came, came_full = matrix_of(track), track.colour_range == "full"
    same = (
        (track.width, track.height, track.rotation) == (width, height, 0)
        and came == matrix
        and came_full == full
        and (track.chroma, track.bit_depth, pix_fmt) == ("4:2:0", 8, "yuv420p")
    )
    if not same and cadence.fields is Fields.KEPT:
        stream = graph.apply(
            stream,
            "scale",
            w=width,
            h=height,
            interl=1,
            flags="bicubic+accurate_rnd+full_chroma_int",
            in_color_matrix=colour.SWSCALE[came],
            out_color_matrix=colour.SWSCALE[matrix],
            in_range="pc" if came_full else "tv",
            out_range="pc" if full else "tv",
        )
    elif not same:
        if track.width % 2 or track.height % 2:  # zscale takes no odd sizes where colour is coarser
            deep = (track.bit_depth or 8) > 8
            stream = graph.apply(stream, "format", pix_fmts="yuv444p10le" if deep else "yuv444p")
        stream = graph.apply(
            stream,
            "zscale",
            w=width,
            h=height,
            **colour.SCALER,
            matrixin=colour.ZSCALE[came],
            matrix=colour.ZSCALE[matrix],
            rangein="full" if came_full else "limited",
            range="full" if full else "limited",
            **({"dither": "ordered"} if (track.bit_depth or 8) > 8 and pix_fmt == "yuv420p" else {}),
        )
    stream = graph.apply(stream, "format", pix_fmts=pix_fmt)
    if over == "crop" and (width, height) != (box.width, box.height):
        x, y = (width - box.width) // 4 * 2, (height - box.height) // 4 * 2
        stream = graph.apply(stream, "crop", w=box.width, h=box.height, x=x, y=y)
    elif over == "pad" and (width, height) != (box.width, box.height):
        x, y = (box.width - width) // 4 * 2, (box.height - height) // 4 * 2
        stream = graph.apply(stream, "pad", w=box.width, h=box.height, x=x, y=y, color="black")
    stream = interlaced_frames(drawn(stream), cadence)
    stream = graph.apply(stream, "setsar", sar=f"{box.sample_aspect.numerator}/{box.sample_aspect.denominator}")
    tags = colour.TAGS[matrix] if matrix in colour.TAGS else colour.tags(track)
    fields = "tff" if cadence.interlaced else "prog"
    return graph.apply(stream, "setparams", field_mode=fields, range="pc" if full else "tv", **tags)
