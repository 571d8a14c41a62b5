"""Bits of parameter sets, messages, and units of a byte stream, alike in H.264 and H.265 (clauses 7.2 to 7.4, B)."""

from __future__ import annotations

from collections.abc import Iterator

_START = b"\x00\x00\x01"


class BitReader:
    """Bits of a raw byte sequence payload, from the front."""

    def __init__(self, data: bytes):
        self._value = int.from_bytes(data, "big")
        self._left = 8 * len(data)

    def u(self, count: int) -> int:
        """So many bits as a number.

        Raises:
            ValueError: there are fewer.
        """
        self._left -= count
        if self._left < 0:
            raise ValueError("parameter set is cut")
        return self._value >> self._left & ((1 << count) - 1)

    def flag(self) -> bool:
        """One bit; errors as in `u`."""
        return bool(self.u(1))

    def ue(self) -> int:
        """An unsigned Exp-Golomb code (9.1); errors as in `u`."""
        zeros = 0
        while not self.u(1):
            zeros += 1
        return (1 << zeros) - 1 + self.u(zeros)

    def se(self) -> int:
        """A signed Exp-Golomb code (9.1.1); errors as in `u`."""
        value = self.ue()
        return (value + 1) // 2 if value % 2 else -(value // 2)


def units(head: bytes) -> Iterator[bytes]:
    """The bytes of each unit between start codes (annex B); the last one goes to the end of `head`."""
    at = head.find(_START)
    while at >= 0 and at + 3 < len(head):
        after = head.find(_START, at + 3)
        yield head[at + 3 : after if after >= 0 else None]
        at = after


def unescaped(data: bytes) -> bytes:
    """Without emulation prevention bytes (7.4.1)."""
    return data.replace(b"\x00\x00\x03", b"\x00\x00")


def message(data: bytes, wanted: int) -> bytes | None:
    """The payload of the first supplemental message of a type (7.3.2.3); None where there is none.

    Args:
        data: an SEI unit behind its header, unescaped.
        wanted: the payload's type.
    """
    at = 0
    while at + 2 <= len(data) and data[at : at + 1] != b"\x80":
        kind = size = 0
        while at < len(data) and data[at] == 0xFF:
            kind, at = kind + 255, at + 1
        if at >= len(data):
            return None
        kind, at = kind + data[at], at + 1
        while at < len(data) and data[at] == 0xFF:
            size, at = size + 255, at + 1
        if at >= len(data):
            return None
        size, at = size + data[at], at + 1
        if kind == wanted:
            return data[at : at + size]
        at += size
    return None
