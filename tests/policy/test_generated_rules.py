"""A file's label of generated content beside what its submission declares."""

from __future__ import annotations

import pytest

from pipeline import catalogue, wording
from pipeline.model.generated import Declaration, Extent, FoundLabel, LabelFault
from pipeline.policy import evaluate, generated_facts, load
from tests.factories import PROFILES, inspection

POLICIES = [load.policy(name, PROFILES) for name in ("showcase-film", "course-audio", "poster", "rough-cut")]
LABEL, OTHER = FoundLabel(place="AIGC", text='{"Label": "1\u202e"}'), FoundLabel(place="MP4 uuid XMP", text="{}")
FAULTS = [FoundLabel(place=f"place {number}", fault=fault) for number, fault in enumerate(LabelFault)]
DECLARED, UNDECLARED, MISSING = "generated_declared", "generated_undeclared", "generated_missing"
SEVERITIES = {DECLARED: "info", MISSING: "info"}


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.name)
@pytest.mark.parametrize(
    ("labels", "extent", "is_main", "rules"),
    [
        ([], None, True, []),
        ([], Extent.NONE, True, []),
        ([], Extent.WHOLE, True, [MISSING]),
        ([], Extent.PART, True, [MISSING]),
        ([], Extent.WHOLE, False, [MISSING]),
        ([], Extent.PART, False, []),  # another file may be what was generated
        ([LABEL], None, True, [UNDECLARED]),
        ([LABEL], Extent.NONE, False, [UNDECLARED]),
        ([LABEL], Extent.PART, False, [DECLARED]),
        ([LABEL], Extent.WHOLE, True, [DECLARED]),
        ([LABEL, OTHER], Extent.WHOLE, True, ["generated_further", DECLARED]),
        (FAULTS, Extent.WHOLE, True, ["generated_faulty"] * 4),
        ([*FAULTS, LABEL], None, True, [UNDECLARED, *["generated_faulty"] * 4]),
    ],
)
def test_what_is_there_against_what_is_declared(
    policy: object, labels: list[FoundLabel], extent: Extent | None, is_main: bool, rules: list[str]
) -> None:
    declared = Declaration(extent=extent) if extent else None
    film = inspection().model_copy(update={"generated_labels": tuple(labels)})
    own = policy.on_facts(generated_facts.NAMES)  # type: ignore[attr-defined]
    found = evaluate.judge(film, own, generated_facts.of_file(labels, declared, is_main=is_main))
    assert [(item.rule, str(item.severity)) for item in found.findings] == [
        (rule, SEVERITIES.get(rule, "warning")) for rule in rules
    ]
    assert {item.code for item in found.findings} <= {"file.generated_label"}
    assert found.generated_labels == tuple(labels)
    for language in catalogue.LANGUAGES:
        said = wording.report(found, file="a.mp4", language=language)
        assert "\u202e" not in "".join(item.message for item in said.findings)
        for item, placed in zip(said.findings, found.findings, strict=True):
            if item.rule in (DECLARED, UNDECLARED):
                assert '{"Label": "1\\u202e"}' in item.message
            if item.rule == "generated_faulty":
                assert str(placed.value) not in item.message  # in words
