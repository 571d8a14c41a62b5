"""What frames of DV say of themselves, as ffmpeg's encoder writes them."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest

from pipeline.media.codecs import dv

LINES = {"720x576": ("25", 144_000), "720x480": ("30000/1001", 120_000)}


@pytest.mark.parametrize(
    ("size", "display", "aspect"),
    [
        ("720x576", "4:3", Fraction(16, 15)),
        ("720x576", "16:9", Fraction(64, 45)),
        ("720x480", "4:3", Fraction(8, 9)),
        ("720x480", "16:9", Fraction(32, 27)),
    ],
)
def test_a_frame_says_its_length_and_shape(
    size: str, display: str, aspect: Fraction, lavfi: Callable[..., Path]
) -> None:
    rate, length = LINES[size]
    sampling = "yuv420p" if size == "720x576" else "yuv411p"
    picture = ("-f", "lavfi", "-i", f"testsrc2=s={size}:r={rate}:d=0.2", "-f", "lavfi", "-i", "anullsrc=r=48000:d=0.2")
    tape = lavfi(*picture, "-t", "0.2", "-c:v", "dvvideo", "-pix_fmt", sampling, "-aspect", display, suffix=".dv")
    frames = tape.read_bytes()
    assert len(frames) % length == 0
    for at in range(0, len(frames), length):
        assert (dv.length(frames[at : at + dv.HEAD]), dv.aspect(frames[at : at + dv.HEAD])) == (length, aspect)


@pytest.mark.parametrize("size", [0, 10, dv.HEAD])
def test_what_is_no_frame_has_no_length(size: int) -> None:
    assert dv.length(b"\xff" * size) is None
