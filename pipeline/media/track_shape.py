"""How a picture track is shown: its size and shape upright, the matrix and the primaries its colours are read with."""

from __future__ import annotations

from fractions import Fraction

from pipeline.media import pixel_format
from pipeline.model.colour import HDR_TRANSFERS, RARE_MATRICES, WIDE_PRIMARIES
from pipeline.model.inspection import PictureStretch
from pipeline.model.media import VideoTrack

_KNOWN_SHAPES = (Fraction(16, 9), Fraction(4, 3), Fraction(9, 16), Fraction(3, 4))
_SHAPE_SLACK = Fraction(1, 100)
MATRICES = ("bt709", "bt601", "bt2020", "SMPTE 240M", "FCC 73.682")  # those that filters read pictures with
HD_LINES = 720  # EBU Tech 3299: the smallest raster of HD, whose colours are BT.709


def is_turned(track: VideoTrack) -> bool:
    """Whether a player turns the coded pictures on their side."""
    return track.rotation in (90, 270)


def upright_size(track: VideoTrack) -> tuple[int, int]:
    """Width and height in samples as a player shows them."""
    return (track.height, track.width) if is_turned(track) else (track.width, track.height)


def upright_shape(track: VideoTrack) -> Fraction:
    """Display aspect ratio as a player shows it, to the three decimals that MediaInfo tells."""
    shape = Fraction(track.display_aspect or track.width * track.pixel_aspect / track.height).limit_denominator(1000)
    return 1 / shape if is_turned(track) else shape


def is_portrait(track: VideoTrack) -> bool:
    """Whether a player shows it higher than wide; a square is not."""
    return upright_shape(track) < 1


def snapped_shape(track: VideoTrack) -> Fraction:
    """The upright shape, as one of the usual ratios where it is within a hundredth of one."""
    shape = upright_shape(track)
    return next((known for known in _KNOWN_SHAPES if abs(shape / known - 1) < _SHAPE_SLACK), shape)


def upright_lines(track: VideoTrack) -> int:
    """The lines that a definition is named by: of a portrait film its short side."""
    return min(track.width, track.height)


def matrix_of(track: VideoTrack) -> str:
    """The colour matrix of a track as it stands behind `graph.as_shown`, one of `MATRICES`: as flagged, else BT.2020 of
    HDR (BT.2100 has no other), else BT.709 from 720 lines on and BT.601 under them.

    Players guess by size too (Chrome: 720 lines and more are BT.709; VLC and mpv: more than 576), but by the coded
    height, so that a phone's 1024x576 with a turn and the same film stored upright, as 576x1024, get different colours.
    What decides is how fine the picture is, not how it is held: the short side tells, whichever way a film stands.
    """
    if track.matrix in MATRICES:
        return track.matrix
    if track.matrix in RARE_MATRICES:
        return RARE_MATRICES[track.matrix].common
    if track.transfer in HDR_TRANSFERS:
        return "bt2020"
    return "bt709" if upright_lines(track) >= HD_LINES else "bt601"


def wide_primaries(track: VideoTrack) -> str | None:
    """ffmpeg's name of primaries that ordinary screens have not; None where a picture can be shown as it is.

    Where nothing is said of them they are those of BT.2020 with its matrices and with HDR (BT.2100).
    """
    if track.primaries in WIDE_PRIMARIES:
        return WIDE_PRIMARIES[track.primaries]
    is_told = track.primaries is not None
    return None if is_told or (track.transfer not in HDR_TRANSFERS and matrix_of(track) != "bt2020") else "bt2020"


def as_stretch(track: VideoTrack, stretch: PictureStretch) -> VideoTrack:
    """A track that changes on the way, as it is in one stretch."""
    return track.model_copy(
        update={
            "width": stretch.width,
            "height": stretch.height,
            "pixel_aspect": round(stretch.pixel_aspect, 3),
            "display_aspect": stretch.display_aspect,
            "colour_range": stretch.colour_range,
            "matrix": stretch.matrix,
            **pixel_format.of_track(stretch.pix_fmt),
        }
    )


def are_shown_alike(one: PictureStretch, other: PictureStretch) -> bool:
    """Whether two stretches differ at most in how finely they are sampled, which is evened out ahead."""
    same_shape = abs(one.display_aspect / other.display_aspect - 1) < _SHAPE_SLACK
    return same_shape and (one.matrix, one.colour_range) == (other.matrix, other.colour_range)
