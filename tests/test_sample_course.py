"""The sample course: made by `samples/make.py`, joined by `init`, and nothing in it to mend."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from pipeline import shipped, yamlio
from pipeline.model.submission import Submission
from samples import lessons
from tests.conftest import Showcase

COURSE = shipped.folder("samples") / "course"
FLAGS = (
    *("--title", "棉花栽培入门", "--title-en", "Growing cotton", "--id", "653100-sample-course"),
    *("--prefecture", "喀什地区", "--column", "农业技术", "--director", "样例", "--organisation", "showcase"),
    *("--from", "2026-07-01", "--until", "2029-06-30"),
)


@pytest.fixture
def folder(showcase: Showcase) -> Path:
    """The course as it lies on a producer's disk: without a submission."""
    return Path(shutil.copytree(COURSE, showcase.folder / "course", ignore=shutil.ignore_patterns("submission.yaml")))


def told(path: Path) -> dict[str, Any]:
    """A submission without what files' names can't tell."""
    found = yamlio.load_as(Submission, path)
    data = found.model_dump(mode="json")
    data["parts"] = [{**part, "title": of.title_zh} for part, of in zip(data["parts"], found.parts, strict=True)]
    return {name: value for name, value in data.items() if name != "synopsis"}


@pytest.mark.acceptance  # it draws and codes all of them anew
def test_its_files_are_those_that_are_made() -> None:
    made = lessons.documents()
    there = {path.relative_to(COURSE).as_posix(): path for path in COURSE.rglob("*") if path.is_file()}
    films = {f"{lessons.SOWING}.mp4", f"{lessons.CARE}.m4a"}
    assert there.keys() == made.keys() | films | {"submission.yaml"}
    assert {name for name, content in made.items() if there[name].read_bytes() != content} == set()
    assert sum(path.stat().st_size for path in there.values()) < 2_000_000


def test_init_of_the_folder_gives_its_submission(showcase: Showcase, folder: Path) -> None:
    made = showcase("init", folder, *FLAGS)
    assert made.code == 0, made.err
    assert told(folder / "submission.yaml") == told(COURSE / "submission.yaml")


@pytest.mark.acceptance
def test_there_is_nothing_to_mend(showcase: Showcase) -> None:
    checked = showcase("check", COURSE / "submission.yaml", "--json")
    assert checked.code == 0, checked.err
    judged = {row["file"]: row for row in checked.rows}
    assert {row["verdict"] for row in judged.values()} == {"accept"}
    assert {item["severity"] for row in judged.values() for item in row["findings"]} <= {"info"}
