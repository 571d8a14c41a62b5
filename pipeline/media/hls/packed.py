"""Packed audio: segments that are frames of sound behind an ID3 tag with their time (RFC 8216 clause 3.4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.media.hls import files
from pipeline.media.hls.measured import Coding, MeasuredSegments, Piece, ReadStretch
from pipeline.media.hls.playlist import Segment

_OWNER = b"com.apple.streaming.transportStreamTimestamp\0"
_CLOCK_HZ, _CLOCK_BITS = 90_000, 33
_TAG, _FRAME = 10, 10  # bytes of ID3's headers
_FRAME_SAMPLES = 1024  # of AAC (ISO/IEC 14496-3 clause 4.5.1.1)
# ISO/IEC 14496-3 table 1.18
_RATES = (96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350)
_OTHERS = (b"\x0b\x77", b"\xff\xfb", b"\xff\xfa", b"\xff\xf3", b"\xff\xf2")  # AC-3, E-AC-3, MP3


@dataclass(frozen=True)
class _Frames:
    """What the ADTS frames of a segment hold."""

    coding: Coding
    duration_s: float


def is_packed(head: bytes) -> bool:
    """Whether a segment that begins so is packed audio."""
    return head.startswith(b"ID3") or _is_adts(head) or head.startswith(_OTHERS)


def measure(folder: Path, listed: Sequence[Segment]) -> MeasuredSegments:
    """Segments of AAC in ADTS frames; those of AC-3, E-AC-3 and MP3 are known and not looked into."""
    found = MeasuredSegments(container="packed")
    end_s = 0.0
    for number, segment in enumerate(listed):
        try:
            data = files.read(folder, segment)
            stamp, at = _stamp(data)
            if data.startswith(_OTHERS, at):
                found.unread[number] = "packed"
                found.pieces.append(None)
                continue
            frames = _frames(data, at)
        except (ValueError, OSError) as error:
            found.put_fault(number, segment.uri, error, files.strange(folder, segment))
            found.pieces.append(None)
            continue
        if stamp is None:
            found.unstamped.append(number)
        begin_s = end_s if stamp is None else stamp
        end_s = begin_s + frames.duration_s
        found.coding = found.coding or frames.coding
        found.pieces.append(Piece(len(data), begin_s, end_s))
    if any(found.pieces) and not found.unread:
        # what plays it takes such a file by the suffix of a transport stream
        found.stretches = [ReadStretch(0, len(listed), found.coding, container="ts")]
    return found


def _stamp(data: bytes) -> tuple[float | None, int]:
    """The time of the first sample in seconds, None where no tag tells it; and where the frames begin."""
    stamp, at = None, 0
    while data[at : at + 3] == b"ID3" and len(data) >= at + _TAG:
        size = 0
        for byte in data[at + 6 : at + _TAG]:
            size = size << 7 | byte & 0x7F
        body = data[at + _TAG : at + _TAG + size]
        place = body.find(_OWNER)
        ticks = body[place + len(_OWNER) : place + len(_OWNER) + 8]
        if place >= _FRAME and body[place - _FRAME : place - _FRAME + 4] == b"PRIV" and len(ticks) == 8:
            stamp = (int.from_bytes(ticks, "big") & (1 << _CLOCK_BITS) - 1) / _CLOCK_HZ
        at += _TAG + size
    return stamp, at


def _is_adts(head: bytes) -> bool:
    """Sync word, and the layer that is always 0 (ISO/IEC 14496-3 clause 1.A.2.2.1)."""
    return len(head) > 1 and head[0] == 0xFF and head[1] & 0xF6 == 0xF0


def _frames(data: bytes, at: int) -> _Frames:
    """Raises ValueError where a frame does not follow on, or is cut."""
    coding, seconds = None, 0.0
    while at < len(data):
        head = data[at : at + 7]
        length = (head[3] & 3) << 11 | head[4] << 3 | head[5] >> 5 if len(head) == 7 else 0
        if not _is_adts(head) or length < 7 or head[2] >> 2 & 0xF >= len(_RATES):
            raise ValueError(f"no ADTS frame at byte {at}")
        if at + length > len(data):
            raise ValueError("the last frame is cut")
        coding = coding or Coding("audio", f"mp4a.40.{(head[2] >> 6) + 1}", channels=(head[2] & 1) << 2 | head[3] >> 6)
        seconds += _FRAME_SAMPLES * ((head[6] & 3) + 1) / _RATES[head[2] >> 2 & 0xF]
        at += length
    if coding is None:
        raise ValueError("no frames")
    return _Frames(coding, seconds)
