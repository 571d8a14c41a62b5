"""What each window of 50 ms holds: level of every channel, how the pair goes together, whether it is line-up tone."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from pipeline.inspect import stretches
from pipeline.inspect.audio.samples import WINDOWS_A_SECOND, Array, SampleFormat

FLOOR = 1e-12
SILENT_DB = -60.0  # QC sheet: silence, dead channel
CLICK_DB = -50.0  # a peak above this is heard, whatever the window's level is
SMEAR_DB, SMEAR = -48.0, 4  # packed sound dies away over some windows, and comes before its time
PROGRAMME_DB = -50.0  # what the other channel has while one is dead
NOTHING = 10**-8.5  # −85 dBFS: not even the noise of a pause
INVERTED = -0.4  # correlation of the pair (QC sheet: phase_inverted)
TONE_HZ = 1000.0
TONE_SHARE = 0.9  # of the energy in 1 kHz
TONE_DB = (-24.0, -12.0)  # EBU R 68 −18 dBFS, SMPTE RP 155 and GY/T 192 −20 dBFS, with some room
_BRIDGE = WINDOWS_A_SECOND * 3 // 2  # a pause of speech decides nothing


@dataclass
class LevelAnalyzer:
    """Looks at every second in order."""

    form: SampleFormat
    power: list[Array] = field(default_factory=list)
    peak: list[Array] = field(default_factory=list)
    product: list[Array] = field(default_factory=list)
    apart: list[Array] = field(default_factory=list)
    tone: list[Array] = field(default_factory=list)

    def process(self, samples: Array) -> None:
        """Take in one second or the rest."""
        size = self.form.window
        count = max(1, len(samples) // size)
        cut = samples[: count * size] if len(samples) >= size else samples
        blocks = cut.reshape(count, -1, samples.shape[1])
        self.power.append(np.square(blocks).mean(axis=1, dtype=np.float64))
        self.peak.append(np.abs(blocks).max(axis=1))
        if samples.shape[1] > 1:
            left, right = blocks[:, :, 0], blocks[:, :, 1]
            self.product.append((left * right).mean(axis=1, dtype=np.float64))
            self.apart.append(np.square(left - right).mean(axis=1, dtype=np.float64))
        self.tone.append(self._tones(blocks[:, :, 0]))

    def _tones(self, blocks: Array) -> Array:
        """Which windows are 1 kHz and nothing else: the energy that a sine of that pitch takes away."""
        turn = 2 * np.pi * TONE_HZ / self.form.rate_hz * np.arange(blocks.shape[1])
        basis = np.stack((np.cos(turn), np.sin(turn)), axis=1).astype(np.float32)
        inside = 2 * np.square(blocks @ basis).sum(axis=1) / blocks.shape[1] ** 2
        power = np.square(blocks).mean(axis=1) + FLOOR
        level = decibels(power) + 3.01  # a sine's peak, as line-up levels are given
        found: Array = (inside / power >= TONE_SHARE) & (level >= TONE_DB[0]) & (level <= TONE_DB[1])
        return found

    def finish(self) -> LevelWindows:
        """All windows as arrays."""
        return LevelWindows(
            stretches.joined(self.power),
            stretches.joined(self.peak),
            stretches.joined(self.product),
            stretches.joined(self.apart),
            stretches.joined(self.tone),
        )


@dataclass(frozen=True)
class LevelWindows:
    """Windows in order: power and peak (windows, channels), the pair's product and difference, tone."""

    power: Array
    peak: Array
    product: Array
    apart: Array
    tone: Array

    def quiet(self) -> Array:
        """(windows, channels): under −60 dBFS, without a click."""
        quiet: Array = (decibels(self.power) < SILENT_DB) & (decibels(np.square(self.peak)) < CLICK_DB)
        return quiet

    def silence(self, shortest_s: float) -> list[stretches.Run]:
        """Where no channel has anything; what a coder smears into its edges belongs to it."""
        if not len(self.power):
            return []
        faint = np.all(decibels(self.power) < SMEAR_DB, axis=1)
        found = []
        for start, end in stretches.runs(np.all(self.quiet(), axis=1)):
            before, after = faint[max(0, start - SMEAR) : start][::-1], faint[end : end + SMEAR]
            found.append((start - _leading(before), end + _leading(after)))
        return _long(found, shortest_s)

    def dead(self, channel: int, shortest_s: float) -> list[stretches.Run]:
        """Where one channel of the pair has nothing while the other has programme, from its first to its last."""
        if not self._is_pair():
            return []
        quiet = self.quiet()[:, channel]
        nothing = self.power[:, channel] < NOTHING
        other = decibels(self.power[:, 1 - channel]) >= PROGRAMME_DB
        found = []
        for start, end in stretches.runs(quiet):
            alive = np.flatnonzero(other[start:end])
            if len(alive) < shortest_s * WINDOWS_A_SECOND * 0.5:
                continue
            first, last = start + int(alive[0]), start + int(alive[-1]) + 1
            while first > start and nothing[first - 1]:  # in a pause only the channel that has nothing at all tells
                first -= 1
            while last < end and nothing[last]:
                last += 1
            found.append((first, last))
        return _long(self._to_the_edges(found), shortest_s)

    def inverted(self, shortest_s: float) -> list[stretches.Run]:
        """Where the pair runs against itself: window by window, and over the whole stretch."""
        if not self._is_pair():
            return []
        both = self.power[:, 0] * self.power[:, 1]
        heard = (decibels(self.power[:, :2]) >= PROGRAMME_DB).all(axis=1)
        correlation = self.product / np.sqrt(both + FLOOR**2)
        against, along = heard & (correlation < INVERTED), heard & (correlation >= INVERTED)
        found = []
        for start, end in _bridged(against, along):
            whole = self.product[start:end].sum() / np.sqrt(
                self.power[start:end, 0].sum() * self.power[start:end, 1].sum() + FLOOR
            )
            if whole < INVERTED:
                found.append((start, end))
        return _long(self._to_the_edges(found), shortest_s)

    def _to_the_edges(self, found: list[stretches.Run]) -> list[stretches.Run]:
        """What begins or ends beside the film's own pause at its head or tail goes to the edge."""
        near, last = WINDOWS_A_SECOND // 2, len(self.power)
        return [(0 if start <= near else start, last if last - end <= near else end) for start, end in found]

    def is_dual_mono(self) -> bool:
        """Whether both channels of the pair are the same programme throughout."""
        return self._is_pair() and bool(
            self.power[:, :2].sum() > FLOOR * len(self.power) and self.apart.sum() <= 1e-5 * self.power[:, :2].sum()
        )

    def tones(self, shortest_s: float) -> list[stretches.Run]:
        """Stretches of line-up tone."""
        return _long(stretches.runs(self.tone.astype(bool), gap=1), shortest_s)

    def _is_pair(self) -> bool:
        return self.power.ndim == 2 and self.power.shape[1] > 1 and len(self.power) > 0


def _leading(mask: Array) -> int:
    """How many are true before the first that is not."""
    return int(np.argmin(mask)) if len(mask) and not mask.all() else len(mask)


def _bridged(wanted: Array, against: Array) -> list[stretches.Run]:
    """Runs of what is wanted; short holes are closed unless most of what lies in them speaks against it."""
    found: list[stretches.Run] = []
    for start, end in stretches.runs(wanted):
        if found:
            before = found[-1][1]
            if start - before <= _BRIDGE and not against[before:start].sum() > min(3, (start - before) // 2):
                found[-1] = (found[-1][0], end)
                continue
        found.append((start, end))
    return found


def _long(found: list[stretches.Run], shortest_s: float) -> list[stretches.Run]:
    return [(start, end) for start, end in found if end - start >= shortest_s * WINDOWS_A_SECOND - 1e-6]


def decibels(power: Array) -> Array:
    """Power of full scale 1 as dBFS."""
    level: Array = 10 * np.log10(np.maximum(power, FLOOR))
    return level
