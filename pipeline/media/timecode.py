"""Seconds as people in an editing room write them."""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass, replace
from fractions import Fraction

from pipeline.model.media import Media

# times are kept to the millisecond, so a picture's own may be rounded to half of one before it is shown
_ROUNDING_S = 0.0005 + 1e-6
_LABEL = re.compile(r"(\d{2}):([0-5]\d):([0-5]\d)[:;.](\d{2,3})")
_DROP_RATES = {Fraction(30000, 1001): 2, Fraction(60000, 1001): 4}  # frames left out a minute: SMPTE ST 12-1, 9.2


def smpte(seconds: float, frame_rate: int = 25) -> str:
    """HH:MM:SS:FF, non-drop; the frame that is shown at `seconds`."""
    return _face(_shown(seconds, Fraction(frame_rate)), frame_rate)


def _shown(seconds: float, rate: Fraction) -> int:
    """Number of the picture that is on the screen then: the last one that has begun, not the nearest."""
    return math.floor((max(0.0, seconds) + _ROUNDING_S) * float(rate))


def _face(number: int, base: int, mark: str = ":") -> str:
    """HH:MM:SS:FF of a picture's number."""
    whole, frame = divmod(number, base)
    minutes, second = divmod(whole, 60)
    hour, minute = divmod(minutes, 60)
    return f"{hour:02}:{minute:02}:{second:02}{mark}{frame:02}"


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
        return self.label(_shown(seconds, self.rate))

    def label(self, picture: int) -> str:
        """HH:MM:SS:FF of the film's picture of this number, from 0."""
        number = picture + self.first
        if self.drop:
            left_out = _DROP_RATES[self.rate]
            tens, rest = divmod(number, 600 * self.base - 9 * left_out)
            minutes = max(0, rest - left_out) // (60 * self.base - left_out)
            number += left_out * (9 * tens + minutes)
        return _face(number % (24 * 3600 * self.base), self.base, ";" if self.drop else ":")  # a clock starts anew

    def picture(self, text: str) -> int | None:
        """Number, from 0, of the film's picture of this timecode; what lies before the first one comes a day later.

        None where the text is no timecode of this clock: a frame too many, or one that drop-frame leaves out.
        """
        match = _label(text)
        if match is None:
            return None
        hour, minute, second, frame = map(int, match.groups())
        left_out = _DROP_RATES[self.rate] if self.drop else 0
        if frame >= self.base or (minute % 10 and second == 0 and frame < left_out):
            return None
        day = 24 * 3600 * self.base - left_out * (24 * 60 - 24 * 6)
        return (self._number(hour, minute, second, frame) - self.first) % day

    def seconds_from_zero(self, text: str) -> float | None:
        """Seconds that a player means, which counts hours to seconds from 0 and pictures after that; None as above."""
        match = _label(text)
        if match is None or int(match[4]) >= self.base:
            return None
        hour, minute, second, frame = map(int, match.groups())
        return float((hour * 60 + minute) * 60 + second + frame / self.rate)

    def _number(self, hour: int, minute: int, second: int, frame: int) -> int:
        number = ((hour * 60 + minute) * 60 + second) * self.base + frame
        total = hour * 60 + minute
        return number - (_DROP_RATES[self.rate] * (total - total // 10) if self.drop else 0)


def _label(text: str) -> re.Match[str] | None:
    """A timecode as people type it: the wide figures and marks of a Chinese keyboard are narrowed."""
    return _LABEL.fullmatch(unicodedata.normalize("NFKC", text).strip())


def clock(rate: float | None, first: str | None) -> Clock:
    """The clock of a film of this rate whose timecode track begins at `first`; from 0 where it has none."""
    exact = _exact(rate) if rate else Fraction(25)
    match = _LABEL.fullmatch(first or "")
    if match is None:
        return Clock(exact)
    drop = any(mark in match[0] for mark in ";.") and exact in _DROP_RATES
    plain = Clock(exact, drop=drop)
    return replace(plain, first=plain._number(*map(int, match.groups())))


def clock_of(media: Media, rate: float | None = None) -> Clock:
    """How a film counts its pictures: by its timecode track where there is one, else from 0.

    Args:
        rate: pictures a second, where the film itself tells none.
    """
    told = media.video[0].frame_rate if media.video else None
    first = next((track.first_frame for track in media.timecode if track.first_frame), None)
    return clock(told or rate, first)


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
