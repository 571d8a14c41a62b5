"""Curves over the film as SVG, with the findings marked: plain text, no script."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.media.timecode import Clock

WIDTH, HEIGHT = 680, 96
_LEFT, _BOTTOM, _TOP = 38, 18, 8
_LABEL = 60  # what the label of a time is wide on a small screen
_COLOURS = {"error": "#c62828", "warning": "#b26a00", "info": "#607d8b"}
_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600)
MOST_POINTS = 1200


@dataclass(frozen=True)
class Mark:
    """A stretch to be marked."""

    start_s: float
    end_s: float
    severity: str


@dataclass(frozen=True)
class Scale:
    """The values that a chart goes from and to, and those that get a line."""

    lowest: float
    highest: float
    lines: tuple[float, ...]


def chart(values: Sequence[float | None], scale: Scale, marks: Sequence[Mark], seconds: float, clock: Clock) -> str:
    """One curve of a value a second; nothing where there is none."""
    if not values or seconds <= 0:
        return ""
    parts = [f'<svg viewBox="0 {-_TOP} {WIDTH} {HEIGHT + _TOP}" role="img">']
    for mark in marks:
        left, right = _x(mark.start_s, seconds), _x(mark.end_s, seconds)
        parts.append(
            f'<rect x="{left:.1f}" y="0" width="{max(1.5, right - left):.1f}" height="{HEIGHT - _BOTTOM}" '
            f'fill="{_COLOURS[mark.severity]}" fill-opacity="0.18"/>'
        )
    for line in scale.lines:
        y = _y(line, scale)
        parts.append(
            f'<line x1="{_LEFT}" y1="{y:.1f}" x2="{WIDTH}" y2="{y:.1f}" stroke="#bbb" stroke-width="0.6"/>'
            f'<text x="{_LEFT - 4}" y="{y + 3:.1f}" text-anchor="end">{line:g}</text>'
        )
    for number, second in enumerate(_ticks(seconds)):
        x = _x(second, seconds)
        anchor = "end" if x > WIDTH - _LABEL else "middle" if number else "start"
        kind = ' class="between"' if number % 3 else ""  # small screens have room for every third
        parts.append(
            f'<line x1="{x:.1f}" y1="{HEIGHT - _BOTTOM}" x2="{x:.1f}" y2="{HEIGHT - _BOTTOM + 3}" stroke="#888"/>'
            f'<text{kind} x="{x:.1f}" y="{HEIGHT - 2}" text-anchor="{anchor}">{clock.at(second)[:8]}</text>'
        )
    parts += [
        f'<polyline points="{run}" fill="none" stroke="#1f4e79" stroke-width="1.2"/>'
        for run in _runs(values, scale, seconds)
    ]
    return "".join([*parts, "</svg>"])


def _runs(values: Sequence[float | None], scale: Scale, seconds: float) -> list[str]:
    """Points of each stretch that has values; of long films the highest of several seconds."""
    step = max(1, math.ceil(len(values) / MOST_POINTS))
    runs: list[list[str]] = [[]]
    for start in range(0, len(values), step):
        known = [value for value in values[start : start + step] if value is not None]
        if known:
            runs[-1].append(f"{_x(start + step / 2, seconds):.1f},{_y(max(known), scale):.1f}")
        elif runs[-1]:
            runs.append([])
    return [" ".join(run if len(run) > 1 else run * 2) for run in runs if run]


def _ticks(seconds: float) -> list[int]:
    step = next((step for step in _STEPS if seconds / step <= 8), _STEPS[-1])
    return list(range(0, int(seconds) + 1, step))[:40]


def _x(second: float, seconds: float) -> float:
    return _LEFT + (WIDTH - _LEFT) * min(1.0, max(0.0, second / seconds))


def _y(value: float, scale: Scale) -> float:
    share = (min(scale.highest, max(scale.lowest, value)) - scale.lowest) / (scale.highest - scale.lowest)
    return (HEIGHT - _BOTTOM) * (1 - share) + 1
