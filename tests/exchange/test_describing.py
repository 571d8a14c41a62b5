"""A submission as a catalogue will know it: terms, short forms, search names."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from pipeline.errors import InputError
from pipeline.exchange import describing, pinyin
from pipeline.exchange.describing import describe
from pipeline.exchange.search_names import search_names
from pipeline.exchange.spoken_id import spoken_id
from pipeline.exchange.vocabularies import Vocabularies
from pipeline.graphemes import cut
from pipeline.model.metadata import SearchNames, ShortTitle
from pipeline.model.programme import Description
from pipeline.model.submission import Submission
from tests.programmes import WORDS

FAMILY = "👨‍👩‍👧‍👦"


def described(**said: object) -> Description:
    media = [{"file": "f.mp4", "role": "main"}]
    data = {"schema_version": 1, "title": "我们的村医", "media": media, **said}
    submission = Submission.model_validate(data, strict=False)
    return describe(submission, [(1, 1, submission.title_zh)], WORDS)


@pytest.mark.parametrize(
    ("text", "most", "left"),
    [
        ("我们的村医", 5, "我们的村医"),
        ("我们的村医", 4, "我们的…"),
        (f"ab{FAMILY}c", 8, "ab…"),  # a family of seven code points stays whole or goes
        ("e\u0301e\u0301e\u0301", 4, "e\u0301…"),
        ("ئۇيغۇرچە فىلىم", 8, "ئۇيغۇرچ…"),
        ("ab cd", 4, "ab…"),
        (FAMILY, 3, f"{FAMILY[:2]}…"),
        ("ab", 1, "…"),
    ],
)
def test_what_is_cut_ends_at_a_whole_letter(text: str, most: int, left: str) -> None:
    assert cut(text, most) == left
    assert len(cut(text, most)) <= most


def test_terms_are_found_by_every_name_and_what_is_unknown_keeps_its_words() -> None:
    for written in ("七一展播", "showcase", "July 1 showcase", "七一", "ＳＨＯＷＣＡＳＥ"):
        column = described(column=written).column
        assert column is not None
        assert (column.name, column.zh) == ("showcase", "七一展播")
    unknown = described(genre="皮影戏").genre
    assert unknown is not None
    assert (unknown.name, unknown.zh) == (describing.UNKNOWN, "皮影戏")
    country = described(country="CN").country
    assert country is not None
    assert country.zh == "中国"


def test_short_forms_are_those_that_were_said_else_cut_and_told() -> None:
    long = {"zh": "一二三四五六七八九十" * 2, "en": "short"}
    found = described(title=long, synopsis="简" * 80)
    assert found.short_title == ShortTitle(zh="一二三四五六七八九十一二三四五六七八…", en="short")
    assert found.short_synopsis is not None
    assert found.short_synopsis.zh == "简" * 74 + "…"
    assert described(title=long, short_title="短").short_title.zh == "短"
    data = {"schema_version": 1, "title": long, "synopsis": "简\n介", "media": [{"file": "f", "role": "main"}]}
    submission = Submission.model_validate(data, strict=False)
    assert [name for name, _ in describing.cut_forms(submission)] == ["short_title"]
    assert describing.cut_forms(submission.model_copy(update={"short_title": "短"})) == []


@pytest.mark.parametrize(
    ("title", "spoken", "initials"),
    [
        ("我们的村医", "wo men de cun yi", "wmdcy"),
        ("伽师的瓜熟了", "jia shi de gua shu le", "jsdgsl"),
        ("孩子长大了", "hai zi zhang da le", "hzzdl"),
        ("库尔勒—阿勒泰：2026年", "ku er le a le tai 2026 nian", "kelalt2026n"),
        ("女儿«绿»", "nv er lv", "nel"),
        ("Village doctor ÉTÉ", "village doctor ete", "vde"),
        ("塔什库尔干的路", "ta shi ku er gan de lu", "tskegdl"),
        ("ئۇيغۇر", None, None),
        ("……", None, None),
    ],
)
def test_search_names(title: str, spoken: str | None, initials: str | None) -> None:
    assert search_names(title, WORDS.readings) == SearchNames(pinyin=spoken, initials=initials)


def test_what_the_submission_says_wins_and_a_long_title_ends_at_a_syllable() -> None:
    assert search_names("乐", {}, SearchNames(pinyin="yue")) == SearchNames(pinyin="yue", initials="y")
    assert search_names("乐", {}, SearchNames(initials="yy")).initials == "yy"
    long = search_names("庄" * 60, {})
    assert long.pinyin is not None
    assert (len(long.pinyin) <= 128, set(long.pinyin.split())) == (True, {"zhuang"})


def test_ids_do_not_change_with_local_readings() -> None:
    assert spoken_id("653100", "伽师的瓜") == "653100-gashidegua"
    assert pinyin.units("伽师") == ["ga", "shi"]


def test_the_contact_is_for_the_editor_alone() -> None:
    found = described(credits={"director": "古丽", "contact": "13900000000"})
    assert (found.credits.director, found.credits.contact) == ("古丽", None)


def test_a_lesson_has_names_of_its_own() -> None:
    data = {
        "schema_version": 1,
        "title": "棉花",
        "kind": "course",
        "parts": [{"id": "01", "title": {"zh": "伽师播种", "en": "Sowing"}}, {"id": "02"}],
        "media": [{"file": "a", "role": "main", "part": "01"}],
    }
    found = describe(Submission.model_validate(data, strict=False), [("01", 1, "伽师播种")], WORDS)
    assert (found.part("01").search.initials, found.part("01").title.en) == ("jsbz", "Sowing")
    assert found.search.initials == "mh"


def test_two_terms_of_one_name_are_wrong(tmp_path: Path) -> None:
    (tmp_path / "vocabulary").mkdir()
    text = "extends: columns\nname: columns\nterms: [{name: mine, zh: 我的, en: Mine, also: [党建]}]\n"
    (tmp_path / "vocabulary" / "columns.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        _ = Vocabularies((tmp_path, *WORDS.folders)).columns
    assert "columns.yaml" in str(caught.value.where)


def test_a_title_that_nobody_sees_is_none() -> None:
    with pytest.raises(ValidationError):
        described(title="\u200b\u202e")
