"""SIGKILL at moments drawn over the measured length of a run; the rerun ends in the same bytes, nobody stays."""

from __future__ import annotations

import random
import signal
import time
from pathlib import Path

import pytest

from tests.conftest import Showcase, wait_for_none

PROFILES = 4  # of the set, for a film under 720 lines


def listing(folder: Path) -> str:
    return next((folder / ".showcase" / "work" / "package").glob("*/package/checksums.sha256")).read_text()


def last_stage(events: list[dict[str, object]]) -> str:
    names = [f"{event['event']}:{event.get('stage', '')}" for event in events]
    return names[-1] if names else "before the first stage"


def kill_series(showcase: Showcase, film: Path, tmp_path: Path, kills: int, seed: int) -> None:
    """Print what was hit and what was repeated; fail on other bytes, a repeated finished stage, or a process left."""
    whole = tmp_path / "whole"
    whole.mkdir()
    began = time.monotonic()
    assert showcase("run", film, cwd=whole).code == 0
    length = time.monotonic() - began
    wanted = listing(whole)
    draw = random.Random(seed)
    repeated = 0
    for number in range(kills):
        showcase.folder = tmp_path / f"killed{number}"
        showcase.folder.mkdir()
        moment = (number + draw.random()) * length / kills
        running = showcase.start("run", film)
        time.sleep(moment)
        running.send_signal(signal.SIGKILL)
        running.wait()
        hit = last_stage(showcase.events())
        encodes = [event["event"] for event in showcase.events()]
        assert wait_for_none(showcase.folder) == []
        finished = [event for event in showcase.events() if event["event"] == "stage.finished"]
        done_before = len([event for event in finished if event["stage"] == "transcode"]) == PROFILES
        result = showcase("run", film)
        assert result.code == 0, result.err
        assert listing(showcase.folder) == wanted
        again = [event["event"] for event in showcase.events()].count("encode.started") - encodes.count(
            "encode.started"
        )
        assert again == (0 if done_before else 1)
        repeated += again and encodes.count("encode.started")
        assert showcase("run", film, "--json").rows[-1]["already"] is True
        print(f"kill {number} at {moment:.2f} of {length:.2f} s: {hit}; encodes repeated: {again}")
    print(f"{kills} kills, {repeated} encodes begun twice")


def test_a_killed_run_goes_on_to_the_same_bytes(showcase: Showcase, small_film: Path,
                                                tmp_path: Path) -> None:  # fmt: skip
    kill_series(showcase, small_film, tmp_path, kills=3, seed=7)


@pytest.mark.acceptance
@pytest.mark.timeout(3000)
def test_thirty_kills(showcase: Showcase, small_film: Path, tmp_path: Path) -> None:
    kill_series(showcase, small_film, tmp_path, kills=30, seed=11)


def test_ctrl_c_stops_cleanly_and_a_rerun_goes_on(showcase: Showcase, small_film: Path) -> None:
    running = showcase.start("run", small_film)
    deadline = time.monotonic() + 30
    while not any(event["event"] == "encode.started" for event in showcase.events()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    time.sleep(0.3)
    running.send_signal(signal.SIGINT)
    assert running.wait(20) == 130
    assert wait_for_none(showcase.folder, 0.5) == []
    assert not list((showcase.folder / ".showcase" / "tmp").iterdir())
    assert showcase("run", small_film).code == 0
