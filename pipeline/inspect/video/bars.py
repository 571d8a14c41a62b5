"""Bars burnt into the picture: letterbox, pillars, windows."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from pipeline.inspect import stretches
from pipeline.inspect.analyzer import Frames, Needs, Others
from pipeline.inspect.decoded import DecodedVideo, VideoFormat
from pipeline.inspect.video.frames import HEIGHT, WIDTH, Array
from pipeline.model.inspection import SHORTEST_S, Bars, VideoMeasures

WINDOW = 12  # frames that are taken together: half a second
DARK = 30  # 8 bit luma: what a bar stays under
EDGE_LIT = 0.6  # of a picture's edge must be lit, so that a lamp in the dark makes no bars
LEAST_PICTURE = 0.4  # of height and width: less is something lit in the dark
LEAST_LIT = 0.15  # of the other edge, where both bars are as wide
ROW_LIT, COLUMN_LIT = 0.05, 0.20  # of a line that is picture
SAME = 2  # small pixels by which the same bars may differ

LitArea = tuple[int, int, int, int]  # top, bottom, left, right: the lit rows and columns, ends not included


class BarsAnalyzer:
    """The lit part of every half second; None where it is too dark or too little lit to tell."""

    name: ClassVar[str] = "bars"
    needs: ClassVar[Needs] = ()

    def __init__(self, _: VideoFormat) -> None:
        self._boxes: list[LitArea | None] = []
        self._brightest: Array | None = None
        self._taken = 0

    def process(self, frames: Frames) -> None:
        """Take in some frames."""
        start, y = 0, frames.batch.y
        while start < len(y):
            part = y[start : start + WINDOW - self._taken]
            most = part.max(axis=0)
            self._brightest = most if self._brightest is None else np.maximum(self._brightest, most)
            self._taken += len(part)
            start += len(part)
            if self._taken == WINDOW:
                self._close()

    def _close(self) -> None:
        if self._brightest is not None:
            self._boxes.append(_box(self._brightest > DARK))
        self._brightest, self._taken = None, 0

    def boxes(self) -> list[LitArea | None]:
        """Of every window, the one that is open too."""
        self._close()
        return self._boxes

    def finish(self, decoded: DecodedVideo, _: Others[VideoMeasures]) -> VideoMeasures:
        """Windows in a row with the same bars; those that are too dark to tell go with either side."""
        found: list[tuple[LitArea, int, int]] = []  # box, first and last window
        for index, box in enumerate(self.boxes()):
            if box is None:
                continue
            if found and alike(found[-1][0], box):
                found[-1] = (found[-1][0], found[-1][1], index)
            else:
                found.append((box, index, index))
        frame_s = decoded.edges[-1] / decoded.frames
        return VideoMeasures(
            bars=tuple(
                _segment(box, (first * WINDOW, (last + 1) * WINDOW), decoded)
                for box, first, last in found
                if box != (0, HEIGHT, 0, WIDTH) and (last + 1 - first) * WINDOW * frame_s >= SHORTEST_S
            )
        )


def _segment(box: LitArea, run: stretches.Run, decoded: DecodedVideo) -> Bars:
    start, end = (min(decoded.frames, number) for number in run)
    return Bars(
        start_s=round(float(decoded.edges[start]), 3),
        end_s=round(float(decoded.edges[end]), 3),
        top=round(box[0] / HEIGHT, 4),
        bottom=round(1 - box[1] / HEIGHT, 4),
        left=round(box[2] / WIDTH, 4),
        right=round(1 - box[3] / WIDTH, 4),
    )


def _box(lit: Array) -> LitArea | None:
    # a subtitle in a bar lies apart from the picture, or crosses it with a few lines
    rows = stretches.runs(lit.mean(axis=1) > ROW_LIT, gap=1)
    if not rows:
        return None
    top, bottom = max(rows, key=lambda run: run[1] - run[0])
    columns = stretches.runs(lit[top:bottom].mean(axis=0) > COLUMN_LIT, gap=WIDTH)
    if not columns:
        return None
    left, right = columns[0]
    if bottom - top < LEAST_PICTURE * HEIGHT or right - left < LEAST_PICTURE * WIDTH:
        return None
    # the outermost line may be half bar, half picture: the next one tells
    inner = lit[min(top + 1, bottom - 1), left:right], lit[max(bottom - 2, top), left:right]
    sides = lit[top:bottom, min(left + 1, right - 1)], lit[top:bottom, max(right - 2, left)]
    above = (top, inner[0].mean()), (HEIGHT - bottom, inner[1].mean())
    beside = (left, sides[0].mean()), (WIDTH - right, sides[1].mean())
    return (top, bottom, left, right) if _is_edge(*above) and _is_edge(*beside) else None


def _is_edge(first: tuple[int, float], second: tuple[int, float]) -> bool:
    """Whether the picture ends here: lit along both edges, or along one where the bars are equal."""
    lit = [share for bar, share in (first, second) if bar]
    equal = abs(first[0] - second[0]) <= SAME
    return not lit or min(lit) >= EDGE_LIT or (equal and max(lit) >= EDGE_LIT and min(lit) >= LEAST_LIT)


def alike(first: LitArea, second: LitArea) -> bool:
    """Whether two windows show the same bars."""
    return all(abs(a - b) <= SAME for a, b in zip(first, second, strict=True))
