"""Fragmented MP4 (ISO/IEC 14496-12 clause 8.8): reading its header and samples, writing fragments of one track."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, TypeAlias

import numpy as np
from numpy.typing import NDArray

from pipeline.media.isobmff import boxes
from pipeline.media.isobmff.boxes import Box, box, child, full, inside
from pipeline.media.isobmff.edits import time_scale

Ints: TypeAlias = NDArray[np.int64]
MOST_HEADER = 1 << 20
MOST_FRAGMENT_HEADER = 16 << 20
_DELAYED = 0x00010000  # sample flags: not a sync sample (8.8.3.1)
_SYNC, _DEPENDS = 0x02000000, 0x01000000 | _DELAYED


class NotFragments(ValueError):
    """The file is no fragmented MP4 of one track."""


@dataclass(frozen=True)
class FragmentTrack:
    """A track of a header; `number` 0 is any. `entry` is its sample entry's name and body, `begins` the media time that
    is shown at 0 (edit list), in units of `scale` a second."""

    number: int
    handler: bytes
    scale: int
    begins: int
    entry: tuple[bytes, bytes]
    default: tuple[int, int, int]  # duration, size, flags


@dataclass(frozen=True)
class Samples:
    """Samples in coding order: decoding time, duration, shift of the showing time, bytes, whether it is a sync sample,
    where it lies in the file."""

    dts: Ints
    duration: Ints
    shift: Ints
    size: Ints
    sync: NDArray[np.bool_]
    at: Ints

    def __len__(self) -> int:
        return len(self.dts)

    @property
    def shown(self) -> Ints:
        """When each is shown."""
        return self.dts + self.shift

    def part(self, first: int, last: int) -> Samples:
        """Those from `first` up to, not including, `last`."""
        names = ("dts", "duration", "shift", "size", "sync", "at")
        return Samples(*(getattr(self, name)[first:last] for name in names))


def header(data: bytes) -> FragmentTrack:
    """Read an initialisation segment of one track.

    Raises:
        NotFragments: it is none, or has not just one track.
    """
    tracks = headers(data)
    if len(tracks) != 1:
        raise NotFragments(f"{len(tracks)} tracks")
    return tracks[0]


def headers(data: bytes) -> tuple[FragmentTrack, ...]:
    """Read an initialisation segment: every track, at least one.

    Raises:
        NotFragments: it is none.
    """
    movie = child(data, b"moov")
    tracks = [body for name, body in inside(movie or b"") if name == b"trak"]
    if movie is None or not tracks:
        raise NotFragments("0 tracks")
    defaults = [body for name, body in inside(child(movie, b"mvex") or b"") if name == b"trex"]
    return tuple(_track(body, defaults) for body in tracks)


def _track(found: bytes, defaults: list[bytes]) -> FragmentTrack:
    shown, media = child(found, b"tkhd"), child(found, b"mdia", b"mdhd")
    kind, table = child(found, b"mdia", b"hdlr"), child(found, b"mdia", b"minf", b"stbl", b"stsd")
    timed = time_scale(media) if media else None
    if not (shown and timed and kind and table):
        raise NotFragments("incomplete header")
    try:
        (number,) = struct.unpack_from(">I", shown, 20 if shown[0] == 1 else 12)
        own = [row[2:] for row in (struct.unpack_from(">IIIII", body, 4) for body in defaults) if row[0] == number]
        entry = next(inside(table[8:]))
        listed = child(found, b"edts", b"elst")
        begins = _begins(listed) if listed else 0
    except (struct.error, StopIteration) as error:
        raise NotFragments("header is cut") from error
    if not own:
        raise NotFragments("incomplete header")
    return FragmentTrack(number, kind[8:12], timed[0], begins, entry, own[0])


def split(file: BinaryIO) -> tuple[bytes, list[tuple[Box, Box]]]:
    """The header's bytes, and each `moof` with its `mdat`.

    Raises:
        NotFragments: a fragment has no data, or a box is cut.
    """
    size = file.seek(0, 2)
    head, fragments, waiting = b"", [], None
    for found in boxes.top(file):
        if found.end > size:
            raise NotFragments(f"box {found.name.decode('latin-1')} is cut")
        if found.name in (b"ftyp", b"moov"):
            file.seek(found.at)
            head += file.read(min(found.end - found.at, MOST_HEADER))
        elif found.name == b"moof":
            waiting = found
        elif found.name == b"mdat" and waiting:
            fragments.append((waiting, found))
            waiting = None
    if waiting:
        raise NotFragments("a fragment without data")
    return head, fragments


def samples(file: BinaryIO, track: FragmentTrack, fragments: list[tuple[Box, Box]]) -> Samples:
    """Every sample of the track, in its own fragments.

    Raises:
        NotFragments: a fragment's header is cut or tells of more data than there is.
    """
    columns: list[tuple[Ints, ...]] = []
    for head, data in fragments:
        if head.end - head.at > MOST_FRAGMENT_HEADER:
            raise NotFragments("a fragment's header is too long")
        file.seek(head.body)
        try:
            made = list(_runs(file.read(head.end - head.body), head, track))
        except (struct.error, ValueError) as error:
            raise NotFragments("a fragment's header is cut") from error
        for rows in made:
            if len(rows[0]) and int(rows[5][-1] + rows[3][-1]) > data.end:
                raise NotFragments("a sample lies outside its data")
            columns.append(rows)
    joined = (
        [np.concatenate(column) for column in zip(*columns, strict=True)] if columns else [np.zeros(0, np.int64)] * 6
    )
    return Samples(joined[0], joined[1], joined[2], joined[3], joined[4].astype(bool), joined[5])


def write(track: FragmentTrack, found: Samples, number: int, data: bytes) -> bytes:
    """One fragment of these samples, `data` their bytes in order; `number` counts fragments from 1."""
    rows = np.empty((len(found), 4), ">u4")
    rows[:, 0], rows[:, 1], rows[:, 3] = found.duration, found.size, found.shift.astype(np.uint32)
    rows[:, 2] = np.where(found.sync, _SYNC, _DEPENDS)

    def fragment(offset: int) -> bytes:
        run = full(b"trun", 1, 0xF01, struct.pack(">Ii", len(found), offset), rows.tobytes())
        return box(
            b"moof",
            full(b"mfhd", 0, 0, struct.pack(">I", number)),
            box(
                b"traf",
                full(b"tfhd", 0, 0x020000, struct.pack(">I", track.number)),
                full(b"tfdt", 1, 0, struct.pack(">Q", int(found.dts[0]))),
                run,
            ),
        )

    length = len(fragment(0))
    return fragment(length + boxes.HEAD.size) + box(b"mdat", data)


def _begins(listed: bytes) -> int:
    """The media time of the first edit that is no pause."""
    row = struct.Struct(">QqI" if listed[0] == 1 else ">IiI")
    (count,) = struct.unpack_from(">I", listed, 4)
    starts = [row.unpack_from(listed, 8 + index * row.size)[1] for index in range(min(count, 16))]
    return next((start for start in starts if start >= 0), 0)


def _runs(body: bytes, head: Box, track: FragmentTrack) -> Iterator[tuple[Ints, ...]]:
    """Columns of each run of samples in a `moof`."""
    for name, part in inside(body):
        if name != b"traf":
            continue
        headers = {kind: data for kind, data in inside(part) if kind in (b"tfhd", b"tfdt")}
        if b"tfhd" in headers and track.number not in (0, *struct.unpack_from(">I", headers[b"tfhd"], 4)):
            continue
        base, default = _defaults(headers[b"tfhd"], head, track) if b"tfhd" in headers else (head.at, track.default)
        if b"tfdt" not in headers:
            raise ValueError("no decoding time")
        clock = headers[b"tfdt"]
        (dts,) = struct.unpack_from(">Q" if clock[0] == 1 else ">I", clock, 4)
        at = base
        for kind, run in inside(part):
            if kind == b"trun":
                made = _run(run, base, at, dts, default)
                yield made
                if len(made[0]):
                    dts, at = int(made[0][-1] + made[1][-1]), int(made[5][-1] + made[3][-1])


def _defaults(data: bytes, head: Box, track: FragmentTrack) -> tuple[int, tuple[int, int, int]]:
    """Where offsets count from, and duration, size and flags of samples that do not say (8.8.7)."""
    (flags,) = struct.unpack_from(">I", data, 0)
    at, base = 8, head.at
    if flags & 0x1:
        (base,) = struct.unpack_from(">Q", data, at)
        at += 8
    at += 4 if flags & 0x2 else 0
    made = list(track.default)
    for index, bit in enumerate((0x8, 0x10, 0x20)):
        if flags & bit:
            (made[index],) = struct.unpack_from(">I", data, at)
            at += 4
    return base, (made[0], made[1], made[2])


def _run(run: bytes, base: int, at: int, dts: int, default: tuple[int, int, int]) -> tuple[Ints, ...]:
    flags, count = struct.unpack_from(">II", run, 0)
    signed, flags, here = run[0] == 1, flags & 0xFFFFFF, 8
    if flags & 0x1:
        (offset,) = struct.unpack_from(">i", run, here)
        at, here = base + offset, here + 4
    first = None
    if flags & 0x4:
        (first,) = struct.unpack_from(">I", run, here)
        here += 4
    wide = [bit for bit in (0x100, 0x200, 0x400, 0x800) if flags & bit]
    if len(run) - here < 4 * len(wide) * count:
        raise ValueError("a run of samples is cut")
    table = np.frombuffer(run, ">u4", len(wide) * count, here).reshape(count, len(wide)).astype(np.int64)
    own = {bit: table[:, index] for index, bit in enumerate(wide)}
    duration = own.get(0x100, np.full(count, default[0], np.int64))
    size = own.get(0x200, np.full(count, default[1], np.int64))
    marks = own.get(0x400, np.full(count, default[2], np.int64)).copy()
    if first is not None and count:
        marks[0] = first
    shift = own.get(0x800, np.zeros(count, np.int64))
    shift = np.where(shift >= 1 << 31, shift - (1 << 32), shift) if signed else shift
    before = np.concatenate(([0], np.cumsum(duration)[:-1])) if count else duration
    places = np.concatenate(([0], np.cumsum(size)[:-1])) if count else size
    return dts + before, duration, shift, size, (marks & _DELAYED) == 0, at + places
