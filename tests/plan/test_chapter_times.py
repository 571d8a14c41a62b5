"""Chapters of pages: titles, times, and what an output has of them."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from pipeline.media import chapters as coming
from pipeline.media import ffmetadata
from pipeline.media.subtitles import webvtt
from pipeline.model.chapter import Chapter
from pipeline.model.deck import ShownPage, SlideFilm
from pipeline.plan import chapters

SHOWN = ((0, 1, "开课"), (1530, 3, "播种"), (1888, 2, " \n"), (1900, 1, "开课"))
FILM = SlideFilm(
    source_sha256="0" * 64,
    shown=tuple(ShownPage(page=page, frame=frame, title=title) for frame, page, title in SHOWN),
    frames=2500,
    renderer=None,
    ffmpeg="9",
)
CHAPTERS = chapters.chapters_of(FILM)


def test_each_page_that_is_put_on_is_a_chapter_by_its_title_or_number() -> None:
    assert [(item.start_s, item.title, item.page) for item in CHAPTERS] == [
        (0.0, "开课", 1),
        (61.2, "播种", 3),
        (75.52, "2", 2),
        (76.0, "开课", 1),
    ]


def test_what_begins_behind_the_end_is_none() -> None:
    assert [item.page for item in chapters.within(CHAPTERS, 75.52)] == [1, 3]
    shown = [(item.start_s, item.page) for item in chapters.within(CHAPTERS, 16.0, 62.0)]
    assert shown == [(0.0, 3), (13.52, 2), (14.0, 1)]
    late = (Chapter(start_s=5.0, title="a"), Chapter(start_s=9.0, title="b"))
    assert [item.start_s for item in chapters.within(late, 16.0)] == [0.0, 9.0]
    assert chapters.within((), 16.0) == ()
    assert chapters.at_speed(CHAPTERS, Fraction(25, 24))[1].start_s == 58.752


def test_those_that_a_file_came_with_are_mended() -> None:
    made = coming.mended([(5.0, ""), (-0.02, "a\nb"), (2.0, "x" * 400)])
    assert [(item.start_s, item.title) for item in made] == [(0.0, "a b"), (2.0, "x" * 128), (5.0, "3")]


def test_a_title_fits_the_shortest_list_between_letters() -> None:
    title = coming.title_of("棉" * 120)
    assert title == "棉" * 85
    assert coming.title_of("\u2028\x00 \\") == ""
    assert [coming.title_of(unseen) for unseen in ("\xad", "\u200b\u200b \\", "\u2060", "\ufeff")] == [""] * 4
    assert coming.mended([(0.0, "\xad")])[0].title == "1"


titles = st.text(max_size=60).map(coming.title_of).filter(bool)


@given(st.lists(titles, min_size=1, max_size=8))
def test_any_title_comes_back(wanted: list[str]) -> None:
    made = [Chapter(start_s=number * 0.04, title=title) for number, title in enumerate(wanted)]
    assert ffmetadata.read(ffmetadata.render(made, 60.0)) == [(item.start_s, item.title) for item in made]


@given(st.text(max_size=200))
def test_any_text_can_be_read(text: str) -> None:
    for line_ends in (text, f"[CHAPTER]\n{text}", f"[CHAPTER]\nSTART=1\ntitle={text}"):
        assert all(isinstance(start_s, float) for start_s, _ in ffmetadata.read(line_ends))


def test_chapters_for_players_are_cues() -> None:
    made = (Chapter(start_s=0.0, title="a <b> & c"), Chapter(start_s=61.2, title="كېۋەز"))
    assert webvtt.chapters(made, 90.0) == (
        "WEBVTT\n\n"
        "1\n00:00:00.000 --> 00:01:01.200\na &lt;b&gt; &amp; c\n\n"
        "2\n00:01:01.200 --> 00:01:30.000\n\u202bكېۋەز\u202c\n\n"
    )
