"""Slides by their rules: each code with its place, in words of both languages."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import pytest

from pipeline import catalogue, wording
from pipeline.model.course import CoursePart
from pipeline.model.deck import Deck, DeckPage, Renderer, SlideTimes, Turn, Wrong, WrongTime
from pipeline.model.finding import Evaluation, Verdict
from pipeline.policy import course_facts, evaluate, load, metadata_facts, setting_facts, slide_facts
from pipeline.policy.setting_facts import Shown
from pipeline.policy.slide_facts import Timing
from tests.factories import PROFILES

POLICY = load.policy("slides", PROFILES).on_facts(slide_facts.NAMES)
GOOD = DeckPage(width_pt=960, height_pt=540, letters=9, smallest_lines=30.0, smallest="abc", reach=0.8)

OUT_OF_PLACE = (
    Wrong.NOT_RISING,
    Wrong.ANOTHER_DECK,
    Wrong.UNTIMED,
    Wrong.SAME_PICTURE,
    Wrong.BEYOND_END,
    Wrong.MOVED_BEYOND_END,
    Wrong.MOVED_BEFORE_START,
)


def deck(*pages: DeckPage) -> Deck:
    return Deck(sha256="0" * 64, size_bytes=1, renderer=Renderer(pdfium="1", fonts={}), pages=pages)


def times(*starts: tuple[int, float], wrong: Sequence[WrongTime] = ()) -> SlideTimes:
    turns = tuple(Turn(page=page, start_s=start, line=line) for line, (page, start) in enumerate(starts, start=2))
    return SlideTimes(sha256="1" * 64, form="table", turns=turns, wrong=tuple(wrong))


def judged(pages: Deck, timing: Timing | None = None) -> Evaluation:
    return evaluate.judge_facts(slide_facts.facts(pages, timing or Timing()), POLICY, sha256=pages.sha256)


def told(found: Evaluation) -> list[tuple[str, str, object, int | None, str]]:
    return [(item.code, item.rule, item.value, item.line, item.detail) for item in found.findings]


def test_a_good_deck_has_no_findings() -> None:
    assert told(judged(deck(GOOD, GOOD))) == []
    timing = Timing(times((1, 0.0), (2, 5.0), (1, 9.0)), length_s=20.0)
    assert judged(deck(GOOD, GOOD), timing).verdict is Verdict.ACCEPT


def test_pages_are_named_once_for_each_value() -> None:
    small = GOOD.model_copy(update={"smallest_lines": 18.0})
    square = GOOD.model_copy(update={"width_pt": 720.0, "undrawn": "ئۇ", "replaced": "a"})
    far = GOOD.model_copy(update={"reach": 0.96})
    assert told(judged(deck(small, small, square, far))) == [
        ("document.font_missing", "undrawn", "ئۇ", None, "3"),
        ("document.font_missing", "replaced", "a", None, "3"),
        ("slides.small_text", "slides.small_text", 17.0, None, "1–2"),  # drawn at 93 %
        ("slides.edge", "slides.edge", 96.0, None, "4"),
        ("slides.shape", "narrow", 1.333, None, "3"),
    ]


def test_a_deck_is_drawn_smaller_by_as_much_as_its_letters_need() -> None:
    assert deck(GOOD).share == 1.0
    assert deck(GOOD.model_copy(update={"reach": 0.96})).share == 0.93
    assert deck(GOOD.model_copy(update={"reach": 1.0})).share == 0.9


def test_letters_are_measured_as_they_are_shown_beside_the_lecturer() -> None:
    table = slide_facts.facts(deck(GOOD), Timing(), beside=Fraction(7, 10))
    found = evaluate.judge_facts(table, POLICY, sha256="")
    assert told(found) == [("slides.small_text", "beside", 21.0, None, "1")]
    for language in catalogue.LANGUAGES:
        (said,) = wording.report(found, file="a.pdf", language=language).findings
        assert "70 %" in said.message
        assert "layout: pip" in said.advice


def test_times_are_wrong_by_line() -> None:
    wrong = [WrongTime(why=Wrong.TIME, line=9, text="12")]
    timing = Timing(times((1, 0.0), (7, 5.0), (2, 5.0), (1, 30.0), wrong=wrong), length_s=20.0)
    assert [item[2:] for item in told(judged(deck(GOOD, GOOD), timing)) if item[0] == "slides.times"] == [
        ("unknown_page", 3, "7"),
        ("not_rising", 4, ""),
        ("beyond_end", 5, ""),
        ("time", 9, "12"),
    ]
    assert [item[2] for item in told(judged(deck(GOOD), Timing(None, length_s=20.0)))] == ["missing"]
    late = Timing(times((1, 0.0), (2, 15.0)), length_s=20.0, offset_s=6.0)
    assert told(judged(deck(GOOD, GOOD), late))[0][2:4] == ("moved_beyond_end", 3)


def recorded() -> SlideTimes:
    """Of four slides, the second one hidden."""
    turns = (Turn(page=page, start_s=page * 4.0 - 4, line=line) for page, line in ((1, 1), (2, 3), (3, 4)))
    return SlideTimes(sha256="1" * 64, form="pptx", turns=tuple(turns), slides=4)


def test_pages_of_a_pdf_with_hidden_slides_are_counted_with_them() -> None:
    assert [turn.page for turn in recorded().counted(3).turns] == [1, 2, 3]
    assert [turn.page for turn in recorded().counted(4).turns] == [1, 3, 4]
    for pages in (3, 4):
        assert told(judged(deck(*[GOOD] * pages), Timing(recorded(), length_s=20.0))) == []
    assert [item.detail for item in slide_facts.unseen(deck(*[GOOD] * 4), recorded(), beside_film=False)] == ["2"]
    assert slide_facts.unseen(deck(*[GOOD] * 3), recorded(), beside_film=False) == ()


def test_slides_without_a_recorded_time_are_named_at_once() -> None:
    wrong = tuple(WrongTime(why=Wrong.UNTIMED, line=line) for line in (2, 3, 5))
    lacking = SlideTimes(sha256="1" * 64, form="pptx", turns=(), wrong=wrong, slides=6)
    found = judged(deck(*[GOOD] * 6), Timing(lacking, length_s=20.0))
    for language in catalogue.LANGUAGES:
        (said,) = wording.report(found, file="a.pptx", language=language).findings
        assert "2–3, 5" in said.message


def test_a_pdf_of_other_slides_is_told_with_both_numbers() -> None:
    for pages in (2, 5, 7):
        assert slide_facts.unseen(deck(*[GOOD] * pages), recorded(), beside_film=False) == ()
        found = judged(deck(*[GOOD] * pages), Timing(recorded(), length_s=20.0))
        assert told(found) == [("slides.times", "slides.times", "another_deck", None, "")]
        for language in catalogue.LANGUAGES:
            (said,) = wording.report(found, file="a.pptx", language=language).findings
            assert all(number in said.message for number in ("4", "1", str(pages)))
            assert "PPTX" in said.advice


def test_turns_in_one_picture_are_told() -> None:
    """Of 25 a second; where an offset brings them there too."""
    timing = Timing(times((1, 0.0), (2, 0.01), (1, 0.015), (2, 3.0), (1, 3.04)), length_s=20.0)
    found = [item for item in judged(deck(GOOD, GOOD), timing).findings if item.code == "slides.times"]
    assert [(item.value, item.line) for item in found] == [("same_picture", 3), ("same_picture", 4)]
    moved = Timing(times((1, 0.0), (2, 0.97), (1, 1.01)), length_s=20.0, offset_s=-1.0)
    found = [item for item in judged(deck(GOOD, GOOD), moved).findings if item.code == "slides.times"]
    assert [(item.value, item.line) for item in found] == [("moved_before_start", 2), ("same_picture", 4)]


def test_a_page_that_an_offset_moves_before_the_start_is_told() -> None:
    """It has no time below nothing, and what is cut short at the start is no fault."""
    early = Timing(times((1, 0.0), (2, 4.0), (1, 8.0)), length_s=20.0, offset_s=-5.0)
    assert [item[2:] for item in told(judged(deck(GOOD, GOOD), early))] == [("moved_before_start", 2, "")]
    cut = Timing(times((1, 0.0), (2, 4.0)), length_s=20.0, offset_s=-2.5)
    assert [item[2:] for item in told(judged(deck(GOOD, GOOD), cut))] == [(1.5, 2, "1")]
    silent = Timing(times((1, 0.0), (2, 4.0)), offset_s=-5.0)
    assert [item[2] for item in told(judged(deck(GOOD, GOOD), silent))] == ["moved_before_start"]


def test_the_first_page_is_seen_from_the_very_start() -> None:
    """So it is not brief; and it is told where the times say later."""
    late = Timing(times((1, 60.0), (2, 61.0)), length_s=90.0, offset_s=3.0)
    assert told(judged(deck(GOOD, GOOD), late)) == [("slides.from_start", "slides.from_start", 63.0, 2, "1")]
    at_once = Timing(times((1, 0.019), (2, 5.0)), length_s=90.0)
    assert told(judged(deck(GOOD, GOOD), at_once)) == []


def test_the_words_name_the_time_as_it_was_written() -> None:
    timing = Timing(times((1, 0.0), (2, 72.4), (1, 72.4), (2, 3723.0)), length_s=80.0, offset_s=1.5)
    found = wording.report(judged(deck(GOOD, GOOD), timing), file="a.csv", language="zh").findings
    messages = [item.message for item in found if item.code == "slides.times"]
    assert "1:12.4，不比上一行的 1:12.4" in messages[0]
    assert all(word in messages[1] for word in ("1:02:03", "1.5", "1:20"))


def test_a_page_that_nobody_can_read_in_time() -> None:
    timing = Timing(times((1, 0.0), (2, 5.0), (1, 6.0)), length_s=20.0)
    assert told(judged(deck(GOOD, GOOD), timing)) == [("slides.brief", "slides.brief", 1.0, 3, "2")]


def test_pages_that_no_time_names_are_told() -> None:
    pages = deck(GOOD, GOOD, GOOD, GOOD)
    unseen = slide_facts.unseen(pages, times((1, 0.0), (3, 5.0)), beside_film=True)
    assert [(item.value, item.detail) for item in unseen] == [("pages", "2, 4")]
    assert slide_facts.unseen(deck(GOOD), times((1, 0.0)), beside_film=True) == ()
    assert [item.value for item in slide_facts.unseen(pages, None, beside_film=True)] == ["beside_film"]
    assert slide_facts.unseen(pages, None, beside_film=False) == ()


@pytest.mark.parametrize(
    ("part", "shown", "why"),
    [
        ({"layout": "pip"}, Shown(True, True, False, False), ["layout_no_slides"]),
        ({"layout": "side"}, Shown(True, False, True, True), ["layout_no_pictures"]),
        ({"layout": "film"}, Shown(True, True, False, False), []),
        ({"layout": "pip", "corner": "top-left", "offset_s": 1}, Shown(True, True, True, True), []),
        ({"corner": "top-left"}, Shown(True, True, True, True), ["corner"]),
        ({"page_s": 3}, Shown(True, False, True, True), ["page_s"]),
        ({"page_s": 3, "offset_s": 1}, Shown(False, False, True, False), ["offset_s"]),
    ],
)
def test_settings_without_effect_are_told(part: dict[str, object], shown: Shown, why: list[str]) -> None:
    found = setting_facts.unused(CoursePart.model_validate({"id": "01", **part}, strict=False), shown)
    assert [(item.value, item.detail) for item in found] == [(item, "01") for item in why]
    policy = load.policy("course", PROFILES)
    told = metadata_facts.facts({}, (), (), ())
    table = {**course_facts.facts((), ()), setting_facts.UNUSED: found, **told}
    for language in catalogue.LANGUAGES:
        said = wording.report(evaluate.judge_facts(table, policy, sha256=""), file="", language=language).findings
        assert [item.severity for item in said] == ["info"] * len(why)


@pytest.mark.parametrize("language", catalogue.LANGUAGES)
def test_findings_have_words(language: catalogue.Language) -> None:
    bad = GOOD.model_copy(
        update={"width_pt": 720.0, "smallest_lines": 9.0, "undrawn": "ئۇ", "replaced": "a", "reach": 0.99}
    )
    every = [WrongTime(why=why, line=4, text="x") for why in Wrong if why not in OUT_OF_PLACE]
    found = judged(deck(bad), Timing(times((1, 0.5), (1, 1.0), wrong=every), length_s=20.0))
    shown = wording.report(found, file="a.pdf", language=language).findings
    assert {item.code for item in shown} == {rule.code for rule in POLICY.rules} - {"slides.unseen"}
    assert len({item.message for item in shown if item.code == "document.font_missing"}) == 2
    sentences = [item.message for item in shown if item.code == "slides.times"]
    assert len(set(sentences)) == len(every)
    assert all("4" in sentence and sentence.endswith("x") for sentence in sentences)
