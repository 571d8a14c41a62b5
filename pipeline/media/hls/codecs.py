"""Names of codecs for CODECS (RFC 6381, ISO/IEC 14496-15 annex E), from the streams' own headers."""

from __future__ import annotations

import struct

from pipeline.media import avc
from pipeline.media.hls.measured import Coding
from pipeline.media.isobmff.boxes import child
from pipeline.media.isobmff.fragments import FragmentTrack

_VISUAL, _SOUND = 78, 28  # bytes of a sample entry before its boxes (ISO/IEC 14496-12 clause 12)


def of_track(track: FragmentTrack) -> Coding:
    """What a header says of its one track.

    Raises:
        ValueError: it is cut, or of a codec that HLS does not take.
    """
    name, body = track.entry
    code = name.decode("latin-1")
    if code in ("avc1", "avc3"):
        record = child(body[_VISUAL:], b"avcC")
        if record is None or len(record) < 8:
            raise ValueError("no avcC")
        (length,) = struct.unpack_from(">H", record, 6)
        return of_sps(record[8 : 8 + length], code)
    if code in ("hvc1", "hev1"):
        record = child(body[_VISUAL:], b"hvcC")
        if record is None or len(record) < 13:
            raise ValueError("no hvcC")
        width, height = struct.unpack_from(">HH", body, 24)
        return Coding("video", f"{code}.{_hevc(record)}", width, height, transfer=_transfer(body[_VISUAL:]))
    if code == "mp4a":
        return _sound(child(body[_SOUND:], b"esds") or b"")
    if code in ("ac-3", "ec-3"):
        return Coding("audio", code, channels=struct.unpack_from(">H", body, 16)[0])
    raise ValueError(f"codec {code}")


def of_sps(nal: bytes, code: str = "avc1") -> Coding:
    """H.264 by its sequence parameter set.

    Raises:
        ValueError: it is cut.
    """
    found = avc.sps(nal)
    name = f"{code}.{nal[1]:02x}{nal[2]:02x}{nal[3]:02x}"
    return Coding(
        "video",
        name,
        found.width,
        found.height,
        interlaced=not found.frames_only,
        transfer=found.vui.transfer,
        sps=found,
    )


def _hevc(record: bytes) -> str:
    space, tier, profile = record[1] >> 6, record[1] >> 5 & 1, record[1] & 0x1F
    (flags,) = struct.unpack_from(">I", record, 2)
    mirrored = int(f"{flags:032b}"[::-1], 2)
    constraints = [f"{value:x}" for value in record[6:12].rstrip(b"\0")]
    first = ("", "A", "B", "C")[space]
    return ".".join([f"{first}{profile}", f"{mirrored:x}", f"{'H' if tier else 'L'}{record[12]}", *constraints])


def _transfer(body: bytes) -> int | None:
    colour = child(body, b"colr")
    return struct.unpack_from(">H", colour, 6)[0] if colour and colour[:4] == b"nclx" and len(colour) >= 8 else None


def _sound(described: bytes) -> Coding:
    """AAC by its AudioSpecificConfig (ISO/IEC 14496-1 clause 7.2.6, 14496-3 clause 1.6.2.1)."""
    config = _descriptor(_descriptor(described[4:], 0x03, 3), 0x04, 13)
    config = _descriptor(config, 0x05, 0)
    if len(config) < 2:
        raise ValueError("no AudioSpecificConfig")
    return Coding("audio", f"mp4a.40.{config[0] >> 3}", channels=config[1] >> 3 & 0xF)


def _descriptor(data: bytes, tag: int, skip: int) -> bytes:
    """The body of the first descriptor with this tag, without its own first `skip` bytes."""
    at = 0
    while at + 1 < len(data):
        kind, size, at = data[at], 0, at + 1
        while at < len(data):  # lengths come in steps of seven bits
            size, more, at = size << 7 | data[at] & 0x7F, data[at] & 0x80, at + 1
            if not more:
                break
        if kind == tag:
            return data[at + skip : at + size]
        at += size
    return b""
