"""How light each frame is: black, and the luminance curve."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from pipeline.inspect import stretches
from pipeline.inspect.analyzer import Frames, Needs, Others
from pipeline.inspect.decoded import DecodedVideo, VideoFormat
from pipeline.inspect.video.frames import HEIGHT, PIXELS, WIDTH, Array, marked, totals
from pipeline.model.inspection import SHORTEST_BLACK_S, VideoMeasures

BLACK_BELOW = 32  # 8 bit luma (QC sheet: black)
BLACK_SHARE = 0.98
LIT_FROM = 80  # letters of credits; grain stays below
LIT_SHARE = 0.0004  # of the picture: four digits
# where credits and captions stand, and a station's mark in an upper corner does not
_CENTRE, _BELOW = slice(WIDTH // 4, WIDTH * 3 // 4), slice(HEIGHT // 4, HEIGHT)


class LightAnalyzer:
    """Which frames are black, and the mean luma of each, in 8 bit code values."""

    name: ClassVar[str] = "light"
    needs: ClassVar[Needs] = ()

    def __init__(self, _: VideoFormat) -> None:
        self._black: list[Array] = []
        self._mean: list[Array] = []

    @property
    def black(self) -> Array:
        """Which frames are black."""
        return stretches.joined(self._black).astype(bool)

    @property
    def mean(self) -> Array:
        """The mean luma of each frame."""
        return stretches.joined(self._mean)

    def process(self, frames: Frames) -> None:
        """Take in some frames."""
        y = frames.batch.y
        flat = y.reshape(len(y), PIXELS)
        dark = marked(flat < BLACK_BELOW) >= BLACK_SHARE * PIXELS
        if dark.any():  # credits and captions on black are no defect
            middle = marked(y[:, :, _CENTRE] >= LIT_FROM)
            below = marked(y[:, _BELOW] >= LIT_FROM)
            lit = np.maximum(middle, below)
            dark &= lit <= LIT_SHARE * HEIGHT * WIDTH
        self._black.append(dark)
        self._mean.append(totals(flat).astype(np.float32) / np.float32(PIXELS))

    def finish(self, decoded: DecodedVideo, _: Others[VideoMeasures]) -> VideoMeasures:
        """Stretches of black."""
        return VideoMeasures(black=decoded.placed(stretches.runs(self.black[: decoded.frames]), SHORTEST_BLACK_S))
