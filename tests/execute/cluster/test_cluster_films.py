"""A batch on workers of a real scheduler: the same packages as on this machine, and what comes of what dies."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipeline.storage import embedded
from tests.clusters import Cluster, cluster, eventually
from tests.conftest import Result, Showcase, wait_for_none

pytestmark = pytest.mark.usefixtures("coded_quickly", "for_television")


@dataclass
class Season:
    """An editor's workspace with films, a store that others reach, and a cluster of workers in folders of their own."""

    showcase: Showcase
    cluster: Cluster
    store: dict[str, str]

    def workers(self, *names: str) -> None:
        for name in names:
            self.cluster.start_worker(name, **self.store)
        self.cluster.await_workers(len(self.cluster.workers))

    def batch(self, *words: str) -> Result:
        return self.showcase("batch", "films", "--executor", "dask", "--json", *words)

    def start(self) -> subprocess.Popen[bytes]:
        return self.showcase.start("batch", "films", "--executor", "dask")

    def holding(self, kind: str) -> str | None:
        """The worker that has a task of this kind."""
        there = self.cluster.present()
        return next((name for name, one in there.items() if any(key.startswith(kind) for key in one.tasks)), None)

    def encodes(self) -> int:
        """How often a worker has begun to encode."""
        journals = [self.cluster.folder / name / ".showcase" / "journal.jsonl" for name in self.cluster.workers]
        return sum(path.read_text().count('"encode.started"') for path in journals if path.exists())

    def left_behind(self) -> list[Path]:
        """What lies on workers' disks beside logs and caches."""
        found: list[Path] = []
        for name in self.cluster.workers:
            hidden = self.cluster.folder / name / ".showcase"
            for part in ("work", "sources", "in-flight"):
                found += [path for path in (hidden / part).rglob("*") if path.is_file()]
        return found


@pytest.fixture
def season(showcase: Showcase, served: Path, tmp_path: Path, usual_cache: Path) -> Iterator[Season]:
    with embedded.serve(served, ("delivery", "inbox", "work")) as server:
        connection = server.connection
        store = {
            "AWS_ENDPOINT_URL_S3": connection.endpoint or "",
            "AWS_ACCESS_KEY_ID": connection.access_key or "",
            "AWS_SECRET_ACCESS_KEY": connection.secret_key or "",
        }
        with cluster(tmp_path / "cluster", XDG_CACHE_HOME=str(usual_cache.parent)) as made:
            showcase.environment |= {**store, "SHOWCASE_SCHEDULER": made.at.url}
            yield Season(showcase, made, {**store, "XDG_CACHE_HOME": str(usual_cache.parent)})


@pytest.fixture
def films(showcase: Showcase, film_of: Callable[..., Path]) -> Callable[[str, int], Path]:
    def make(name: str, seconds: int) -> Path:
        path = showcase.folder / "films" / name
        path.parent.mkdir(exist_ok=True)
        shutil.copy(film_of(seconds), path)
        return path

    return make


def packages(result: Result) -> dict[str, str]:
    return {str(row["submission_id"]): str(row["package_id"]) for row in result.rows}


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
    again = season.batch()
    assert sorted(str(row["outcome"]) for row in again.rows) == ["already", "already", "unreadable"]
    named = season.showcase("run", "films/a.mp4", "films/broken.mp4", "--executor", "dask", "--json")
    assert (named.code, [row["outcome"] for row in named.rows]) == (7, ["already", "unreadable"])
    assert season.encodes() == 2
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
    eventually(lambda: season.holding("deliver") is not None, 90)
    name = season.holding("deliver")
    assert name is not None
    time.sleep(1)
    os.killpg(season.cluster.workers[name].pid, signal.SIGKILL)
    killed_at = time.monotonic()
    season.cluster.workers.pop(name).wait(10)
    eventually(lambda: season.holding("deliver") not in (None, name), 30)
    assert time.monotonic() - killed_at < 5
    assert wait_for_none(season.cluster.folder / name, 2.0) == []
    assert running.wait(110) == 0
    assert [path for path in season.left_behind() if name not in path.parts] == []


def test_with_its_scheduler_killed_a_batch_says_so(season: Season, films: Callable[[str, int], Path]) -> None:
    films("a.mp4", 20)
    season.workers("one")
    running = season.start()
    eventually(lambda: season.holding("deliver") is not None, 90)
    os.killpg(season.cluster.processes[0].pid, signal.SIGKILL)
    assert running.wait(60) == 3
    result = season.batch()
    assert result.code == 3
    assert json.loads(result.out.splitlines()[-1])["error"]["key"] == "scheduler_missing"
