"""A label put into a picture, as XMP: ffmpeg writes none. Nothing else of the file changes."""

from __future__ import annotations

import struct
import zlib

from pipeline.media.generated_label import names, xmp

_PNG = b"\x89PNG\r\n\x1a\n"
_APP0, _APP1 = 0xE0, 0xE1


def with_label(picture: bytes, label: str) -> bytes:
    """The picture's bytes with a label.

    Raises:
        ValueError: it is neither JPEG nor PNG.
    """
    if picture.startswith(_PNG):
        return _png(picture, xmp.packet(label))
    if picture.startswith(b"\xff\xd8\xff"):
        return _jpeg(picture, xmp.packet(label))
    raise ValueError("neither JPEG nor PNG")


def _jpeg(picture: bytes, packet: bytes) -> bytes:
    """Behind the APP0 of JFIF, which comes first where there is one (XMP specification part 3, JPEG)."""
    at = 2
    if picture[3] == _APP0:
        at += 2 + int.from_bytes(picture[4:6], "big")
    body = names.IN_JPEG + packet
    return picture[:at] + struct.pack(">BBH", 0xFF, _APP1, 2 + len(body)) + body + picture[at:]


def _png(picture: bytes, packet: bytes) -> bytes:
    """Behind IHDR, which comes first (XMP specification part 3, PNG)."""
    at = len(_PNG) + 12 + int.from_bytes(picture[8:12], "big")
    named = b"iTXt" + names.IN_PNG + b"\0" * 5 + packet  # not packed, no language, no translated keyword
    chunk = struct.pack(">I", len(named) - 4) + named + struct.pack(">I", zlib.crc32(named))
    return picture[:at] + chunk + picture[at:]
