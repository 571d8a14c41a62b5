"""Frames that could stand for the film: one a second, with what speaks for it and against it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from pipeline.inspect.analyzer import Frames, Needs, Others
from pipeline.inspect.decoded import DecodedVideo, VideoFormat
from pipeline.inspect.video.frames import Array
from pipeline.inspect.video.light import LightAnalyzer
from pipeline.inspect.video.motion import MotionAnalyzer
from pipeline.model.inspection import PosterCandidate, VideoMeasures

MOST = 12
_DARKEST, _BRIGHTEST, _FLATTEST = 40.0, 215.0, 18.0  # mean and spread of luma: less is black, a fade, a plain card
_NEAR_S = 0.5
_FADES = 14.0  # code values that the mean goes up or down within a second: a fade, or a change of shot
_EDGE = 60  # code values from one small pixel to the next: letters with an outline
# where subtitles stand, and a part of the picture to hold it against
_FOOT, _BODY = slice(128, 178), slice(60, 120)
_MIDDLE = slice(40, 280)
_LINE = 10  # small pixels that a line of letters is high
_LETTERS = 30.0  # how much letters weigh against sharpness


@dataclass(frozen=True)
class _Look:
    number: int
    sharpness: float
    spread: float
    letters: float


class PosterCandidateAnalyzer:
    """Looks at one frame a second."""

    name: ClassVar[str] = "poster candidates"
    needs: ClassVar[Needs] = (LightAnalyzer, MotionAnalyzer)

    def __init__(self, given: VideoFormat) -> None:
        self._step = max(1, round(given.rate))
        self._near = max(1, round(_NEAR_S * given.rate))
        self._looks: list[_Look] = []

    def process(self, frames: Frames) -> None:
        """Take in some frames."""
        for index, luma in enumerate(frames.batch.y):
            number = frames.batch.first + index
            if number % self._step == self._step // 2:
                self._looks.append(_look(number, luma.astype(np.int16)))

    def finish(self, decoded: DecodedVideo, others: Others[VideoMeasures]) -> VideoMeasures:
        """The best ones, best first."""
        mean, change = others.analyzer(LightAnalyzer).mean, others.analyzer(MotionAnalyzer).change
        scored = []
        for item in self._looks:
            if item.number >= min(len(mean), decoded.frames):
                continue
            first, last = max(0, item.number - self._near), min(len(mean) - 1, item.number + self._near)
            fades = abs(float(mean[last] - mean[first])) > _FADES
            dull = not _DARKEST <= mean[item.number] <= _BRIGHTEST or item.spread < _FLATTEST
            calm = 1 / (1 + float(change[first : last + 1].mean()) / 4)
            score = item.sharpness * calm / (1 + _LETTERS * item.letters) * (0.05 if fades or dull else 1.0)
            at_s = round(float(decoded.edges[item.number]), 3)
            scored.append(PosterCandidate(at_s=at_s, score=round(score, 4)))
        return VideoMeasures(stills=tuple(sorted(scored, key=lambda item: (-item.score, item.at_s))[:MOST]))


def _look(number: int, luma: Array) -> _Look:
    inner = luma[1:-1, 1:-1]
    detail = np.abs(4 * inner - luma[:-2, 1:-1] - luma[2:, 1:-1] - luma[1:-1, :-2] - luma[1:-1, 2:])
    edges = np.abs(np.diff(luma, axis=1)) >= _EDGE
    return _Look(number, float(detail.mean()), float(luma.std()), _letters(edges))


def _letters(edges: Array) -> float:
    """By how much a line at the foot has more hard edges than any of the picture's middle."""

    def densest(rows: slice) -> float:
        share = edges[rows, _MIDDLE].mean(axis=1)
        return float(np.convolve(share, np.ones(_LINE) / _LINE, "valid").max())

    return max(0.0, densest(_FOOT) - densest(_BODY))
