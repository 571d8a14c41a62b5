"""Matroska's frame: elements with a name, a size and a body (RFC 8794 clauses 4 to 6, RFC 9559)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

HEADER, SEGMENT = 0x1A45DFA3, 0x18538067
_CLUSTER = 0x1F43B675
_MOST_ELEMENTS = 1_000_000


@dataclass(frozen=True)
class Element:
    """An element of a file: where its body begins and where it ends, in bytes; `end` None is a size not known.

    Recorders that can't go back write the largest number, or zero, for the size of a Segment or Cluster.
    """

    name: int
    body: int
    end: int | None


def top(file: BinaryIO) -> Iterator[Element]:
    """The elements of a file in order, without their bodies; what lies in those of unknown size follows them.

    Ends where the file stops making sense.
    """
    at = 0
    for _ in range(_MOST_ELEMENTS):
        file.seek(at)
        head = file.read(12)
        name, name_length = _number(head, whole=True)
        size, size_length = _number(head[name_length:], whole=False)
        if not name_length or not size_length:
            return
        body = at + name_length + size_length
        is_unknown = size == (1 << 7 * size_length) - 1 or (size == 0 and name in (SEGMENT, _CLUSTER))
        yield Element(name, body, None if is_unknown else body + size)
        at = body if is_unknown else body + size


def _number(head: bytes, *, whole: bool) -> tuple[int, int]:
    """A number of variable length and its bytes; with its marker bit where it is `whole`. No bytes: there is none."""
    if not head or not head[0]:
        return 0, 0
    length = 9 - head[0].bit_length()
    if len(head) < length:
        return 0, 0
    value = int.from_bytes(head[:length])
    return (value if whole else value & ((1 << 7 * length) - 1)), length
