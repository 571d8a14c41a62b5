"""From «yes» and «no» for every frame or window to stretches of the film."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.model.inspection import Segment

Array = npt.NDArray[Any]
Run = tuple[int, int]  # first, and the one after the last


def joined(parts: list[Array]) -> Array:
    """One array of all."""
    return np.concatenate(parts) if parts else np.zeros(0)


def runs(mask: Array, *, gap: int = 0) -> list[Run]:
    """Runs of true values; holes of up to `gap` between two are closed."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], mask.astype(np.int8), [0]))))
    found: list[Run] = []
    for start, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        if found and start - found[-1][1] <= gap:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found


def sliding(values: Array, width: int) -> Array:
    """Sum of each `width` values in a row: one result for every full window, by its first value."""
    total = np.concatenate(([0.0], np.cumsum(values, dtype=np.float64)))
    return total[width:] - total[:-width] if len(values) >= width else np.zeros(0)


def covered(starts: Iterable[int], width: int, length: int) -> Array:
    """Which of `length` values lie in a window of `width` that begins at one of `starts`."""
    change = np.zeros(length + 1, np.int64)
    for start in starts:
        change[start] += 1
        change[min(length, start + width)] -= 1
    return np.cumsum(change[:-1]) > 0


def segment(run: Run, edges: Sequence[float] | Array, value: float | None = None) -> Segment:
    """A run as a stretch of the film; `edges` are the times where its frames begin, and the film's end."""
    return Segment(start_s=round(float(edges[run[0]]), 3), end_s=round(float(edges[run[1]]), 3), value=value)


def without(found: Sequence[Segment], others: Sequence[Segment], shortest_s: float) -> tuple[Segment, ...]:
    """What is left of the stretches outside of others, where that is long enough."""
    left = list(found)
    for other in others:
        parts: list[Segment] = []
        for item in left:
            if other.end_s <= item.start_s or other.start_s >= item.end_s:
                parts.append(item)
                continue
            for start, end in ((item.start_s, other.start_s), (other.end_s, item.end_s)):
                if end - start >= shortest_s:
                    parts.append(item.model_copy(update={"start_s": start, "end_s": end}))
        left = parts
    return tuple(left)
