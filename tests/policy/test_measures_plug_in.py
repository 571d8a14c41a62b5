"""A measure is judged: a fact reads it, a rule holds it, words tell it in both languages, a labelled film tries it."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from benchmarks.qc.defects import CASES
from pipeline import catalogue, extends
from pipeline.model.inspection import AudioMeasures, Measures, Unjudged, Unlabelled, VideoMeasures
from pipeline.policy import facts, load
from pipeline.policy.measured import MeasuredFilm
from tests.factories import PROFILES, inspection

PARTS = {"video": VideoMeasures, "audio": AudioMeasures}
FIELDS = [(part, field) for part, model in PARTS.items() for field in model.model_fields]
NAMES = extends.names([folder / "policies" for folder in PROFILES])
RULES = [rule for name in NAMES for rule in load.policy(name, PROFILES).rules]


class Recorder:
    """Measures that remember what was read of them."""

    def __init__(self, measures: VideoMeasures | AudioMeasures):
        self.measures, self.read = measures, set[str]()

    def __getattr__(self, name: str) -> object:
        self.read.add(name)
        return getattr(self.measures, name)


@cache
def read_by(fact: str) -> set[tuple[str, str]]:
    """The measures that a fact of a good film is made of."""
    film = inspection()
    measures = film.measures or Measures()
    video, audio = Recorder(measures.video), Recorder(measures.audio)
    given = MeasuredFilm(film.media, measures.video, measures.audio, measures.decode_errors, is_measured=True)
    facts.FACTS[fact](replace(given, video=video, audio=audio))  # type: ignore[arg-type] - stands in for both
    return {("video", name) for name in video.read} | {("audio", name) for name in audio.read}


def lacking(part: str, field: str) -> set[str]:
    """What of the four a measure has not got."""
    names = {fact for fact in facts.FACTS if (part, field) in read_by(fact)}
    codes = {rule.code for rule in RULES if rule.fact in names}
    told = all(
        catalogue.has(f"finding.{code}.{words}") and catalogue.say(language, f"finding.{code}.{words}", **EVERY_VALUE)
        for code in codes
        for words in ("message", "advice")
        for language in catalogue.LANGUAGES
    )
    tried = codes & {case.code for case in CASES}
    return {name for name, there in (("fact", names), ("rule", codes), ("words", told), ("case", tried)) if not there}


@pytest.mark.parametrize(("part", "field"), FIELDS, ids=[field for _, field in FIELDS])
def test_a_measure_has_fact_rule_words_and_labelled_film_or_says_why_not(part: str, field: str) -> None:
    reasons = {type(item): item.why for item in PARTS[part].model_fields[field].metadata}
    assert all(reasons.values())
    excused = {"fact", "rule", "case"} if Unjudged in reasons else {"case"} if Unlabelled in reasons else set()
    missing = lacking(part, field)
    assert missing <= excused
    assert bool(missing) is bool(reasons)  # a reason that is none any more goes


EVERY_VALUE: dict[str, object] = dict.fromkeys(
    ("actual", "expected", "track", "start", "end", "place", "detail", "line"), ""
)
