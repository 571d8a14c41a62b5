"""Edit lists of MP4 and MOV (ISO/IEC 14496-12 clause 8.6.6): whether what plays is what the file holds."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import BinaryIO

from pipeline.media.isobmff import boxes
from pipeline.media.isobmff.boxes import child, inside

MOST_HEADER = 64 << 20
LATER_S = 0.2  # a coder's delay of some pictures, or AAC's priming, is no edit


@dataclass(frozen=True)
class Edit:
    """One line of an edit list, in seconds; `media_s` None is a pause."""

    length_s: float
    media_s: float | None


def edits(file: BinaryIO) -> list[tuple[list[Edit], float]]:
    """Of each track its edit list and the length of its media in seconds; nothing where there is no header."""
    header = _header(file)
    if header is None:
        return []
    scale = next((time_scale(body) for name, body in inside(header) if name == b"mvhd"), None)
    found = []
    for name, track in inside(header):
        if name == b"trak" and scale:
            made = _track(track, scale[0])
            if made:
                found.append(made)
    return found


def is_edited(tracks: list[tuple[list[Edit], float]]) -> bool:
    """Whether a track begins later, stops earlier, or is put together from pieces."""
    for listed, media_s in tracks:
        shown = [edit for edit in listed if edit.media_s is not None]
        pauses = sum(edit.length_s for edit in listed if edit.media_s is None)
        if len(shown) > 1 or pauses > LATER_S:
            return True
        begin = (shown[0].media_s or 0.0) if shown else 0.0
        if shown and (begin > LATER_S or media_s - begin - shown[0].length_s > LATER_S):
            return True
    return False


def _header(file: BinaryIO) -> bytes | None:
    """The contents of `moov`."""
    for found in boxes.top(file):
        if found.name == b"moov":
            file.seek(found.body)
            return file.read(min(found.end - found.body, MOST_HEADER))
    return None


def time_scale(body: bytes) -> tuple[int, int] | None:
    """Timescale and duration of `mvhd` or `mdhd`, of either version."""
    try:
        if body[:1] == b"\1":
            scale, length = struct.unpack_from(">IQ", body, 20)
        else:
            scale, length = struct.unpack_from(">II", body, 12)
    except struct.error:
        return None
    return (scale, length) if scale else None


def _track(track: bytes, movie_scale: int) -> tuple[list[Edit], float] | None:
    listed, header = child(track, b"edts", b"elst"), child(track, b"mdia", b"mdhd")
    media = time_scale(header) if header else None
    if listed is None or media is None or len(listed) < 8:
        return None
    wide = listed[0] == 1
    row = struct.Struct(">QqI" if wide else ">IiI")
    (count,) = struct.unpack_from(">I", listed, 4)
    made = []
    for index in range(min(count, (len(listed) - 8) // row.size)):
        length, start, _ = row.unpack_from(listed, 8 + index * row.size)
        made.append(Edit(length / movie_scale, None if start < 0 else start / media[0]))
    return made, media[1] / media[0]
