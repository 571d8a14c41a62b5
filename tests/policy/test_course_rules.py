"""A course as a whole by its rules: a line for what is not in, and for each language that parts lack."""

from __future__ import annotations

from pipeline import wording
from pipeline.policy import course_facts, evaluate, load
from pipeline.policy.course_facts import PartLanguages
from tests.factories import PROFILES

POLICY = load.policy("course", PROFILES).on_facts(course_facts.NAMES)


def told(missing: list[str], *parts: PartLanguages) -> list[str]:
    found = evaluate.judge_facts(course_facts.facts(missing, parts), POLICY, sha256="0" * 64)
    return [item.message for item in wording.report(found, file="submission.yaml", language="en").findings]


def test_what_is_not_in_is_named() -> None:
    assert told(["02 管理"], PartLanguages("01", ["zho"])) == ["not in yet: 02 管理"]


def test_each_language_is_told_once_with_the_parts_that_lack_it() -> None:
    whole = PartLanguages("01", ["zho", "uig"], ["uig", "kaz"])
    assert told([], whole, PartLanguages("02", ["zho"]), PartLanguages("03", ["zho"]), PartLanguages("04")) == [
        "parts without sound in a language that other parts have: uig: 02, 03",
        "parts without subtitles in a language that other parts have: kaz: 02, 03",
        "parts without subtitles in a language that other parts have: uig: 02, 03",
    ]


def test_what_is_spoken_in_a_language_needs_no_subtitles_in_it() -> None:
    assert told([], PartLanguages("01", ["zho"], ["uig"]), PartLanguages("02", ["uig"])) == [
        "parts without sound in a language that other parts have: uig: 01",
        "parts without sound in a language that other parts have: zho: 02",
    ]
