"""Combs: lines that alternate over several in a row, in columns of the film's full height.

`idet` compares frames in time and takes rolling credits for fields, since every letter has edges that jump a line.
A comb is where real fields differ: lines go up and down one by one over more than an edge.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO

import numpy as np

from pipeline.inspect.video.frames import Array, marked

COLUMNS = 64
STEP = 10  # code values between lines
IN_A_ROW = 4  # lines that alternate: an edge has two
AT_ONCE = 8


def read(pipe: IO[bytes], lines: int) -> Iterator[Array]:
    """Some frames at a time, (frames, lines, columns)."""
    size = COLUMNS * lines
    while block := pipe.read(size * AT_ONCE):
        count = len(block) // size
        if count:
            yield np.frombuffer(block, np.uint8, count * size).reshape(count, lines, COLUMNS)


def share(columns: Array) -> Array:
    """The share of each frame that is combed, for (frames, lines, columns)."""
    above, below = columns[:, :-1], columns[:, 1:]
    down = below < above
    large = np.maximum(above, below) - np.minimum(above, below) > STEP
    turns = (down[:, 1:] != down[:, :-1]) & large[:, 1:] & large[:, :-1]
    row = turns[:, IN_A_ROW - 1 :]
    for back in range(1, IN_A_ROW):
        row = row & turns[:, IN_A_ROW - 1 - back : -back]
    found: Array = marked(row) / row[0].size if row.size else np.zeros(len(columns))
    return found
