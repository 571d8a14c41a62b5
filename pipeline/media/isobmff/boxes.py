"""Boxes: a size, a name, a body (ISO/IEC 14496-12 clause 4.2)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

HEAD = struct.Struct(">I4s")


@dataclass(frozen=True)
class Box:
    """A box of a file: where it begins, where its body does, where it ends, in bytes."""

    name: bytes
    at: int
    body: int
    end: int


def top(file: BinaryIO) -> Iterator[Box]:
    """The boxes of a file in order, without their bodies; ends where the file stops making sense."""
    return _between(file, 0, file.seek(0, 2))


def within(file: BinaryIO, box: Box) -> Iterator[Box]:
    """The boxes inside one that holds nothing else, likewise."""
    return _between(file, box.body, box.end)


def _between(file: BinaryIO, at: int, size_of_file: int) -> Iterator[Box]:
    while at + HEAD.size <= size_of_file:
        file.seek(at)
        size, name = HEAD.unpack(file.read(HEAD.size))
        body = at + HEAD.size
        if size == 1:
            (size,) = struct.unpack(">Q", file.read(8).ljust(8, b"\0"))
            body += 8
        end = at + size if size else size_of_file  # 0: to the end of the file
        if end < body:
            return
        yield Box(name, at, body, end)
        at = end


def inside(body: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Name and body of each box within `body`."""
    at = 0
    while at + HEAD.size <= len(body):
        size, name = HEAD.unpack_from(body, at)
        if size < HEAD.size:
            return
        yield name, body[at + HEAD.size : at + size]
        at += size


def child(body: bytes, *path: bytes) -> bytes | None:
    """The body of the first box down that path."""
    here: bytes | None = body
    for name in path:
        here = next((inner for found, inner in inside(here or b"") if found == name), None)
    return here


def box(name: bytes, *parts: bytes) -> bytes:
    """A box of these parts."""
    body = b"".join(parts)
    return HEAD.pack(HEAD.size + len(body), name) + body


def full(name: bytes, version: int, flags: int, *parts: bytes) -> bytes:
    """A box with version and flags."""
    return box(name, struct.pack(">I", version << 24 | flags), *parts)
