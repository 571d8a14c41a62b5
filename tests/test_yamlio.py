"""Mistakes in YAML get the line and column they are on."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import yamlio
from pipeline.errors import InputError
from pipeline.model.submission import Submission

GOOD = "schema_version: 1\ntitle: 我们的村医\nmedia:\n  - {file: film.mov, role: main}\n"


def read(text: str) -> Submission:
    return yamlio.validate(Submission, yamlio.parse(text, name="s.yaml"))


def test_a_good_file_is_read() -> None:
    submission = read(GOOD)
    assert submission.title == "我们的村医"
    assert submission.mains[0].file == "film.mov"


@pytest.mark.parametrize(
    ("text", "key", "where"),
    [
        (GOOD + "title: twice\n", "yaml_duplicate_key", "s.yaml:5:1"),
        (GOOD + "tilte: typo\n", "yaml_invalid", "s.yaml:5:1"),
        (GOOD.replace("我们的村医", "!!python/name:os.system x"), "yaml_tag", "s.yaml:2:8"),
        (GOOD.replace("我们的村医", "&a x"), "yaml_anchor", "s.yaml:2:8"),
        (GOOD + "column: *a\n", "yaml_anchor", "s.yaml:5:9"),
        (GOOD.replace("film.mov", "/etc/passwd"), "yaml_invalid", "s.yaml:4:6"),
        (GOOD.replace("film.mov", "../film.mov"), "yaml_invalid", "s.yaml:4:6"),
        (GOOD.replace("film.mov", "a/../../film.mov"), "yaml_invalid", "s.yaml:4:6"),
        (GOOD.replace("film.mov", "'C:film.mov'"), "yaml_invalid", "s.yaml:4:6"),
        (GOOD.replace("role: main", "role: hero"), "yaml_invalid", "s.yaml:4:22"),
        (GOOD.replace("我们的村医", "[open"), "yaml_syntax", "s.yaml:3:6"),
        (GOOD.replace("我们的村医", "5"), "yaml_invalid", "s.yaml:2:1"),
        (GOOD.replace("schema_version: 1", "schema_version: 9"), "yaml_invalid", "s.yaml:1:1"),
        (GOOD + "---\na: 1\n", "yaml_documents", "s.yaml:5:1"),
        (GOOD + "licence: {from: 2026-07-02, until: 2026-07-01}\n", "yaml_invalid", "s.yaml:5:1"),
        ("", "yaml_empty", "s.yaml:1:1"),
        ("a: " + "[" * 30 + "]" * 30, "yaml_deep", "s.yaml:1:23"),
        ("title: 'a\x01b'", "yaml_syntax", "s.yaml:1:1"),
        ("? [1]\n: 2\n", "yaml_key", "s.yaml:1:3"),
    ],
)
def test_a_mistake_gets_its_place(text: str, key: str, where: str) -> None:
    with pytest.raises(InputError) as caught:
        read(text)
    assert (caught.value.key, caught.value.where) == (key, where)


@pytest.mark.parametrize(
    ("title", "field", "kind"),
    [
        ('"a\\nb"', "title", "one_line"),
        ('""', "title", "one_line"),
        ("2046", "title", "string_type"),
        ("[a]", "title", "string_type"),
        ("{en: a}", "title.zh", "missing"),
        ('{zh: "a\\nb"}', "title.zh", "one_line"),
    ],
)
def test_one_cause_is_told_once_by_the_name_in_the_file(title: str, field: str, kind: str) -> None:
    with pytest.raises(InputError) as caught:
        read(f"schema_version: 1\ntitle: {title}\nmedia: [{{file: a.mp4, role: main}}]\n")
    problems = caught.value.values["problems"]
    assert isinstance(problems, tuple)
    assert [(problem.field, problem.kind) for problem in problems] == [(field, kind)]
    assert caught.value.values["field"] == field


def test_an_anchor_bomb_is_refused_before_it_grows() -> None:
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{new}: &{new} [{','.join(['*' + old] * 9)}]\n" for old, new in zip("abcdefgh", "bcdefghi", strict=True)
    )
    with pytest.raises(InputError, match="yaml_anchor"):
        yamlio.parse(bomb, name="bomb.yaml")


def test_a_file_that_is_not_utf8_names_the_byte(tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_bytes("schema_version: 1\ntitle: 村".encode("gb18030"))
    with pytest.raises(InputError, match="yaml_not_utf8") as caught:
        yamlio.load(path)
    assert caught.value.where == f"{path}:2:8"


def test_quoted_and_leading_zero_numbers_stay_text() -> None:
    assert yamlio.parse('a: "653200"\nb: 007\nc: 12\nd: 1.5\ne: no\nf: 2026-07-01', name="x").data == {
        "a": "653200",
        "b": "007",
        "c": 12,
        "d": 1.5,
        "e": "no",
        "f": "2026-07-01",
    }


@given(st.text(max_size=200))
def test_no_text_ends_in_anything_but_data_or_our_error(text: str) -> None:
    try:
        yamlio.parse(text, name="x")
    except InputError as error:
        assert error.where is not None
