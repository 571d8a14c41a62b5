from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipeline.media.timecode import c2_duration, smpte, webvtt


def test_seconds_become_timecode_to_the_frame() -> None:
    assert smpte(0) == "00:00:00:00"
    assert smpte(72.4) == "00:01:12:10"
    assert smpte(3599.96) == "00:59:59:24"
    assert smpte(-1) == "00:00:00:00"
    assert c2_duration(12 * 60 * 25) == "00120000"
    assert webvtt(3661.5) == "01:01:01.500"


@given(st.integers(0, 25 * 86_399))
def test_every_frame_has_its_own_timecode(frame: int) -> None:
    hours, minutes, seconds, frames = map(int, smpte(frame / 25).split(":"))
    assert ((hours * 60 + minutes) * 60 + seconds) * 25 + frames == frame
