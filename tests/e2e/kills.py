"""SIGKILL of real commands at drawn moments, and what the rerun makes of it."""

from __future__ import annotations

import hashlib
import json
import random
import shutil
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import Showcase, wait_for_none

Prepare = Callable[[Path], None]
Digest = Callable[[Path], str]


@dataclass(frozen=True)
class Command:
    """What is killed: its words, what its folder needs before, and the digest of what must come out."""

    name: str
    words: tuple[str, ...]
    prepare: Prepare
    digest: Digest


def series(showcase: Showcase, command: Command, room: Path, kills: int, seed: int) -> int:
    """Kill `command` so often over its measured length; gives how many encodes were begun twice.

    Every run has a folder and a store of its own, so that the same film gives the same bytes anywhere. Fails on other
    digests, a command that does not go on, or a process that stays.
    """
    whole = room / f"{command.name}-whole"
    whole.mkdir(parents=True)
    command.prepare(whole)
    began = time.monotonic()
    done = showcase(*command.words, cwd=whole)
    assert done.code == 0, done.err
    length = time.monotonic() - began
    wanted = command.digest(whole)
    draw = random.Random(seed)
    twice = 0
    for number in range(kills):
        showcase.folder = room / f"{command.name}-{number}"
        showcase.folder.mkdir()
        command.prepare(showcase.folder)
        before = len(showcase.events())
        moment = (number + draw.random()) * length / kills
        running = showcase.start(*command.words)
        time.sleep(moment)
        running.send_signal(signal.SIGKILL)
        running.wait()
        assert wait_for_none(showcase.folder) == []
        events = showcase.events()[before:]
        hit = f"{events[-1]['event']}:{events[-1].get('stage', '')}" if events else "before the first event"
        finished = {event["key"] for event in events if event["event"] == "stage.finished"}
        again = showcase(*command.words)
        assert again.code == 0, again.err
        assert command.digest(showcase.folder) == wanted
        later = showcase.events()[before + len(events) :]
        assert not finished & {event["key"] for event in later if event["event"] == "stage.started"}
        plans = [event["plan"] for event in showcase.events()[before:] if event["event"] == "encode.started"]
        repeated = len(plans) - len(set(plans))
        twice += repeated
        print(f"{command.name} kill {number} at {moment:.2f} of {length:.2f} s: {hit}; encodes repeated {repeated}")
        assert wait_for_none(showcase.folder) == []
        shutil.rmtree(showcase.folder)
    return twice


def of_packages(folder: Path) -> str:
    """All checksums of all packages in a workspace."""
    lists = sorted(
        path.read_bytes() for path in (folder / ".showcase" / "work" / "package").glob("*/package/checksums.sha256")
    )
    return hashlib.sha256(b"".join(lists)).hexdigest()


def of_files(folder: Path) -> str:
    """Every file under a folder, by name and bytes."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            digest.update(json.dumps(path.relative_to(folder).as_posix()).encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
