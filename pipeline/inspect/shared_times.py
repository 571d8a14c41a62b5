"""Pictures that have the time of another one: recorders of live streams write such files."""

from __future__ import annotations

import numpy as np

from pipeline.inspect.video.frames import Array
from pipeline.model.inspection import SharedTimes

SAME_S = 0.001  # MP4 can have no two pictures at one time: writers put them a tick apart
ROUNDING_S = 0.0011  # Matroska and FLV keep whole milliseconds
TWENTIETH = 20  # of a period is rounding


def of(edges: Array, period_s: float) -> tuple[SharedTimes, ...]:
    """The pictures whose time is not later than every one before.

    Args:
        edges: the second at which each picture begins, and where the last one ends.
        period_s: how far pictures are apart, in the mean.
    """
    times = np.round(edges[:-1], 6)
    later = np.concatenate(([True], times[1:] - np.maximum.accumulate(times)[:-1] > SAME_S + 1e-6))
    shared = np.flatnonzero(~later)
    if not len(shared):
        return ()
    own = np.flatnonzero(later)
    steps = np.diff(times[own]) / np.diff(own)  # the last group has no end that is known
    slack = max(ROUNDING_S, period_s / TWENTIETH)
    usual = float(np.median(steps)) if len(steps) else 0.0
    return (
        SharedTimes(
            start_s=round(float(times[shared[0]]), 3),
            end_s=round(float(times[shared[-1]]), 3),
            value=float(len(shared)),
            period_s=round(usual, 6) if len(steps) and np.all(np.abs(steps - usual) <= slack) else None,
        ),
    )
