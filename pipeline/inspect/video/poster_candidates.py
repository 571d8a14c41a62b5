"""Pictures that could stand for the film: one a second, with what speaks for it and against it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from pipeline.inspect.video.frames import Array, FrameBatch
from pipeline.model.inspection import PosterCandidate

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
class _Looked:
    number: int
    sharpness: float
    spread: float
    letters: float


@dataclass
class PosterCandidateAnalyzer:
    """Looks at one picture a second; `rate` is the film's pictures a second."""

    rate: float
    _seen: list[_Looked] = field(default_factory=list)

    def process(self, pictures: FrameBatch) -> None:
        """Take in some pictures."""
        step = max(1, round(self.rate))
        for index, luma in enumerate(pictures.y):
            if (pictures.first + index) % step == step // 2:
                self._seen.append(_looked(pictures.first + index, luma.astype(np.int16)))

    def finish(self, mean: Array, change: Array, times_s: Array) -> tuple[PosterCandidate, ...]:
        """The best ones, best first. `mean` is the luma, `change` the step from the picture before, `times_s` when each
        picture is shown, all by the picture's number."""
        near = max(1, round(_NEAR_S * self.rate))
        scored = []
        for item in self._seen:
            if item.number >= min(len(mean), len(times_s)):
                continue
            first, last = max(0, item.number - near), min(len(mean) - 1, item.number + near)
            fades = abs(float(mean[last] - mean[first])) > _FADES
            dull = not _DARKEST <= mean[item.number] <= _BRIGHTEST or item.spread < _FLATTEST
            calm = 1 / (1 + float(change[first : last + 1].mean()) / 4)
            score = item.sharpness * calm / (1 + _LETTERS * item.letters) * (0.05 if fades or dull else 1.0)
            scored.append(PosterCandidate(at_s=round(float(times_s[item.number]), 3), score=round(score, 4)))
        return tuple(sorted(scored, key=lambda item: (-item.score, item.at_s))[:MOST])


def _looked(number: int, luma: Array) -> _Looked:
    inner = luma[1:-1, 1:-1]
    detail = np.abs(4 * inner - luma[:-2, 1:-1] - luma[2:, 1:-1] - luma[1:-1, :-2] - luma[1:-1, 2:])
    edges = np.abs(np.diff(luma, axis=1)) >= _EDGE
    return _Looked(number, float(detail.mean()), float(luma.std()), _letters(edges))


def _letters(edges: Array) -> float:
    """By how much a line at the foot has more hard edges than any of the picture's middle."""

    def densest(rows: slice) -> float:
        share = edges[rows, _MIDDLE].mean(axis=1)
        return float(np.convolve(share, np.ones(_LINE) / _LINE, "valid").max())

    return max(0.0, densest(_FOOT) - densest(_BODY))
