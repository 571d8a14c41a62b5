"""First bytes decide before anything opens a file, its name decides nothing.

MediaInfo and ffmpeg follow playlists and send requests, so text and XML must reach neither. Each known
container names the one ffmpeg demuxer that may read it.
"""

from __future__ import annotations

from enum import StrEnum

HEAD_BYTES = 4096


class Refusal(StrEnum):
    """Why a file is not opened; the value is its finding's code."""

    EMPTY = "file.empty"
    SUSPICIOUS = "file.suspicious"
    NOT_MEDIA = "file.not_media"


_MOV_ATOMS = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot", b"styp")
_RIFF = {b"AVI ": "avi", b"WAVE": "wav"}
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
_BYTE_ORDER_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


def identify(head: bytes) -> str | Refusal:
    """The demuxer for a file that begins with `head` (the first HEAD_BYTES), or why it is refused."""
    if not head:
        return Refusal.EMPTY
    if _is_text(head):  # before the signatures: `<!--free--><MPD …>` has the letters of an atom in the right place
        return Refusal.SUSPICIOUS
    for prefix, demuxer in _PREFIXES:
        if head.startswith(prefix):
            return demuxer
    if head[:4] in (b"RIFF", b"RF64", b"BW64") and head[8:12] in _RIFF:
        return _RIFF[head[8:12]]
    if head[:4] == b"FORM" and head[8:12] in (b"AIFF", b"AIFC"):
        return "aiff"
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
    """Sync bytes 188 apart (192 in M2TS, 204 with parity), at least three of them or as many as there are."""
    for size, first in ((188, 0), (192, 4), (204, 0)):
        places = range(first, len(head), size)
        if len(places) >= 3 and all(head[place] == 0x47 for place in places):
            return True
    return False


def _is_text(head: bytes) -> bool:
    """Text, or the first letter of markup and playlists; no container begins like that."""
    for mark in _BYTE_ORDER_MARKS:
        if head.startswith(mark) and (len(mark) == 3 or not head.startswith(b"\xff\xfe\xff")):
            return True
    if head.lstrip(b" \t\r\n\f\v\x00")[:1] in (b"<", b"#", b"["):
        return True
    controls = sum(byte < 32 and byte not in b"\t\n\r\f\x1b" for byte in head)
    return controls == 0
