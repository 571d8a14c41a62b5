"""Every field of a programme's metadata: its length is held, what is over in bytes is told, both in words."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline import catalogue, wording, yamlio
from pipeline.errors import InputError
from pipeline.model import metadata
from pipeline.model.metadata import FIELDS, MetadataField
from pipeline.model.submission import Submission
from pipeline.policy import evaluate, load, metadata_facts
from tests.model.test_file_schema import PROFILES

HAN, LATIN = "棉", "a"
LISTS = ("writers", "cast", "hosts", "guests", "reporters", "producers", "keywords")


def submission_with(field: MetadataField, value: Any) -> Submission:
    data: dict[str, Any] = {"schema_version": 1, "title": "t", "media": [{"file": "f.mp4", "role": "main"}]}
    beside = {"title": {"zh": "t"}, "synopsis": {"zh": "s"}}
    node = data
    for part in field.path[:-1]:
        node = (
            node.setdefault(part, {}) if not isinstance(node.get(part), str) else node.update({part: {}}) or node[part]
        )
        node.update(beside.get(part, {}))
    node[field.path[-1]] = value
    return yamlio.validate(Submission, yamlio.parse(yamlio.dump(data).decode(), name="submission.yaml"))


def value_of(field: MetadataField, size: int, letter: str) -> Any:
    """A value that is as long, or as great."""
    if field.path[-1] in ("year", "episode"):
        return size
    if field.path[-1] in LISTS:  # of 100 letters each but the last
        whole, rest = divmod(size, 101)
        return [letter * 100] * whole + ([letter * rest] if rest else [])
    return letter * size


@pytest.mark.parametrize("field", FIELDS, ids=lambda item: item.name)
def test_each_field_holds_its_length_and_tells_its_bytes(field: MetadataField) -> None:
    letter = LATIN if field.path[0] == "search" else HAN
    with pytest.raises(InputError) as caught:
        submission_with(field, value_of(field, field.most + 1, letter))
    (problem,) = caught.value.values["problems"]
    assert problem.where.startswith("submission.yaml:")
    assert str(field.most) in str(problem.values)
    for language in catalogue.LANGUAGES:
        lines = "\n".join(catalogue.error_lines(language, caught.value))
        assert str(field.most) in lines
        assert field.path[-1] in lines
    whole = submission_with(field, value_of(field, field.most, letter))
    (text,) = field.texts(whole.model_dump(mode="json", by_alias=True))
    assert len(text) <= field.most
    table = metadata_facts.facts(whole.model_dump(mode="json", by_alias=True), (), (), ())
    found = evaluate.judge_facts(table, load.policy("metadata", PROFILES_FOLDERS), sha256="0" * 64)
    over = field.in_bytes and len(text.encode()) > field.most
    assert [item.code for item in found.findings] == (["metadata.long"] if over else [])
    for language in catalogue.LANGUAGES:
        assert catalogue.has(f"text.value_{field.value}")
        for said in wording.report(found, file="", language=language).findings:
            assert str(field.most) in said.message
            assert catalogue.say(language, f"text.value_{field.value}") in said.message


PROFILES_FOLDERS = (PROFILES,)


def test_the_fields_are_those_of_the_submission() -> None:
    known = {field.path[0] for field in FIELDS}
    others = {
        *("schema_version", "id", "kind", "prefecture", "languages", "licence", "parts", "media"),
        *("air_date", "produced"),  # dates have no length
    }
    assert known | others >= set(Submission.model_fields) - {"generated"}
    assert {field.path[1] for field in FIELDS if field.path[0] == "credits"} == set(metadata.Credits.model_fields)


def test_an_unsaid_field_is_not_in_the_json_that_names_a_package() -> None:
    data = {"schema_version": 1, "title": "t", "media": [{"file": "f.mp4", "role": "main"}]}
    said = Submission.model_validate(data, strict=False).model_dump(mode="json")
    assert not {"short_title", "genre", "keywords", "search", "year"} & set(said)
    assert set(said["credits"]) == {"director", "organisation", "contact"}


def test_one_of_a_list_holds_no_separator() -> None:
    field = next(item for item in FIELDS if item.name == "keywords")
    with pytest.raises(InputError) as caught:
        submission_with(field, ["a;b"])
    assert catalogue.error_lines("zh", caught.value)
