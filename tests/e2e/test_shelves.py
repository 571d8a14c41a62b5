"""`showcase profiles` with all that lies in `profiles/`: dialects, tables and vocabularies beside profiles and sets."""

from __future__ import annotations

import pytest

from pipeline.model import file_schema
from tests.conftest import Showcase
from tests.e2e.error_words import put

OWN = {
    "profiles/tables/branch-a.yaml": "extends: one-sheet\nname: branch-a\nabout: {zh: 甲, en: A}\n",
    "profiles/tables/wrong.yaml": (
        "extends: one-sheet\nsheets:\n  - name: list\n    columns:\n      - {name: 甲, from: colour}\n"
    ),
    "profiles/vocabulary/columns.yaml": "extends: columns\nterms: [{name: own, zh: 自己的, en: Own}]\n",
    "profiles/c2/mine.yaml": "extends: c2-3.0\nlate_h: 48\n",
}


def test_all_kinds_are_listed_with_where_they_are_from(showcase: Showcase) -> None:
    put(showcase.folder, OWN)
    rows = showcase("profiles", "list", "--json").rows
    found = {(row["kind"], row["name"]): row["from"] for row in rows}
    assert found["table", "series-episodes"] == "program"
    assert found["table", "branch-a"] == found["vocabulary", "columns"] == found["dialect", "mine"] == "workspace"
    assert found["vocabulary", "readings"] == found["dialect", "c2-2.7"] == "program"
    assert found["campaign_template", "july-1"] == "program"
    assert {kind for kind, _ in found} == {
        *("profile", "set", "dialect", "table", "vocabulary", "storage", "campaign_template"),
    }


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("branch-a", "节目代码"),
        ("july-1", "days_before"),
        ("columns", "own"),
        ("mine", "48"),
        ("readings", "jia shi"),
        ("rejections", "codes"),
    ],
)
def test_each_is_shown_as_it_applies(name: str, said: str, showcase: Showcase) -> None:
    put(showcase.folder, OWN)
    shown = showcase("profiles", "show", name, "--resolved")
    assert shown.code == 0, shown.err
    assert said in shown.out


def test_each_is_validated_and_a_wrong_one_told_with_its_place(showcase: Showcase) -> None:
    put(showcase.folder, OWN)
    told = showcase("profiles", "validate", "--json")
    assert told.code == 2
    assert [row["item"] for row in told.rows if "error" in row] == ["wrong"]
    good = {(row["kind"], row["item"]) for row in told.rows if row.get("good")}
    assert {("table", "branch-a"), ("vocabulary", "rejections"), ("dialect", "mine"), ("set", "showcase-film")} <= good
    assert ("campaign_template", "july-1") in good
    for item in ("wrong", "profiles/tables/wrong.yaml"):
        one = showcase("profiles", "validate", item, "--lang", "zh")
        assert one.code == 2
        assert "tables/wrong.yaml:5:19" in one.err
        assert "colour" in one.err


def test_the_form_that_an_error_names_can_be_asked_for(showcase: Showcase) -> None:
    for name in file_schema.FILES:
        assert showcase("schema", name).code == 0, name
