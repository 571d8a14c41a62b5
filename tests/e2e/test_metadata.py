"""What `check` says of a submission's own words, and what of them lies in the package."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import MEANT, Showcase

SAID = """\
schema_version: 1
title: {{zh: {title}, en: A day}}
prefecture: "653100"
column: {column}
synopsis: 一天
genre: 纪录片
country: 中国
{more}
media: [{{file: film.mp4, role: main}}]
"""


def told(showcase: Showcase, film: Path, *, title: str = "伽师的一天", column: str = "七一", more: str = "") -> None:
    shutil.copy(film, showcase.folder / "film.mp4")
    text = SAID.format(title=title, column=column, more=more)
    (showcase.folder / "submission.yaml").write_text(text, encoding="utf-8")


def own(showcase: Showcase, *words: str) -> dict[str, Any] | None:
    """What is said of the submission itself; None where nothing is."""
    rows: list[dict[str, Any]] = showcase("check", *words, "--json").rows
    return next((row for row in rows if str(row["file"]).endswith("submission.yaml: submission.yaml")), None)


def codes(row: dict[str, Any] | None) -> list[str]:
    return [] if row is None else [finding["code"] for finding in row["findings"]]


def test_a_submission_that_is_right_has_nothing_said_of_it(showcase: Showcase, small_film: Path) -> None:
    told(showcase, small_film)
    assert own(showcase, "submission.yaml") is None


def test_words_in_no_list_short_forms_and_bytes_are_told(showcase: Showcase, small_film: Path) -> None:
    told(showcase, small_film, title="伽" * 50, column="手工艺")
    row = own(showcase, "submission.yaml")
    assert row is not None
    assert (codes(row), row["verdict"]) == (["metadata.long", "metadata.unlisted", "metadata.cut"], "warn")
    assert "伽" * 18 + "…" in row["findings"][2]["message"]
    more = showcase.folder / "profiles" / "vocabulary"
    more.mkdir(parents=True)
    (more / "columns.yaml").write_text(
        "extends: columns\nname: columns\nterms: [{name: handicraft, zh: 手工艺, en: Handicraft}]\n", encoding="utf-8"
    )
    told(showcase, small_film, title="短", column="手工艺")
    assert own(showcase, "submission.yaml") is None


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_the_workspaces_dialect_lacks_is_an_error(language: str, showcase: Showcase, small_film: Path) -> None:
    (showcase.folder / "showcase.toml").write_text(f'{MEANT}[c2]\ndialect = "c2-2.7"\n')
    told(showcase, small_film)
    row = own(showcase, "submission.yaml", "--lang", language)
    assert row is not None
    assert (codes(row), row["verdict"]) == (["metadata.lacking"] * 2, "reject")
    assert "LicensingWindowStart" in row["findings"][0]["message"]
    assert showcase("check", "submission.yaml").code == 1
    told(showcase, small_film, more="licence: {from: 2026-07-01, until: 2029-06-30}")
    assert own(showcase, "submission.yaml") is None
    bare = showcase("check", "film.mp4", "--json").rows  # nobody was asked for more
    assert "reject" not in [row["verdict"] for row in bare]
    assert bare[1]["findings"][0]["rule"] == "bare"


def test_a_dialect_that_there_is_not_is_named(showcase: Showcase, small_film: Path) -> None:
    (showcase.folder / "showcase.toml").write_text(f'{MEANT}[c2]\ndialect = "c2-9"\n')
    told(showcase, small_film)
    result = showcase("check", "submission.yaml", "--lang", "en")
    assert (result.code, "c2-2.7" in result.err) == (2, True)


@pytest.mark.usefixtures("served", "coded_quickly")
def test_the_package_holds_what_was_said_whole(showcase: Showcase, small_film: Path) -> None:
    told(showcase, small_film, more="keywords: [瓜, 夏]\ncredits: {director: 古丽, cast: [王强], contact: '0998'}")
    assert showcase("run", "submission.yaml").code == 0
    (place,) = showcase.folder.glob(".showcase/work/package/*/package/metadata")
    programme = json.loads((place / "programme.json").read_bytes())
    description = programme["description"]
    assert (description["search"]["pinyin"], description["column"]["name"]) == ("jia shi de yi tian", "showcase")
    assert description["credits"]["contact"] is None
    order = (place / "c2.xml").read_text(encoding="utf-8")
    assert '<Property Name="SearchName">jsdyt</Property>' in order
    assert '<Property Name="Keywords">瓜;夏</Property>' in order
    assert "0998" not in order
    assert programme["parts"][0]["streams"][0]["file"] in order
