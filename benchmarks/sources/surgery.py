"""Bytes in, bytes out: what recorders and editors leave in files that no program at hand writes."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator

_PARENTS = (b"moov", b"trak", b"mdia", b"minf", b"stbl")
PACKET = 188


def _boxes(data: bytes, start: int, end: int) -> Iterator[tuple[int, int, bytes]]:
    place = start
    while place + 8 <= end:
        size, kind = struct.unpack(">I4s", data[place : place + 8])
        size = size or end - place
        if size == 1:
            size = struct.unpack(">Q", data[place + 8 : place + 16])[0]
        yield place, place + size, kind
        place += size


def _into_video(data: bytes, start: int, end: int, extra: bytes) -> bytes:
    """The boxes with another one at the end of each H.264 sample entry; offsets hold, since `moov` is last."""
    out = b""
    for since, until, kind in _boxes(data, start, end):
        whole = data[since:until]
        if kind in _PARENTS:
            inner = _into_video(data, since + 8, until, extra)
            whole = struct.pack(">I4s", len(inner) + 8, kind) + inner
        elif kind == b"stsd":
            entries = b""
            for first, last, name in _boxes(data, since + 16, until):
                entry = data[first:last]
                if name == b"avc1":
                    entry = struct.pack(">I4s", len(entry) + len(extra), name) + entry[8:] + extra
                entries += entry
            whole = struct.pack(">I4s", len(entries) + 16, kind) + data[since + 8 : since + 16] + entries
        out += whole
    return out


def clean_aperture(data: bytes) -> bytes:
    """A clap box for the card of 640x360 in 736x416 with 32 left, 16 above, 64 right and 40 below."""
    # the middle of the aperture against the middle of the picture: (32 - 64) / 2 and (16 - 40) / 2
    numbers = (640, 1, 360, 1, -16, 1, -12, 1)
    return _into_video(data, 0, len(data), struct.pack(">I4s8i", 40, b"clap", *numbers))


def torn_head(data: bytes) -> bytes:
    """A capture that begins in the middle of a packet."""
    return data[PACKET * 40 + 78 :]


def torn_tail(data: bytes) -> bytes:
    """A capture that ends in the middle of a packet."""
    return data[: len(data) // PACKET * PACKET - 100]


def parity(data: bytes) -> bytes:
    """Packets of 204 bytes, as demodulators give them; the Reed-Solomon bytes are not looked at by anybody."""
    packets = (data[place : place + PACKET] for place in range(0, len(data), PACKET))
    return b"".join(packet + bytes(16) for packet in packets)


def null_packets(data: bytes) -> bytes:
    """A null packet after each one, as in a multiplex of many programmes."""
    null = b"\x47\x1f\xff\x10" + b"\xff" * 184
    return b"".join(data[place : place + PACKET] + null for place in range(0, len(data), PACKET))


def zero_sizes(data: bytes) -> bytes:
    """RIFF and `movi` of an AVI with a size of 0: the recorder was switched off before it wrote them."""
    return _sized(data, 0)


def endless_sizes(data: bytes) -> bytes:
    """The same with ffffffff, as what is written through a pipe has it."""
    return _sized(data, 0xFFFFFFFF)


def _sized(data: bytes, size: int) -> bytes:
    changed = bytearray(data)
    changed[4:8] = struct.pack("<I", size)
    movi = data.index(b"movi") - 8
    changed[movi + 4 : movi + 8] = struct.pack("<I", size)
    return bytes(changed)


def without_index(data: bytes) -> bytes:
    """An AVI whose index was never written."""
    return data[: data.rindex(b"idx1")]


def same_stamps(data: bytes) -> bytes:
    """A Flash recording whose pictures come with one time stamp by threes."""
    changed = bytearray(data)
    place, last, number = 13, 0, 0
    while place < len(changed):
        size = int.from_bytes(changed[place + 1 : place + 4], "big")
        if changed[place] == 9 and changed[place + 12] == 1:
            if number % 3 == 0:
                last = int.from_bytes(changed[place + 4 : place + 7], "big")
            changed[place + 4 : place + 7] = last.to_bytes(3, "big")
            number += 1
        place += 11 + size + 4
    return bytes(changed)


def renamed(before: bytes, after: bytes) -> Callable[[bytes], bytes]:
    """Another four letters at each place of four letters: a code that the same codec also goes by."""

    def change(data: bytes) -> bytes:
        return data.replace(before, after)

    change.__qualname__ = f"renamed({before!r}, {after!r})"
    return change
