"""What is started for each package that arrives: an argv and no shell, once, and what becomes of one that fails."""

from __future__ import annotations

import json
import shlex
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline import workspace
from pipeline.exchange import arrivals
from pipeline.storage import connect
from tests.conftest import Showcase
from tests.small_packages import deliver

INGEST = """\
import json, os, sys, time
print("taken in")
with open("taken.jsonl", "a") as log:
    log.write(json.dumps(sys.argv[1:]) + "\\n")
if os.path.exists("slow"):
    time.sleep(60)
sys.exit(3 if os.path.exists("broken") else 0)
"""


@pytest.mark.parametrize(
    ("text", "windows", "words"),
    [
        ("ingest {folder} {id}", False, ("ingest", "{folder}", "{id}")),
        ("'my ingest' --to \"a b\" # c", False, ("my ingest", "--to", "a b", "#", "c")),
        ("a\\ b; rm x", False, ("a b;", "rm", "x")),
        (r'"C:\Program Files\in.exe" {folder} \\nas\x', True, (r"C:\Program Files\in.exe", "{folder}", r"\\nas\x")),
    ],
)
def test_a_command_is_split_once_into_words(text: str, windows: bool, words: tuple[str, ...]) -> None:
    assert arrivals.words_of(text, windows=windows) == words


@pytest.fixture
def put(showcase: Showcase, served: Path) -> Callable[..., str]:
    """`put(ref)` delivers a package to the workspace's store; the program of `--then` lies in its folder."""
    (showcase.folder / "ingest.py").write_text(INGEST)

    def put(ref: str, **given: object) -> str:
        with connect.opened(workspace.find(showcase.folder)) as buckets:
            return deliver(buckets, ref, **given)  # type: ignore[arg-type]

    return put


THEN = f"{shlex.quote(sys.executable)} ingest.py {{folder}} {{id}} {{package_id}}"


def taken(showcase: Showcase) -> list[list[str]]:
    log = showcase.folder / "taken.jsonl"
    return [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []


def awaited(is_so: Callable[[], bool], seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_each_package_that_arrives_is_handed_on_once(showcase: Showcase, put: Callable[..., str]) -> None:
    one, two = put("653200/one", title="棉花"), put("653100/653100-two")
    name = 'in $(touch pwned); "x" {id}'  # a folder's name is never read as a command, or as a place
    (showcase.folder / "broken").touch()
    failed = showcase("pull", "--to", name, "--then", THEN, "--json")
    assert failed.code == 7, failed.err
    assert [row["then"] for row in failed.rows if "then" in row] == [3, 3]  # what it prints is none of our results
    assert [row["error"]["key"] for row in failed.rows if "error" in row] == ["then_failed"] * 2  # type: ignore[index]
    assert "taken in" in failed.err
    for ref, package_id in (("one", one), ("653100-two", two)):
        assert (showcase.folder / name / ref / package_id / "READY.json").is_file()  # which loses no package
    assert not (showcase.folder / "pwned").exists()
    told = [(str(showcase.folder / name / "one" / one), "653200/one", one)]
    told.append((str(showcase.folder / name / "653100-two" / two), "653100-two", two))
    assert sorted(map(tuple, taken(showcase))) == sorted(told)

    (showcase.folder / "broken").unlink()
    again = showcase("pull", "--to", name, "--then", THEN, "--json")
    assert (again.code, len(taken(showcase))) == (0, 4), again.err
    third = showcase("pull", "--to", name, "--then", THEN, "--lang", "zh")
    assert (third.code, len(taken(showcase))) == (0, 4)
    assert "此前已交给后续程序：653200/one 棉花" in third.out
    assert showcase("pull", "one", "--to", "elsewhere", "--then", THEN).code == 0  # there it arrives anew
    assert len(taken(showcase)) == 5


@pytest.mark.acceptance
def test_a_watch_takes_what_comes_and_goes_on_after_a_kill(showcase: Showcase, put: Callable[..., str]) -> None:
    put("653200/one", column="七一展播")
    put("653200/other", column="健康")
    (showcase.folder / "slow").touch()
    words = ("pull", "--to", "in", "--watch", "--every", "1", "--column", "七一展播", "--then", THEN)
    watching = showcase.start(*words)
    awaited(lambda: len(taken(showcase)) == 1)
    watching.kill()  # while its program is at work: nothing says that it went well
    watching.wait(30)
    (showcase.folder / "slow").unlink()
    watching = showcase.start(*words)
    awaited(lambda: len(taken(showcase)) == 2)
    put("653100/two", column="七一展播")
    awaited(lambda: len(taken(showcase)) == 3)
    watching.send_signal(signal.SIGTERM)
    assert watching.wait(30) == 130
    assert [row[1] for row in taken(showcase)] == ["653200/one", "653200/one", "653100/two"]
    assert not (showcase.folder / "in" / "other").exists()
