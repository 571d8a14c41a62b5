"""What each PID of a transport stream carries, over all of a file: a head says nothing of what comes or ends later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pipeline.media.mpegts import packets
from pipeline.media.mpegts.packets import Flags, NotTransportStream, Numbers, Sync

_PIDS = 1 << 13
# packets whose scrambling bits are set: damage sets those of few (transport_scrambling_control, ISO 13818-1 table 2-4)
_LEAST, _SHARE = 20, 0.01
_OVERLAP = 0.1  # of a stream's packets: recordings that were joined may be interleaved where they meet


@dataclass(frozen=True)
class Carriage:
    """One PID.

    Args:
        packets: with payload.
        scrambled: how many of them are.
        first, last: numbers, among all packets of the file.
    """

    packets: int
    scrambled: int
    first: int
    last: int

    @property
    def is_scrambled(self) -> bool:
        """Whether more of it is scrambled than damage explains."""
        return self.scrambled > max(_LEAST, _SHARE * self.packets)

    def goes_on_in(self, other: Carriage) -> bool:
        """Whether the other one begins where this one ends."""
        length = min(self.last - self.first, other.last - other.first)
        return other.first > self.last - _OVERLAP * length and other.last > self.last


def carriages(path: Path) -> Mapping[int, Carriage]:
    """Every PID with payload; empty where the file is none that packets are found in.

    Raises:
        InputError: it is no regular file.
    """
    counts, scrambled = (np.zeros(_PIDS, np.int64) for _ in range(2))
    first, last = np.full(_PIDS, -1, np.int64), np.full(_PIDS, -1, np.int64)
    try:
        for block in packets.blocks(path, Sync()):
            shut: Flags = (block.rows[:, 3] & 0xC0) != 0
            loaded = np.flatnonzero(block.loaded)
            pids = block.pid[loaded]
            counts += np.bincount(pids, minlength=_PIDS)
            scrambled += np.bincount(block.pid[block.loaded & shut], minlength=_PIDS)
            numbers: Numbers = block.numbers(loaded)
            last[pids] = numbers  # of several the last one stays
            begins = pids[::-1][first[pids[::-1]] < 0]
            first[begins] = numbers[::-1][first[pids[::-1]] < 0]
    except (NotTransportStream, OSError):  # whoever reads the whole of it says so
        return {}
    return {
        int(pid): Carriage(int(counts[pid]), int(scrambled[pid]), int(first[pid]), int(last[pid]))
        for pid in np.flatnonzero(counts)
    }
