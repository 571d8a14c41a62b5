"""Bars burnt into the picture, and the colour bars of a line-up."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field

import numpy as np

from pipeline.inspect import stretches
from pipeline.inspect.video.frames import HEIGHT, WIDTH, Array, FrameBatch

WINDOW = 12  # pictures that are taken together: half a second
DARK = 30  # 8 bit luma: what a bar stays under
EDGE_LIT = 0.6  # of a picture's edge must be lit, so that a lamp in the dark makes no bars
FLAT = 12  # steps of chroma that a column of a line-up may vary by
_WIDE = 8  # columns of 160 that a bar has at least
LEAST_PICTURE = 0.4  # of height and width: less is something lit in the dark
LEAST_LIT = 0.15  # of the other edge, where both bars are as wide
ROW_LIT, COLUMN_LIT = 0.05, 0.20  # of a line that is picture
SAME = 2  # small pixels by which the same bars may differ
_ROWS = slice(HEIGHT // 16, HEIGHT // 4, 8)  # a few lines of chroma where every kind of bars has its colours

LitArea = tuple[int, int, int, int]  # top, bottom, left, right: the lit rows and columns, ends not included


@dataclass
class BarsAnalyzer:
    """The lit part of every half second; None where it is too dark or too little lit to tell."""

    boxes: list[LitArea | None] = field(default_factory=list)
    _brightest: Array | None = None
    _taken: int = 0

    def process(self, pictures: FrameBatch) -> None:
        """Take in some pictures."""
        start = 0
        while start < len(pictures):
            part = pictures.y[start : start + WINDOW - self._taken]
            most = part.max(axis=0)
            self._brightest = most if self._brightest is None else np.maximum(self._brightest, most)
            self._taken += len(part)
            start += len(part)
            if self._taken == WINDOW:
                self.finish()

    def finish(self) -> list[LitArea | None]:
        """Close the window that is open."""
        if self._brightest is not None:
            self.boxes.append(_box(self._brightest > DARK))
        self._brightest, self._taken = None, 0
        return self.boxes


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


def is_line_up(pictures: FrameBatch) -> Array:
    """Which pictures are colour bars: plateaus in the order yellow, cyan, green, magenta, red, blue."""
    u = pictures.u[:, _ROWS].astype(np.int16) - 128
    v = pictures.v[:, _ROWS].astype(np.int16) - 128
    flat = (np.ptp(u, axis=1) <= FLAT) & (np.ptp(v, axis=1) <= FLAT)  # the same colour all the way down
    plain = np.count_nonzero(flat, axis=1) >= 0.8 * u.shape[2]
    found = np.zeros(len(pictures), bool)
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
