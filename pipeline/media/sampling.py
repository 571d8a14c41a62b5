"""How colour is sampled in ffmpeg's pixel formats."""

from __future__ import annotations

import re

_FORMATS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
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
        (r"(?:[0axbgr]{3,5}\d|gbr|x2(?:rgb|bgr)|(?:rgb|bgr|[arbg0]{4})$)", "RGB"),
    )
)


def sampling_of(pixel_format: str) -> str | None:
    """`4:2:0` of yuv420p, `RGB` of gbrp, `gray`, `palette`; None of what is not known."""
    for pattern, name in _FORMATS:
        if match := pattern.match(pixel_format):
            return name or ":".join(match.groups())
    return None
