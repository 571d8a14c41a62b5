"""The picture that every source is made of: what is where in it, and how it is drawn.

All places are shares of the picture, so that the same card is found again at any size:

- a corner of its own colour each tells rotation and mirroring;
- a white square in the middle, square as displayed, tells the shape of the samples;
- patches left and right of it tell matrix, range and tone curve;
- eleven cells on top count the pictures in Gray code, so that a blend of two neighbours reads as one of them;
- a band of stripes moves from picture to picture (from field to field, where there are fields).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
Rgb = tuple[int, int, int]
Box = tuple[float, float, float, float]  # left, top, right, bottom

GREY: Rgb = (92, 92, 92)
WHITE: Rgb = (235, 235, 235)
BORDER: Rgb = (190, 30, 190)  # what a crop takes away
CORNERS: dict[str, tuple[Box, Rgb]] = {
    "top left": ((0.0, 0.0, 0.15, 0.2), (200, 40, 40)),
    "top right": ((0.85, 0.0, 1.0, 0.2), (40, 160, 40)),
    "bottom right": ((0.85, 0.8, 1.0, 1.0), (190, 190, 40)),
    "bottom left": ((0.0, 0.8, 0.15, 1.0), (40, 40, 200)),
}
PATCHES: dict[str, tuple[Box, Rgb]] = {
    "cyan": ((0.04, 0.32, 0.16, 0.48), (40, 160, 160)),
    "skin": ((0.04, 0.54, 0.16, 0.7), (210, 160, 130)),
    "violet": ((0.84, 0.32, 0.96, 0.48), (130, 60, 170)),
    "mid": ((0.84, 0.54, 0.96, 0.7), (140, 140, 140)),
}
SQUARE_HEIGHT = 0.3
BAND: Box = (0.2, 0.8, 0.8, 1.0)
STRIPES = (45, 150)
CELLS = 11
CELLS_BOX: Box = (0.17, 0.03, 0.83, 0.17)


@dataclass(frozen=True)
class Card:
    """A clip of the card.

    Args:
        shape: width to height as displayed; the samples' own shape follows.
        rate: pictures a second.
        fields: which field is earlier, where each picture holds two moments.
        border: samples of another colour around it, left, top, right, bottom, that are no part of it.
        form: RGB without loss, or a YUV4MPEG file in BT.601 for programs that read nothing else.
        first: the number of the first picture.
    """

    width: int = 640
    height: int = 360
    shape: Fraction = Fraction(16, 9)
    rate: Fraction = Fraction(25)
    seconds: float = 3.0
    fields: Literal["", "tff", "bff"] = ""
    border: tuple[int, int, int, int] = (0, 0, 0, 0)
    form: Literal["rgb", "y4m"] = "rgb"
    first: int = 0

    @property
    def pictures(self) -> int:
        return round(self.seconds * self.rate)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height with the border."""
        left, top, right, bottom = self.border
        return left + self.width + right, top + self.height + bottom


def gray_code(number: int) -> tuple[bool, ...]:
    """The cells of a number, highest first."""
    code = number ^ (number >> 1)
    return tuple(bool(code >> place & 1) for place in reversed(range(CELLS)))


def number_of(cells: tuple[bool, ...]) -> int:
    """The number that cells show."""
    number = 0
    for cell in cells:
        number = number << 1 | (number & 1) ^ cell
    return number


def square_box(shape: float) -> Box:
    """Where the square is in a picture that is displayed so wide to its height."""
    half = SQUARE_HEIGHT / shape / 2
    return 0.5 - half, 0.5 - SQUARE_HEIGHT / 2, 0.5 + half, 0.5 + SQUARE_HEIGHT / 2


def cell_boxes() -> list[Box]:
    """Where the cells of the counter are."""
    left, top, right, bottom = CELLS_BOX
    step = (right - left) / CELLS
    return [(left + step * place, top, left + step * (place + 1), bottom) for place in range(CELLS)]


def region(picture: Picture, box: Box, inset: float = 0.0) -> Picture:
    """A view of a part, less a share of it on each side."""
    height, width = picture.shape[:2]
    left, top, right, bottom = box
    dx, dy = (right - left) * inset, (bottom - top) * inset
    rows = slice(round((top + dy) * height), max(round((bottom - dy) * height), round((top + dy) * height) + 1))
    columns = slice(round((left + dx) * width), max(round((right - dx) * width), round((left + dx) * width) + 1))
    return picture[rows, columns]


def _still(card: Card) -> Picture:
    picture: Picture = np.empty((card.height, card.width, 3), np.uint8)
    picture[:] = GREY
    for box, colour in (*CORNERS.values(), *PATCHES.values()):
        region(picture, box)[:] = colour
    region(picture, square_box(float(card.shape)))[:] = WHITE
    return picture


def _moment(still: Picture, number: int, time_s: float) -> Picture:
    """The card at a moment: the counter shows the picture, the band the time."""
    picture = still.copy()
    for box, lit in zip(cell_boxes(), gray_code(number), strict=True):
        region(picture, box)[:] = 225 if lit else 20
    band = region(picture, BAND)
    columns = np.arange(band.shape[1]) / picture.shape[1]
    wave = 0.5 + 0.5 * np.sin(2 * np.pi * (columns * 12 - time_s * 3.3))
    low, high = STRIPES
    band[:] = (low + (high - low) * wave).astype(np.uint8)[None, :, None]
    return picture


def pictures(card: Card) -> Iterator[Picture]:
    """All of them, in the order of showing."""
    still = _still(card)
    left, top, _, _ = card.border
    for number in range(card.first, card.first + card.pictures):
        time_s = float(number / card.rate)
        inner = _moment(still, number, time_s)
        if card.fields:
            later = _moment(still, number, time_s + float(0.5 / card.rate))
            start = 1 if card.fields == "tff" else 0
            inner[start::2] = later[start::2]
        if any(card.border):
            width, height = card.size
            whole: Picture = np.empty((height, width, 3), np.uint8)
            whole[:] = BORDER
            whole[top : top + card.height, left : left + card.width] = inner
            inner = whole
        yield inner
