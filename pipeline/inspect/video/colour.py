"""Red, green and blue of the small pictures, in code values and as light."""

from __future__ import annotations

import numpy as np

from pipeline.inspect.video.frames import HEIGHT, WIDTH, Array, FrameBatch

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
        y = pictures.y
        luma = (
            y[:, 0::2, 0::2].astype(np.float32) + y[:, 0::2, 1::2] + y[:, 1::2, 0::2] + y[:, 1::2, 1::2]
        ) * np.float32(0.25)
        u = (pictures.u.astype(np.float32) - 128) * np.float32(_CHROMA)
        v = (pictures.v.astype(np.float32) - 128) * np.float32(_CHROMA)
        by_blue, by_red = np.float32(2 * (1 - blue)), np.float32(2 * (1 - red))
        self.red = luma + by_red * v
        self.green = luma - np.float32(blue / green) * by_blue * u - np.float32(red / green) * by_red * v
        self.blue = luma + by_blue * u

    def outside(self, lowest: int, highest: int) -> Array:
        """Share of each picture where one of the three lies outside; half a step is rounding."""
        low, high = lowest - 0.5, highest + 0.5
        planes = [plane[:, 3:-3, 5:-5] for plane in (self.red, self.green, self.blue)]  # without analogue blanking
        least = np.minimum(np.minimum(planes[0], planes[1]), planes[2])
        most = np.maximum(np.maximum(planes[0], planes[1]), planes[2])
        share: Array = np.count_nonzero((least < low) | (most > high), axis=(1, 2)) / (least[0].size)
        return share

    def light(self) -> tuple[Array, Array, Array]:
        """Linear light of the three, 0 to 1."""
        return _light(self.red), _light(self.green), _light(self.blue)


def _light(plane: Array) -> Array:
    return np.take(LIGHT, np.clip(plane + np.float32(0.5), 0, 255).astype(np.uint8))
