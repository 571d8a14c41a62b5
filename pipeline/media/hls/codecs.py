"""Names of codecs for CODECS (RFC 6381, ISO/IEC 14496-15 annex E), from the streams' own headers."""

from __future__ import annotations

import struct

from pipeline.media.codecs.codec import SequenceParameters, VideoCodec
from pipeline.media.codecs.table import BY_SAMPLE_ENTRY
from pipeline.media.hls.measured import Coding
from pipeline.media.isobmff.boxes import child
from pipeline.media.isobmff.fragments import FragmentTrack

_VISUAL, _SOUND = 78, 28  # bytes of a sample entry before its boxes (ISO/IEC 14496-12 clause 12)


def coding_of_track(track: FragmentTrack) -> Coding:
    """What a header says of its one track.

    Raises:
        ValueError: it is cut, or of a codec that HLS does not take.
    """
    name, body = track.entry
    code = name.decode("latin-1")
    if codec := BY_SAMPLE_ENTRY.get(code):
        boxes = body[_VISUAL:]
        record = child(boxes, codec.record)
        if record is None:
            raise ValueError(f"no {codec.record.decode()}")
        parsed = codec.read_record(record)
        if parsed.parameters:
            return coding_of(codec, parsed.parameters, code, _transfer(boxes))
        width, height = struct.unpack_from(">HH", body, 24)
        return Coding("video", f"{code}.{parsed.name}", width, height, transfer=_transfer(boxes), codec=codec)
    if code == "mp4a":
        return _sound(child(body[_SOUND:], b"esds") or b"")
    if code in ("ac-3", "ec-3"):
        return Coding("audio", code, channels=struct.unpack_from(">H", body, 16)[0])
    raise ValueError(f"codec {code}")


def coding_of(codec: VideoCodec, found: SequenceParameters, entry: str, transfer: int | None = None) -> Coding:
    """Pictures by their sequence parameter set, under a sample entry's name; `transfer` is the container's word, which
    counts where the set has none."""
    return Coding(
        "video",
        f"{entry}.{found.name}",
        found.width,
        found.height,
        interlaced=found.interlaced,
        transfer=transfer if found.vui.transfer is None else found.vui.transfer,
        codec=codec,
        parameters=found,
    )


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
