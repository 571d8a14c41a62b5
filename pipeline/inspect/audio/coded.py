"""Coded sound that is carried as if it were samples, whatever the container calls it: it would be heard as noise.

Bursts with a preamble Pa Pb Pc Pd (SMPTE ST 337, IEC 61937), over two channels or in one, and DTS as compact discs
hold it, without one. Sync words are of 16, 20 or 24 bits and stand at the top of a sample; 24 bits are what a float
keeps exactly.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from pipeline.inspect.audio.samples import Array

LEAST_BURSTS = 3  # at one distance: two words of 16 bits come about by chance once in a day of noise
LEAST_APART = 128  # samples of the shortest burst are more; what comes closer is one value that stays
MOST_IN_A_BLOCK = 1000
_BEHIND = 6  # samples that are read behind a sync word's first
_TOP = 1 << 23
# SMPTE ST 338 and IEC 61937-2, by the lowest five bits of Pc
_DATA_TYPES = {
    1: "AC-3",
    **dict.fromkeys((4, 5, 6, 8, 9), "MPEG Audio"),
    **dict.fromkeys((7, 10, 11, 19, 20), "AAC"),
    **dict.fromkeys((12, 13), "DTS"),
    **dict.fromkeys((14, 15), "ATRAC"),
    16: "E-AC-3",
    17: "DTS-HD",
    18: "WMA Pro",
    21: "E-AC-3",
    22: "TrueHD (MAT)",
    28: "Dolby E",
}
_DTS, _DTS_TYPE_1 = 0x7FFE, 11  # 11 is DTS in IEC 61937 and AAC in ST 338: what follows tells


@dataclass(frozen=True)
class Sync:
    """Two words that follow each other; `mask` and `third` are of the word behind them, where they alone are little."""

    words: tuple[int, int]
    bits: int
    name: str = ""  # empty where a preamble tells it
    mask: int = 0
    third: int = 0
    swapped: bool = False  # the bytes of each word

    @property
    def samples(self) -> tuple[float, float]:
        """The words as samples, full scale 1."""
        first, second = (_signed(word << (24 - self.bits)) / _TOP for word in self.words)
        return first, second


def _signed(word: int) -> int:
    return word - (_TOP << 1) if word & _TOP else word


SYNCS = (
    Sync((0xF872, 0x4E1F), 16),
    Sync((0x6F872, 0x54E1F), 20),
    Sync((0x96F872, 0xA54E1F), 24),
    Sync((0x72F8, 0x1F4E), 16, swapped=True),
    Sync((_DTS, 0x8001), 16, "DTS", mask=0xFC00, third=0xFC00),  # ETSI TS 102 114 5.3: a usual frame of 32 samples
    Sync((0x1FFF, 0xE800), 16, "DTS", mask=0xFFF0, third=0x07F0),  # the same in words of 14 bits
    Sync((0xFE7F, 0x0180), 16, "DTS", mask=0xFC00, third=0xFC00, swapped=True),
    Sync((0xFF1F, 0x00E8), 16, "DTS", mask=0xFFF0, third=0x07F0, swapped=True),
)


@dataclass
class _Bursts:
    """The bursts of one kind in one place."""

    last: int | None = None
    apart: Counter[int] = field(default_factory=Counter)
    names: Counter[str] = field(default_factory=Counter)

    def take(self, at: int, name: str) -> None:
        self.names[name] += 1
        if self.last is not None and at - self.last >= LEAST_APART:
            self.apart[at - self.last] += 1
        self.last = at


class CodedSound:
    """Finds bursts in samples that come block by block."""

    def __init__(self) -> None:
        self._bursts: dict[tuple[Sync, int, bool], _Bursts] = {}
        self._rest: Array | None = None
        self._first = 0

    def process(self, samples: Array) -> None:
        """Take in what comes next: (samples, channels), full scale 1."""
        block = samples if self._rest is None else np.concatenate((self._rest, samples))
        count = max(0, len(block) - _BEHIND)
        for sync in SYNCS:
            self._look(block, count, sync)
        self._first += count
        self._rest = block[count:].copy()

    def _look(self, block: Array, count: int, sync: Sync) -> None:
        first, second = sync.samples
        begins = block[:count] == first
        if not begins.any():
            return
        beside = begins[:, :-1] & (block[:count, 1:] == second)
        below = begins & (block[1 : count + 1] == second)
        for found, across in ((beside, True), (below, False)):
            for at, channel in np.argwhere(found)[:MOST_IN_A_BLOCK].tolist():
                words = _words_behind(block[at : at + _BEHIND + 1], channel, sync, across=across)
                if words[0] & sync.mask == sync.third:
                    bursts = self._bursts.setdefault((sync, channel, across), _Bursts())
                    bursts.take(self._first + at, sync.name or _name(words))

    @property
    def name(self) -> str | None:
        """What is coded in the samples; None where they are sound."""
        found = [
            bursts for bursts in self._bursts.values() if max(bursts.apart.values(), default=0) >= LEAST_BURSTS - 1
        ]
        names = sum((bursts.names for bursts in found), Counter[str]())
        known = [name for name, _ in names.most_common() if name in _DATA_TYPES.values()]
        return next(iter(known or [name for name, _ in names.most_common()]), None)


def _words_behind(samples: Array, channel: int, sync: Sync, *, across: bool) -> list[int]:
    """The upper 16 bits of the three words behind a sync word, over two channels or in one."""
    found = samples[1:3, channel : channel + 2].ravel() if across else samples[2:5, channel]
    words = [(round(float(value) * _TOP) >> 8) & 0xFFFF for value in found[:3]]
    return [(word & 0xFF) << 8 | word >> 8 for word in words] if sync.swapped else words


def _name(words: list[int]) -> str:
    """By the preamble: Pc, Pd and the first word of what is coded."""
    data_type = words[0] & 0x1F
    if data_type == _DTS_TYPE_1 and words[2] == _DTS:
        return "DTS"
    return _DATA_TYPES.get(data_type, f"data type {data_type}")
