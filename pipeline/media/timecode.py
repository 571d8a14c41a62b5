"""Seconds as people in an editing room write them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction


def smpte(seconds: float, frame_rate: int = 25) -> str:
    """HH:MM:SS:FF, non-drop; the frame that is shown at `seconds`."""
    return _face(round(max(0.0, seconds) * frame_rate), frame_rate)


def _face(number: int, base: int, mark: str = ":") -> str:
    """HH:MM:SS:FF of a picture's number."""
    whole, frame = divmod(number, base)
    minutes, second = divmod(whole, 60)
    hour, minute = divmod(minutes, 60)
    return f"{hour:02}:{minute:02}:{second:02}{mark}{frame:02}"


_DROP_RATES = {Fraction(30000, 1001): 2, Fraction(60000, 1001): 4}  # frames left out a minute: SMPTE ST 12-1, 9.2


@dataclass(frozen=True)
class Clock:
    """How a film counts its pictures: pictures a second, and the number of its first one."""

    rate: Fraction = Fraction(25)
    first: int = 0
    drop: bool = False

    @property
    def base(self) -> int:
        """Pictures that a second of the timecode holds."""
        return max(1, round(self.rate))

    def at(self, seconds: float) -> str:
        """HH:MM:SS:FF of the picture that is shown at `seconds` of the film; drop-frame has a semicolon."""
        number = round(max(0.0, seconds) * float(self.rate)) + self.first
        if self.drop:
            left_out = _DROP_RATES[self.rate]
            tens, rest = divmod(number, 600 * self.base - 9 * left_out)
            minutes = max(0, rest - left_out) // (60 * self.base - left_out)
            number += left_out * (9 * tens + minutes)
        return _face(number % (24 * 3600 * self.base), self.base, ";" if self.drop else ":")  # a clock starts anew


def clock(rate: float | None, first: str | None) -> Clock:
    """The clock of a film of this rate whose timecode track begins at `first`; from 0 where it has none."""
    exact = _exact(rate) if rate else Fraction(25)
    drop = bool(first and (";" in first or "." in first)) and exact in _DROP_RATES
    plain = Clock(exact)
    match = re.fullmatch(r"(\d{2}):(\d{2}):(\d{2})[:;.](\d{2,3})", first or "")
    if match is None:
        return plain
    hour, minute, second, frame = map(int, match.groups())
    number = ((hour * 60 + minute) * 60 + second) * plain.base + frame
    if drop:
        total = hour * 60 + minute
        number -= _DROP_RATES[exact] * (total - total // 10)
    return Clock(exact, number, drop)


def _exact(rate: float) -> Fraction:
    """A rate as MediaInfo rounds it, as what it is: 29.97 is 30000/1001."""
    whole = Fraction(round(rate))
    pulled = whole * 1000 / 1001
    if abs(rate - float(pulled)) < abs(rate - float(whole)) and abs(rate - float(pulled)) < 0.01:
        return pulled
    return whole if abs(rate - float(whole)) < 0.01 and whole else Fraction(rate).limit_denominator(1001)


def c2_duration(frames: int, frame_rate: int = 25) -> str:
    """`HHMISSFF` (C2 3.0 clause 3.5)."""
    return smpte(frames / frame_rate, frame_rate).replace(":", "")


def webvtt(seconds: float) -> str:
    """HH:MM:SS.mmm."""
    millis = round(seconds * 1000)
    whole, milli = divmod(millis, 1000)
    minutes, second = divmod(whole, 60)
    hour, minute = divmod(minutes, 60)
    return f"{hour:02}:{minute:02}:{second:02}.{milli:03}"


def seconds(text: str) -> float:
    """A WebVTT time: (hours,) minutes, seconds and their parts."""
    total = 0.0
    for part in text.split(":"):
        total = total * 60 + float(part)
    return total
