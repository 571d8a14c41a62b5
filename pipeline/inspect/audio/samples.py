"""The samples that the decode hands over: 32 bit floats at the track's own rate, all channels, full scale 1."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]
WINDOWS_A_SECOND = 20
MOST_CHANNELS = 64
_HEAD = struct.Struct(">4sIIIII")  # AU: magic, where the samples begin, their size, coding, rate, channels
_FLOAT = 6


@dataclass(frozen=True)
class SampleFormat:
    """What the samples are: told by the decoder itself, since a file's own word for it can be wrong."""

    rate_hz: int
    channels: int

    @property
    def window(self) -> int:
        """Samples of a window of 50 ms."""
        return max(1, self.rate_hz // WINDOWS_A_SECOND)


def head(pipe: IO[bytes]) -> SampleFormat | None:
    """The format of what follows in an AU stream; None when nothing comes.

    Raises:
        ValueError: it is no AU stream of floats.
    """
    raw = pipe.read(_HEAD.size)
    if not raw:
        return None
    if len(raw) < _HEAD.size:
        raise ValueError("the audio stream has no head")
    magic, begin, _, coding, rate, channels = _HEAD.unpack(raw)
    if magic != b".snd" or coding != _FLOAT or not 0 < channels <= MOST_CHANNELS or rate < WINDOWS_A_SECOND:
        raise ValueError("the audio stream is not as it was asked for")
    pipe.read(begin - _HEAD.size)
    return SampleFormat(rate, channels)


def seconds(pipe: IO[bytes], given: SampleFormat) -> Iterator[Array]:
    """A second at a time, (samples, channels); whole windows but for the last."""
    size = given.window * WINDOWS_A_SECOND * given.channels * 4
    while block := pipe.read(size):
        whole = len(block) // (given.channels * 4)
        if whole:
            raw = np.frombuffer(block, ">f4", whole * given.channels).reshape(whole, given.channels)
            samples = raw.astype(np.float32)
            yield samples if np.isfinite(samples).all() else np.nan_to_num(samples, posinf=1.0, neginf=-1.0)


def in_windows(samples: Array, window: int) -> Array:
    """(windows, samples of one, channels); what is left at the end is left out, but is a window where it is alone."""
    count = max(1, len(samples) // window)
    cut = samples[: count * window] if len(samples) >= window else samples
    return cut.reshape(count, -1, samples.shape[1])
