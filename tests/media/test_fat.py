"""Names that sticks take."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.media import fat


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("播种", "播种.mp4"),
        ('第1讲 播种/管理: "春" <最终>?*|\\', "第1讲 播种 管理 春 最终.mp4"),
        ("CON", "CON_.mp4"),
        ("nul.tar", "nul.tar_.mp4"),
        ("COM¹", "COM¹_.mp4"),
        ("CONCERT", "CONCERT.mp4"),
        ("尾点. . .", "尾点.mp4"),
        (".hidden", "hidden.mp4"),
        ("a\x00b\nc\u202ed", "abcd.mp4"),
        ("ئۇ\u200cيغۇر", "ئۇ\u200cيغۇر.mp4"),
        ("e\u0301", "é.mp4"),
        ("...", "_.mp4"),
        ("", "_.mp4"),
    ],
)
def test_a_title_becomes_a_name_that_reads_as_it_does(text: str, wanted: str) -> None:
    assert fat.name(text, ".mp4") == wanted


@given(st.text(max_size=400), st.integers(12, 255))
def test_every_text_becomes_a_name_that_windows_takes(text: str, most: int) -> None:
    made = fat.name(text, ".mp4", most=most)
    assert fat.units(made) <= most + 1  # a reserved name is marked
    assert len(made.encode()) <= 256
    assert not set(made) & set('\\/:*?"<>|')
    assert not fat.is_reserved(made)
    assert not made.startswith((" ", "."))
    assert not made.removesuffix(".mp4").endswith((" ", "."))
    assert made == unicodedata.normalize("NFC", made)
    assert all(unicodedata.category(char) not in ("Cc", "Cs", "Cn", "Co") for char in made)
    assert fat.name(made.removesuffix(".mp4"), ".mp4", most=255) == made


def test_a_long_name_ends_with_a_whole_letter() -> None:
    assert fat.name("a" * 9 + "𠀀" * 9, most=12) == "a" * 9 + "𠀀"
    assert fat.name("b" * 8 + "x\u0323\u0302", most=9) == "b" * 8
    assert len(fat.name("村" * 300, ".mp4", most=255).encode()) <= 255


def test_names_that_a_stick_takes_for_one_are_told_apart() -> None:
    taken: set[str] = set()
    names = [
        fat.unlike(name, taken) for name in ("Film.mp4", "FILM.MP4", "film.mp4", "caf\u00e9", "cafe\u0301", "v1.2")
    ]
    assert names == ["Film.mp4", "FILM.MP4 (2)", "film (2).mp4", "café", "cafe\u0301 (2)", "v1.2"]
    assert len({fat.key(name) for name in names}) == len(names)
