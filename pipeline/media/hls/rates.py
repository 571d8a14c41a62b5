"""Bit rates of renditions, from what their segments weigh and how long they play."""

from __future__ import annotations

from collections.abc import Sequence


def peak_and_average(sizes: Sequence[int], durations_s: Sequence[float], target_s: float) -> tuple[int, int]:
    """Peak and average bit/s over the container.

    The peak is the largest rate of any run of segments that lasts 0.5–1.5 target durations (RFC 8216 clause 4.1);
    a film shorter than that counts whole.
    """
    average = 8 * sum(sizes) / sum(durations_s)
    peak = 0.0
    for start in range(len(sizes)):
        bits, seconds = 0, 0.0
        for size, duration in zip(sizes[start:], durations_s[start:], strict=True):
            bits += 8 * size
            seconds += duration
            if seconds > 1.5 * target_s:
                break
            if seconds >= 0.5 * target_s:
                peak = max(peak, bits / seconds)
    return round(peak or average), round(average)
