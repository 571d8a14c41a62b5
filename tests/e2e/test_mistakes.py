"""A submission written by hand, with each of twenty mistakes: each gets the line that it is on."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline import catalogue
from pipeline.errors import InputError
from pipeline.exchange import intake
from pipeline.settings import Settings
from pipeline.workspace import Workspace

GOOD = """\
schema_version: 1
id: 653200-village-doctor
title: {zh: 我们的村医, en: Our village doctor}
kind: film
prefecture: "653200"
column: 七一展播
languages: [zho, uig]
synopsis: 一位村医的一天
credits: {director: 古丽, organisation: 和田电教中心}
licence: {from: 2026-07-01, until: 2029-06-30}
media:
  - {file: film.mov, role: main}
"""

# what is written, what is written instead, line and column that are named, kind of error or of problem
MISTAKES: dict[str, tuple[str, str, str, str]] = {
    "no version": ("schema_version: 1\n", "", "1:1", "missing"),
    "another version": ("schema_version: 1", "schema_version: 2", "1:1", "literal_error"),
    "an id with capitals": ("653200-village-doctor", "Village_Doctor", "2:1", "string_pattern_mismatch"),
    "an id too long": ("653200-village-doctor", "653200-the-village-doctor-of-hotan", "2:1", "string_too_long"),
    "no title": ("title: {zh: 我们的村医, en: Our village doctor}\n", "", "1:1", "missing"),
    "a title without Chinese": ("zh: 我们的村医, ", "", "3:1", "missing"),
    "an unknown kind": ("kind: film", "kind: movie", "4:1", "enum"),
    "a prefecture as a number": ('"653200"\n', "653200\n", "5:1", "string_type"),
    "a prefecture that there is not": ('"653200"\n', "北京\n", "5:1", "prefecture"),
    "a misspelt key": ("column:", "colunm:", "6:1", "extra_forbidden"),
    "a language that there is not": ("[zho, uig]", "[zho, uyg]", "7:18", "language"),
    "languages as one word": ("[zho, uig]", "zho", "7:1", "tuple_type"),
    "a key twice": ("kind: film", "id: again", "4:1", "yaml_duplicate_key"),
    "an unknown credit": ("director:", "producer:", "9:11", "extra_forbidden"),
    "a date that there is not": ("2026-07-01", "2026-06-31", "10:11", "date_parsing"),
    "a licence that ends before it begins": ("2029-06-30", "2025-06-30", "10:1", "licence_order"),
    "a film that is not there": ("film.mov", "fllm.mov", "12:6", "media_missing"),
    "a path out of the folder": ("film.mov", "../film.mov", "12:6", "inside_folder"),
    "a path with a drive": ("film.mov", "C:/film.mov", "12:6", "relative_path"),
    "a name with a colon": ("film.mov", "x:film.mov", "12:6", "path_sign"),
    "a name with a backslash": ("film.mov", "x\\film.mov", "12:6", "path_sign"),
    "an unknown role": ("role: main", "role: mian", "12:22", "enum"),
    "no main file": ("role: main", "role: poster", "1:1", "one_main"),
    "slides": ("role: main}", "role: main}\n  - {file: b.pptx, role: slides}", "13:20", "documents_of_film"),
    "a file twice": ("role: main}", "role: main}\n  - {file: film.mov, role: poster}", "13:6", "media_once"),
    "slides as a hand-out": (
        "role: main}",
        "role: main}\n  - {file: b.pptx, role: slides}\n  - {file: b.pptx, role: document}",
        "14:6",
        "slides_once",
    ),
    "a name in two forms": (
        "role: main}",
        "role: main}\n  - {file: \u00e9.docx, role: document}\n  - {file: e\u0301.docx, role: document}",
        "14:6",
        "media_alike",
    ),
    "no media": ("media:\n  - {file: film.mov, role: main}\n", "media: []\n", "11:1", "too_short"),
    "a tab for a space": ("kind: film", "\tkind: film", "4:1", "yaml_syntax"),
    "a bracket left open": ("[zho, uig]", "[zho, uig", "8:9", "yaml_syntax"),
    "a colon in plain text": ("一位村医的一天", "片名: 一天: 下", "8:13", "yaml_syntax"),
    "a tag": ("kind: film", "kind: !!python/name:os film", "4:7", "yaml_tag"),
    "an anchor": ("kind: film", "kind: &x film", "4:7", "yaml_anchor"),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("film.mov", "b.pptx"):
        (tmp_path / name).write_bytes(b"film")
    return tmp_path


def read(folder: Path, text: str) -> intake.Intake:
    path = folder / "submission.yaml"
    path.write_text(text, encoding="utf-8")
    return intake.read(path, Workspace(folder, Settings()))


def test_the_good_one_is_good(folder: Path) -> None:
    assert read(folder, GOOD).identity == "653200-village-doctor"


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_told_with_its_line(name: str, folder: Path) -> None:
    before, after, place, kind = MISTAKES[name]
    assert before in GOOD
    with pytest.raises(InputError) as caught:
        read(folder, GOOD.replace(before, after))
    error = caught.value
    problems = error.values.get("problems", ())
    kinds = [error.key, *(problem.kind for problem in problems)] if isinstance(problems, tuple) else [error.key]
    assert kind in kinds, kinds
    assert error.where == f"{folder / 'submission.yaml'}:{place}"
    for language in catalogue.LANGUAGES:
        said = "\n".join(catalogue.error_lines(language, error))
        assert f"submission.yaml:{place}" in said
        if isinstance(problems, tuple) and problems:
            assert catalogue.has(f"problem.{problems[0].kind}"), problems[0].kind
