"""What the decoder's name of a pixel format says of a picture."""

from __future__ import annotations

import re

_KINDS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), name)
    for pattern, name in (
        (r"yuv[aj]?(4)(\d)(\d)p?", ""),
        (r"(?:yuyv|uyvy|yvyu|nv16|nv20|y210|y212|p21\d)", "4:2:2"),
        (r"uyyvyy411", "4:1:1"),
        (r"(?:nv12|nv21|p01\d)", "4:2:0"),
        (r"(?:nv24|nv42|p41\d|ayuv|vuy|xv)", "4:4:4"),
        (r"(?:gray|ya8|ya16|mono[wb])", "gray"),
        (r"pal8", "palette"),
        (r"bayer", "Bayer"),
        (r"xyz12", "XYZ"),
        (r"(?:[0axbgr]{3,5}\d|gbr|x2(?:rgb|bgr)|(?:rgb|bgr|[arbg0]{4})$)", "RGB"),
    )
)
_DEEP = (
    (re.compile(r"^(?:nv20|y210|[pyx][2-4]10|p010|x2(?:rgb|bgr)10)"), 10),
    (re.compile(r"^(?:y212|[px][2-4]12|p012|xyz12)"), 12),
    (re.compile(r"^(?:p[0-4]16|ya16|ayuv64|(?:rgb|bgr)48|(?:rgba|bgra|argb|abgr)64|bayer_\w+16)"), 16),
    (re.compile(r"^(?:yuva?\d{3}|gbra?|gray)p?(9|10|12|14|16)(?:[lb]e)"), 0),
)
_USUAL_BITS = 8


def sampling(name: str) -> tuple[str, int] | None:
    """How colour is sampled (`4:2:0` and its like, `RGB`, `gray`, `palette`) and the bits of a sample; None for a
    format that is not known.

    Args:
        name: ffmpeg's, such as `yuv420p10le`.
    """
    for pattern, kind in _KINDS:
        if match := pattern.match(name):
            return kind or ":".join(match.groups()), _bits(name)
    return None


def of_track(name: str) -> dict[str, object]:
    """The same as fields of a `VideoTrack`; none of a format that is not known."""
    found = sampling(name)
    return {"chroma": found[0], "bit_depth": found[1]} if found else {}


def _bits(name: str) -> int:
    for pattern, bits in _DEEP:
        if match := pattern.match(name):
            return bits or int(match[1])
    return _USUAL_BITS
