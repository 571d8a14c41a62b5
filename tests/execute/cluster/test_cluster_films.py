"""A batch on workers of a real scheduler: the same packages as on this machine, and what comes of what dies."""

from __future__ import annotations

import os
import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.execute.cluster import client
from tests.clusters import eventually
from tests.conftest import Showcase, wait_for_none
from tests.execute.cluster.seasons import TAKES_S, Season, error_key, packages

pytestmark = pytest.mark.usefixtures("coded_quickly", "for_television")


def test_workers_make_what_this_machine_makes_and_a_rerun_makes_nothing(
    season: Season, films: Callable[[str, int], Path], tmp_path: Path
) -> None:
    films("a.mp4", 2)
    films("b.mp4", 3)
    (season.showcase.folder / "films" / "broken.mp4").write_bytes(b"text")
    season.workers("one", "two")
    made = season.batch()
    assert made.code == 7, made.err
    assert sorted(str(row["outcome"]) for row in made.rows) == ["delivered", "delivered", "unreadable"]
    assert season.left_behind() == []
    workers = {one.address for one in season.cluster.present().values()}
    usages = [row["usage"] for row in made.rows if row["outcome"] == "delivered"]
    assert {usage["worker"] for usage in usages} <= workers
    assert all(usage["cpu_s"] > 0.5 for usage in usages)
    again = season.batch()
    assert sorted(str(row["outcome"]) for row in again.rows) == ["already", "already", "unreadable"]
    named = season.showcase("run", "films/a.mp4", "films/broken.mp4", "--executor", "dask", "--json")
    assert (named.code, [row["outcome"] for row in named.rows]) == (7, ["already", "unreadable"])
    planned = season.showcase("run", "films/a.mp4", "-n", "--executor", "dask", "--json")
    assert (planned.code, [row["outcome"] for row in planned.rows]) == (0, ["already"])
    assert season.encodes() == 2
    looking = (
        "str([one.periodic_callbacks['profile'].is_running() for one in __import__('distributed').Worker._instances])"
    )
    said = client.ask_workers(season.cluster.at, dict.fromkeys(workers, looking), 10)
    assert {one.text for one in said.values()} == {"[False]"}  # they may stand still for good while it looks
    here = Showcase(tmp_path / "here")
    shutil.copytree(season.showcase.folder / "profiles", here.folder / "profiles")
    shutil.copytree(season.showcase.folder / "films", here.folder / "films")
    (here.folder / "showcase.toml").write_text("[store]\nembedded = true\n")
    local = here("batch", "films", "--json")
    assert packages(local) == packages(made)
    assert wait_for_none(here.folder) == []


def test_a_film_whose_worker_is_killed_is_made_by_another(season: Season, films: Callable[[str, int], Path]) -> None:
    films("a.mp4", 20)
    season.workers("one", "two")
    running = season.start()
    name = season.await_holder("deliver")
    time.sleep(1)
    killed_at = season.kill_worker(name)
    eventually(lambda: season.holding("deliver") not in (None, name), 30)
    assert time.monotonic() - killed_at < TAKES_S
    assert wait_for_none(season.cluster.folder / name, 2.0) == []
    assert running.ended().code == 0
    assert [path for path in season.left_behind() if name not in path.parts] == []


@pytest.mark.acceptance
def test_with_its_scheduler_killed_a_batch_says_so(season: Season, films: Callable[[str, int], Path]) -> None:
    films("a.mp4", 20)
    season.workers("one")
    running = season.start()
    season.await_holder("deliver")
    os.killpg(season.cluster.processes[0].pid, signal.SIGKILL)
    assert running.ended(60).code == 3
    result = season.batch()
    assert result.code == 3
    assert error_key(result) == "scheduler_missing"
