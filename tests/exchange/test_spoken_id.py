"""Ids that can be said on the phone."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.exchange.spoken_id import spoken_id


@pytest.mark.parametrize(
    ("title", "spoken"),
    [
        ("村医", "cunyi"),
        ("我们的村医", "womendecunyi"),
        ("音乐重庆", "yinyuechongqing"),  # by words, not by letters
        ("绿洲", "lvzhou"),
        ("《丝路》新疆", "silu-xinjiang"),
        ("棉田：第2集", "miantian-di2ji"),
        ("村医２", "cunyi2"),
        ("Our village doctors of Hotan", "our-village"),
        ("Ünïted", "united"),
        ("Pneumonoultramicroscopic", "pneumonoultramicr"),
        ("A—B", "a-b"),
        ("喀什古城里的手艺人", "kashiguchenglide"),
        ("新疆是个好地方 第1集", "xinjiangshige-1"),
        ("新疆是个好地方 第12集", "xinjiangshige-12"),
        ("新疆是个好地方第三讲", "xinjiangshige-san"),
        ("新疆是个好地方（下）", "xinjiangshige-xia"),
        ("新疆是个好地方2026", "xinjiangshi-2026"),
    ],
)
def test_a_title_is_said(title: str, spoken: str) -> None:
    assert spoken_id("653200", title) == f"653200-{spoken}"


@pytest.mark.parametrize("title", ["ئۇيغۇر", "Қазақша", "2026", "…", "ئۇيغۇر 2026"])
def test_a_title_without_chinese_or_latin_letters_has_none(title: str) -> None:
    assert spoken_id("653200", title) is None


@settings(deadline=None)  # a busy machine is no fault
@given(st.text(min_size=1, max_size=60))
def test_every_id_is_one(title: str) -> None:
    made = spoken_id("653200", title)
    assert made is None or (len(made) <= 24 and re.fullmatch(r"653200-[a-z0-9]+(-[a-z0-9]+)*", made))
