"""What an ffmpeg must have for any plan."""

from __future__ import annotations

from pipeline.model.capability import Capability
from pipeline.plan import codecs

NEEDED_ENCODERS = (
    *(item.name for item in codecs.ENCODERS.values()),
    "mp2",
    "aac",
    "ac3",
    "mjpeg",
    "libmp3lame",
    "prores_ks",
    "pcm_s24le",
)
NEEDED_MUXERS = ("mpegts", "image2", "null", "mp4", "mov", "ipod", "mp3")
NEEDED_FILTERS = (
    "aformat",
    "alimiter",
    "apad",
    "aresample",
    "asetpts",
    "asplit",
    "ass",
    "atempo",
    "atrim",
    "bwdif",
    "concat",
    "crop",
    "decimate",
    "ebur128",
    "fieldmatch",
    "fieldorder",
    "format",
    "fps",
    "framerate",
    "hflip",
    "idet",
    "interlace",
    "join",
    "metadata",
    "null",
    "overlay",
    "pad",
    "pan",
    "scale",
    "select",
    "setfield",
    "setparams",
    "setpts",
    "setsar",
    "settb",
    "sidedata",
    "split",
    "tile",
    "tonemap",
    "tpad",
    "transpose",
    "trim",
    "vflip",
    "volume",
    "zscale",
)


def missing(capability: Capability) -> list[str]:
    """What this build of ffmpeg lacks for any plan."""
    return [
        *(f"encoder {name}" for name in NEEDED_ENCODERS if name not in capability.encoders),
        *(f"muxer {name}" for name in NEEDED_MUXERS if name not in capability.muxers),
        *(f"filter {name}" for name in NEEDED_FILTERS if name not in capability.filters),
    ]
