"""The colour bars of a line-up."""

from __future__ import annotations

import itertools
from typing import ClassVar

import numpy as np

from pipeline.inspect import stretches
from pipeline.inspect.analyzer import Frames, Needs, Others
from pipeline.inspect.decoded import DecodedVideo, VideoFormat
from pipeline.inspect.video.frames import HEIGHT, Array, FrameBatch
from pipeline.model.inspection import SHORTEST_S, VideoMeasures

FLAT = 12  # steps of chroma that a column of a line-up may vary by
_WIDE = 8  # columns of 160 that a bar has at least
_ROWS = slice(HEIGHT // 16, HEIGHT // 4, 8)  # a few lines of chroma where every kind of bars has its colours


class ColourBarsAnalyzer:
    """Which frames are colour bars."""

    name: ClassVar[str] = "colour bars"
    needs: ClassVar[Needs] = ()

    def __init__(self, _: VideoFormat) -> None:
        self._is_line_up: list[Array] = []

    def process(self, frames: Frames) -> None:
        """Take in some frames."""
        self._is_line_up.append(is_line_up(frames.batch))

    def finish(self, decoded: DecodedVideo, _: Others[VideoMeasures]) -> VideoMeasures:
        """Stretches of colour bars."""
        marks = stretches.joined(self._is_line_up).astype(bool)[: decoded.frames]
        return VideoMeasures(line_up=decoded.placed(stretches.runs(marks, gap=2), SHORTEST_S))


def is_line_up(frames: FrameBatch) -> Array:
    """Which frames are colour bars: plateaus in the order yellow, cyan, green, magenta, red, blue."""
    u = frames.u[:, _ROWS].astype(np.int16) - 128
    v = frames.v[:, _ROWS].astype(np.int16) - 128
    flat = (np.ptp(u, axis=1) <= FLAT) & (np.ptp(v, axis=1) <= FLAT)  # the same colour all the way down
    plain = np.count_nonzero(flat, axis=1) >= 0.8 * u.shape[2]
    found = np.zeros(len(frames), bool)
    for index in np.flatnonzero(plain).tolist():
        found[index] = _in_order(np.median(u[index], axis=0), np.median(v[index], axis=0))
    return found


def _in_order(u: Array, v: Array) -> bool:
    colour = _names(u, v)
    edges = [0, *(np.flatnonzero(np.diff(colour)) + 1).tolist(), len(colour)]
    names = [int(colour[a]) for a, b in itertools.pairwise(edges) if b - a >= _WIDE]
    return any(names[start : start + 6] == [1, 2, 3, 4, 5, 6] for start in range(len(names) - 5))


# yellow, cyan, green, magenta, red, blue: Cr and Cb between those of BT.601 and BT.709, at any saturation
_HUES = np.degrees(np.arctan2([0.06, -0.5, -0.436, 0.436, 0.5, -0.06], [-0.5, 0.14, -0.36, 0.36, -0.14, 0.5]))
_COLOURED, _NEAR = 20, 20  # steps from grey; degrees from a hue


def _names(u: Array, v: Array) -> Array:
    """1 to 6 for the colours in their order, 0 for grey, -1 for any other."""
    hues = np.degrees(np.arctan2(v, u))
    turned = np.abs((hues[:, None] - _HUES + 180) % 360 - 180)
    nearest = turned.argmin(axis=1)
    named = np.where(turned.min(axis=1) < _NEAR, nearest + 1, -1)
    return np.where(np.hypot(u, v) < _COLOURED, 0, named)
