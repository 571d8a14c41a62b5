"""The shape of every picture of DV: tapes change between 4:3 and 16:9, each frame says which, and no filter sees it."""

from __future__ import annotations

from fractions import Fraction
from typing import IO

from pipeline.media.codecs import dv

CODEC = "DV"
PIPE = "{pipe.dv}"


class ShapeReader:
    """Reads a copy of the pictures; `runs` are the number of the first picture of each shape, and the shape."""

    def __init__(self) -> None:
        self.runs: list[tuple[int, Fraction]] = []

    def take(self, pipe: IO[bytes]) -> None:
        """Read frames to their end."""
        number = 0
        while len(head := pipe.read(dv.HEAD)) == dv.HEAD:
            length = dv.length(head)
            if length is None:  # no DV after all, or torn: what was read holds
                break
            shape = dv.aspect(head)
            if shape is not None and (not self.runs or self.runs[-1][1] != shape):
                self.runs.append((number, shape))
            number += 1
            pipe.read(length - dv.HEAD)
        while pipe.read(1 << 20):
            pass
