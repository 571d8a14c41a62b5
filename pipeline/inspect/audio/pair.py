"""How the two channels of a pair go together: one against the other, one without anything, both the same."""

from __future__ import annotations

import itertools
from typing import ClassVar

import numpy as np

from pipeline.inspect import stretches
from pipeline.inspect.analyzer import Needs, Others
from pipeline.inspect.audio.levels import FLOOR, PROGRAMME_DB, LevelAnalyzer, decibels, long_enough
from pipeline.inspect.audio.samples import WINDOWS_A_SECOND, Array, in_windows
from pipeline.inspect.decoded import AudioFormat, DecodedAudio
from pipeline.model.inspection import SHORTEST_S, AudioMeasures

NOTHING = 10**-8.5  # −85 dBFS: not even the noise of a pause
INVERTED = -0.4  # correlation of the pair (QC sheet: phase_inverted)
APART = 1e-5  # of the power: what rounding leaves between two channels that are the same
_SECOND = WINDOWS_A_SECOND
_LEAST = _SECOND // 4  # windows with programme that a second needs to decide anything
_PAUSE = _SECOND * 3 // 2  # a pause of speech parts nothing


class PairAnalyzer:
    """Product and difference of the first two channels in every window."""

    name: ClassVar[str] = "pair"
    needs: ClassVar[Needs] = (LevelAnalyzer,)

    def __init__(self, given: AudioFormat) -> None:
        self._window = given.samples.window
        self._product: list[Array] = []
        self._apart: list[Array] = []

    def process(self, samples: Array) -> None:
        """Take in one second or the rest."""
        if samples.shape[1] > 1:
            windows = in_windows(samples, self._window)
            left, right = windows[:, :, 0], windows[:, :, 1]
            self._product.append((left * right).mean(axis=1, dtype=np.float64))
            self._apart.append(np.square(left - right).mean(axis=1, dtype=np.float64))

    def finish(self, decoded: DecodedAudio, others: Others[AudioMeasures]) -> AudioMeasures:
        """Dead and inverted channels, and whether there are two at all; of a single channel nothing."""
        if not self._product:
            return AudioMeasures(dead_channels=(), inverted=(), dual_mono=False)
        levels = others.analyzer(LevelAnalyzer)
        return AudioMeasures(
            dead_channels=(
                *decoded.placed(self.dead(levels, 0, SHORTEST_S), 0),
                *decoded.placed(self.dead(levels, 1, SHORTEST_S), 1),
            ),
            inverted=decoded.placed(self.inverted(levels, SHORTEST_S)),
            dual_mono=self.is_dual_mono(levels),
        )

    def dead(self, levels: LevelAnalyzer, channel: int, shortest_s: float) -> list[stretches.Run]:
        """Where one channel has nothing while the other has programme, from its first to its last."""
        quiet, power = levels.quiet()[:, channel], levels.power
        nothing = power[:, channel] < NOTHING
        other = decibels(power[:, 1 - channel]) >= PROGRAMME_DB
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
        return long_enough(_to_the_edges(found, len(quiet)), shortest_s)

    def inverted(self, levels: LevelAnalyzer, shortest_s: float) -> list[stretches.Run]:
        """Where the pair runs against itself: over the whole stretch, and in each second of it.

        Single windows of music swing to either side of any limit and tell nothing. Windows without programme in both
        channels have no weight; a second that is nearly all pause goes with either side.
        """
        power = levels.power[:, :2]
        programme = np.all(decibels(power) >= PROGRAMME_DB, axis=1)
        pair = _Correlation(np.concatenate(self._product) * programme, power * programme[:, None])
        found: list[stretches.Run] = []
        for begin, end in stretches.runs(programme, gap=_PAUSE):
            seconds = np.arange(begin, end - _SECOND + 1)
            counts = stretches.sliding(programme[begin:end], _SECOND)
            against = (pair.between(seconds, seconds + _SECOND) < INVERTED) | (counts < _LEAST)
            pieces = [(begin + a, begin + b - 1 + _SECOND) for a, b in stretches.runs(against)]
            found += [pair.trimmed(piece) for piece in pieces]
        found = _apart([(a, b) for a, b in found if a < b and pair.between(a, b) < INVERTED])
        return long_enough(_to_the_edges(found, len(programme)), shortest_s)

    def is_dual_mono(self, levels: LevelAnalyzer) -> bool:
        """Whether both channels are the same programme throughout."""
        power, apart = levels.power[:, :2], sum(float(part.sum()) for part in self._apart)
        return bool(power.sum() > FLOOR * len(power) and apart <= APART * power.sum())


class _Correlation:
    """The correlation of a pair over any run of windows, from sums: −1 against itself, 1 the same, 0 apart."""

    def __init__(self, product: Array, power: Array) -> None:
        self._product = np.concatenate(([0.0], np.cumsum(product)))
        self._power = np.concatenate((np.zeros((1, 2)), np.cumsum(power, axis=0)))
        each = product / np.sqrt(power[:, 0] * power[:, 1] + FLOOR**2)
        # halfway from what is inverted to what has nothing in common: inside an inverted stretch the sum rises
        self._rise = np.concatenate(([0.0], np.cumsum((INVERTED / 2 - each) * (power[:, 0] > 0))))

    def between(self, start: Array | int, end: Array | int) -> Array:
        """From the first window to the one after the last."""
        product = self._product[end] - self._product[start]
        power = self._power[end] - self._power[start]
        found: Array = product / np.sqrt(power[..., 0] * power[..., 1] + FLOOR**2)
        return found

    def trimmed(self, run: stretches.Run) -> stretches.Run:
        """To the window where the pair turns over: the outermost second holds some of what lies beside it."""
        start, end = run
        length = min(_SECOND, end - start)
        first = start + length - int(np.argmin(self._rise[start : start + length + 1][::-1]))
        last = end - length + int(np.argmax(self._rise[end - length : end + 1]))
        return first, last


def _apart(found: list[stretches.Run]) -> list[stretches.Run]:
    """Stretches that overlap are parted in the middle: the second between them is in neither."""
    made = list(found)
    for index, (before, after) in enumerate(itertools.pairwise(found)):
        if after[0] < before[1]:
            middle = (after[0] + before[1]) // 2
            made[index], made[index + 1] = (made[index][0], middle), (middle, after[1])
    return made


def _to_the_edges(found: list[stretches.Run], last: int) -> list[stretches.Run]:
    """What begins or ends beside the film's own pause at its head or tail goes to the edge."""
    near = WINDOWS_A_SECOND // 2
    return [(0 if start <= near else start, last if last - end <= near else end) for start, end in found]
