"""What the decoder's name of a pixel format says of a picture."""

from __future__ import annotations

import re

_PLANAR = re.compile(r"yuv(?:j|a)?(4[0-4][0-4])p(\d+)?(?:[lb]e)?")
_GREY = re.compile(r"gray(\d+)?(?:[lb]e)?|mono[bw]|ya8|ya16(?:[lb]e)?")
_RGB = re.compile(
    r"gbra?p(\d+)?(?:[lb]e)?|(?:rgb|bgr)(24|48|32)?(?:[lb]e)?|(?:rgba|bgra|argb|abgr)(64)?(?:[lb]e)?|pal8"
)
_PACKED = {
    "nv12": ("4:2:0", 8),
    "nv16": ("4:2:2", 8),
    "p010le": ("4:2:0", 10),
    "p210le": ("4:2:2", 10),
    "uyvy422": ("4:2:2", 8),
    "yuyv422": ("4:2:2", 8),
    "uyyvyy411": ("4:1:1", 8),
    "xyz12le": ("XYZ", 12),
}
_BITS = {"48": 16, "64": 16}


def sampling(name: str) -> tuple[str, int] | None:
    """How colour is sampled (`4:2:0` and its like, `RGB`, `4:0:0` for grey) and the bits of a sample; None for a
    format that is not known.

    Args:
        name: ffmpeg's, such as `yuv420p10le`.
    """
    if name in _PACKED:
        return _PACKED[name]
    if match := _PLANAR.fullmatch(name):
        return ":".join(match[1]), int(match[2] or 8)
    if match := _GREY.fullmatch(name):
        return "4:0:0", int(match[1] or 8)
    if match := _RGB.fullmatch(name):
        planar, packed, alpha = match.groups()
        return "RGB", int(planar) if planar else _BITS.get(packed or alpha or "", 8)
    return None
