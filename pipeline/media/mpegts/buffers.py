"""Does everything arrive in time, and does the decoder's buffer hold it?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.media.codecs.codec import Hrd
from pipeline.media.mpegts.clock import PcrClock
from pipeline.media.mpegts.packets import Numbers
from pipeline.media.mpegts.units import NO_STAMP, PesTrack

CLOCK_HZ = 90_000
WRAP = 1 << 33


@dataclass(frozen=True)
class Arrival:
    """Of each stamped unit, in ms: DTS − arrival of its last byte, and of its first."""

    unit: NDArray[np.intp]
    slack_ms: NDArray[np.float64]
    delay_ms: NDArray[np.float64]


def arrival(track: PesTrack, clock: PcrClock) -> Arrival:
    """Hold every unit of a stream against the clock."""
    unit = np.flatnonzero(track.dts != NO_STAMP)
    dts, first, last = track.dts[unit], track.first[unit], track.last[unit]
    return Arrival(unit, clock.ahead(dts, last + 1, first) * 1000, clock.ahead(dts, first, first) * 1000)


@dataclass(frozen=True)
class Bucket:
    """The coded picture buffer over all pictures: share of its size; units that break it."""

    least: float
    most: float
    empty: tuple[int, ...]
    over: tuple[int, ...]


def steps(stamps: Numbers) -> Numbers:
    """From each stamp to the next, 90 kHz, over the wrap of 33 bits."""
    return (np.diff(stamps) + WRAP // 2) % WRAP - WRAP // 2


def bucket(hrd: Hrd, track: PesTrack, delay: int) -> Bucket:
    """Fill at the declared rate, take a picture out at its DTS (H.264 C.1.1, C.1.2); `delay` in 90 kHz.

    At a constant rate bits never stop; otherwise the buffer waits when it is full and can only run empty.
    """
    apart = steps(track.dts)
    jumps = np.flatnonzero((apart <= 0) | (apart >= CLOCK_HZ))
    if len(jumps):  # another time base, another check's finding: the buffer is known up to there
        track = track.head(int(jumps[0]) + 1)
    sizes = track.size * 8.0
    apart = steps(track.dts)
    removal = (delay + np.concatenate(([0], np.cumsum(apart)))) / CLOCK_HZ
    taken = np.concatenate(([0.0], np.cumsum(sizes)[:-1]))
    if hrd.constant:
        # what has not been sent by the film's end can't be over
        before = np.minimum(hrd.rate_bps * removal, sizes.sum()) - taken
    else:
        before = np.empty(len(sizes))
        left, last = 0.0, 0.0
        for index, (size, when) in enumerate(zip(sizes, removal, strict=True)):
            before[index] = min(float(hrd.size_bits), left + hrd.rate_bps * (when - last))
            left, last = max(0.0, before[index] - size), when
    # a picture is whole when it is taken: a byte of rounding is none
    empty = np.flatnonzero(before < sizes - 8)
    over = np.flatnonzero(before > hrd.size_bits + 8)
    return Bucket(
        float((before - sizes).min() / hrd.size_bits),
        float(before.max() / hrd.size_bits),
        tuple(map(int, empty)),
        tuple(map(int, over)),
    )
