"""What moves: the change from frame to frame, stretches that stand still, repeated frames.

Still is judged against the frame where the stretch began, so that slow movement adds up. Two things move in a
picture that seems still: something small that changes a lot (the hand of a clock), and the grain of a camera, which
changes a little everywhere in every frame. A coder's work does neither: it pumps, softly, where a group of
frames begins.
"""

from __future__ import annotations

from array import array
from functools import reduce
from typing import ClassVar

import numpy as np

from pipeline.inspect import stretches
from pipeline.inspect.analyzer import Frames, Needs, Others
from pipeline.inspect.decoded import DecodedVideo, VideoFormat
from pipeline.inspect.video.colour_bars import ColourBarsAnalyzer
from pipeline.inspect.video.frames import HEIGHT, PIXELS, WIDTH, Array, marked, totals
from pipeline.inspect.video.light import LightAnalyzer
from pipeline.model.inspection import SHORTEST_FREEZE_S, SHORTEST_S, VideoMeasures

ACROSS, DOWN = 32, 18
ROWS, COLUMNS = HEIGHT // 2 // DOWN, WIDTH // 2 // ACROSS  # of a block, where every second one is looked at
LOCAL_STEP = 20  # code values that one small pixel must change to have moved
LOCAL_PIXELS = 3
COLOUR_STEP = 12  # of chroma: a coder's work stays under 10
# something dim moves: small steps, but nothing else changes; a coder's steps are spread over the picture
DIM_STEP, DIM_PIXELS, DIM_SHARE = 8, 60, 0.7
MEAN_STEP = 1.6  # mean change of the whole picture since the stretch began
GRAIN = 0.035  # mean change from frame to frame in half of them: grain; a coder leaves a still at 0.02 or less
GLITCH = 3  # frames between two stretches that are one
SETTLING = 12  # frames in which a coder may still refine a still
LIGHT_STEP = 10  # code values that a block has in common: more is light, or its edge
REPEAT_SHARE = 0.2  # of the movement around it: less is the same frame again
LEAST_MOVEMENT = 0.5
AROUND = 12
REPEAT_WINDOW = 30
REPEATS_IN_WINDOW = 5  # one in six
USUAL_REPEAT = 4  # the same frame five times: a film of five frames a second
LONGEST_REPEAT = 12  # a hiccup: longer ones are stills
HICCUP = 8  # frames on either side of one that all move
MOST_REPEAT = 1.2  # mean change that a poor coder makes of the same frame
SAME = 0.1  # mean change of frames that are surely the same
ALIVE = 0.4  # of the movement around: a frame that moved


class MotionAnalyzer:
    """Of the step to each frame from the one before, `change` is the mean, `moved` the part that is no change of light,
    `busy` the number of small pixels that change a lot."""

    name: ClassVar[str] = "motion"
    needs: ClassVar[Needs] = (LightAnalyzer, ColourBarsAnalyzer)

    def __init__(self, given: VideoFormat) -> None:
        self._shortest = max(2, round(given.rate * SHORTEST_FREEZE_S))
        self._change = array("f")  # one figure a frame: hours of them stay small
        self._moved = array("f")
        self._busy = array("I")
        self._frozen: list[stretches.Run] = []
        self._last: Array | None = None
        self._anchor: tuple[Array, Array] | None = None  # luma and chroma where the stretch began
        self._began = 0
        self._count = 0
        self._frozen_at: tuple[Array, Array] | None = None  # and where the last one began

    @property
    def change(self) -> Array:
        """The mean change to each frame, in code values."""
        return np.array(self._change)

    def process(self, frames: Frames) -> None:
        """Take in some frames."""
        batch = frames.batch
        flat = batch.y.reshape(len(batch), PIXELS)
        before = np.concatenate((flat[:1] if self._last is None else self._last[None], flat[:-1]))
        step = np.maximum(flat, before) - np.minimum(flat, before)
        self._change.extend((totals(step) / PIXELS).tolist())
        self._moved.extend(_structural(flat, before).tolist())
        self._busy.extend(marked(step >= LOCAL_STEP).tolist())
        chroma = np.concatenate((batch.u.reshape(len(flat), -1), batch.v.reshape(len(flat), -1)), axis=1)
        for luma, colour in zip(flat, chroma, strict=True):
            self._one((luma, colour))
        self._last = flat[-1].copy()

    def _one(self, frame: tuple[Array, Array]) -> None:
        number = self._count
        self._count += 1
        if self._anchor is None or _moved(self._anchor, frame):
            self._close(number)
            self._anchor, self._began = (frame[0].copy(), frame[1].copy()), number

    def _close(self, end: int) -> None:
        """A stretch ends; one that goes on after a glitch of a frame or two is the same."""
        if self._anchor is None or end - self._began < self._shortest:
            return
        near = bool(self._frozen) and self._began - self._frozen[-1][1] <= GLITCH
        if near and self._frozen_at is not None and not _moved(self._frozen_at, self._anchor):
            self._frozen[-1] = (self._frozen[-1][0], end)
        else:
            self._frozen.append((self._began, end))
        self._frozen_at = self._anchor

    def finish(self, decoded: DecodedVideo, others: Others[VideoMeasures]) -> VideoMeasures:
        """Stretches that stand still, but for black and line-up, which are told as such; repeated frames."""
        named = (*others.measures(LightAnalyzer).black, *others.measures(ColourBarsAnalyzer).line_up)
        frozen = decoded.placed(self.frozen(), SHORTEST_S)
        return VideoMeasures(
            freeze=stretches.without(frozen, named, SHORTEST_S),
            repeats=tuple(
                stretches.segment((a, min(b, decoded.frames)), decoded.edges, round(n / (b - a), 3))
                for a, b, n in self.repeated(decoded.frames)
            ),
        )

    def frozen(self) -> list[stretches.Run]:
        """Stretches that stand still, without those that only seem to: grain moves everywhere."""
        self._close(self._count)
        change, busy = self.change, np.array(self._busy)
        return [
            (_settled(start, change, busy), end)
            for start, end in self._frozen
            if np.median(change[start + 1 : end]) < GRAIN
        ]

    def repeated(self, frames: int) -> list[tuple[int, int, int]]:
        """Of the first so many frames, runs (first, one after the last, how many) with repeats among them."""
        return repeated(np.array(self._moved)[:frames], np.array(self._busy)[:frames])


def _settled(start: int, change: Array, busy: Array) -> int:
    """The first frame of a still: a coder refines it for some frames, which then count as movement."""
    earliest = max(0, start - SETTLING)
    moving = change[max(0, earliest - AROUND) : earliest]
    limit = max(GRAIN, 0.2 * float(np.median(moving))) if len(moving) else GRAIN
    while start > earliest and change[start] <= limit and busy[start] < LOCAL_PIXELS:
        start -= 1
    return start


def _structural(frames: Array, before: Array) -> Array:
    """Mean change of each without what a whole block has in common: light that goes on and off moves nothing."""
    thin = _thin(frames).astype(np.int16) - _thin(before)
    blocks = thin.reshape(len(thin), DOWN, ROWS, ACROSS, COLUMNS)
    lines = blocks.sum(axis=2, dtype=np.int16)
    whole = reduce(np.add, (lines[..., column] for column in range(COLUMNS)))
    common = (whole.astype(np.float32) / np.float32(ROWS * COLUMNS))[:, :, None, :, None]
    rest = blocks - common
    np.abs(rest, out=rest)
    rest *= np.abs(common) < LIGHT_STEP
    mean: Array = rest.reshape(len(thin), -1).mean(axis=1)
    return mean


def _thin(flat: Array) -> Array:
    """Every second pixel of every second line."""
    return flat.reshape(len(flat), HEIGHT, WIDTH)[:, ::2, ::2]


def _moved(anchor: tuple[Array, Array], frame: tuple[Array, Array]) -> bool:
    step = np.maximum(anchor[0], frame[0]) - np.minimum(anchor[0], frame[0])
    total = int(totals(step[None])[0])
    if total >= MEAN_STEP * PIXELS or np.count_nonzero(step >= LOCAL_STEP) >= LOCAL_PIXELS:
        return True
    colour = np.maximum(anchor[1], frame[1]) - np.minimum(anchor[1], frame[1])
    if np.count_nonzero(colour >= COLOUR_STEP) >= LOCAL_PIXELS:
        return True
    dim = step[step >= DIM_STEP]
    return len(dim) >= DIM_PIXELS and int(dim.sum(dtype=np.uint32)) >= DIM_SHARE * total


def repeated(change: Array, busy: Array) -> list[tuple[int, int, int]]:
    """Runs of frames (first, one after the last, how many are repeats) where one in six or more is a repeat.

    `change` is what moved in each picture.
    """
    length = len(change)
    if length < REPEAT_WINDOW:
        return []
    padded = np.pad(change, AROUND, mode="edge")
    around = np.percentile(np.lib.stride_tricks.sliding_window_view(padded, 2 * AROUND + 1), 75, axis=1)
    moving = around >= LEAST_MOVEMENT
    same = (change <= np.maximum(np.minimum(REPEAT_SHARE * around, MOST_REPEAT), SAME)) & (busy < LOCAL_PIXELS)
    same[0] = False
    moves = moving & (change >= ALIVE * around) & (busy >= LOCAL_PIXELS)  # a coder's refresh moves nothing
    for start, end in stretches.runs(same):
        needed = 1 if end - start <= USUAL_REPEAT else HICCUP
        pace = ALIVE * around[start - 1]
        beside = moves[max(0, start - needed) : start], moves[end : end + needed] & (change[end : end + needed] >= pace)
        between = end - start <= LONGEST_REPEAT and all(len(side) == needed and side.all() for side in beside)
        if not between:  # the film stands still here: nothing is dropped
            same[start:end] = False
            moving[start:end] = False
    counts = stretches.sliding(same, REPEAT_WINDOW)
    alive = stretches.sliding(moving, REPEAT_WINDOW)
    starts = np.flatnonzero((counts >= REPEATS_IN_WINDOW) & (alive >= 0.9 * REPEAT_WINDOW))
    marks = np.flatnonzero(same)
    found = []
    for start, end in stretches.runs(stretches.covered(starts.tolist(), REPEAT_WINDOW, length)):
        inside = marks[(marks >= start) & (marks < end)]
        every = int(np.median(np.diff(inside))) if len(inside) > 1 else 1  # the first of a pattern ends its first round
        found.append((max(0, int(inside[0]) - every + 1), min(length, int(inside[-1]) + every), len(inside)))
    return found
