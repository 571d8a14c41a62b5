"""The names at the root of a compound file: what old Office, WPS and encrypted new Office documents are told by.

MS-CFB: header 2.2, FAT 2.3, directory 2.6. Everything is bounded: a damaged file gives fewer names, never a loop.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import IO

_FREE = 0xFFFFFFFA  # from here on a sector's number is a mark
_ENTRY_BYTES = 128
_MOST_SECTORS = 4096  # of a directory: 16,000 streams
_NONE = 0xFFFFFFFF


def root_names(file: IO[bytes]) -> frozenset[str]:
    """The names of the streams and storages that stand in the root; none where the file is damaged."""
    file.seek(0)
    header = file.read(512)
    if len(header) < 512:
        return frozenset()
    shift = struct.unpack_from("<H", header, 30)[0]
    if shift not in (9, 12):
        return frozenset()
    size = 1 << shift
    directory = b"".join(_chain(file, header, size))
    entries = [directory[at : at + _ENTRY_BYTES] for at in range(0, len(directory) - _ENTRY_BYTES + 1, _ENTRY_BYTES)]
    return frozenset(_children(entries))


def _chain(file: IO[bytes], header: bytes, size: int) -> Iterator[bytes]:
    """The directory's sectors."""
    fat = struct.unpack_from("<109I", header, 76)
    sector = struct.unpack_from("<I", header, 48)[0]
    seen: set[int] = set()
    while sector < _FREE and sector not in seen and len(seen) < _MOST_SECTORS:
        seen.add(sector)
        yield _at(file, (sector + 1) * size, size)
        table, place = divmod(sector, size // 4)
        if table >= len(fat) or fat[table] >= _FREE:
            return
        following = _at(file, (fat[table] + 1) * size + 4 * place, 4)
        if len(following) < 4:
            return
        sector = struct.unpack("<I", following)[0]


def _at(file: IO[bytes], place: int, size: int) -> bytes:
    file.seek(place)
    return file.read(size)


def _children(entries: list[bytes]) -> Iterator[str]:
    """The names in the root's tree of entries."""
    if not entries:
        return
    waiting, seen = [struct.unpack_from("<I", entries[0], 76)[0]], set[int]()
    while waiting:
        number = waiting.pop()
        if number == _NONE or number in seen or number >= len(entries):
            continue
        seen.add(number)
        entry = entries[number]
        length = min(struct.unpack_from("<H", entry, 64)[0], 64)
        yield entry[: max(0, length - 2)].decode("utf-16-le", "replace")
        waiting += struct.unpack_from("<2I", entry, 68)
