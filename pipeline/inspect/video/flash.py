"""Flashes that can harm: ITU-R BT.1702 by block, as the house's flash sheet reads it. A risk, not a certificate.

Light is averaged over 32×18 blocks. A block's transition is a change of at least a tenth of SDR white (20 of 200
cd/m²) with the darker side under 0.8 of it (160 cd/m²), or to or from saturated red. A transition counts where more
than a quarter of the picture has one at the same time; the picture fails where more than a quarter of it has more
than three pairs of them within a second. A cut or a pan is one transition a block: no pair.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import reduce
from typing import ClassVar

import numpy as np

from pipeline.inspect import stretches
from pipeline.inspect.analyzer import Frames, Needs, Others
from pipeline.inspect.decoded import DecodedVideo, VideoFormat
from pipeline.inspect.video.colour import COLUMNS, ROWS
from pipeline.inspect.video.frames import Array
from pipeline.model.inspection import VideoMeasures

ACROSS, DOWN = 32, 18
BLOCKS = ACROSS * DOWN
STEP = 0.10  # 20 cd/m² of 200
DARKER_BELOW = 0.80  # 160 cd/m² of 200
RED_STEP, RED_SCALE, RED_SHARE = 20.0, 320.0, 0.8
AREA = 0.25
MOST_TRANSITIONS = 6  # three pairs
LIMIT_S = 5.0  # flash sheet: a run at the limit for longer is a risk


@dataclass
class Swing:
    """Which way each block went last, and the furthest it got: the next transition is measured from there.

    `darker_decides` says which side of a transition must be fit for it to count: the lower or the higher one.
    """

    step: float
    darker_decides: bool
    rising: Array = field(default_factory=lambda: np.zeros(BLOCKS, bool))
    extreme: Array | None = None
    fit_there: Array = field(default_factory=lambda: np.zeros(BLOCKS, bool))

    def process(self, value: Array, fit: Array) -> Array:
        """One frame's values; gives which blocks make a transition now."""
        if self.extreme is None:
            self.extreme, self.fit_there = value.copy(), fit.copy()
        before, now = (self.fit_there, fit) if self.darker_decides else (fit, self.fit_there)
        up = ~self.rising & (value - self.extreme >= self.step) & before
        down = self.rising & (self.extreme - value >= self.step) & now
        moved = up | down
        further = np.where(self.rising, value >= self.extreme, value <= self.extreme)
        taken = moved | further
        self.extreme = np.where(taken, value, self.extreme)
        self.fit_there = np.where(taken, fit, self.fit_there)
        self.rising = (self.rising | up) & ~down
        return moved


@dataclass
class Counter:
    """Transitions of the last second, of those that much of the picture makes at once."""

    window: int
    counts: Array = field(default_factory=lambda: np.zeros(BLOCKS, np.int16))
    ring: list[Array] = field(default_factory=list)
    before: Array = field(default_factory=lambda: np.zeros(BLOCKS, bool))
    shared_before: bool = False

    def process(self, moved: Array) -> tuple[int, bool]:
        """One frame; gives how many transitions the 26th percent of the picture has, and whether one is shared.

        A change can take two frames (fields, long exposures), so two in a row are taken together; what the
        answer says is of the frame before.
        """
        shared = bool(np.count_nonzero(moved | self.before) > AREA * BLOCKS)
        counted = self.before if shared or self.shared_before else np.zeros(BLOCKS, bool)
        shared_then = bool((shared or self.shared_before) and self.before.any())
        self.counts += counted
        self.ring.append(counted)
        if len(self.ring) > self.window:
            self.counts -= self.ring.pop(0)
        self.before, self.shared_before = moved, shared
        place = BLOCKS - 1 - int(AREA * BLOCKS)
        return int(np.partition(self.counts, place)[place]) if self.counts.any() else 0, shared_then


class FlashAnalyzer:
    """The worst second that ends with each frame, and which frames have a transition that much of the picture makes."""

    name: ClassVar[str] = "flash"
    needs: ClassVar[Needs] = ()

    def __init__(self, given: VideoFormat) -> None:
        self.window = max(2, round(given.rate))
        self._worst: list[int] = []
        self._shared: list[bool] = []
        self._light, self._red = Swing(STEP, darker_decides=True), Swing(RED_STEP, darker_decides=False)
        self._by_light, self._by_red = Counter(self.window), Counter(self.window)

    def process(self, frames: Frames) -> None:
        """Take in some frames."""
        reds, greens, blues = (_by_block(plane) for plane in frames.colour.light())
        light = 0.2126 * reds + 0.7152 * greens + 0.0722 * blues
        redness = np.maximum(0, reds - greens - blues) * RED_SCALE
        saturated = reds >= RED_SHARE * (reds + greens + blues + 1e-6)
        for index in range(len(light)):
            self._one(light[index], redness[index], saturated[index])

    def _one(self, light: Array, redness: Array, saturated: Array) -> None:
        counts = self._by_light.process(self._light.process(light, light < DARKER_BELOW))
        reds = self._by_red.process(self._red.process(redness, saturated))
        self._worst.append(max(counts[0], reds[0]))
        self._shared.append(counts[1] or reds[1])

    def finish(self, decoded: DecodedVideo, _: Others[VideoMeasures]) -> VideoMeasures:
        """Stretches with more flashes than are allowed, and long ones with as many as are."""
        worst, shared = (values[: decoded.frames] for values in self.transitions())
        over = runs(worst, shared, self.window, MOST_TRANSITIONS)
        at_limit = runs(worst, shared, self.window, MOST_TRANSITIONS - 1)
        return VideoMeasures(
            flash=tuple(stretches.segment((a, b), decoded.edges, most / 2) for a, b, most in over),
            flash_at_limit=decoded.placed([(a, b) for a, b, _ in at_limit], LIMIT_S),
        )

    def transitions(self) -> tuple[Array, Array]:
        """Transitions within the second that ends with each frame, and which frames have a shared one."""
        worst, shared = list(self._worst), list(self._shared)
        if worst:  # a frame's answer comes with the next one
            nothing = np.zeros(BLOCKS, bool)
            last = (self._by_light.process(nothing), self._by_red.process(nothing))
            worst.append(max(last[0][0], last[1][0]))
            shared.append(last[0][1] or last[1][1])
        return np.array(worst[1:], np.int16), np.array(shared[1:], bool)


def _by_block(plane: Array) -> Array:
    rows = plane.reshape(len(plane), DOWN, ROWS // DOWN, COLUMNS).sum(axis=2)
    across = rows.reshape(len(plane), BLOCKS, COLUMNS // ACROSS)
    blocks = reduce(np.add, (across[..., column] for column in range(COLUMNS // ACROSS)))
    mean: Array = blocks / np.float32((ROWS // DOWN) * (COLUMNS // ACROSS))
    return mean


def runs(worst: Array, shared: Array, window: int, most: int) -> list[tuple[int, int, int]]:
    """Runs of frames (first, one after the last, most transitions in a second) with more than `most` of them."""
    marks = np.flatnonzero(shared)
    found: list[tuple[int, int, int]] = []
    for end in np.flatnonzero(worst > most).tolist():
        inside = marks[(marks > end - window) & (marks <= end)]
        if not len(inside):
            continue
        first, last = int(inside[0]), int(inside[-1])  # the last transition leads out of it
        if found and first <= found[-1][1]:
            found[-1] = (found[-1][0], max(last, found[-1][1]), max(found[-1][2], int(worst[end])))
        else:
            found.append((first, last, int(worst[end])))
    return [(*_trimmed(marks[(marks >= first) & (marks <= last)]), count) for first, last, count in found]


def _trimmed(marks: Array) -> tuple[int, int]:
    """Without cuts that happened to lie within the same second: they stand apart from the rhythm."""
    apart = np.diff(marks)
    if len(apart) < MOST_TRANSITIONS:
        return int(marks[0]), int(marks[-1])
    beats = np.split(marks, np.flatnonzero(apart > 2 * np.median(apart)) + 1)
    kept = [beat for beat in beats if len(beat) > MOST_TRANSITIONS // 2] or [marks]
    return int(kept[0][0]), int(kept[-1][-1])
