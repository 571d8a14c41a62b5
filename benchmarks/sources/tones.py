"""The sound that every source is made of: a tone of its own on each channel, with two short gaps at known moments.

The tones swell: one that stays as loud as it is has all its peaks at one height, as what was clipped has.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]

GAPS_S = (0.7, 2.1)
GAP_LONG_S = 0.12
LEVEL = 0.12
SWELL_HZ = 1.7
ZHO = (400.0, 500.0)
UIG = (2500.0, 2000.0)
ENG = (1250.0, 1600.0)
NOT_HEARD_HZ = 3000.0


@dataclass(frozen=True)
class Tones:
    """A WAV file.

    Args:
        hz: the tone of each channel; 0 is silence.
        gaps_s: when each gap begins.
        levels: of each channel; else LEVEL.
    """

    hz: tuple[float, ...] = ZHO
    seconds: float = 3.0
    rate_hz: int = 48000
    gaps_s: tuple[float, ...] = GAPS_S
    levels: tuple[float, ...] = ()


def samples(tones: Tones) -> Samples:
    """All channels, a row a moment."""
    times = np.arange(round(tones.seconds * tones.rate_hz)) / tones.rate_hz
    loud = 0.8 + 0.2 * np.sin(2 * np.pi * SWELL_HZ * times)
    for gap in tones.gaps_s:
        loud[(times >= gap) & (times < gap + GAP_LONG_S)] = 0.0
    levels = tones.levels or (LEVEL,) * len(tones.hz)
    channels = [level * np.sin(2 * np.pi * hz * times) * loud for hz, level in zip(tones.hz, levels, strict=True)]
    return np.stack(channels, axis=1).astype(np.float32)


def wav(tones: Tones) -> bytes:
    """As 24-bit PCM, so that no writer is given more than it may keep."""
    whole = np.round(samples(tones) * 0x7FFFFF).astype("<i4")
    data = whole.reshape(-1, 1).view(np.uint8).reshape(-1, 4)[:, :3].tobytes()
    channels = len(tones.hz)
    form = struct.pack("<HHIIHH", 1, channels, tones.rate_hz, tones.rate_hz * channels * 3, channels * 3, 24)
    head = b"WAVEfmt " + struct.pack("<I", len(form)) + form + b"data" + struct.pack("<I", len(data))
    return b"RIFF" + struct.pack("<I", len(head) + len(data)) + head + data
