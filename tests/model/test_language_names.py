"""Languages as people hand them in."""

from __future__ import annotations

import json

import pytest
from pydantic import TypeAdapter, ValidationError

from pipeline.model.languages import SpokenLanguage
from pipeline.model.submission import Submission


def spoken(text: str) -> str:
    return TypeAdapter(SpokenLanguage).validate_python(text)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("uig", "uig"),
        ("维语", "uig"),
        ("维吾尔文", "uig"),
        (" Uyghur ", "uig"),
        ("ug-CN", "uig"),
        ("ＵＩＧ", "uig"),
        ("汉语", "zho"),
        ("哈语", "kaz"),
        ("锡伯语", "sjo"),
        ("chi", "chi"),  # what names a package today stays
        ("cmn", "cmn"),
        ("zxx", "zxx"),
        ("tir", "tir"),
    ],
)
def test_a_name_or_a_code_is_understood(text: str, code: str) -> None:
    assert spoken(text) == code


@pytest.mark.parametrize("text", ["uyg", "火星语", "", "xx", "维语和汉语"])
def test_what_is_no_language_is_answered_with_those_that_are(text: str) -> None:
    with pytest.raises(ValidationError) as refused:
        spoken(text)
    error = refused.value.errors()[0]
    assert error["type"] == "language"
    assert "uig 维吾尔语" in error["ctx"]["known"]


def test_a_submission_understands_what_a_table_does() -> None:
    main = {"file": "a.mp4", "role": "main"}
    dub = {"file": "b.wav", "role": "audio", "language": "哈语"}
    values = {"schema_version": 1, "title": "x", "languages": ["维语", "zho"], "media": [main, dub]}
    made = Submission.model_validate_json(json.dumps(values))
    assert (made.languages, made.media[1].language) == (("uig", "zho"), "kaz")
