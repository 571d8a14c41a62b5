"""TR 101 290 V1.4.1 clause 5.2: the indicators of priorities 1 and 2, and those of 3 that a file can have."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from pipeline.media.mpegts import tables
from pipeline.media.mpegts.check_collector import CheckCollector, PacketPlace
from pipeline.media.mpegts.clock import clock
from pipeline.media.mpegts.headers import PCR_HZ, PCR_WRAP
from pipeline.media.mpegts.packets import NULL_PID, NotTransportStream
from pipeline.media.mpegts.units import NO_STAMP
from pipeline.model.stream import Status

TABLE_MS = 500.0  # 1.3.a, 1.5.a
ABSENT_S = 5.0  # 1.6
PCR_MS = 100.0  # 2.3a
PCR_NS = 500.0  # 2.4
PTS_MS = 700.0  # 2.5
SDT_MS = 2000.0  # 3.5.a
CLOSE_MS = 25.0  # 3.2: sections of one table are no closer
UNREFERENCED_S = 0.5  # 3.4
DELAY_MS = 1000.0  # 3.10
_RESERVED = 0x20  # PIDs below are those of tables

# which tables may stand on the PIDs of tables
_ALLOWED = {
    tables.PAT: frozenset({0x00}),
    tables.CAT: frozenset({0x01}),
    tables.SDT: frozenset({0x42, 0x46, 0x4A, 0x72}),
}


def first_priority(collector: CheckCollector) -> None:
    """Needed to decode."""
    stream = collector.stream
    collector.count("1.1", [(place, None) for place in stream.sync.lost])
    collector.count("1.2", [(place, None) for place in stream.sync.wrong])
    _table(collector, "1.3.a", [tables.PAT], 0x00)
    collector.count("1.4", stream.headers.discontinued)
    _table(collector, "1.5.a", list(stream.tables.pmt_pids), 0x02)
    _absent(collector)


def second_priority(collector: CheckCollector) -> None:
    """Continuous monitoring."""
    stream, headers = collector.stream, collector.stream.headers
    collector.count("2.1", headers.marked)
    collector.count("2.2", stream.tables.bad_crc)
    _clocks(collector)
    _stamps(collector)
    if headers.scrambled and (tables.CAT, 0x01) not in stream.tables.at:
        collector.count("2.6", [(place, pid) for pid, place in headers.scrambled.items()])
    else:
        collector.count("2.6", _foreign(collector, tables.CAT))


def third_priority(collector: CheckCollector) -> None:
    """Application dependent; NIT, EIT, RST and TDT are the network's, not a film's."""
    stream = collector.stream
    collector.skip("3.1.a", "network")
    positions = stream.tables.at.get((tables.SDT, 0x42), [])
    close = [(b, tables.SDT) for a, b in pairwise(positions) if _apart(collector, a, b) < CLOSE_MS]
    collector.count("3.2", close, Status.WARNING)
    _unreferenced(collector)
    places = _gaps(collector, positions, tables.SDT, SDT_MS)
    if not positions:
        collector.figure("3.5.a", Status.ERROR, 0.0, "≥ 1", "", [(0, tables.SDT)])
    else:
        collector.most(
            "3.5.a",
            _widest(collector, positions),
            SDT_MS,
            "ms",
            [*places, *_foreign(collector, tables.SDT)],
            Status.WARNING,
        )
    for number in ("3.6.a", "3.7", "3.8"):
        collector.skip(number, "network")
    collector.skip("3.9", "model")
    worst, late = 0.0, []
    for track, found in stream.arrivals:
        if len(found.unit):
            worst = max(worst, float(found.delay_ms.max()))
            units = found.unit[found.delay_ms > DELAY_MS]
            late += [(int(place), track.stream.pid) for place in track.first[units]]
    collector.most("3.10", worst, DELAY_MS, "ms", late)


def spacing(collector: CheckCollector, identity: str, pids: Sequence[int], table: int, limit_ms: float) -> None:
    """The longest time without a table, from the stream's beginning to its end."""
    worst, places = _spaced(collector, pids, table, limit_ms)
    collector.most(identity, worst, limit_ms, "ms", places)


def _spaced(
    collector: CheckCollector, pids: Sequence[int], table: int, limit_ms: float
) -> tuple[float, list[PacketPlace]]:
    """The widest gap of a table on any of these PIDs (ms), and where those over the limit begin."""
    worst, places = 0.0, []
    for pid in pids:
        positions = collector.stream.tables.at.get((pid, table), [])
        worst = max(worst, _widest(collector, positions))
        places += _gaps(collector, positions, pid, limit_ms)
    return worst, places


def _table(collector: CheckCollector, identity: str, pids: Sequence[int], table: int) -> None:
    """1.3.a and 1.5.a: missing for too long, another table in its place, or scrambled."""
    worst, places = _spaced(collector, pids, table, TABLE_MS)
    hidden = collector.stream.headers.scrambled
    places += [(hidden[pid], pid) for pid in pids if pid in hidden]
    if table == 0x00:
        places += _foreign(collector, tables.PAT)
    places += [bad for bad in collector.stream.tables.bad_form if bad[1] in pids]
    collector.most(identity, worst, TABLE_MS, "ms", places)


def _foreign(collector: CheckCollector, pid: int) -> list[PacketPlace]:
    """Tables that may not stand on this PID."""
    return [
        (place, pid)
        for (where, table), places in collector.stream.tables.at.items()
        if where == pid and table not in _ALLOWED[pid]
        for place in places
    ]


def _edges(collector: CheckCollector, positions: Sequence[int]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Seconds of the stream's beginning, of each place, and of its end."""
    return collector.clock.seconds(np.array([0, *positions, collector.stream.packets], dtype=np.int64))


def _widest(collector: CheckCollector, positions: Sequence[int]) -> float:
    return float(np.diff(_edges(collector, positions)).max() * 1000)


def _gaps(collector: CheckCollector, positions: Sequence[int], pid: int, limit_ms: float) -> list[PacketPlace]:
    """Where a gap that is too long begins."""
    wide = np.flatnonzero(np.diff(_edges(collector, positions)) * 1000 > limit_ms)
    begins = [0, *positions]
    return [(begins[index], pid) for index in wide]


def _apart(collector: CheckCollector, a: int, b: int) -> float:
    return float(np.diff(collector.clock.seconds(np.array([a, b])))[0] * 1000)


def _absent(collector: CheckCollector) -> None:
    """1.6: a PID of the PMT that is not there, or away for long."""
    second = collector.clock.ticks / PCR_HZ
    worst, places = 0.0, []
    for programme in collector.stream.tables.programmes.values():
        # subtitles and data come when there is something to say
        steady = (item.pid for item in programme.streams if item.is_video or item.is_audio)
        for pid in {programme.pcr_pid, *steady} - {NULL_PID}:
            first, last, gap, count = collector.stream.headers.seen.get(pid, (0, 0, collector.stream.packets, 0))
            away = (
                max(first, gap, collector.stream.packets - last) * second
                if count
                else max(ABSENT_S + 1, collector.stream.packets * second)
            )
            worst = max(worst, away)
            if away > ABSENT_S:
                places.append((last, pid))
    collector.most("1.6", worst, ABSENT_S, "s", places)


def _clocks(collector: CheckCollector) -> None:
    """2.3a, 2.3b, 2.4 over every programme's PCRs."""
    wide, jumps, off = [], [], []
    longest = worst_ns = 0.0
    for pid in sorted({item.pcr_pid for item in collector.stream.tables.programmes.values()}):
        try:
            own = clock(collector.stream.headers, pid)
        except NotTransportStream:
            wide.append((0, pid))
            continue
        apart = np.diff(collector.clock.elapsed(own.packet)) / PCR_HZ * 1000
        longest = max(longest, float(apart.max()))
        wide += [(int(own.packet[index]), pid) for index in np.flatnonzero(apart > PCR_MS)]
        forward = np.diff(own.value) % PCR_WRAP / PCR_HZ * 1000
        said = own.broken[1:]
        jumps += [(int(own.packet[index + 1]), pid) for index in np.flatnonzero((forward > PCR_MS) & ~said)]
        errors = abs(own.error_ticks) / PCR_HZ * 1e9
        worst_ns = max(worst_ns, float(errors.max()))
        off += [(int(place), pid) for place in own.packet[errors > PCR_NS]]
    collector.most("2.3a", longest, PCR_MS, "ms", wide)
    collector.count("2.3b", jumps)
    if collector.clock.constant:
        collector.most("2.4", worst_ns, PCR_NS, "ns", off)
    else:
        collector.skip("2.4", "not_constant")


def _stamps(collector: CheckCollector) -> None:
    """2.5: how long a stream goes without a PTS."""
    worst, places = 0.0, []
    for track in collector.stream.tracks:
        if not (track.stream.is_video or track.stream.is_audio) or not len(track.first):
            continue
        # from the stream's first unit to its last, which may have none
        edges = np.concatenate((track.first[:1], track.first[track.pts != NO_STAMP], track.first[-1:]))
        apart = np.diff(collector.clock.seconds(edges)) * 1000
        worst = max(worst, float(apart.max()))
        places += [(int(edges[index]), track.stream.pid) for index in np.flatnonzero(apart > PTS_MS)]
    collector.most("2.5", worst, PTS_MS, "ms", places)


def _unreferenced(collector: CheckCollector) -> None:
    """3.4: a PID that no PMT knows, for more than half a second."""
    known = set(collector.stream.tables.pmt_pids) | {NULL_PID, collector.stream.tables.nit_pid}
    for programme in collector.stream.tables.programmes.values():
        known |= {programme.pcr_pid, *(item.pid for item in programme.streams)}
    second = collector.clock.ticks / PCR_HZ
    places = [
        (first, pid)
        for pid, (first, last, _, _) in sorted(collector.stream.headers.seen.items())
        if pid >= _RESERVED and pid not in known and (last - first) * second > UNREFERENCED_S
    ]
    collector.count("3.4", [(first, pid) for first, pid in places], Status.WARNING)
