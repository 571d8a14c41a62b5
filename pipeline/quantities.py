"""Rates and times as people type them: `500k`, `15m`."""

from __future__ import annotations

import re

RATES, DURATIONS = "500k, 2M, 1G", "30s, 15m, 2h"  # of each some that may be typed
_RATE = re.compile(r"([0-9]{1,12}(?:\.[0-9]{1,4})?)([kKmMgG]?)")
_STEPS = {"": 0, "k": 1, "m": 2, "g": 3}
_DURATION = re.compile(r"([0-9]{1,6})(s|m|h)")
_SECONDS = {"s": 1, "m": 60, "h": 3600}


def rate(text: str) -> int | None:
    """Bytes a second, as curl has them (`--limit-rate`): `k`, `M` and `G` are powers of 1,024; 0 is no limit.

    Raises:
        ValueError: it is no rate.
    """
    match = _RATE.fullmatch(text.strip())
    if match is None:
        raise ValueError(text)
    number = round(float(match[1]) * 1024 ** _STEPS[match[2].lower()])
    if not number and float(match[1]):
        raise ValueError(text)  # less than a byte
    return number or None


def duration(text: str) -> float:
    """Seconds: `30s`, `15m`, `2h`, or 0.

    Raises:
        ValueError: it is no duration.
    """
    if text.strip() == "0":
        return 0.0
    match = _DURATION.fullmatch(text.strip())
    if match is None:
        raise ValueError(text)
    return float(int(match[1]) * _SECONDS[match[2]])


def size(count: int) -> str:
    """Bytes for people."""
    value = float(count)
    for unit in ("B", "kB", "MB"):
        shown = f"{value:.0f}" if unit == "B" else f"{value:.1f}"
        if float(shown) < 1000:
            return f"{shown} {unit}"
        value /= 1000
    return f"{value:.1f} GB"


def pace(bytes_per_s: float) -> str:
    """Bytes a second for people: `245 kB/s`."""
    if round(bytes_per_s) < 1000:
        return f"{bytes_per_s:.0f} B/s"
    return f"{bytes_per_s / 1e3:.0f} kB/s" if round(bytes_per_s / 1e3) < 1000 else f"{bytes_per_s / 1e6:.1f} MB/s"


def clock(seconds: float) -> str:
    """Minutes and seconds, `0:42`; with hours where there are some, `1:02:03`."""
    minutes, left = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"
