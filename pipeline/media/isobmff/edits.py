"""Edit lists of MP4 and MOV (ISO/IEC 14496-12 clause 8.6.6): whether what plays is what the file holds."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import BinaryIO

from pipeline.media.isobmff import boxes
from pipeline.media.isobmff.boxes import child, inside

MOST_HEADER = 64 << 20
LATER_S = 0.2  # a coder's delay of some pictures, or AAC's priming, is no edit
NORMAL_RATE = 1.0
_RATE_ONE = 0x00010000  # media_rate_integer and media_rate_fraction together: 16 bits each


@dataclass(frozen=True)
class Edit:
    """One line of an edit list, in seconds; `media_s` None is a pause.

    Args:
        rate: how fast its media plays, 1 as it was recorded; 0 holds one picture. A pause has none.
    """

    length_s: float
    media_s: float | None
    rate: float = NORMAL_RATE


@dataclass(frozen=True)
class EditedTrack:
    """A track with an edit list: its place among all tracks, from 0, and the length of its media."""

    index: int
    edits: tuple[Edit, ...]
    media_s: float

    @property
    def odd_rate(self) -> float | None:
        """The first rate at which it would play faster, slower or not at all; None where it plays as recorded."""
        return next((edit.rate for edit in self.edits if edit.length_s and edit.rate != NORMAL_RATE), None)


def edited_tracks(file: BinaryIO) -> list[EditedTrack]:
    """Of each track that has one its edit list; nothing where there is no header."""
    header = _header(file)
    if header is None:
        return []
    scale = next((time_scale(body) for name, body in inside(header) if name == b"mvhd"), None)
    if not scale:
        return []
    tracks = [body for name, body in inside(header) if name == b"trak"]
    made = (_track(index, body, scale[0]) for index, body in enumerate(tracks))
    return [track for track in made if track]


def is_edited(tracks: list[EditedTrack]) -> bool:
    """Whether a track begins later, stops earlier, or is put together from pieces."""
    for track in tracks:
        shown = [edit for edit in track.edits if edit.media_s is not None]
        pauses = sum(edit.length_s for edit in track.edits if edit.media_s is None)
        if len(shown) > 1 or pauses > LATER_S:
            return True
        begin = (shown[0].media_s or 0.0) if shown else 0.0
        if shown and (begin > LATER_S or track.media_s - begin - shown[0].length_s > LATER_S):
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


def _track(index: int, track: bytes, movie_scale: int) -> EditedTrack | None:
    listed, header = child(track, b"edts", b"elst"), child(track, b"mdia", b"mdhd")
    media = time_scale(header) if header else None
    if listed is None or media is None or len(listed) < 8:
        return None
    wide = listed[0] == 1
    row = struct.Struct(">Qqi" if wide else ">Iii")
    (count,) = struct.unpack_from(">I", listed, 4)
    made = []
    for number in range(min(count, (len(listed) - 8) // row.size)):
        length, start, rate = row.unpack_from(listed, 8 + number * row.size)
        if start < 0:
            made.append(Edit(length / movie_scale, None))
        else:
            made.append(Edit(length / movie_scale, start / media[0], rate / _RATE_ONE))
    return EditedTrack(index, tuple(made), media[1] / media[0])
