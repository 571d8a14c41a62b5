"""The house keeps its own rules."""

from __future__ import annotations

import re
import statistics
import subprocess
from pathlib import Path

import pytest

from tests.conftest import ROOT

MODULES = sorted((ROOT / "pipeline").rglob("*.py"))


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode != 0:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in listed.stdout.decode().split("\0") if name and (ROOT / name).is_file()]


def test_modules_are_short() -> None:
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES}
    assert {path for path, lines in lengths.items() if lines > 400} == set()
    assert statistics.median(lengths.values()) <= 150


def test_every_room_says_what_comes_in_and_goes_out() -> None:
    for path in MODULES:
        text = path.read_text(encoding="utf-8")
        if text.strip():
            assert text.startswith('"""'), path


def test_there_are_no_prints_mocks_or_unfinished_places() -> None:
    names = ("NotImplemented" + "Error", "TO" + "DO", "FIX" + "ME", "Magic" + "Mock", "unittest" + ".mock")
    blunt = r"#\s*noqa\s*$|type:\s*ignore\s*$"
    words = re.compile("|".join([*map(re.escape, names), blunt]), re.MULTILINE)
    for path in (*MODULES, *(ROOT / "tests").rglob("*.py")):
        assert not words.search(path.read_text(encoding="utf-8")), path


def test_posix_only_calls_live_in_one_module() -> None:
    posix = re.compile(
        r"^import (fcntl|resource|pwd|grp|termios)|os\.(killpg|wait4|fork|setsid|getuid|O_DIRECTORY)", re.M
    )
    found = {path.relative_to(ROOT).as_posix() for path in MODULES if posix.search(path.read_text(encoding="utf-8"))}
    assert found == {"pipeline/process.py"}


def test_nothing_names_a_machine_or_a_registry() -> None:
    machine = re.compile(
        rb"(^|[^A-Za-z0-9_.])/(work|root|farm|home/[a-z]+)/|pypi\.org/simple|index-url|registry\.npmjs"
    )
    for path in tracked():
        if path.suffix in (".mp4", ".m4a", ".pdf", ".docx", ".mo", ".xsd") or path.name == "test_house.py":
            continue
        assert not machine.search(path.read_bytes()), path


def test_tracked_media_is_small() -> None:
    films = [path for path in tracked() if path.suffix in (".mp4", ".m4a", ".pdf", ".docx")]
    folders = {"/".join(path.relative_to(ROOT).parts[:2]) for path in films}
    assert folders == {"samples/film", "samples/course", "samples/languages"}
    assert sum(path.stat().st_size for path in films) <= 8_000_000


def test_every_decision_is_short_and_every_dependency_has_one() -> None:
    records = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
    text = "\n".join(path.read_text(encoding="utf-8") for path in records).lower()
    for path in records:
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 40, path
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [
        *project["dependencies"],
        *project["optional-dependencies"]["store"],
        *project["optional-dependencies"]["subtitles"],
        *project["optional-dependencies"]["documents"],
        *project["optional-dependencies"]["cluster"],
        *project["optional-dependencies"]["dev"],
    ]
    for requirement in wanted:
        name = re.split(r"[><=\[]", requirement)[0].strip().lower()
        assert name in text, name


def test_pins_are_names_and_versions_only() -> None:
    for line in (ROOT / "constraints.txt").read_text().splitlines():
        assert re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+!]+", line), line


def test_docs_links_lead_somewhere() -> None:
    for page in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")):
        for target in re.findall(r"\]\((?!https?://|#)([^)#]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), (page, target)
