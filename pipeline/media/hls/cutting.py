"""Cutting a finished rendition into segments: where, and the bytes of each with its key pictures.

ffmpeg's own multiplexer for HLS writes one fragment a segment, so that only the first key picture of each could be
fetched alone (A 6.10), and counts the sound's priming as film (A 8.3).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from pipeline.media.hls.iframes import span
from pipeline.media.hls.playlist import Range
from pipeline.media.hls.transport import TS_HZ
from pipeline.media.isobmff import fragments
from pipeline.media.isobmff.fragments import FragmentTrack, NotFragments, Samples
from pipeline.media.mpegts.packets import NULL_PID, PACKET, Bytes, Flags, NotTransportStream, Sync, blocks_of
from pipeline.media.mpegts.tables import Tables
from pipeline.media.mpegts.units import NO_STAMP
from pipeline.media.mpegts.units import PesTrack as Units

TS_ZERO = 126_000  # where ffmpeg's multiplexer puts a film's beginning: twice its delay of 0.7 s, in 90 kHz
_OF_TABLES = (0, 0x11)  # PAT, SDT
LEAST_S = 0.5  # a shorter rest stays with the segment before it, which may be as much longer (A 7.7)
_EPSILON_S = 1e-6


@dataclass(frozen=True)
class KeyPicture:
    """One key picture in a segment: its bytes with their header, and when it is shown."""

    range: Range
    at_s: float


@dataclass(frozen=True)
class Cut:
    """One segment: its bytes, when it begins (0 is the film's first picture), its key pictures."""

    data: bytes
    start_s: float
    keys: tuple[KeyPicture, ...] = ()


def fmp4(file: BinaryIO, every_s: float, film_s: float) -> tuple[bytes, Iterator[Cut]]:
    """The initialisation segment and the segments of a fragmented MP4 of one track: pictures a fragment for each key
    picture, sound one for each segment.

    Raises:
        NotFragments: it is none.
    """
    head, pairs = fragments.split(file)
    track = fragments.header(head)
    found = fragments.samples(file, track, pairs)
    if not len(found):
        raise NotFragments("no samples")
    return head, _fragments(file, track, found, every_s, film_s)


def _fragments(file: BinaryIO, track: FragmentTrack, found: Samples, every_s: float, film_s: float) -> Iterator[Cut]:
    shown = (found.shown - track.begins) / track.scale
    pictures = track.handler == b"vide"
    keys = np.flatnonzero(found.sync) if pictures else np.arange(len(found))
    first = _edges(shown[keys], keys, every_s, film_s)
    number = 0
    for begin, end in zip(first, [*first[1:], len(found)], strict=True):
        inner = [int(key) for key in keys if begin <= key < end] if pictures else [begin]
        data, key_pictures = bytearray(), []
        for one, after in zip(inner, [*inner[1:], end], strict=True):
            number += 1
            made = fragments.write(track, found.part(one, after), number, _bytes(file, found, one, after))
            key_pictures.append(KeyPicture(Range(len(data), span(made)), float(shown[one])))
            data += made
        yield Cut(bytes(data), max(0.0, float(shown[begin])), tuple(key_pictures) if pictures else ())


def _bytes(file: BinaryIO, found: Samples, first: int, last: int) -> bytes:
    """Samples of one fragment after another lie apart."""
    parts = []
    for place, size in zip(found.at[first:last], found.size[first:last], strict=True):
        file.seek(int(place))
        parts.append(file.read(int(size)))
    return b"".join(parts)


def transport(file: BinaryIO, every_s: float, film_s: float) -> Iterator[Cut]:
    """The segments of a transport stream of one elementary stream; each, and each key picture, begins with PAT and
    PMT, whose counters run on (A 7.2).

    Raises:
        NotTransportStream: it is none.
    """
    tables, unit, pmt = _gathered(file)
    video = unit.stream.is_video
    keys = (
        np.array([entry.unit for entry in unit.entries if entry.key], np.int64)
        if video
        else np.flatnonzero(unit.pts != NO_STAMP)
    )
    if not len(keys):
        raise NotTransportStream("ts_no_units")
    shown = (unit.pts - TS_ZERO) / TS_HZ
    first = _edges(shown[keys], keys, every_s, film_s)
    sent = 0
    for begin, end in zip(first, [*first[1:], len(unit.first)], strict=True):
        inner = [int(key) for key in keys if begin <= key < end] if video else [begin]
        data, key_pictures = bytearray(), []
        for one, after in zip(inner, [*inner[1:], end], strict=True):
            at, start = len(data), int(unit.first[one])
            data += b"".join(packet[:3] + bytes([packet[3] & 0xF0 | sent % 16]) + packet[4:] for packet in tables)
            sent += 1
            stop = int(unit.first[after]) if after < len(unit.first) else None
            rows, taken = _rows(file, start, stop, pmt)
            data += rows.tobytes()
            count = int(np.count_nonzero(taken[: int(unit.last[one]) + 1 - start])) + len(tables)
            key_pictures.append(KeyPicture(Range(at, PACKET * count), float(shown[one])))
        yield Cut(bytes(data), max(0.0, float(shown[begin])), tuple(key_pictures) if video else ())


def _edges(shown: NDArray[np.float64], keys: NDArray[np.int64], every_s: float, film_s: float) -> list[int]:
    """The first unit of each segment: the first key at or behind each multiple of `every_s` within the film."""
    marks = np.arange(1, int(film_s / every_s) + 1) * every_s
    marks = marks[film_s - marks >= LEAST_S - _EPSILON_S]
    places = np.searchsorted(shown, marks - _EPSILON_S)
    return [0, *dict.fromkeys(int(keys[place]) for place in places if place < len(keys))]


def _gathered(file: BinaryIO) -> tuple[list[bytes], Units, int]:
    """The packets of PAT and PMT, the units of the one stream, the PID of the PMT."""
    tables, kept = Tables(), dict[int, bytes]()
    unit: Units | None = None
    for block in blocks_of(file, Sync()):
        tables.take(block)
        programme = next(iter(tables.programmes.values()), None)
        if unit is None and programme and programme.streams:
            unit = Units(programme.streams[0])
        for pid in (0, *tables.pmt_pids):
            rows = np.flatnonzero(block.pid == pid)
            if len(rows):
                kept.setdefault(pid, block.rows[rows[0]].tobytes())
        if unit:
            unit.take(block)
    if unit is None or programme is None:
        raise NotTransportStream("ts_no_programme")
    unit.finish()
    pmt = next(iter(tables.pmt_pids))
    return [kept[0], kept[pmt]], unit, pmt


def _rows(file: BinaryIO, start: int, stop: int | None, pmt: int) -> tuple[Bytes, Flags]:
    """The packets from `start` to `stop` without tables and filling, and which of them all were taken."""
    file.seek(start * PACKET)
    data = file.read() if stop is None else file.read((stop - start) * PACKET)
    rows = np.frombuffer(data, np.uint8).reshape(-1, PACKET)
    pids = (rows[:, 1].astype(np.int64) & 0x1F) << 8 | rows[:, 2]
    taken = ~np.isin(pids, [*_OF_TABLES, pmt, NULL_PID])
    return rows[taken], taken
