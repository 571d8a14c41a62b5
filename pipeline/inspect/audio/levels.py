"""How loud each window of 50 ms is, channel by channel: silence, and what others ask of it."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from pipeline.inspect import stretches
from pipeline.inspect.analyzer import Needs, Others
from pipeline.inspect.audio.samples import WINDOWS_A_SECOND, Array, in_windows
from pipeline.inspect.decoded import AudioFormat, DecodedAudio
from pipeline.model.inspection import SHORTEST_SILENCE_S, AudioMeasures, Segment

FLOOR = 1e-12
SILENT_DB = -60.0  # QC sheet: silence, dead channel
CLICK_DB = -50.0  # a peak above this is heard, whatever the window's level is
SMEAR_DB, SMEAR = -48.0, 4  # packed sound dies away over some windows, and comes before its time
PROGRAMME_DB = -50.0  # what is programme, and no noise of a pause


class LevelAnalyzer:
    """Power and peak of every window, (windows, channels); power is the mean square of full scale 1."""

    name: ClassVar[str] = "levels"
    needs: ClassVar[Needs] = ()

    def __init__(self, given: AudioFormat) -> None:
        self._window = given.samples.window
        self._power: list[Array] = [np.zeros((0, given.samples.channels))]
        self._peak: list[Array] = [np.zeros((0, given.samples.channels), np.float32)]

    @property
    def power(self) -> Array:
        """Of every window and channel."""
        return np.concatenate(self._power)

    @property
    def peak(self) -> Array:
        """Of every window and channel."""
        return np.concatenate(self._peak)

    def process(self, samples: Array) -> None:
        """Take in one second or the rest."""
        windows = in_windows(samples, self._window)
        self._power.append(np.square(windows).mean(axis=1, dtype=np.float64))
        self._peak.append(np.abs(windows).max(axis=1))

    def finish(self, decoded: DecodedAudio, _: Others[AudioMeasures]) -> AudioMeasures:
        """Silence."""
        first_s = decoded.packets.first_s - decoded.start_s
        late: tuple[Segment, ...] = ()
        if first_s >= SHORTEST_SILENCE_S:  # the picture runs, the sound has not begun
            late = (Segment(start_s=0.0, end_s=round(first_s, 3)),)
        return AudioMeasures(silence=late + decoded.placed(self.silence(SHORTEST_SILENCE_S)))

    def quiet(self) -> Array:
        """(windows, channels): under −60 dBFS, without a click."""
        quiet: Array = (decibels(self.power) < SILENT_DB) & (decibels(np.square(self.peak)) < CLICK_DB)
        return quiet

    def silence(self, shortest_s: float) -> list[stretches.Run]:
        """Where no channel has anything; what a coder smears into its edges belongs to it."""
        faint = np.all(decibels(self.power) < SMEAR_DB, axis=1)
        found = []
        for start, end in stretches.runs(np.all(self.quiet(), axis=1)):
            before, after = faint[max(0, start - SMEAR) : start][::-1], faint[end : end + SMEAR]
            found.append((start - _leading(before), end + _leading(after)))
        return long_enough(found, shortest_s)


def _leading(mask: Array) -> int:
    """How many are true before the first that is not."""
    return int(np.argmin(mask)) if len(mask) and not mask.all() else len(mask)


def long_enough(found: list[stretches.Run], shortest_s: float) -> list[stretches.Run]:
    """The runs of windows that last so long."""
    return [(start, end) for start, end in found if end - start >= shortest_s * WINDOWS_A_SECOND - 1e-6]


def decibels(power: Array) -> Array:
    """Power of full scale 1 as dBFS."""
    level: Array = 10 * np.log10(np.maximum(power, FLOOR))
    return level
