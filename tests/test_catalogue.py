"""Both languages say the same things, and every key that the code uses is there."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

import pipeline
from pipeline import catalogue
from pipeline.cli.editor.run import _plan  # noqa: F401 - the import proves that commands load without a terminal
from pipeline.errors import InputError, ShowcaseError
from pipeline.inspect.probe import TOO_MANY_TRACKS
from pipeline.media.signature import Refusal
from pipeline.policy import load
from tests.factories import PROFILES

SOURCE = Path(pipeline.__file__ or "").parent
ZH, EN = catalogue.entries("zh"), catalogue.entries("en")


def calls() -> list[tuple[str, ast.Call]]:
    """Every call in the package with the name that is called."""
    found = []
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
                found.append((name, node))
    return found


def first_text(node: ast.Call) -> str | None:
    first = node.args[0] if node.args else None
    return first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else None


def test_both_languages_have_the_same_keys_and_values() -> None:
    assert ZH.keys() == EN.keys()
    for key in EN:
        assert catalogue.fields(ZH[key]) == catalogue.fields(EN[key]), key


def test_chinese_is_chinese_and_english_is_english() -> None:
    def chinese(text: str) -> bool:
        return any("\u4e00" <= char <= "\u9fff" for char in text)

    assert [key for key in EN if chinese(EN[key])] == []
    symbols = {key for key in ZH if not chinese(ZH[key])}
    assert all("{" in ZH[key] for key in symbols), symbols


def test_every_error_that_is_raised_has_its_sentences_and_values() -> None:
    kinds = {kind.__name__ for kind in _subclasses(ShowcaseError)} | {"error"}
    used = [(text, node) for name, node in calls() if name in kinds and (text := first_text(node))]
    assert len(used) > 40
    for key, node in used:
        if "." in key:
            continue  # a finding's code: Refused("file.empty")
        given = {word.arg for word in node.keywords}
        for part in ("what", "do"):
            assert f"error.{key}.{part}" in EN, key
        for said in (said for said in EN if said.startswith(f"error.{key}.")):  # for one role too
            assert catalogue.fields(EN[said]) <= {*given, "centre"}, said


def test_every_sentence_that_commands_say_is_there() -> None:
    said = [(text, node) for name, node in calls() if name in ("say", "remark") and (text := first_text(node))]
    assert len(said) > 30
    for key, node in said:
        full = key if key.split(".")[0] in ("text", "error", "finding", "problem") else f"text.{key}"
        assert full in EN, full
        spread = any(word.arg is None for word in node.keywords)
        given = {word.arg for word in node.keywords}
        assert spread or catalogue.fields(EN[full]) <= given, full


def test_every_code_of_the_policy_and_of_refusals_is_in_both_languages() -> None:
    codes = {rule.code for rule in load.policy("showcase-film", PROFILES).rules}
    for code in codes:
        assert f"finding.{code}.message" in EN
        assert f"finding.{code}.advice" in EN
    for code in (*(item.value for item in Refusal), "file.unreadable", "file.truncated", TOO_MANY_TRACKS):
        assert {f"finding.{code}.{part}" for part in ("message", "advice", "actual")} <= EN.keys()


@pytest.mark.parametrize("language", catalogue.LANGUAGES)
def test_an_error_is_what_where_and_what_to_do(language: catalogue.Language) -> None:
    error = InputError("no_such_name", where="x.yaml:3:1", kind="set", name="{braces}", known="a, b")
    lines = catalogue.error_lines(language, error)
    assert len(lines) == 3
    assert "{braces}" in lines[0]
    assert "x.yaml:3:1" in lines[1]


@pytest.mark.parametrize(
    ("locale", "language"), [("zh_CN.UTF-8", "zh"), ("en_GB.UTF-8", "en"), ("C", "en"), ("ug_CN", "en"), ("", "en")]
)
def test_a_locale_that_is_not_chinese_is_english(locale: str, language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.setenv(name, locale)
    assert catalogue.language_of_locale() == language


def _subclasses(kind: type) -> set[type]:
    return {kind} | {found for child in kind.__subclasses__() for found in _subclasses(child)}


def test_what_is_to_be_typed_is_named_as_usage_lines_name_it() -> None:
    error = InputError("campaign_store_knows", where="PREFECTURE", milestone="首次报送", command="showcase submit FILM")
    shown = {language: "\n".join(catalogue.error_lines(language, error)) for language in catalogue.LANGUAGES}
    assert "showcase submit 影片" in shown["zh"]
    assert "地州" in shown["zh"]
    assert not {"FILM", "PREFECTURE"} & set(re.findall("[A-Z]+", shown["zh"]))
    assert {"FILM", "PREFECTURE"} <= set(re.findall("[A-Z]+", shown["en"]))


def test_a_film_that_was_dropped_is_called_one_thing() -> None:
    """Its word is one key; sentences that say it otherwise would name another state."""
    for language, others in (("zh", ("已取消", "取消或", "不再做")), ("en", ("cancelled", "gone"))):
        found = catalogue.entries(language)
        words = {
            key: text for key, text in found.items() if re.match(r"(text|report)\.(campaign|board|film|figures)_", key)
        }
        said = [text for key, text in words.items() if "drop" in key or "ended" in key or key.endswith("figures_films")]
        assert len(said) >= 5
        assert not [text for text in said if any(other in text for other in others)]
        assert found["text.standing_dropped"] in found["error.campaign_film_dropped.what"]
        assert found["text.standing_dropped"] in found["report.figures_ended"]
        assert sum(text == found["text.standing_dropped"] for text in found.values()) == 1
