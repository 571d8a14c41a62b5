"""Flat tops: sound that was cut off at a level, whether or not it was made quieter afterwards.

Sound that was never packed keeps equal samples at the cut, with steep sides; a bass note has equal samples too, but
its sides fall by a step or two. Packed sound keeps no equal samples: there the shape of a half-wave tells, which is
nearly as wide close to its top as at half its height.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from pipeline.inspect import stretches
from pipeline.inspect.analyzer import Needs, Others
from pipeline.inspect.audio.samples import WINDOWS_A_SECOND, Array
from pipeline.inspect.decoded import AudioFormat, DecodedAudio
from pipeline.model.inspection import AudioMeasures

LEAST_LEVEL = 0.02  # −34 dBFS: quieter sound is not looked at
EQUAL_SAMPLES = 3  # QC sheet: audio_clipping
STEPS = 8  # of a track's own resolution (full scale is 2), where that is coarse
SIDE = 8 / 32768  # how far the samples beside a flat top lie below it at least
SAME_LEVEL = 0.03  # tops that were cut off by the same thing lie at one level
HALF_WAVE = 10  # samples: shorter ones have no shape
LOUD = 0.75  # of a second's highest samples: the half-waves that a cut would touch
NEAR_TOP, LOWER = 0.85, 0.50  # widths are compared there: 0.53 for a sine, 0.3 for a peak, to 1 for a cut
FLAT = 0.60
LEAST_WINDOWS = 3  # with flat tops: a click is no clipping
TOPS = 4  # in a second, at one level: once may be anything
FLAT_SHARE = 0.10  # of the loud half-waves: sound that was packed has 0.05 of them, limited or not, and cut sound more
ONE_LEVEL = 0.055  # how far flat tops lie apart, of the loudest: cut at one level 0.05, full notes that fade 0.07
TOP_SHARE = 0.18  # of all that is over half as loud lies at the top: cut sound piles up there


class ClippingAnalyzer:
    """Marks the windows with flat tops; how they are told depends on whether samples come as they were recorded."""

    name: ClassVar[str] = "clipping"
    needs: ClassVar[Needs] = ()

    def __init__(self, given: AudioFormat) -> None:
        self._given = given
        self._windows: list[Array] = []

    def process(self, samples: Array) -> None:
        """Take in one second or the rest."""
        size = self._given.samples.window
        count = max(1, len(samples) // size)
        marks = np.zeros(count, bool)
        side = max(SIDE, STEPS / 2**self._given.bits)
        for channel in range(samples.shape[1]):
            wave = np.ascontiguousarray(samples[:, channel])
            tops = equal_tops(wave, side) if self._given.exact else flat_waves(wave)
            marks[np.minimum(tops // size, count - 1)] = True
        self._windows.append(marks)

    def finish(self, decoded: DecodedAudio, _: Others[AudioMeasures]) -> AudioMeasures:
        """Stretches with flat tops."""
        return AudioMeasures(clipping=decoded.placed(self.clipped()))

    def clipped(self) -> list[stretches.Run]:
        """Runs of windows with flat tops; pauses between them are closed."""
        marks = stretches.joined(self._windows).astype(bool)
        found = stretches.runs(marks, gap=WINDOWS_A_SECOND * 3 // 2)
        return [run for run in found if marks[run[0] : run[1]].sum() >= LEAST_WINDOWS]


def equal_tops(wave: Array, side: float = SIDE) -> Array:
    """Where runs of equal samples stand at least `side` above what lies beside them."""
    same = wave[1:] == wave[:-1]
    edges = np.flatnonzero(np.diff(np.concatenate(([0], same.astype(np.int8), [0]))))
    starts, ends = edges[::2], edges[1::2]  # equal from sample `start` to sample `end`
    long = (ends - starts >= EQUAL_SAMPLES - 1) & (starts > 0) & (ends < len(wave) - 1)
    starts, ends = starts[long], ends[long]
    level, sign = np.abs(wave[starts]), np.sign(wave[starts])
    before, after = wave[starts - 1] * sign, wave[ends + 1] * sign
    steep = (level >= LEAST_LEVEL) & (np.minimum(level - before, level - after) >= side)
    return _at_one_level(starts[steep], level[steep])


def flat_waves(wave: Array) -> Array:
    """Where loud half-waves are nearly as wide at the top as at half their height."""
    size = np.abs(wave)
    loudest = float(np.percentile(size, 99.9))
    edges = np.concatenate(([0], np.flatnonzero(np.signbit(wave[1:]) != np.signbit(wave[:-1])) + 1))
    if loudest < LEAST_LEVEL or len(edges) < TOPS:
        return np.zeros(0, np.int64)
    high, half = int(np.count_nonzero(size > NEAR_TOP * loudest)), int(np.count_nonzero(size > LOWER * loudest))
    lengths = np.diff(np.concatenate((edges, [len(wave)])))
    tops = np.maximum.reduceat(size, edges)
    each = np.repeat(tops, lengths)
    near = np.add.reduceat((size >= NEAR_TOP * each).astype(np.int32), edges)
    lower = np.add.reduceat((size >= LOWER * each).astype(np.int32), edges)
    shaped = (tops >= LOUD * loudest) & (lengths >= HALF_WAVE)
    flat = shaped & (near > FLAT * lower)
    if high < TOP_SHARE * half or flat.sum() < max(TOPS, FLAT_SHARE * shaped.sum()):
        return np.zeros(0, np.int64)
    if tops[flat].std() > ONE_LEVEL * loudest:
        return np.zeros(0, np.int64)
    # of few samples those near the top may by chance be many: a steady tone of 20 samples looks the same each time
    flat &= _widths(size, edges, NEAR_TOP * each) > FLAT * _widths(size, edges, LOWER * each)
    found: Array = edges[flat if flat.sum() >= max(TOPS, FLAT_SHARE * shaped.sum()) else []]
    return found


def _widths(size: Array, edges: Array, limits: Array) -> Array:
    """How long each half-wave lies over its limit, in samples and parts of one: straight from sample to sample."""
    high, low = np.maximum(size[1:], size[:-1]), np.minimum(size[1:], size[:-1])
    over = np.append(np.clip((high - limits[:-1]) / np.maximum(high - low, 1e-9), 0, 1), 0)
    over[edges[1:] - 1] = 0  # from one half-wave to the next
    widths: Array = np.add.reduceat(over, edges)
    return widths


def _at_one_level(places: Array, levels: Array) -> Array:
    """Only those tops that several share their level with."""
    if len(places) < TOPS:
        return np.zeros(0, np.int64)
    order = np.sort(levels)
    near = np.searchsorted(order, levels * (1 + SAME_LEVEL), "right") - np.searchsorted(
        order, levels * (1 - SAME_LEVEL), "left"
    )
    return places[near >= TOPS]
