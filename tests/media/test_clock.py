"""Timecode of pictures: from a film's own start, and drop-frame (SMPTE ST 12-1)."""

from __future__ import annotations

from fractions import Fraction

import pytest

from pipeline.media.timecode import clock


@pytest.mark.parametrize(
    ("rate", "first", "seconds", "shown"),
    [
        (25.0, None, 3661.48, "01:01:01:12"),
        (25.0, "10:00:00:00", 3.0, "10:00:03:00"),
        (25.0, "23:59:59:24", 0.04, "00:00:00:00"),
        (50.0, None, 1.98, "00:00:01:49"),
        (24.0, None, 2.0, "00:00:02:00"),
        (29.97, "00:00:00;00", 59.9933, "00:00:59;28"),
        (29.97, "00:00:00;00", 1800 / (30000 / 1001), "00:01:00;02"),
        (29.97, "00:00:00;00", 17982 / (30000 / 1001), "00:10:00;00"),
        (29.97, "00:09:59;29", 1 / (30000 / 1001), "00:10:00;00"),
        (29.97, "01:00:00;00", 107892 / (30000 / 1001), "02:00:00;00"),
        (59.94, "00:00:00;00", 3600 / (60000 / 1001), "00:01:00;04"),
        (29.97, "00:00:00:00", 1800 / (30000 / 1001), "00:01:00:00"),
        (None, "nonsense", 1.0, "00:00:01:00"),
        (25.0, None, 1.039, "00:00:01:00"),  # the second picture begins at 1.040
        (25.0, None, 1.0396, "00:00:01:01"),  # as near as a time is kept
        (25.0, "10:00:00:00", 0.03, "10:00:00:00"),
        (50.0, None, 0.015, "00:00:00:00"),
        (24.0, None, 0.042, "00:00:00:01"),  # 1/24 as it is kept
        (23.976, None, 0.041, "00:00:00:00"),
        (29.97, None, 0.033, "00:00:00:01"),  # 1001/30000 as it is kept
        (29.97, "00:00:00;00", 60.059, "00:00:59;29"),  # the picture before the two that are left out
    ],
)
def test_a_picture_has_its_timecode(rate: float | None, first: str | None, seconds: float, shown: str) -> None:
    assert clock(rate, first).at(seconds) == shown


@pytest.mark.parametrize(
    "text", ["00:01:12:10", "００：０１：１２：１０", "00：01：12：10", "０0:01：12;10", " 00:01:12:10 "]
)
def test_a_timecode_of_a_chinese_keyboard_is_that_timecode(text: str) -> None:
    assert clock(25.0, None).picture(text) == 72 * 25 + 10
    assert clock(25.0, None).seconds_from_zero(text) == pytest.approx(72.4)


def test_drop_frame_keeps_pace_with_the_clock() -> None:
    made = clock(29.97, "00:00:00;00")
    assert made.rate == Fraction(30000, 1001)
    seen = [made.at(number / float(made.rate)) for number in range(20_000)]
    assert len(set(seen)) == 20_000
    assert not any(text[3:5] not in ("00", "10") and text[6:] in ("00;00", "00;01") for text in seen)


@pytest.mark.parametrize("rate", [23.976, 24.0, 25.0, 29.97, 30.0, 50.0, 59.94, 60.0])
def test_a_time_shows_the_picture_that_is_on_the_screen(rate: float) -> None:
    """From its own time, rounded to the millisecond, until a millisecond before the next one's."""
    made = clock(rate, None)
    for picture in range(0, 20_000, 97):
        begins, ends = picture / made.rate, (picture + 1) / made.rate
        for seconds in (float(begins), round(float(begins), 3), float(begins + ends) / 2, float(ends) - 0.001):
            assert made.at(seconds) == made.label(picture)
            assert made.picture(made.at(seconds)) == picture
