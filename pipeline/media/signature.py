"""First bytes decide before anything opens a file, its name decides nothing.

MediaInfo and ffmpeg follow playlists and send requests, so text and XML must reach neither. Each known
container names the one ffmpeg demuxer that may read it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

HEAD_BYTES = 4096


class Refusal(StrEnum):
    """Why a file is not opened; the value is its finding's code."""

    EMPTY = "file.empty"
    SUSPICIOUS = "file.suspicious"
    NOT_MEDIA = "file.not_media"
    VOICE_MESSAGE = "file.voice_message"


@dataclass(frozen=True)
class ForeignContainer:
    """A film in a container that the house does not take and nothing opens; `name` is what people call it."""

    name: str


_MOV_ATOMS = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot", b"styp")
_PREFIXES: tuple[tuple[bytes, str], ...] = (
    (b"\x1aE\xdf\xa3", "matroska"),
    (b"\x06\x0e+4\x02\x05\x01\x01\r\x01\x02", "mxf"),
    (b"\x00\x00\x01\xba", "mpeg"),
    (b"\x00\x00\x01\xb3", "mpegvideo"),
    (b"0&\xb2u\x8ef\xcf\x11", "asf"),
    (b"FLV\x01", "flv"),
    (b"OggS", "ogg"),
    (b"fLaC", "flac"),
    (b"ID3", "mp3"),
    (b"\x1f\x07\x00", "dv"),
    (b"\x0bw", "ac3"),
    (b"\x89PNG\r\n\x1a\n", "png_pipe"),
    (b"\xff\xd8\xff", "jpeg_pipe"),
)
_PATTERNS: tuple[tuple[re.Pattern[bytes], str | ForeignContainer], ...] = tuple(
    (re.compile(pattern, re.DOTALL), found)
    for pattern, found in (
        (rb"(?:RIFF|RF64|BW64).{4}AVI ", "avi"),
        (rb"(?:RIFF|RF64|BW64).{4}WAVE", "wav"),
        (rb"FORM.{4}AIF[FC]", "aiff"),
        (rb"RIFF.{4}CDXA", ForeignContainer("Video-CD (CDXA)")),  # the sectors of a disc, as Windows copies them
        (rb"\.RMF\0", ForeignContainer("RealMedia")),
        (rb"\xb7\xd8\x00 7I\xda\x11\xa6N\x00\x07\xe9\^\xad\x8d", ForeignContainer("WTV")),  # libavformat/wtvdec.c
        (rb"nut/multimedia container\0", ForeignContainer("NUT")),
        (rb"\0{4}\x01\xbc.{4}\0{4}\xe1\xe2", ForeignContainer("GXF")),  # SMPTE ST 360: the leader of a map packet
    )
)
# what begins like a script, and is none
_VOICE: tuple[tuple[bytes, str | Refusal], ...] = (
    (b"#!AMR\n", "amr"),  # RFC 4867 clause 5
    (b"#!AMR-WB\n", "amr"),
    (b"#!SILK", Refusal.VOICE_MESSAGE),
    (b"\x02#!SILK", Refusal.VOICE_MESSAGE),
)
_SYNC = 0x47
_INSIDE = tuple((size, first) for size in (188, 192, 204) for first in range(size))
_LEAST_INSIDE = 10  # of bytes at random one in 2^80, less what there are places to begin
_MARKUP = re.compile(rb"<[?!/a-z]|#!|#EXT|\[[a-z]", re.IGNORECASE)
_BYTE_ORDER_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


def identify(head: bytes) -> str | Refusal | ForeignContainer:
    """The demuxer for a file that begins with `head` (the first HEAD_BYTES), or why it is refused."""
    if not head:
        return Refusal.EMPTY
    for prefix, found in _VOICE:
        if head.startswith(prefix) and not _is_plain(head[len(prefix) :]):
            return found
    if _is_text(head):  # before the signatures: `<!--free--><MPD …>` has the letters of an atom in the right place
        return Refusal.SUSPICIOUS
    for prefix, demuxer in _PREFIXES:
        if head.startswith(prefix):
            return demuxer
    for pattern, named in _PATTERNS:
        if pattern.match(head):
            return named
    if head[4:8] in _MOV_ATOMS:
        return "mov"
    if _is_transport_stream(head):
        return "mpegts"
    if head[0] == 0xFF and head[1:2] and (head[1] & 0xF6) == 0xF0:
        return "aac"
    if head[0] == 0xFF and head[1:2] and (head[1] & 0xE0) == 0xE0 and (head[1] & 0x06):
        return "mp3"
    return Refusal.NOT_MEDIA


def _is_transport_stream(head: bytes) -> bool:
    """Sync bytes 188 apart (192 in M2TS, 204 with parity): three from the first packet on, more where a capture begins
    inside one."""
    return _is_synced(head, ((188, 0), (192, 4), (204, 0)), least=3) or _is_synced(head, _INSIDE, _LEAST_INSIDE)


def _is_synced(head: bytes, starts: Iterable[tuple[int, int]], least: int) -> bool:
    places = (range(first, len(head), size) for size, first in starts)
    return any(len(every) >= least and all(head[place] == _SYNC for place in every) for every in places)


def _is_text(head: bytes) -> bool:
    """Text, or the first letter of markup and playlists; no container begins like that, but for a torn packet."""
    for mark in _BYTE_ORDER_MARKS:
        if head.startswith(mark) and (len(mark) == 3 or not head.startswith(b"\xff\xfe\xff")):
            return True
    begin = head.lstrip(b" \t\r\n\f\v\x00")
    if begin[:1] in (b"<", b"#", b"["):
        return bool(_MARKUP.match(begin)) or not _is_synced(head, _INSIDE, _LEAST_INSIDE)
    return _is_plain(head)


def _is_plain(data: bytes) -> bool:
    """No byte that text does not have."""
    return not any(byte < 32 and byte not in b"\t\n\r\f\x1b" for byte in data)
