"""How long a container says that it is: one that says more than there is was cut off, one that says nothing was not.

Recorders that can't go back write no sizes: zero, the largest number, or what the format has for «not known».
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from typing import BinaryIO

from pipeline.media import ebml
from pipeline.media.isobmff import boxes

_ENDLESS = 1 << 60  # no file is as long: a number that stands for none
_SLACK = 16  # writers count their own headers, or padding, in or not


def is_cut_off(file: BinaryIO, demuxer: str) -> bool | None:
    """Whether the file ends before what its container announces; None where the container has nothing to announce."""
    ends = _ENDS.get(demuxer)
    if ends is None:
        return None
    end = ends(file)
    return end is not None and end < _ENDLESS and end > file.seek(0, 2) + _SLACK


def _matroska(file: BinaryIO) -> int | None:
    """The end of the Segment, else of the last element before one of unknown size in it (RFC 9559; RFC 8794)."""
    end = None
    for element in ebml.top(file):
        if element.name == ebml.SEGMENT:
            if element.end is not None:
                return element.end
        elif element.end is None:
            return end
        else:
            end = element.end
    return end


def _riff(file: BinaryIO) -> int | None:
    """The end of the last RIFF chunk: AVI has several (OpenDML), RF64 keeps the size in ds64 (EBU Tech 3306)."""
    at, end = 0, None
    while True:
        file.seek(at)
        head = file.read(28)
        if len(head) < 12 or head[:4] not in (b"RIFF", b"RF64", b"BW64"):
            return end
        (size,) = struct.unpack_from("<I", head, 4)
        if size == 0xFFFFFFFF and head[12:16] == b"ds64":
            (size,) = struct.unpack_from("<Q", head.ljust(28, b"\0"), 20)
        if size in (0, 0xFFFFFFFF):
            return end
        at = end = at + 8 + size + size % 2


def _isobmff(file: BinaryIO) -> int | None:
    """The end of the last box."""
    return max((box.end for box in boxes.top(file)), default=None)


_ENDS: Mapping[str, Callable[[BinaryIO], int | None]] = {
    "matroska": _matroska,
    "avi": _riff,
    "wav": _riff,
    "mov": _isobmff,
}
