"""How light each picture is: black, the luminance curve, what lies outside the range of EBU R 103."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from pipeline.inspect.video.colour import Colour
from pipeline.inspect.video.frames import HEIGHT, PIXELS, WIDTH, Array, FrameBatch

BLACK_BELOW = 32  # 8 bit luma (QC sheet: black)
BLACK_SHARE = 0.98
LIT_FROM = 80  # letters of credits; grain stays below
LIT_SHARE = 0.0004  # of the picture: four digits
LOWEST, HIGHEST = 5, 246  # EBU R 103, 8 bit: the preferred range of luma and of each of red, green and blue
GAMUT_WEIGHT = 0.2  # chroma is coarse: five times the area is asked of red, green and blue
EDGE = 10  # small pixels of analogue blanking, which is no picture
_ACTIVE = slice(EDGE // 2, HEIGHT - EDGE // 2), slice(EDGE, WIDTH - EDGE)
# where credits and captions stand, and a station's mark in an upper corner does not
_CENTRE, _BELOW = slice(WIDTH // 4, WIDTH * 3 // 4), slice(HEIGHT // 4, HEIGHT)


@dataclass
class LightAnalyzer:
    """Shares and means of every picture, in order."""

    black: list[Array] = field(default_factory=list)
    mean: list[Array] = field(default_factory=list)
    outside: list[Array] = field(default_factory=list)

    def process(self, pictures: FrameBatch, colour: Colour) -> None:
        """Take in some pictures."""
        y = pictures.y
        flat = y.reshape(len(y), PIXELS)
        dark = np.count_nonzero(flat < BLACK_BELOW, axis=1) >= BLACK_SHARE * PIXELS
        if dark.any():  # credits and captions on black are no defect
            middle = np.count_nonzero(y[:, :, _CENTRE].reshape(len(y), -1) >= LIT_FROM, axis=1)
            below = np.count_nonzero(y[:, _BELOW].reshape(len(y), -1) >= LIT_FROM, axis=1)
            lit = np.maximum(middle, below)
            dark &= lit <= LIT_SHARE * HEIGHT * WIDTH
        self.black.append(dark)
        self.mean.append(flat.mean(axis=1, dtype=np.float32))
        inner = y[:, _ACTIVE[0], _ACTIVE[1]].reshape(len(y), -1)
        luma = np.count_nonzero((inner < LOWEST) | (inner > HIGHEST), axis=1) / inner.shape[1]
        self.outside.append(np.maximum(luma, colour.outside(LOWEST, HIGHEST) * GAMUT_WEIGHT))
