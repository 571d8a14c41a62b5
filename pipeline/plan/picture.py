"""From source pictures to the pictures of each output: cadence, shape, colour."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from pipeline.ffmpeg import graph
from pipeline.ffmpeg.graph import Stream
from pipeline.model.inspection import Inspection, Scan, Timeline, VideoTrack

# names of one colour space as zscale, setparams and x264 know it
_ZSCALE = {"bt709": "709", "bt601": "470bg", "bt2020": "2020_ncl"}
_TAGS = {
    "bt709": {"color_primaries": "bt709", "color_trc": "bt709", "colorspace": "bt709"},
    "bt601": {"color_primaries": "bt470bg", "color_trc": "smpte170m", "colorspace": "bt470bg"},
}
_KNOWN_SHAPES = (Fraction(16, 9), Fraction(4, 3), Fraction(9, 16), Fraction(3, 4))


@dataclass(frozen=True)
class Box:
    """A frame to fill: its size in samples and the shape of one sample."""

    width: int
    height: int
    sample_aspect: Fraction = Fraction(1)


def source_shape(track: VideoTrack) -> Fraction:
    """Display aspect as it is shown upright; MediaInfo's three decimals are snapped to the usual ratios."""
    shape = Fraction(track.display_aspect or track.width * track.pixel_aspect / track.height).limit_denominator(1000)
    if track.rotation in (90, 270):
        shape = 1 / shape
    for known in _KNOWN_SHAPES:
        if abs(shape / known - 1) < Fraction(1, 100):
            return known
    return shape


def fit(shape: Fraction, box: Box) -> tuple[int, int]:
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


def source_lines(track: VideoTrack) -> int:
    """The lines of an upright picture: what «never upscale» counts (a portrait film by its short side)."""
    return min(track.width, track.height)


def frames_at(timeline: Timeline, frame_rate: int) -> tuple[int, int]:
    """How many pictures the `fps` filter gives, and how far it may be off: 0 where the rates divide evenly."""
    steady = timeline.longest_s - timeline.shortest_s < timeline.period_s / 10
    ratio = timeline.period_s * frame_rate
    exact = steady and min(abs(ratio - whole) for whole in (1.0, 0.5)) < 0.002
    if exact:
        whole = 1 if ratio > 0.75 else 2
        return (timeline.frames + whole - 1) // whole, 0 if whole == 1 else 1
    return max(1, int(timeline.duration_s * frame_rate + 0.5)), 1


def cadence(stream: Stream, inspection: Inspection, frame_rate: int, frames: int) -> Stream:
    """Progressive pictures at the delivered rate, the first at 0, no more than were counted."""
    track = inspection.media.video[0]
    stream = graph.apply(stream, "setpts", expr="PTS-STARTPTS")
    if is_interlaced(inspection):
        parity = track.field_order.value if track.field_order else "auto"
        stream = graph.apply(stream, "bwdif", mode="send_frame", parity=parity, deint="all")
    # a last picture that is held for long would be repeated past the planned end
    return graph.apply(graph.apply(stream, "fps", fps=frame_rate), "trim", end_frame=frames)


def is_interlaced(inspection: Inspection) -> bool:
    """By flag; a source without a flag, or flagged progressive, by movement."""
    track = inspection.media.video[0]
    if track.scan is Scan.INTERLACED:
        return True
    counts = inspection.measures.fields if inspection.measures else None
    return counts is not None and counts.tff + counts.bff > 2 * counts.progressive


def shape_to(stream: Stream, track: VideoTrack, box: Box, *, pad: bool, matrix: str, full: bool = False) -> Stream:
    """Scaled, converted to `matrix` and range, padded to the box, tagged."""
    width, height = fit(source_shape(track), box)
    came = track.matrix if track.matrix in _ZSCALE else ("bt709" if source_lines(track) >= 720 else "bt601")
    came_full = track.colour_range == "full"
    same = (
        (track.width, track.height, track.rotation) == (width, height, 0)
        and came == matrix
        and came_full == full
        and (track.chroma, track.bit_depth) == ("4:2:0", 8)
    )
    if not same:
        stream = graph.apply(
            stream, "zscale", w=width, h=height, filter="bicubic",
            matrixin=_ZSCALE[came], matrix=_ZSCALE[matrix],
            rangein="full" if came_full else "limited", range="full" if full else "limited",
        )  # fmt: skip
    stream = graph.apply(stream, "format", pix_fmts="yuv420p")
    if pad and (width, height) != (box.width, box.height):
        x, y = (box.width - width) // 4 * 2, (box.height - height) // 4 * 2
        stream = graph.apply(stream, "pad", w=box.width, h=box.height, x=x, y=y, color="black")
    stream = graph.apply(stream, "setsar", sar=f"{box.sample_aspect.numerator}/{box.sample_aspect.denominator}")
    return graph.apply(stream, "setparams", field_mode="prog", range="pc" if full else "tv", **_TAGS[matrix])
