"""Levels outside the range of EBU R 103: of luma, and of red, green and blue."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from pipeline.inspect import stretches
from pipeline.inspect.analyzer import Frames, Needs, Others
from pipeline.inspect.decoded import DecodedVideo, VideoFormat
from pipeline.inspect.video.colour_bars import ColourBarsAnalyzer
from pipeline.inspect.video.frames import HEIGHT, WIDTH, Array, marked
from pipeline.model.inspection import SHORTEST_S, VideoMeasures

LOWEST, HIGHEST = 5, 246  # EBU R 103, 8 bit: the preferred range of luma and of each of red, green and blue
TOLERATED = 0.01  # EBU R 103: 1 % of the picture
GAMUT_WEIGHT = 0.2  # chroma is coarse: five times the area is asked of red, green and blue
EDGE = 10  # small pixels of analogue blanking, which is no picture
_ACTIVE = slice(EDGE // 2, HEIGHT - EDGE // 2), slice(EDGE, WIDTH - EDGE)


class VideoLevelAnalyzer:
    """The share of each frame that lies outside."""

    name: ClassVar[str] = "video levels"
    needs: ClassVar[Needs] = (ColourBarsAnalyzer,)

    def __init__(self, _: VideoFormat) -> None:
        self._outside: list[Array] = []

    @property
    def outside(self) -> Array:
        """The share of each frame."""
        return stretches.joined(self._outside)

    def process(self, frames: Frames) -> None:
        """Take in some frames."""
        y = frames.batch.y
        inner = y[:, _ACTIVE[0], _ACTIVE[1]].reshape(len(y), -1)
        luma = marked((inner < LOWEST) | (inner > HIGHEST)) / inner.shape[1]
        self._outside.append(np.maximum(luma, frames.colour.outside(LOWEST, HIGHEST) * GAMUT_WEIGHT))

    def finish(self, decoded: DecodedVideo, others: Others[VideoMeasures]) -> VideoMeasures:
        """Stretches where more than is tolerated lies outside; colour bars hold such values on purpose."""
        outside, edges = self.outside[: decoded.frames], decoded.edges
        found = [
            stretches.segment(run, edges, round(float(outside[run[0] : run[1]].max()), 3))
            for run in stretches.runs(outside > TOLERATED, gap=2)
            if edges[run[1]] - edges[run[0]] >= SHORTEST_S - 1e-6
        ]
        line_up = others.measures(ColourBarsAnalyzer).line_up
        return VideoMeasures(outside_range=stretches.without(found, line_up, SHORTEST_S))
