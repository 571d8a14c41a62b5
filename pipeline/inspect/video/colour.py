"""Red, green and blue of the small pictures, in code values and as light."""

from __future__ import annotations

from functools import reduce

import numpy as np

from pipeline.inspect.video.frames import HEIGHT, WIDTH, Array, FrameBatch, marked

ROWS, COLUMNS = HEIGHT // 2, WIDTH // 2
# Kr and Kb of ITU-T H.273 table 4
_WEIGHTS = {
    "bt709": (0.2126, 0.0722),
    "bt601": (0.299, 0.114),
    "SMPTE 240M": (0.212, 0.087),
    "FCC 73.682": (0.30, 0.11),
}
_CHROMA = 219 / 224  # steps of chroma in steps of luma: BT.709 clause 3.5


def _linear() -> Array:
    """IEC 61966-2-1: light of 0 to 1 for each code value of video range."""
    signal = np.clip((np.arange(256, dtype=np.float32) - 16) / 219, 0, 1)
    return np.where(signal <= 0.04045, signal / 12.92, ((signal + 0.055) / 1.055) ** 2.4).astype(np.float32)


LIGHT = _linear()


class Colour:
    """Planes of (n, 90, 160), made once for all that ask."""

    def __init__(self, pictures: FrameBatch, matrix: str):
        red, blue = _WEIGHTS.get(matrix, _WEIGHTS["bt709"])
        green = 1 - red - blue
        lines = pictures.y[:, 0::2].astype(np.uint16) + pictures.y[:, 1::2]
        luma = (lines[:, :, 0::2] + lines[:, :, 1::2]).astype(np.float32) * np.float32(0.25)
        u, v = _chroma(pictures.u), _chroma(pictures.v)
        by_blue, by_red = np.float32(2 * (1 - blue)), np.float32(2 * (1 - red))
        self.red = by_red * v
        self.red += luma
        self.green = luma - np.float32(blue / green) * by_blue * u
        self.green -= np.float32(red / green) * by_red * v
        self.blue = by_blue * u
        self.blue += luma

    def outside(self, lowest: int, highest: int) -> Array:
        """Share of each picture where one of the three lies outside; half a step is rounding."""
        low, high = lowest - 0.5, highest + 0.5
        planes = [plane[:, 3:-3, 5:-5] for plane in (self.red, self.green, self.blue)]  # without analogue blanking
        least, most = reduce(np.minimum, planes), reduce(np.maximum, planes)
        share: Array = marked((least < low) | (most > high)) / least[0].size
        return share

    def light(self) -> tuple[Array, Array, Array]:
        """Linear light of the three, 0 to 1."""
        return _light(self.red), _light(self.green), _light(self.blue)


def _chroma(plane: Array) -> Array:
    """In steps of luma, grey is 0."""
    steps = plane.astype(np.float32)
    steps -= 128
    steps *= np.float32(_CHROMA)
    return steps


def _light(plane: Array) -> Array:
    return np.take(LIGHT, (plane + np.float32(0.5)).astype(np.intp), mode="clip")
