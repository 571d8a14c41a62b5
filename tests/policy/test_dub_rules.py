"""A file of sound beside its film or lesson: told where it is longer or shorter."""

from __future__ import annotations

import pytest

from pipeline import catalogue, wording
from pipeline.policy import dub_facts, evaluate, load
from tests.factories import PROFILES, inspection

POLICY = load.policy("showcase-film", PROFILES).on_facts(dub_facts.NAMES)


@pytest.mark.parametrize(
    ("sound_s", "is_cut", "rules"),
    [
        (12.0, True, ["dub_longer"]),
        (12.0, False, []),  # of sound alone it is kept
        (3.0, True, ["dub_shorter"]),
        (3.0, False, ["dub_shorter"]),
        (8.5, True, []),
        (7.5, True, []),
    ],
)
def test_a_dub_of_another_length_is_told(sound_s: float, is_cut: bool, rules: list[str]) -> None:
    table = dub_facts.of_length(sound_s, 8.0, is_cut=is_cut)
    found = evaluate.judge(inspection(), POLICY, table)
    assert [(item.rule, item.severity) for item in found.findings] == [(rule, "warning") for rule in rules]
    for language in catalogue.LANGUAGES:
        for said in wording.report(found, file="a.m4a", language=language).findings:
            assert all(f"{number:g}" in said.message for number in (sound_s, 8.0, abs(sound_s - 8.0)))


def test_a_films_sound_that_a_file_takes_the_place_of_is_told() -> None:
    found = evaluate.judge(inspection(), POLICY, dub_facts.of_language("zho", "film.mp4"))
    assert [(item.code, item.severity) for item in found.findings] == [("audio.replaced", "warning")]
    for language in catalogue.LANGUAGES:
        (said,) = wording.report(found, file="a.m4a", language=language).findings
        assert "film.mp4" in said.message
        assert "zho" in said.message
