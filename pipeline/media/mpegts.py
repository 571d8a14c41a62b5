"""The gate for transport streams: does every unit arrive in time?

For every unit of every stream 100 ms ≤ DTS − arrival of its last byte, and DTS − arrival of its first byte ≤ 1 s
(TR 101 290 3.10), with arrival on the line through the first and last PCR. ffmpeg's exit code and warnings do
not tell: a rate some per cent too low breaks in silence. Reads in blocks, so memory does not grow with the film.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.model.rendition import Gate

PACKET = 188
BLOCK_PACKETS = 65_536
CLOCK_HZ = 90_000
WRAP = 1 << 33
LEAST_SLACK_MS = 100.0
MOST_DELAY_MS = 1000.0
MOST_PCR_MS = 40.0  # produced ≤ 25; many analysers alarm at 40
MOST_TABLE_MS = 100.0  # TS 101 154: PAT and PMT


class NotTransportStream(ValueError):
    """No whole packets with sync bytes, no PCR, or no programme."""


@dataclass
class _Unit:
    """An access unit or sound frame group: where its bytes begin and end, and when it is decoded."""

    first: int
    last: int
    dts: int


@dataclass
class Scan:
    """What one pass over the packets gathers; positions are packet numbers."""

    packets: int = 0
    pcr: list[tuple[int, int]] = field(default_factory=list)
    pat: list[int] = field(default_factory=list)
    pmt: list[int] = field(default_factory=list)
    pmt_pid: int | None = None
    pcr_pid: int | None = None
    stream_pids: tuple[int, ...] = ()
    units: list[_Unit] = field(default_factory=list)
    continuity_errors: int = 0
    transport_errors: int = 0
    _open: dict[int, _Unit] = field(default_factory=dict)
    _counters: dict[int, tuple[int, bool]] = field(default_factory=dict)

    def take(self, block: NDArray[np.uint8]) -> None:
        """Take in the next packets, one a row."""
        if not (block[:, 0] == 0x47).all():
            raise NotTransportStream("sync byte lost")
        self.transport_errors += int(((block[:, 1] & 0x80) != 0).sum())
        pids = ((block[:, 1].astype(np.int32) & 0x1F) << 8) | block[:, 2]
        starts = (block[:, 1] & 0x40) != 0
        control = block[:, 3]
        for row in np.flatnonzero((pids == 0) & starts):
            self.pat.append(self.packets + int(row))
            self.pmt_pid = self.pmt_pid or _first_programme(block[row])
        if self.pmt_pid:
            for row in np.flatnonzero((pids == self.pmt_pid) & starts):
                self.pmt.append(self.packets + int(row))
                if not self.stream_pids:
                    self.pcr_pid, self.stream_pids = _streams(block[row])
        has_pcr = ((control & 0x20) != 0) & (block[:, 4] >= 7) & ((block[:, 5] & 0x10) != 0)
        for row in np.flatnonzero(has_pcr & (pids == self.pcr_pid)):
            self.pcr.append((self.packets + int(row), _pcr(block[row])))
        for pid in self.stream_pids:
            self._take_stream(pid, block, np.flatnonzero((pids == pid) & ((control & 0x10) != 0)), starts)
        self.packets += len(block)

    def _take_stream(
        self, pid: int, block: NDArray[np.uint8], rows: NDArray[np.intp], starts: NDArray[np.bool_]
    ) -> None:
        if not len(rows):
            return
        counters = (block[rows, 3] & 0x0F).astype(np.int16)
        before, repeated = self._counters.get(pid, (int(counters[0]) - 1, False))
        steps = np.diff(np.concatenate(([before], counters))) % 16
        again = steps == 0  # a packet may be sent twice, not more often (TR 101 290 1.4)
        thrice = again & np.concatenate(([repeated], again[:-1]))
        self.continuity_errors += int(((steps > 1) | thrice).sum())
        self._counters[pid] = (int(counters[-1]), bool(again[-1]))
        begins = np.flatnonzero(starts[rows])
        ends = np.append(begins, len(rows))[1:] - 1
        if (len(begins) == 0 or begins[0] > 0) and pid in self._open:
            last = rows[begins[0] - 1] if len(begins) else rows[-1]
            self._open[pid].last = self.packets + int(last)
        for begin, end in zip(begins, ends, strict=True):
            self._close(pid)
            first = rows[begin]
            dts = _dts(block[first])
            if dts is not None:
                self._open[pid] = _Unit(self.packets + int(first), self.packets + int(rows[end]), dts)

    def _close(self, pid: int) -> None:
        if unit := self._open.pop(pid, None):
            self.units.append(unit)

    def finish(self) -> None:
        """The film ends: so do its open units."""
        for pid in list(self._open):
            self._close(pid)


def scan(path: Path) -> Scan:
    """Read a stream of 188-byte packets.

    Raises:
        NotTransportStream: it is none, or it has no PCR or programme.
    """
    result = Scan()
    with path.open("rb") as handle:
        while raw := handle.read(BLOCK_PACKETS * PACKET):
            if len(raw) % PACKET:
                raise NotTransportStream("last packet is cut")
            try:
                result.take(np.frombuffer(raw, dtype=np.uint8).reshape(-1, PACKET))
            except IndexError as error:
                raise NotTransportStream("a table or PES header is cut") from error
    result.finish()
    if len(result.pcr) < 2 or not result.units or not result.pmt:
        raise NotTransportStream("no PCR, programme or units")
    return result


def measure(found: Scan) -> Gate:
    """Hold every unit against the PCR line (90 kHz ticks a packet, straight because the rate is constant)."""
    (first_at, first_pcr), (last_at, last_pcr) = found.pcr[0], found.pcr[-1]
    ticks = ((last_pcr - first_pcr) % WRAP) / (last_at - first_at)

    def arrival(packets: NDArray[np.float64]) -> NDArray[np.float64]:
        return first_pcr + (packets - first_at) * ticks

    dts = np.array([unit.dts for unit in found.units], dtype=np.float64)
    first = arrival(np.array([unit.first for unit in found.units], dtype=np.float64))
    last = arrival(np.array([unit.last + 1 for unit in found.units], dtype=np.float64))
    slack = (dts - last + WRAP / 2) % WRAP - WRAP / 2
    delay = (dts - first + WRAP / 2) % WRAP - WRAP / 2
    to_ms = 1000 / CLOCK_HZ
    pcr_ms = np.diff([value for _, value in found.pcr]) % WRAP * to_ms
    return Gate(
        units=len(found.units),
        least_slack_ms=round(float(slack.min()) * to_ms, 3),
        most_delay_ms=round(float(delay.max()) * to_ms, 3),
        pcr_interval_ms=round(float(pcr_ms.max()), 3),
        pat_interval_ms=_widest(found.pat, found.packets, ticks * to_ms),
        pmt_interval_ms=_widest(found.pmt, found.packets, ticks * to_ms),
    )


def faults(found: Scan, gate: Gate) -> list[str]:
    """What keeps the stream from being delivered, each as «figure: value, limit»; empty is good."""
    checks = (
        (
            "DTS - arrival (last byte)",
            gate.least_slack_ms,
            LEAST_SLACK_MS,
            gate.least_slack_ms >= LEAST_SLACK_MS,
        ),
        (
            "DTS - arrival (first byte)",
            gate.most_delay_ms,
            MOST_DELAY_MS,
            gate.most_delay_ms <= MOST_DELAY_MS,
        ),
        ("PCR interval", gate.pcr_interval_ms, MOST_PCR_MS, gate.pcr_interval_ms <= MOST_PCR_MS),
        ("PAT interval", gate.pat_interval_ms, MOST_TABLE_MS, gate.pat_interval_ms <= MOST_TABLE_MS),
        ("PMT interval", gate.pmt_interval_ms, MOST_TABLE_MS, gate.pmt_interval_ms <= MOST_TABLE_MS),
        ("continuity errors", found.continuity_errors, 0, found.continuity_errors == 0),
        ("transport error indicators", found.transport_errors, 0, found.transport_errors == 0),
    )
    return [f"{name}: {value:g}, limit {limit:g}" for name, value, limit, good in checks if not good]


def _widest(tables: list[int], packets: int, ms_a_packet: float) -> float:
    """The longest time without a table, from the stream's start to its end."""
    return round(float(np.diff([0, *tables, packets]).max()) * ms_a_packet, 3)


def _payload(packet: NDArray[np.uint8]) -> bytes:
    at = 4 + (1 + int(packet[4]) if packet[3] & 0x20 else 0)
    return packet[at:].tobytes()


def _section(packet: NDArray[np.uint8]) -> bytes:
    body = _payload(packet)
    return body[1 + body[0] :] if body else b""


def _first_programme(packet: NDArray[np.uint8]) -> int | None:
    section = _section(packet)
    end = 3 + ((section[1] & 0x0F) << 8 | section[2]) - 4
    for at in range(8, end, 4):
        if section[at : at + 2] != b"\x00\x00":
            return (section[at + 2] & 0x1F) << 8 | section[at + 3]
    return None


def _streams(packet: NDArray[np.uint8]) -> tuple[int, tuple[int, ...]]:
    section = _section(packet)
    end = 3 + ((section[1] & 0x0F) << 8 | section[2]) - 4
    clock = (section[8] & 0x1F) << 8 | section[9]
    at = 12 + ((section[10] & 0x0F) << 8 | section[11])
    pids = []
    while at + 5 <= end:
        pids.append((section[at + 1] & 0x1F) << 8 | section[at + 2])
        at += 5 + ((section[at + 3] & 0x0F) << 8 | section[at + 4])
    return clock, tuple(pids)


def _pcr(packet: NDArray[np.uint8]) -> int:
    b = [int(value) for value in packet[6:12]]
    return b[0] << 25 | b[1] << 17 | b[2] << 9 | b[3] << 1 | b[4] >> 7


def _dts(packet: NDArray[np.uint8]) -> int | None:
    """DTS of the PES header that the packet starts with (its PTS where there is no DTS)."""
    body = _payload(packet)
    if body[:3] != b"\x00\x00\x01" or len(body) < 19:
        return None
    flags = body[7] >> 6
    at = {2: 9, 3: 14}.get(flags)
    if at is None:
        return None
    stamp = body[at : at + 5]
    return (stamp[0] >> 1 & 7) << 30 | stamp[1] << 22 | (stamp[2] >> 1) << 15 | stamp[3] << 7 | stamp[4] >> 1
