"""Where a delivery is not what its source was made of. Pure: arrays and numbers in, sentences out.

Bounds: a person sees a shape that is 5 % off; lossy coding moves a patch by 3 of 255, a wrong matrix by 15 and more.
Those of the sound stand in `hearing.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

import numpy as np

from benchmarks.sources import card
from benchmarks.sources.card import Box, Picture, Rgb
from benchmarks.sources.decode import Delivered
from benchmarks.sources.hearing import sound_faults, told_once
from benchmarks.sources.source import Shown

SHAPE_OFF = 0.05
PLACE_OFF = 0.025
COMBED = 6.0
READ_SHARE = 0.9
MOST_COLOURS = 3  # that are told


@dataclass(frozen=True)
class Look:
    """What is seen in one picture of a delivery, set upright as it is expected to be turned.

    Args:
        number: what the counter shows; None where it can't be read.
        square: its width and height and the place of its middle, as shares of the picture's part of the frame.
        corners, patches: mean colours, in the order of `card`.
        combed: how much each line of the band differs from its neighbours.
        stretch: which of the expected shapes it was read by.
    """

    number: int | None
    square: tuple[float, float, float, float]
    corners: tuple[Rgb, ...]
    patches: tuple[Rgb, ...]
    combed: float
    stretch: int


def part_of(aspect: float, shape: float) -> Box:
    """Where a picture of one shape stands in a frame of another: in the middle, as large as it can."""
    if shape <= aspect:
        half = shape / aspect / 2
        return 0.5 - half, 0.0, 0.5 + half, 1.0
    half = aspect / shape / 2
    return 0.0, 0.5 - half, 1.0, 0.5 + half


def shown_shape(shape: Fraction, turn: int) -> float:
    """Width to height after turning."""
    return float(1 / shape if turn % 2 else shape)


def upright(picture: Picture, turn: int, mirrored: bool) -> Picture:
    """Undo a mirroring and the quarter turns clockwise after it."""
    back: Picture = np.rot90(picture, turn)
    return back[:, ::-1] if mirrored else back


def look(picture: Picture, aspect: float, shown: Shown) -> Look:
    """One picture, by the shape that is expected when its counter says: of those that can be read the one whose corners
    lie in the corners, since a counter may be read by a wrong shape, too."""
    looks = []
    for index, (_, shape) in enumerate(shown.shape):
        part = card.region(picture, part_of(aspect, shown_shape(shape, shown.turn)))
        looks.append(_look(upright(part, shown.turn, shown.mirrored), index))
    fitting = [seen for seen in looks if _is_in_its_time(seen, shown)]
    corners = [_as_shown(colour, shown.grey) for _, colour in card.CORNERS.values()]
    return min(
        fitting or looks[:1],
        key=lambda seen: sum(_apart(one, other) for one, other in zip(seen.corners, corners, strict=True)),
    )


def _is_in_its_time(seen: Look, shown: Shown) -> bool:
    since_s = shown.shape[seen.stretch - 1][0] if seen.stretch else -1.0
    until_s = shown.shape[seen.stretch][0]
    return seen.number is not None and since_s - 0.02 <= moment(seen.number, shown) < until_s + 0.02


def moment(number: int, shown: Shown) -> float:
    """When a picture of the content is shown, s."""
    if shown.times_s:
        return shown.times_s[number] if number < len(shown.times_s) else 1e6
    return float(number / shown.rate)


def _look(picture: Picture, stretch: int) -> Look:
    light = picture.mean(axis=2)
    cells = [float(card.region(light, box, 0.25).mean()) for box in card.cell_boxes()]
    clear = all(level > 150 or level < 95 for level in cells)
    number = card.number_of(tuple(level > 122 for level in cells)) if clear else None
    band = card.region(light, card.BAND, 0.1)
    combed = float(np.abs(band[1:-1] - (band[:-2] + band[2:]) / 2).mean()) if len(band) > 2 else 0.0
    colours = [
        tuple(_mean(card.region(picture, box, 0.25)) for box, _ in kind.values())
        for kind in (card.CORNERS, card.PATCHES)
    ]
    return Look(number, _square(light), colours[0], colours[1], combed, stretch)


def _mean(part: Picture) -> Rgb:
    red, green, blue = (round(float(value)) for value in part.reshape(-1, 3).mean(axis=0))
    return red, green, blue


def _square(light: np.ndarray) -> tuple[float, float, float, float]:
    """Width, height and middle of what is lit around the middle, as shares."""
    height, width = light.shape
    top, left = round(height * 0.22), round(width * 0.22)
    lit = light[top : height - top, left : width - left] > (card.WHITE[0] + card.GREY[0]) / 2
    rows, columns = lit.sum(axis=1), lit.sum(axis=0)
    if not lit.any():
        return 0.0, 0.0, 0.0, 0.0
    wide, high = float(np.median(rows[rows > 0])), float(np.median(columns[columns > 0]))
    across = (np.flatnonzero(columns > high / 2).mean() + left + 0.5) / width
    down = (np.flatnonzero(rows > wide / 2).mean() + top + 0.5) / height
    return wide / width, high / height, float(across), float(down)


def compare(delivered: Delivered, looks: Sequence[Look], shown: Shown, own_shape: bool) -> list[str]:
    """All faults; `own_shape` where the frame must be of the film's own shape."""
    faults = []
    shapes = [shown_shape(shape, shown.turn) for _, shape in shown.shape]
    if own_shape and not any(abs(delivered.aspect / shape - 1) < SHAPE_OFF for shape in shapes):
        faults.append(f"the frame is {delivered.aspect:.3f} wide to its height, not {shapes[0]:.3f}")
    faults += _picture_faults(looks, shown)
    moments, when = _moments(delivered, looks, shown)
    if len(moments) < READ_SHARE * len(looks) or len(set(moments)) == 1:
        # what is not where it should be tells no times
        return [*faults, f"the counter shows {len(set(moments))} moments in {len(moments)} of {len(looks)} pictures"]
    faults += _time_faults(moments, when, delivered, shown)
    at = [float(np.interp(gap, moments, when)) for gap in shown.gaps_s]
    return faults + sound_faults(delivered, shown, when[0] - moments[0] + shown.start_s, at)


def _picture_faults(looks: Sequence[Look], shown: Shown) -> list[str]:
    """Geometry, orientation and colours at the start, in the middle and at the end."""
    count = len(looks)
    places = {"start": min(2, count - 1), "middle": count // 2, "end": max(0, count - 3)}
    return told_once((name, fault) for name, index in places.items() for fault in _faults_of(looks[index], shown))


def _faults_of(seen: Look, shown: Shown) -> list[str]:
    shape = float(shown.shape[seen.stretch][1])
    wide, high, across, down = seen.square
    if not high:
        return ["there is no white square in the middle"]
    faults = []
    if abs(wide * shape / high - 1) > SHAPE_OFF or abs(high / card.SQUARE_HEIGHT - 1) > SHAPE_OFF + 0.02:
        size = f"{wide * shape / card.SQUARE_HEIGHT:.2f} x {high / card.SQUARE_HEIGHT:.2f}"
        faults.append(f"the square is {size} of what it should be")
    if max(abs(across - 0.5), abs(down - 0.5)) > PLACE_OFF:
        faults.append(f"the square's middle is at {across:.3f}, {down:.3f}")
    if seen.combed > COMBED:
        faults.append(f"lines are combed ({seen.combed:.1f})")
    return faults + _colour_faults(seen, shown)


def _colour_faults(seen: Look, shown: Shown) -> list[str]:
    corners = [_as_shown(colour, shown.grey) for _, colour in card.CORNERS.values()]
    patches = [_as_shown(colour, shown.grey) for _, colour in card.PATCHES.values()]
    apart = [_apart(one, other) for one, other in zip(seen.corners, corners, strict=True)]
    if max(apart) > 45 and (turned := _turned(seen.corners, corners)):
        return [f"the picture is {turned} against what it should be"]
    pairs = [*zip(card.CORNERS, seen.corners, corners, strict=True)]
    pairs += [*zip(card.PATCHES, seen.patches, patches, strict=True)]
    off = [(name, one, other) for name, one, other in pairs if _apart(one, other) > shown.colours]
    said = [f"{name} is {one}, not {other}" for name, one, other in off]
    more = f" and {len(said) - MOST_COLOURS} more" if len(said) > MOST_COLOURS else ""
    return ["colours: " + "; ".join(said[:MOST_COLOURS]) + more] if said else []


def _as_shown(colour: Rgb, grey: bool) -> Rgb:
    """A colour, or its light alone (BT.601)."""
    light = round(0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2])
    return (light, light, light) if grey else colour


def _turned(corners: Sequence[Rgb], wanted: Sequence[Rgb]) -> str:
    """How a picture must have been turned that its corners stand like that."""
    for mirrored in (False, True):
        order = [1, 0, 3, 2] if mirrored else [0, 1, 2, 3]
        for turn in range(4):
            there = [wanted[order[(place - turn) % 4]] for place in range(4)]
            if max(_apart(one, other) for one, other in zip(corners, there, strict=True)) < 35:
                return f"{'mirrored and ' if mirrored else ''}turned by {turn * 90}°"
    return ""


def _apart(one: Rgb, other: Rgb) -> float:
    return sum(abs(a - b) for a, b in zip(one, other, strict=True)) / 3


def _moments(delivered: Delivered, looks: Sequence[Look], shown: Shown) -> tuple[list[float], list[float]]:
    """The moments of the content that can be read, and when each is shown."""
    read = [
        (moment(seen.number, shown), time)
        for seen, time in zip(looks, delivered.times_s, strict=True)
        if seen.number is not None
    ]
    return [content for content, _ in read], [time for _, time in read]


def _time_faults(moments: Sequence[float], when: Sequence[float], delivered: Delivered, shown: Shown) -> list[str]:
    faults = []
    period = max(np.diff(shown.times_s), default=0.0) if shown.times_s else float(1 / shown.rate)
    slack = 0.045 + 1.01 * float(period)
    if moments[0] > shown.start_s + slack or moments[0] < shown.start_s - slack:
        faults.append(f"begins at {moments[0]:.2f} s of the content, not at {shown.start_s:.2f}")
    if abs(moments[-1] + period - shown.end_s) > slack + 0.04:
        faults.append(f"ends at {moments[-1] + period:.2f} s of the content, not at {shown.end_s:.2f}")
    back = sum(later < earlier - 1e-6 for earlier, later in pairwise(moments))
    if back:
        faults.append(f"goes back in time {back} times")
    drift = np.array(moments) - np.array(when)
    drift -= np.median(drift)
    if float(np.abs(drift).max()) > slack:
        faults.append(f"pictures are up to {float(np.abs(drift).max()):.2f} s off their time")
    out = float(np.median(np.diff(delivered.times_s))) if len(delivered.times_s) > 1 else 0.04
    length, wanted = delivered.times_s[-1] - delivered.times_s[0] + out, shown.end_s - shown.start_s
    if abs(length - wanted) > slack + 0.04:
        faults.append(f"the picture is {length:.2f} s long, not {wanted:.2f}")
    distinct, possible = len(set(moments)), _possible(shown, out)
    if distinct < 0.9 * possible:
        faults.append(f"{distinct} different pictures of {possible}")
    return faults


def _possible(shown: Shown, period_s: float) -> int:
    """How many different pictures of the content a delivery of so many pictures a second can show."""
    times = np.arange(shown.start_s, shown.end_s - 1e-6, max(period_s, 0.001)) + 1e-6
    if shown.times_s:
        return len(set(np.searchsorted(np.unique(shown.times_s), times, side="right")))
    return len(set(np.floor(times * float(shown.rate))))
