"""Parameter sets and SEI, as far as they are read: what is cut or odd is never a crash."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.media import avc

HRD = avc.Hrd(8_000_000, 4_000_000, constant=True, delay_bits=18)
# x264's own of 1920x1080p25 Main@4.0 with NAL HRD of 8 Mbit/s and 4 Mbit
SPS = bytes.fromhex("674d4028eca03c0113f2cd418041900000030010000003032e68000f424001e84e2930078c18cb")


def test_a_parameter_set_is_read() -> None:
    found = avc.sps(SPS)
    assert (found.profile, found.level, found.width, found.height) == ("main", "4.0", 1920, 1080)
    assert found.vui.hrd == avc.Hrd(8_000_000, 4_000_000, constant=True, delay_bits=18)
    assert found.vui.frame_rate == 25


@given(st.binary(max_size=60))
def test_any_bytes_are_a_set_or_a_value_error(tail: bytes) -> None:
    for content in (tail, SPS[:8] + tail, SPS[: len(tail)]):
        try:
            avc.sps(content)
        except ValueError:
            continue


@given(st.binary(max_size=40))
def test_any_bytes_may_be_a_sei(tail: bytes) -> None:
    for content in (b"\x06" + tail, b"\x06" + tail + b"\xff", b"\x06\x00" + tail):
        delay = avc.initial_delay(content, HRD)
        assert delay is None or 0 <= delay < 1 << 18


@pytest.mark.parametrize(("level", "blocks", "frames"), [("4.0", 8160, 4), ("3.0", 1620, 5), ("5.1", 99, 16)])
def test_a_level_holds_so_many_frames(level: str, blocks: int, frames: int) -> None:
    found = avc.Sps("high", level, 16, 16, blocks, 8, 1, frames_only=True, vui=avc.Vui())
    assert avc.frames_of_buffer(found) == frames
