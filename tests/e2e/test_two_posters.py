"""Two posters by the commands: one of each shape is planned, a second of one shape is refused by name."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Showcase

HEAD = "schema_version: 1\nid: 653100-posters\ntitle: 海报\nprefecture: '653100'\n"
FILM = "media:\n  - {file: film.mp4, role: main}\n  - {file: a.png, role: poster}\n  - {file: b.png, role: poster}\n"
LESSON = (
    "kind: course\nparts: [{id: '01', title: 一}, {id: '02', title: 二}]\nmedia:\n"
    "  - {file: film.mp4, role: main, part: '01'}\n  - {file: a.png, role: poster, part: '01'}\n"
    "  - {file: b.png, role: poster}\n"
)


@pytest.fixture
def stills(showcase: Showcase, small_film: Path, lavfi: Callable[..., Path]) -> dict[str, Path]:
    shutil.copy(small_film, showcase.folder / "film.mp4")
    sizes = {"landscape": "1280x720", "portrait": "600x800"}
    return {
        shape: lavfi("-f", "lavfi", "-i", f"color=navy:s={size}", "-frames:v", "1", "-update", "1", suffix=".png")
        for shape, size in sizes.items()
    }


def hand_in(showcase: Showcase, words: str, a: Path, b: Path) -> None:
    for name, path in (("a.png", a), ("b.png", b)):
        shutil.copy(path, showcase.folder / name)
    (showcase.folder / "s.yaml").write_text(HEAD + words)


def test_one_of_each_shape_is_taken_and_two_of_one_are_not(showcase: Showcase, stills: dict[str, Path]) -> None:
    hand_in(showcase, FILM, stills["portrait"], stills["landscape"])
    told = showcase("run", "s.yaml", "-n", "--json")
    assert told.code == 0, told.err
    plan = next(row for row in told.rows if "processes" in row)
    assert {"{in.poster}", "{in.poster.portrait}"} == set(plan["beside_sha256"])  # type: ignore[call-overload]
    assert "of_course" not in plan
    hand_in(showcase, FILM, stills["landscape"], stills["landscape"])
    said = showcase("run", "s.yaml", "-n", "--accept", "不行", "--json", "--lang", "zh")
    assert said.code == 1, "no accepting lifts it"
    (finding,) = next(row["findings"] for row in said.rows if str(row.get("file")).endswith("b.png"))  # type: ignore[misc]
    assert (finding["code"], finding["severity"]) == ("poster.shape_twice", "error")
    assert "a.png 都是横版" in finding["message"]


@pytest.mark.usefixtures("coded_quickly")
def test_a_lesson_takes_the_courses_of_the_shape_that_it_lacks(showcase: Showcase, stills: dict[str, Path]) -> None:
    hand_in(showcase, LESSON, stills["landscape"], stills["portrait"])
    told = showcase("run", "s.yaml", "-n", "--json")
    assert told.code == 0, told.err
    plan = next(row for row in told.rows if "processes" in row)
    assert {"{in.poster}", "{in.poster.portrait}"} == set(plan["beside_sha256"])  # type: ignore[call-overload]
    assert plan["of_course"] == ["poster-portrait"]
