"""What packet headers alone tell: order of packets, marks of errors and scrambling, which PIDs there are, PCRs."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from pipeline.media.mpegts.packets import NULL_PID, Block, Numbers

PCR_HZ = 27_000_000
PCR_WRAP = (1 << 33) * 300


@dataclass
class Headers:
    """Gathered over all blocks; positions are packet numbers."""

    discontinued: list[tuple[int, int]] = field(default_factory=list)  # (packet, pid) where counters are out of order
    marked: list[tuple[int, int]] = field(default_factory=list)  # transport_error_indicator
    scrambled: dict[int, int] = field(default_factory=dict)  # pid → first packet
    seen: dict[int, list[int]] = field(default_factory=dict)  # pid → [first, last, longest gap, packets]
    pcr_packet: dict[int, list[Numbers]] = field(default_factory=dict)
    pcr_value: dict[int, list[Numbers]] = field(default_factory=dict)  # 27 MHz
    pcr_broken: dict[int, list[Numbers]] = field(default_factory=dict)  # discontinuity_indicator
    _counters: dict[int, tuple[int, bool]] = field(default_factory=dict)

    def take(self, block: Block) -> None:
        """Take in the next packets."""
        for row in np.flatnonzero(block.rows[:, 1] & 0x80):
            self.marked.append((block.first + int(row), int(block.pid[row])))
        order = np.argsort(block.pid, kind="stable")
        pids = block.pid[order]
        edges = np.flatnonzero(np.diff(pids)) + 1
        for rows in np.split(order, edges):
            if len(rows):
                self._take_pid(int(block.pid[rows[0]]), rows, block)
        self._take_clock(block)

    def _take_pid(self, pid: int, rows: Numbers, block: Block) -> None:
        places = block.numbers(rows)
        first, last, widest, count = self.seen.get(pid, [int(places[0]), int(places[0]), 0, 0])
        gaps = np.diff(places, prepend=last)
        self.seen[pid] = [first, int(places[-1]), max(widest, int(gaps.max())), count + len(rows)]
        if pid == NULL_PID:
            return
        hidden = rows[(block.rows[rows, 3] & 0xC0) != 0]
        if len(hidden):
            self.scrambled.setdefault(pid, block.first + int(hidden[0]))
        counters = (block.rows[rows, 3] & 0x0F).astype(np.int64)
        loaded = block.loaded[rows]
        before, repeated = self._counters.get(pid, (int(counters[0]) - int(loaded[0]), False))
        steps = np.diff(counters, prepend=before) % 16
        again = loaded & (steps == 0)  # a packet may be sent twice, not more often
        thrice = again & np.concatenate(([repeated], again[:-1]))
        wrong = np.where(loaded, (steps > 1) | thrice, steps != 0) & ~block.broken[rows]
        self.discontinued += [(int(place), pid) for place in places[wrong]]
        self._counters[pid] = (int(counters[-1]), bool(again[-1]))

    def _take_clock(self, block: Block) -> None:
        rows = block.rows
        has = ((rows[:, 3] & 0x20) != 0) & (rows[:, 4] >= 7) & ((rows[:, 5] & 0x10) != 0)
        where = np.flatnonzero(has)
        b = rows[where, 6:12].astype(np.int64)
        base = b[:, 0] << 25 | b[:, 1] << 17 | b[:, 2] << 9 | b[:, 3] << 1 | b[:, 4] >> 7
        value = base * 300 + ((b[:, 4] & 1) << 8 | b[:, 5])
        for pid in np.unique(block.pid[where]):
            mine = block.pid[where] == pid
            key = int(pid)
            self.pcr_packet.setdefault(key, []).append(block.numbers(where[mine]))
            self.pcr_value.setdefault(key, []).append(value[mine])
            self.pcr_broken.setdefault(key, []).append(block.broken[where[mine]].astype(np.int64))
