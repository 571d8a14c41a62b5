"""docs/access.md: every cell of its tables names a test that there is, in both languages alike."""

from __future__ import annotations

import re

import pytest

from tests.conftest import ROOT

NAMED = re.compile(r'^\[(\w+)\]: \.\./(\S+) "(\w+)"$', re.MULTILINE)
CITED = re.compile(r"\]\[(\w+)\]")
PAGES = ("access.md", "access.zh.md")
RIGHTS, FORGED, COSTS = 13, 13, 11  # rows


def tables(page: str) -> list[list[list[str]]]:
    """Rows of cells of each table, without its heading."""
    text = (ROOT / "docs" / page).read_text("utf-8")
    blocks = re.findall(r"(?:^\|.*\n)+", text, re.MULTILINE)
    return [[line.strip("|").split("|") for line in block.splitlines()[2:]] for block in blocks]


@pytest.mark.parametrize("page", PAGES)
def test_every_cell_names_a_test_that_there_is(page: str) -> None:
    text = (ROOT / "docs" / page).read_text("utf-8")
    named = {name: (path, test) for name, path, test in NAMED.findall(text)}
    for path, test in named.values():
        assert re.search(rf"^def {test}\(", (ROOT / path).read_text("utf-8"), re.MULTILINE), (path, test)
    rights, forged, costs = tables(page)
    assert (len(rights), len(forged), len(costs)) == (RIGHTS, FORGED, COSTS)
    cells = [cell for row in rights for cell in row[1:]] + [row[-1] for row in (*forged, *costs)]
    assert [cell for cell in cells if not set(CITED.findall(cell)) & set(named)] == []
    assert set(CITED.findall(text)) == set(named)


def test_both_languages_name_the_same_tests_in_the_same_places() -> None:
    cited = [[[CITED.findall(cell) for cell in row] for table in tables(page) for row in table] for page in PAGES]
    assert cited[0] == cited[1]
