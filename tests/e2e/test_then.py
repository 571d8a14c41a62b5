"""What is started for each package that arrives: an argv and no shell, once, and what becomes of one that fails."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline import workspace
from pipeline.exchange import arrivals
from pipeline.storage import connect, identities
from pipeline.storage.s3.session import Connection
from tests.conftest import Showcase
from tests.small_packages import deliver, package_id_of
from tests.storage.proxy import Message, proxied

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
    kept = list((showcase.folder / ".showcase" / "handed-on").glob("*.json"))
    assert {json.loads(path.read_text("utf-8"))["package_id"] for path in kept} == {one, two}
    assert len(list((showcase.folder / name).iterdir())) == 2  # beside the packages lies nothing
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
    mark = showcase.folder / "in" / "one" / package_id_of("653200/one") / "WITHDRAWN.json"
    for _ in range(2):
        assert showcase("withdraw", "653200/one", "--reason", "版权").code == 0
        awaited(mark.is_file)
        assert showcase("withdraw", "653200/one", "--undo").code == 0
        awaited(lambda: not mark.exists())
    watching.send_signal(signal.SIGTERM)
    assert watching.wait(30) == 130
    assert [row[1] for row in taken(showcase)] == ["653200/one", "653200/one", "653100/two"]
    assert not (showcase.folder / "in" / "other").exists()


def test_a_watch_tries_again_what_failed(showcase: Showcase, put: Callable[..., str]) -> None:
    put("653200/one")
    (showcase.folder / "broken").touch()
    log = showcase.folder / "watch.log"
    with log.open("wb") as err:
        watching = subprocess.Popen(
            showcase.argv("pull", "--to", "in", "--watch", "--every", "1", "--then", THEN),
            cwd=showcase.folder,
            env={**os.environ, **showcase.environment, "SHOWCASE_LANG": "en"},
            stdout=subprocess.DEVNULL,
            stderr=err,
        )
    awaited(lambda: len(taken(showcase)) == 2)
    (showcase.folder / "broken").unlink()
    awaited(lambda: any((showcase.folder / ".showcase" / "handed-on").glob("*.json")))
    watching.send_signal(signal.SIGINT)
    assert watching.wait(30) == 130
    assert len(taken(showcase)) == 3
    assert log.read_text("utf-8").count("what was started for 653200/one ended with 3") == 1


@pytest.mark.acceptance
def test_a_watch_outlives_a_store_that_does_not_answer(
    showcase: Showcase, served: Path, put: Callable[..., str]
) -> None:
    put("653200/one")
    pair = identities.owner(served)
    address = json.loads((served / "ports.json").read_text())["s3"]
    shut = threading.Event()
    refused = []

    def asked(given: Message) -> Message | None:
        if shut.is_set():
            refused.append(given)
            return given.refused(403, "AccessDenied")
        return None

    with proxied(Connection(f"http://127.0.0.1:{address}", pair.key_id, pair.secret), asked) as proxy:
        showcase.environment |= {
            "AWS_ENDPOINT_URL_S3": proxy.store.endpoint_shown,
            "AWS_ACCESS_KEY_ID": pair.key_id,
            "AWS_SECRET_ACCESS_KEY": pair.secret,
            "SHOWCASE_LANG": "zh",
        }
        log = showcase.folder / "watch.log"
        with log.open("wb") as err:
            watching = subprocess.Popen(
                showcase.argv("pull", "--to", "in", "--watch", "--every", "1", "--then", THEN),
                cwd=showcase.folder,
                env={**os.environ, **showcase.environment},
                stdout=subprocess.DEVNULL,
                stderr=err,
            )
        awaited(lambda: len(taken(showcase)) == 1)
        shut.set()
        put("653200/two")
        awaited(lambda: len(refused) >= 3)
        assert len(taken(showcase)) == 1
        shut.clear()
        awaited(lambda: len(taken(showcase)) == 2)
        shut.set()
        first = len(refused)
        awaited(lambda: len(refused) > first)
        shut.clear()
        watching.send_signal(signal.SIGINT)
        assert watching.wait(30) == 130
    told = log.read_text("utf-8")
    assert told.count("错误：") == 2  # once for each time that it was shut, however often it was asked
    assert "Traceback" not in told
