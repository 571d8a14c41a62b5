"""Colours: what the source's samples mean, and how wide and bright ones become those of television (BT.709)."""

from __future__ import annotations

from fractions import Fraction

from pipeline.ffmpeg import graph
from pipeline.ffmpeg.graph import Stream
from pipeline.media.track_shape import matrix_of, wide_primaries
from pipeline.model.colour import HDR_TRANSFERS
from pipeline.model.media import VideoTrack

# names of one colour space as zscale, setparams and x264 know it
ZSCALE = {
    "bt709": "709",
    "bt601": "470bg",
    "bt2020": "2020_ncl",
    "SMPTE 240M": "smpte240m",
    "FCC 73.682": "fcc",
}
SWSCALE = {
    "bt709": "bt709",
    "bt601": "bt601",
    "bt2020": "bt2020",
    "SMPTE 240M": "smpte240m",
    "FCC 73.682": "fcc",
}
TAGS = {
    "bt709": {"color_primaries": "bt709", "color_trc": "bt709", "colorspace": "bt709"},
    "bt601": {"color_primaries": "bt470bg", "color_trc": "smpte170m", "colorspace": "bt470bg"},
    "bt2020": {"color_primaries": "bt709", "color_trc": "bt2020-10", "colorspace": "bt2020nc"},
    "SMPTE 240M": {"color_primaries": "smpte170m", "color_trc": "smpte170m", "colorspace": "smpte240m"},
    "FCC 73.682": {"color_primaries": "smpte170m", "color_trc": "smpte170m", "colorspace": "fcc"},
}
KEPT = ("bt709", "bt601", "bt2020")  # matrices that ProRes can say it has
# zscale's own bicubic (1/3, 1/3) is soft: up to 0.3 VMAF below the kernel that swscale calls bicubic, which this is
SCALER = {"filter": "bicubic", "param_a": 0, "param_b": 0.6}
WHITE_NITS = 203  # ITU-R BT.2408: reference white of HDR
PEAK_NITS = {"HLG": 1000.0, "PQ": 1000.0}  # BT.2408: nominal peak
# what is darker than this share of white keeps its brightness; above it highlights are pressed together
KNEE = 0.7


def transfer_of(track: VideoTrack) -> str | None:
    """PQ or HLG; None is a picture for ordinary screens."""
    return track.transfer if track.transfer in HDR_TRANSFERS else None


def is_wide(track: VideoTrack) -> bool:
    """Whether an ordinary screen would show it wrong: bright (PQ, HLG), or with primaries that are not its own."""
    return transfer_of(track) is not None or wide_primaries(track) is not None


def kept_matrix(track: VideoTrack) -> str:
    """The matrix of pictures that keep their colours."""
    own = matrix_of(track)
    return own if own in KEPT else "bt709"


def tags(track: VideoTrack) -> dict[str, str]:
    """What the source's pictures are, said of each: decoders leave out, and files say, what no filter knows."""
    told = dict(TAGS[matrix_of(track)])
    if primaries := wide_primaries(track):
        told["color_primaries"] = primaries
    if transfer := transfer_of(track):
        told["color_trc"] = HDR_TRANSFERS[transfer]
    return told


def tagged(stream: Stream, track: VideoTrack) -> Stream:
    """Pictures that say what they are."""
    span = "pc" if track.colour_range == "full" else "tv"
    return graph.apply(stream, "setparams", range=span, **tags(track))


def to_bt709(stream: Stream, track: VideoTrack, width: int, height: int) -> Stream:
    """BT.709 for ordinary screens, in 10 bits, no larger than asked: HDR is tone-mapped, its white at BT.2408's.

    Colours stay what they are by measurement: of DCI P3 and film, whose white is not D65, greys do not become neutral.
    """
    came = {**SCALER, "w": width, "h": height, "rangein": "full" if track.colour_range == "full" else "limited"}
    transfer, matrix, primaries = transfer_of(track), matrix_of(track), wide_primaries(track) or "709"
    own = {"primariesin": primaries.removeprefix("bt"), "matrixin": ZSCALE[matrix]}
    if track.width % 2 or track.height % 2:
        stream = graph.even_chroma(stream, track)
    if transfer is None:  # curves of ordinary screens are carried over as they are
        wide = {**own, "transferin": "2020_10" if matrix == "bt2020" else "709"}
        ordinary = {"primaries": "709", "transfer": "709", "matrix": "709", "range": "limited"}
        stream = graph.apply(stream, "zscale", **came, **wide, **ordinary)
        return graph.apply(stream, "format", pix_fmts="yuv420p10le")
    wide = {**own, "transferin": HDR_TRANSFERS[transfer]}
    stream = graph.apply(stream, "zscale", **came, **wide, transfer="linear", npl=WHITE_NITS)
    stream = graph.apply(stream, "format", pix_fmts="gbrpf32le")
    stream = graph.apply(stream, "zscale", primaries="709")
    peak = round(PEAK_NITS[transfer] / WHITE_NITS, 3)
    stream = graph.apply(stream, "tonemap", tonemap="mobius", param=KNEE, desat=0, peak=peak)
    stream = graph.apply(stream, "zscale", transfer="709", matrix="709", range="limited")
    return graph.apply(stream, "format", pix_fmts="yuv420p10le")


def track_after_bt709(track: VideoTrack, width: int, height: int, shape: Fraction) -> VideoTrack:
    """The track as it stands behind `to_bt709`."""
    return track.model_copy(
        update={
            "width": width,
            "height": height,
            "display_aspect": float(shape),
            "rotation": 0,
            "matrix": "bt709",
            "primaries": "BT.709",
            "transfer": "BT.709",
            "hdr": None,
            "colour_range": "limited",
            "chroma": "4:2:0",
            "bit_depth": 10,
        }
    )
