"""Whether two files were put one behind the other as they are: what reads them stops at the second's beginning.

Only headers are read, and only where the ones before lead: what is left behind a file's end is no second file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import BinaryIO

from pipeline.media import ebml
from pipeline.media.isobmff import boxes
from pipeline.media.isobmff.boxes import Box, child, inside

_FLV_HEAD = b"FLV\x01"
_FLV_HEADER_BYTES, _FLV_TAG_BYTES, _FLV_SIZE_BYTES = 9, 11, 4
_FLV_TAGS = (8, 9, 18)  # sound, picture, script
_MOST_MOVIE_BYTES = 64 << 20


def is_joined(file: BinaryIO, demuxer: str) -> bool:
    """Whether a second film follows that is never read; transport and program streams are read on."""
    is_followed = _READERS.get(demuxer)
    return is_followed is not None and is_followed(file)


def _flv(file: BinaryIO) -> bool:
    """A header where a tag should be (Adobe FLV 10.1, annexes E.2 to E.4)."""
    file.seek(0)
    header = file.read(_FLV_HEADER_BYTES)
    at = int.from_bytes(header[5:9]) + _FLV_SIZE_BYTES
    while at > _FLV_SIZE_BYTES:
        file.seek(at)
        tag = file.read(_FLV_TAG_BYTES)
        if tag.startswith(_FLV_HEAD):
            return tag[5:9] == header[5:9]
        if len(tag) < _FLV_TAG_BYTES or tag[0] & 0x1F not in _FLV_TAGS:
            return False
        at += _FLV_TAG_BYTES + int.from_bytes(tag[1:4]) + _FLV_SIZE_BYTES
    return False


def _matroska(file: BinaryIO) -> bool:
    """A second header with its Segment; within a live Segment, which has no end, too (RFC 8794 clause 5)."""
    segments, before = 0, None
    for element in ebml.top(file):
        if element.name == ebml.SEGMENT and before == ebml.HEADER:
            segments += 1
            if segments > 1:
                return True
        before = element.name
    return False


def _isobmff(file: BinaryIO) -> bool:
    """A second `moov` with samples of its own, which are in a second `mdat` (ISO/IEC 14496-12 clause 8.2.1: one `moov`
    a file).

    Each segment of a stream may bring its header again, without samples; a second copy of a header has no data.
    """
    movies, data = 0, 0
    for found in boxes.top(file):
        data += found.name == b"mdat"
        movies += found.name == b"moov" and _has_samples(file, found)
        if movies > 1 and data > 1:
            return True
    return False


def _has_samples(file: BinaryIO, movie: Box) -> bool:
    """Whether a track's table of sizes holds any (clause 8.7.3); one in fragments has an empty one."""
    file.seek(movie.body)
    body = file.read(min(movie.end - movie.body, _MOST_MOVIE_BYTES))
    for name, track in inside(body):
        table = child(track, b"mdia", b"minf", b"stbl") if name == b"trak" else None
        sizes = child(table, b"stsz") or child(table, b"stz2") if table else None
        if sizes and int.from_bytes(sizes[8:12]):
            return True
    return False


_READERS: Mapping[str, Callable[[BinaryIO], bool]] = {"flv": _flv, "matroska": _matroska, "mov": _isobmff}
