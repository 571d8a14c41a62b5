"""Line-up tone: 1 kHz at its level, and nothing else."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from pipeline.inspect import stretches
from pipeline.inspect.analyzer import Needs, Others
from pipeline.inspect.audio.levels import FLOOR, decibels, long_enough
from pipeline.inspect.audio.samples import Array, in_windows
from pipeline.inspect.decoded import AudioFormat, DecodedAudio
from pipeline.model.inspection import SHORTEST_S, AudioMeasures

TONE_HZ = 1000.0
TONE_SHARE = 0.9  # of the energy in 1 kHz
TONE_DB = (-24.0, -12.0)  # EBU R 68 −18 dBFS, SMPTE RP 155 and GY/T 192 −20 dBFS, with some room


class ToneAnalyzer:
    """Looks at the first channel of every window: how much of its energy a sine of that pitch takes away."""

    name: ClassVar[str] = "tone"
    needs: ClassVar[Needs] = ()

    def __init__(self, given: AudioFormat) -> None:
        self._samples = given.samples
        self._is_tone: list[Array] = []

    def process(self, samples: Array) -> None:
        """Take in one second or the rest."""
        wave = in_windows(samples, self._samples.window)[:, :, 0]
        turn = 2 * np.pi * TONE_HZ / self._samples.rate_hz * np.arange(wave.shape[1])
        basis = np.stack((np.cos(turn), np.sin(turn)), axis=1).astype(np.float32)
        inside = 2 * np.square(wave @ basis).sum(axis=1) / wave.shape[1] ** 2
        power = np.square(wave).mean(axis=1) + FLOOR
        level = decibels(power) + 3.01  # a sine's peak, as line-up levels are given
        self._is_tone.append((inside / power >= TONE_SHARE) & (level >= TONE_DB[0]) & (level <= TONE_DB[1]))

    def finish(self, decoded: DecodedAudio, _: Others[AudioMeasures]) -> AudioMeasures:
        """Stretches of tone."""
        return AudioMeasures(tone=decoded.placed(self.tones(SHORTEST_S)))

    def tones(self, shortest_s: float) -> list[stretches.Run]:
        """The windows of each."""
        return long_enough(stretches.runs(stretches.joined(self._is_tone).astype(bool), gap=1), shortest_s)
