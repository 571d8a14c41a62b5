"""Access units: which packets carry them, when they are decoded and shown, and what their first bytes say.

A PES packet is taken for an access unit (pictures: TS 101 154 asks for one in each) or for a few sound frames.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from pipeline.media.codecs.bits import units
from pipeline.media.codecs.codec import SequenceParameters, VideoCodec
from pipeline.media.codecs.table import BY_STREAM
from pipeline.media.mpegts.packets import PACKET, Block, Flags, Numbers
from pipeline.media.mpegts.tables import Elementary, Tables

NO_STAMP = -1
# stream_id (ISO/IEC 13818-1 table 2-22): pictures, sound (AC-3 is private, newer codecs extended), without a header
_PICTURES = np.array([*range(0xE0, 0xF0), 0xFD])
_SOUNDS = np.array([*range(0xC0, 0xE0), 0xBD, 0xFA, 0xFD])
_BARE = np.array([0xBC, 0xBE, 0xBF, 0xF0, 0xF1, 0xF2, 0xF8, 0xFF])
_HEAD_BYTES = 65_536  # as far as the first slice is looked for
_MEND = np.zeros(0, dtype=np.int64)


@dataclass
class Entry:
    """What stands before the first slice of a picture; `unit` counts from 0."""

    unit: int
    key: bool
    aud: bool
    sets: bool  # every parameter set that decoding needs
    delay: int | None = None  # initial_cpb_removal_delay, 90 kHz


@dataclass
class PesTrack:
    """The units of one stream, as arrays once `finish` was called; stamps in 90 kHz, NO_STAMP where there is none."""

    stream: Elementary
    first: Numbers = field(default_factory=lambda: _MEND)  # packet numbers
    last: Numbers = field(default_factory=lambda: _MEND)
    pts: Numbers = field(default_factory=lambda: _MEND)
    dts: Numbers = field(default_factory=lambda: _MEND)
    size: Numbers = field(default_factory=lambda: _MEND)  # bytes of the elementary stream
    unreadable: list[int] = field(default_factory=list)  # packets where a PES header should be
    entries: list[Entry] = field(default_factory=list)
    sets: dict[bytes, SequenceParameters] = field(default_factory=dict)
    bad_sets: int = 0
    _parts: list[tuple[Numbers, ...]] = field(default_factory=list)
    _tail: list[tuple[int, int]] = field(default_factory=list)  # (last packet, bytes) that belong to the unit before
    _begun: int = 0
    _head: bytearray | None = None

    @property
    def codec(self) -> VideoCodec | None:
        """Its codec, where that is known to the bit."""
        return BY_STREAM.get(self.stream.codec)

    def take(self, block: Block) -> None:
        """Take in the next packets."""
        rows = np.flatnonzero((block.pid == self.stream.pid) & block.loaded)
        if not len(rows):
            return
        sizes = PACKET - block.payload[rows]
        begins = np.flatnonzero(block.starts[rows])
        lead = int(begins[0]) if len(begins) else len(rows)
        if lead and self._parts:
            self._tail.append((block.first + int(rows[lead - 1]), int(sizes[:lead].sum())))
            self._look(block, rows[:lead])
        if not len(begins):
            return
        heads = rows[begins]
        kinds = _PICTURES if self.stream.is_video else _SOUNDS if self.stream.is_audio else None
        good, pts, dts, header = _pes(block, heads, kinds)
        self.unreadable += [int(place) for place in block.numbers(heads[~good])]
        ends = np.append(begins[1:], len(rows)) - 1
        totals = np.add.reduceat(sizes, begins) - header
        self._close()
        self._parts.append((block.numbers(heads), block.numbers(rows[ends]), pts, dts, totals))
        if self.stream.is_video:
            for begin, end, skip in zip(begins, ends, header, strict=True):
                self._head, self._begun = bytearray(), self._begun + 1
                self._look(block, rows[begin : end + 1], int(skip))

    def finish(self) -> None:
        """The stream ends: join what the blocks gave."""
        self._close()
        if self._parts:
            joined = [np.concatenate(column) for column in zip(*self._parts, strict=True)]
            self.first, self.last, self.pts, self.dts, self.size = joined
        self._parts = []

    def head(self, count: int) -> PesTrack:
        """Its first units alone."""
        return replace(
            self,
            first=self.first[:count],
            last=self.last[:count],
            pts=self.pts[:count],
            dts=self.dts[:count],
            size=self.size[:count],
        )

    def _close(self) -> None:
        """The last unit of the block before goes on into this one."""
        for last, size in self._tail:
            part = self._parts[-1]
            part[1][-1] = last
            part[4][-1] += size
        self._tail.clear()

    def _look(self, block: Block, rows: Numbers, skip: int = 0) -> None:
        """Read on in the unit's head until its first slice stands there."""
        for row in rows:
            if self._head is None:
                return
            self._head += block.rows[row, int(block.payload[row]) + skip :].tobytes()
            skip = 0
            if _first_slice(self.stream.codec, bytes(self._head)) is not None or len(self._head) > _HEAD_BYTES:
                self._enter(bytes(self._head))
                self._head = None

    def _enter(self, head: bytes) -> None:
        unit = self._begun - 1
        codec = self.codec
        if codec is None:
            self.entries.append(Entry(unit, bool(_first_slice(self.stream.codec, head)), aud=False, sets=True))
            return
        types = codec.units
        kinds = []
        delay = None
        for nal in units(head):
            kind = types.type_of(nal[0])
            kinds.append(kind)
            if kind == types.parameters and nal not in self.sets:
                try:
                    self.sets[nal] = codec.read_parameters(nal)
                except ValueError:
                    self.bad_sets += 1
            elif kind == types.message and self.sets and delay is None:
                hrd = next(reversed(self.sets.values())).vui.hrd
                delay = codec.initial_delay(nal, hrd) if hrd else None
        key = not types.entries.isdisjoint(kinds)
        self.entries.append(Entry(unit, key, kinds[:1] == [types.delimiter], types.needed.issubset(kinds), delay))


def follow(tables: Tables, block: Block, tracks: dict[int, PesTrack]) -> None:
    """Take the next packets into the streams of every programme; one that tables name for the first time is begun."""
    for programme in tables.programmes.values():
        for stream in programme.streams:
            if stream.is_packetized and stream.pid not in tracks:
                tracks[stream.pid] = PesTrack(stream)
    for track in tracks.values():
        track.take(block)


def _pes(block: Block, rows: Numbers, kinds: Numbers | None) -> tuple[Flags, Numbers, Numbers, Numbers]:
    """Of packets that begin a PES packet: whether they do, PTS, DTS (PTS where there is none), length of the header.

    `kinds` are the stream_ids that it may have.
    """
    at = block.payload[rows][:, None] + np.arange(19)
    b = np.take_along_axis(block.rows[rows].astype(np.int64), np.minimum(at, PACKET - 1), axis=1)
    room = PACKET - block.payload[rows]
    begins = (b[:, 0] == 0) & (b[:, 1] == 0) & (b[:, 2] == 1)
    bare = begins & np.isin(b[:, 3], _BARE)
    flags = np.where(bare, 0, b[:, 7] >> 6)
    good = begins & (bare | (b[:, 6] >> 6 == 2)) & (room >= 9)
    good &= (flags != 1) & (room >= np.where(flags == 3, 19, np.where(flags == 2, 14, 9)))
    good &= (flags < 2) | (b[:, [9, 11, 13]] & 1).all(axis=1)
    good &= (flags < 3) | (b[:, [14, 16, 18]] & 1).all(axis=1)
    if kinds is not None:
        good &= bare | np.isin(b[:, 3], kinds)
    pts = np.where(good & (flags >= 2), _stamp(b[:, 9:14]), NO_STAMP)
    dts = np.where(good & (flags == 3), _stamp(b[:, 14:19]), pts)
    return good, pts, dts, np.where(good, np.where(bare, 6, 9 + b[:, 8]), 0)


def _stamp(b: Numbers) -> Numbers:
    return (b[:, 0] >> 1 & 7) << 30 | b[:, 1] << 22 | (b[:, 2] >> 1) << 15 | b[:, 3] << 7 | b[:, 4] >> 1


def _first_slice(codec: str, head: bytes) -> bool | None:
    """Whether the first slice of a picture is one that decoding can start at; None while there is none."""
    at = head.find(b"\x00\x00\x01")
    sequence = False
    known = BY_STREAM.get(codec)
    while at >= 0 and at + 4 < len(head):
        code = head[at + 3]
        if known and known.units.type_of(code) in known.units.slices:
            return known.units.type_of(code) in known.units.entries
        if codec in ("mpeg1video", "mpeg2video"):
            sequence |= code == 0xB3
            if 1 <= code <= 0xAF:
                return sequence
        at = head.find(b"\x00\x00\x01", at + 3)
    return None
