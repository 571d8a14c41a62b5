"""The stream's own clock: when each packet arrives, by its PCRs (ISO/IEC 13818-1 2.4.2.2).

At a constant rate PCRs lie on a straight line over packets, and what one is off that line is its error; otherwise
the time between two PCRs is shared out evenly, as TR 101 290 does.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from pipeline.media.mpegts.headers import PCR_HZ, PCR_WRAP, Headers
from pipeline.media.mpegts.packets import PACKET, NotTransportStream, Numbers

_STEADY = 1e-3  # how far the rate between two PCRs may be off at a constant rate
_STEADY_SHARE = 0.95
_JUMP_TICKS = PCR_HZ / 2  # another time base, not an inexact PCR
_NEIGHBOURS = 9  # PCRs of which the middle one is judged

Reals = NDArray[np.float64]


@dataclass(frozen=True)
class PcrClock:
    """Seconds from the first PCR, and 27 MHz ticks as the stream counts them."""

    packet: Numbers  # where each PCR is
    value: Numbers  # as it is written, 27 MHz
    broken: NDArray[np.bool_]  # discontinuity_indicator

    @cached_property
    def steps(self) -> Numbers:
        """From each PCR to the next, 27 MHz; a step back is negative."""
        return (np.diff(self.value) + PCR_WRAP // 2) % PCR_WRAP - PCR_WRAP // 2

    @cached_property
    def ticks(self) -> float:
        """27 MHz ticks a packet, as most PCRs have it."""
        rates = self.steps / np.diff(self.packet)
        good = rates[rates > 0]
        if not len(good):
            raise NotTransportStream("ts_no_pcr")
        return float(np.median(good))

    @cached_property
    def constant(self) -> bool:
        """Whether packets come at one rate from beginning to end."""
        rates = self.steps / np.diff(self.packet) / self.ticks
        return bool((abs(rates - 1) < _STEADY).mean() >= _STEADY_SHARE)

    @property
    def rate_bps(self) -> float:
        """Bits a second of the whole stream: the rate most PCRs have, or the mean where it is not constant."""
        if self.constant:
            return PACKET * 8 * PCR_HZ / self.ticks
        return float(PACKET * 8 * (self.packet[-1] - self.packet[0]) * PCR_HZ / self._elapsed[-1])

    @cached_property
    def _jumps(self) -> NDArray[np.bool_]:
        """Steps to another time base: nowhere near what the packets between take."""
        if self.constant:
            wanted = np.diff(self.packet) * self.ticks
            return abs(self.steps - wanted) > _JUMP_TICKS
        return (self.steps <= 0) | (self.steps > 10 * PCR_HZ)

    @cached_property
    def _elapsed(self) -> Reals:
        """27 MHz ticks from the first PCR to each, other time bases joined on."""
        wanted = np.diff(self.packet) * self.ticks
        return np.concatenate(([0.0], np.cumsum(np.where(self._jumps, wanted, self.steps))))

    @property
    def apart_ms(self) -> Reals:
        """From each PCR to the next."""
        return np.diff(self._elapsed) * 1000 / PCR_HZ

    @cached_property
    def error_ticks(self) -> Reals:
        """How far each PCR is off its neighbours' line (27 MHz); only at a constant rate."""
        away = self._elapsed - (self.packet - self.packet[0]) * self.ticks
        half = _NEIGHBOURS // 2
        if len(away) <= _NEIGHBOURS:
            return np.asarray(away - np.median(away), dtype=np.float64)
        padded = np.concatenate((np.repeat(away[:1], half), away, np.repeat(away[-1:], half)))
        usual = np.median(sliding_window_view(padded, _NEIGHBOURS), axis=1)
        return np.asarray(away - usual, dtype=np.float64)

    @cached_property
    def _smooth(self) -> Reals:
        return self._elapsed - self.error_ticks if self.constant else self._elapsed

    def elapsed(self, packets: Numbers) -> Reals:
        """27 MHz ticks from the first PCR to the arrival of the first byte of each packet."""
        inside = np.interp(packets, self.packet, self._smooth)
        early = np.minimum(packets - self.packet[0], 0) * self.ticks
        late = np.maximum(packets - self.packet[-1], 0) * self.ticks
        return np.asarray(inside + early + late, dtype=np.float64)

    def seconds(self, packets: Numbers) -> Reals:
        """Seconds from the stream's first packet."""
        return (self.elapsed(packets) - float(self.elapsed(np.zeros(1, dtype=np.int64))[0])) / PCR_HZ

    def end_s(self, packets: int) -> float:
        """How long a stream of so many packets takes, in seconds."""
        return float(self.seconds(np.array([packets]))[0])

    def ahead(self, stamps: Numbers, packets: Numbers, began: Numbers) -> Reals:
        """Seconds from the arrival of `packets` to the time `stamps` (90 kHz), in the time base of packet `began`."""
        base = self.value - self._elapsed  # constant while one time base lasts
        which = np.clip(np.searchsorted(self.packet, began, side="right") - 1, 0, None)
        starts = np.concatenate(([0], np.flatnonzero(self._jumps) + 1))
        base = base[starts][np.searchsorted(starts, which, side="right") - 1]
        ticks = stamps * 300 - (self.elapsed(packets) + base)
        return ((ticks + PCR_WRAP / 2) % PCR_WRAP - PCR_WRAP / 2) / PCR_HZ


def clock(headers: Headers, pid: int) -> PcrClock:
    """The clock that a programme's PCRs give.

    Raises:
        NotTransportStream: fewer than two PCRs on that PID, or none that moves on.
    """
    packets = headers.pcr_packet.get(pid)
    if not packets or sum(map(len, packets)) < 2:
        raise NotTransportStream("ts_no_pcr")
    found = PcrClock(
        np.concatenate(packets),
        np.concatenate(headers.pcr_value[pid]),
        np.concatenate(headers.pcr_broken[pid]).astype(np.bool_),
    )
    _ = found.ticks  # says so where none moves on
    return found
