"""Seconds as people in an editing room write them."""

from __future__ import annotations


def smpte(seconds: float, frame_rate: int = 25) -> str:
    """HH:MM:SS:FF, non-drop; the frame that is shown at `seconds`."""
    frames = round(max(0.0, seconds) * frame_rate)
    whole, frame = divmod(frames, frame_rate)
    minutes, second = divmod(whole, 60)
    hour, minute = divmod(minutes, 60)
    return f"{hour:02}:{minute:02}:{second:02}:{frame:02}"


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
