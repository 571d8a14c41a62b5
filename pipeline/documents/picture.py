"""What a drawn page shows: where a letter stands in it, and whether there is ink."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

Rectangle: TypeAlias = tuple[int, int, int, int]  # left, top, right, bottom in samples
Box: TypeAlias = tuple[float, float, float, float]  # left, top, right, bottom in points, from the page's foot up

SAMPLE_BYTES = 3  # BGR
_ALPHA, _BGRA_BYTES = 3, 4
_LEAST_SAMPLES = 3  # a letter that is smaller than this may leave no ink


@dataclass(frozen=True)
class Frame:
    """A picture's size in samples, and the share of it that a page may fill."""

    width: int
    height: int
    share: float


@dataclass(frozen=True)
class Picture:
    """A page as large as fits, in the middle, on black; `place` is where it lies."""

    frame: Frame
    place: Rectangle
    pixels: bytes


def is_outside(place: Rectangle, page: Rectangle) -> bool:
    """Whether a letter stands beside the page, where nobody sees it."""
    return place[2] < page[0] or place[3] < page[1] or place[0] >= page[2] or place[1] >= page[3]


def reach(place: Rectangle, picture: Picture) -> float:
    """How far a letter stands from the middle: 1 is the frame's edge."""
    width, height = picture.frame.width, picture.frame.height
    across = max(abs(2 * place[0] - width), abs(2 * place[2] - width)) / width
    return min(1.0, max(across, max(abs(2 * place[1] - height), abs(2 * place[3] - height)) / height))


def is_flat(picture: Picture, place: Rectangle) -> bool:
    """Whether a rectangle of the picture has one colour: no ink."""
    width, height = picture.frame.width, picture.frame.height
    left, right = max(0, place[0]), min(width, place[2] + 1)
    top, bottom = max(0, place[1]), min(height, place[3] + 1)
    if right - left < _LEAST_SAMPLES or bottom - top < _LEAST_SAMPLES:
        return False
    rows = (
        picture.pixels[(y * width + left) * SAMPLE_BYTES : (y * width + right) * SAMPLE_BYTES]
        for y in range(top, bottom)
    )
    at = (top * width + left) * SAMPLE_BYTES
    first = picture.pixels[at : at + SAMPLE_BYTES] * (right - left)
    return all(row == first for row in rows)


@dataclass(frozen=True)
class Alone:
    """A piece of text drawn on nothing, `scale` samples a point from its `left` and `top` on (BGRA)."""

    left: float
    top: float
    scale: float
    width: int
    height: int
    stride: int
    pixels: bytes

    def has_ink(self, box: Box | None = None) -> bool:
        """In a box of the page, or anywhere."""
        left, top, right, bottom = 0, 0, self.width, self.height
        if box is not None:
            left, right = (max(0, min(self.width, round((x - self.left) * self.scale))) for x in (box[0], box[2]))
            top, bottom = (max(0, min(self.height, round((self.top - y) * self.scale))) for y in (box[1], box[3]))
        rows = (self.pixels[y * self.stride : (y + 1) * self.stride] for y in range(top, bottom))
        return any(any(row[left * _BGRA_BYTES + _ALPHA : right * _BGRA_BYTES : _BGRA_BYTES]) for row in rows)
