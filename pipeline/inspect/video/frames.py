"""The small frames that the decode hands over: 320×180, 4:2:0, video range, whatever the film's own size is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
WIDTH, HEIGHT = 320, 180
PIXELS = WIDTH * HEIGHT
FRAME_BYTES = PIXELS * 3 // 2
AT_ONCE = 16  # 1.4 MB: what the processor's cache holds


@dataclass(frozen=True)
class FrameBatch:
    """Some frames in a row; `first` is the number of the first one in the film.

    `y` is (n, 180, 320), `u` and `v` are (n, 90, 160), all 8 bit code values.
    """

    first: int
    y: Array
    u: Array
    v: Array

    def __len__(self) -> int:
        return len(self.y)


def read(pipe: IO[bytes]) -> Iterator[FrameBatch]:
    """Frames as they come, `AT_ONCE` at a time; each is only good until the next one is asked for."""
    buffer = bytearray(AT_ONCE * FRAME_BYTES)
    first = 0
    while True:
        got = _fill(pipe, memoryview(buffer))
        count = got // FRAME_BYTES
        if count:
            whole = np.frombuffer(buffer, np.uint8, count * FRAME_BYTES).reshape(count, FRAME_BYTES)
            yield FrameBatch(
                first,
                whole[:, :PIXELS].reshape(count, HEIGHT, WIDTH),
                whole[:, PIXELS : PIXELS * 5 // 4].reshape(count, HEIGHT // 2, WIDTH // 2),
                whole[:, PIXELS * 5 // 4 :].reshape(count, HEIGHT // 2, WIDTH // 2),
            )
            first += count
        if got < len(buffer):
            return


def marked(masks: Array) -> Array:
    """How many of each of (n, …) marks are set; one by one, since numpy counts whole arrays at once and rows slowly."""
    return np.array([np.count_nonzero(mask) for mask in masks], np.int64)


def totals(planes: Array) -> Array:
    """The sum of each of (n, 57600) code values: down the columns first, which 16 bits hold."""
    columns = planes.reshape(len(planes), HEIGHT, WIDTH).sum(axis=1, dtype=np.uint16)
    total: Array = columns.sum(axis=1, dtype=np.uint32)
    return total


def _fill(pipe: IO[bytes], view: memoryview) -> int:
    """Fill the buffer as far as the pipe goes."""
    got = 0
    while got < len(view):
        more = pipe.readinto(view[got:])  # type: ignore[attr-defined]  # a buffered reader has it
        if not more:
            break
        got += more
    return got
