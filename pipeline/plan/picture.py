"""From source pictures to the pictures of each output: shape and colour."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from pipeline.ffmpeg import graph
from pipeline.ffmpeg.graph import Stream
from pipeline.model.inspection import VideoTrack

# names of one colour space as zscale, setparams and x264 know it
_ZSCALE = {"bt709": "709", "bt601": "470bg", "bt2020": "2020_ncl"}
_SWSCALE = {"bt709": "bt709", "bt601": "bt601", "bt2020": "bt2020"}
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


def within_source(track: VideoTrack, limit: Box) -> Box:
    """The box turned for an upright film and no larger than the source is shown: nothing is enlarged."""
    shape = source_shape(track)
    upright = (track.width, track.height) if track.rotation not in (90, 270) else (track.height, track.width)
    box = Box(limit.height, limit.width) if shape < 1 else limit
    return Box(min(box.width, 2 * round(upright[1] * shape / 2)), min(box.height, upright[1] // 2 * 2))


def matrix_of(track: VideoTrack) -> str:
    """The colour matrix of the source: as flagged, else by its size (BT.601 under 720 lines)."""
    return track.matrix if track.matrix in _ZSCALE else ("bt709" if source_lines(track) >= 720 else "bt601")


def kept_matrix(track: VideoTrack) -> str:
    """The source's own matrix where it is one that is delivered, else BT.709."""
    own = matrix_of(track)
    return own if own in _TAGS else "bt709"


def shape_to(
    stream: Stream,
    track: VideoTrack,
    box: Box,
    *,
    pad: bool,
    matrix: str,
    full: bool = False,
    interlaced: bool = False,
    pix_fmt: str = "yuv420p",
) -> Stream:
    """Scaled, converted to `matrix` and range, padded to the box, tagged; fields are scaled as fields."""
    width, height = fit(source_shape(track), box)
    came = matrix_of(track)
    came_full = track.colour_range == "full"
    same = (
        (track.width, track.height, track.rotation) == (width, height, 0)
        and came == matrix
        and came_full == full
        and (track.chroma, track.bit_depth, pix_fmt) == ("4:2:0", 8, "yuv420p")
    )
    if not same and interlaced:
        stream = graph.apply(
            stream, "scale", w=width, h=height, interl=1, flags="bicubic+accurate_rnd",
            in_color_matrix=_SWSCALE[came], out_color_matrix=_SWSCALE[matrix],
            in_range="pc" if came_full else "tv", out_range="pc" if full else "tv",
        )  # fmt: skip
    elif not same:
        stream = graph.apply(
            stream, "zscale", w=width, h=height, filter="bicubic",
            matrixin=_ZSCALE[came], matrix=_ZSCALE[matrix],
            rangein="full" if came_full else "limited", range="full" if full else "limited",
        )  # fmt: skip
    stream = graph.apply(stream, "format", pix_fmts=pix_fmt)
    if pad and (width, height) != (box.width, box.height):
        x, y = (box.width - width) // 4 * 2, (box.height - height) // 4 * 2
        stream = graph.apply(stream, "pad", w=box.width, h=box.height, x=x, y=y, color="black")
    stream = graph.apply(stream, "setsar", sar=f"{box.sample_aspect.numerator}/{box.sample_aspect.denominator}")
    fields = "tff" if interlaced else "prog"
    return graph.apply(stream, "setparams", field_mode=fields, range="pc" if full else "tv", **_TAGS[matrix])
