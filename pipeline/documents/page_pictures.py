"""Pictures of pages, coded as JPEG. The only importer of Pillow."""

from __future__ import annotations

import io
from importlib.metadata import version

from pipeline.model.deck import FRAME

QUALITY = 85


def coder() -> str:
    """What decides the bytes: Pillow's version, which comes with its own libjpeg."""
    return f"Pillow {version('pillow')} q{QUALITY}"


def coded(picture: bytes, shape: float) -> bytes:
    """A page as JPEG, without what stands beside it in the frame.

    Args:
        picture: of `FRAME`'s size in BGR, 8 bit, the page in its middle.
        shape: the page's width to height.
    """
    from PIL import Image  # what plans without drawing does without it

    width, height = FRAME
    image = Image.frombuffer("RGB", FRAME, picture, "raw", "BGR", 0, 1)
    own = max(1, min(width, round(height * shape))), max(1, min(height, round(width / shape)))
    left, top = (width - own[0]) // 2, (height - own[1]) // 2
    out = io.BytesIO()
    image.crop((left, top, left + own[0], top + own[1])).save(out, "JPEG", quality=QUALITY, optimize=False)
    return out.getvalue()
