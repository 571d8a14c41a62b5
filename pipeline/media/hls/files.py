"""The files that a playlist names: which they are, and their bytes."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import unquote_to_bytes

from pipeline import regular
from pipeline.media.hls.playlist import Segment

_HEAD = 1024
_BOXES = (b"ftyp", b"styp", b"moof", b"moov", b"sidx", b"emsg", b"prft")  # ISO/IEC 14496-12 clause 4


def resolve(folder: Path, uri: str) -> Path | None:
    """The file that a playlist in `folder` means; None for what is no file below it or its parent.

    A URI is percent-encoded, and what stands behind ? or # is for a server (RFC 3986). A file that is called by all
    of the text is meant too: players of local files find it.
    """
    if "://" in uri or uri.startswith("/") or "\\" in uri:
        return None
    path = uri.partition("#")[0].partition("?")[0]
    for name in dict.fromkeys((os.fsdecode(unquote_to_bytes(path)), os.fsdecode(unquote_to_bytes(uri)), uri)):
        try:
            found = (folder / name).resolve()
            if found.is_relative_to(folder.resolve().parent) and found.is_file():
                return found
        except (OSError, ValueError):  # a name that no file can have
            continue
    return None


def head(folder: Path, segment: Segment) -> bytes:
    """The first bytes that a playlist's line names; none where it names no file."""
    path = resolve(folder, segment.uri)
    if path is None:
        return b""
    with regular.opened(path) as file:
        file.seek(segment.range.at if segment.range else 0)
        return file.read(min(_HEAD, segment.range.length) if segment.range else _HEAD)


def strange(folder: Path, segment: Segment) -> str | None:
    """What a segment is that can't be read as media: `empty`, a web `page` as servers answer, or `no_map`, fragmented
    MP4 without its header; None for what is not there and for all else."""
    path = resolve(folder, segment.uri)
    if path is None:
        return None
    if not path.stat().st_size:
        return "empty"
    data = head(folder, segment)
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return "page"
    return "no_map" if segment.init is None and data[4:8] in _BOXES else None


def size(folder: Path, segment: Segment) -> int:
    """How many bytes a playlist's line names.

    Raises:
        ValueError: there is no such file, or it is shorter than that.
    """
    return _found(folder, segment)[1]


def read(folder: Path, segment: Segment) -> bytes:
    """The bytes that a playlist's line names.

    Raises:
        ValueError: there is no such file, or it is shorter than that.
    """
    path, length = _found(folder, segment)
    with regular.opened(path) as file:
        file.seek(segment.range.at if segment.range else 0)
        data = file.read(length)
    if len(data) < length:
        raise ValueError("the file ends before the range does")
    return data


def _found(folder: Path, segment: Segment) -> tuple[Path, int]:
    path = resolve(folder, segment.uri)
    if path is None:
        raise ValueError("not there")
    there = path.stat().st_size
    if segment.range is None:
        return path, there
    if segment.range.at + segment.range.length > there:
        raise ValueError("the file ends before the range does")
    return path, segment.range.length
