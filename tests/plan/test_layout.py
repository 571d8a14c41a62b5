"""Where slides and lecturer stand: inside the picture that every set shows, on even samples, neither over the other."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.model.course import Corner, Layout
from pipeline.plan import layout
from pipeline.plan.layout import Area, Canvas

HD, SD = Canvas(1920, 1080), Canvas(720, 576, Fraction(64, 45))


def test_the_figures_are_those_of_the_facts() -> None:
    made = layout.areas(Layout.SIDE, Corner.BOTTOM_RIGHT, HD)
    assert (made.slides, made.lecturer) == (Area(48, 162, 1344, 756), Area(1392, 162, 480, 756))
    assert made.lecturer.place(480, 270, 2) == (1392, 404)
    made = layout.areas(Layout.SIDE, Corner.BOTTOM_RIGHT, SD)
    assert (made.slides, made.lecturer) == (Area(18, 86, 504, 404), Area(522, 86, 180, 404))


def test_subtitles_have_room_under_the_slides() -> None:
    made = layout.areas(Layout.SIDE, Corner.BOTTOM_RIGHT, Canvas(1920, 1080, is_captioned=True))
    assert made.slides.y + made.slides.height < 1080 * 0.75


@pytest.mark.parametrize("corner", Corner)
def test_a_lecturer_of_any_shape_stands_in_his_corner(corner: Corner) -> None:
    area = layout.areas(Layout.PIP, corner, HD).lecturer
    for width, height in ((384, 216), (216, 384)):
        x, y = area.place(width, height, 2)
        assert x == (48 if "left" in corner else 1920 - 48 - width)
        assert y == (28 if "top" in corner else 1080 - 28 - height)


@given(
    st.sampled_from([Layout.SIDE, Layout.PIP]),
    st.sampled_from(Corner),
    st.integers(80, 1920).map(lambda size: 2 * size),
    st.integers(60, 1080).map(lambda size: 2 * size),
    st.sampled_from([Fraction(1), Fraction(64, 45), Fraction(16, 15)]),
    st.sampled_from([2, 4]),
    st.booleans(),
)
def test_all_of_it_is_safe(
    how: Layout, corner: Corner, width: int, height: int, aspect: Fraction, lines: int, captioned: bool
) -> None:
    made = layout.areas(how, corner, Canvas(width, height, aspect, lines, is_captioned=captioned))
    for area in (made.slides, made.lecturer) if how is Layout.SIDE else (made.lecturer,):
        assert area.x % 2 == area.width % 2 == area.height % 2 == area.y % lines == 0
        assert area.width > 0
        assert area.height > 0
        assert area.x >= width * 0.025
        assert area.x + area.width <= width * 0.975
        assert area.y >= height * 0.025 - lines
        assert area.y + area.height <= height * 0.975 + lines
    if how is Layout.SIDE:
        assert made.slides.x + made.slides.width <= made.lecturer.x
