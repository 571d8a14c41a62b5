"""Schedulers and workers of Dask, started as people start them, each in a folder and surroundings of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.errors import EnvironmentFault
from pipeline.execute.cluster import client, commands
from pipeline.execute.cluster.address import HERE, Scheduler
from pipeline.execute.cluster.client import Present

START_S = 60.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HERE, 0))
        return int(probe.getsockname()[1])


def eventually(told: Callable[[], bool], seconds: float = START_S) -> None:
    """Wait until it is so."""
    deadline = time.monotonic() + seconds
    while not told():
        assert time.monotonic() < deadline
        time.sleep(0.1)


@dataclass
class Cluster:
    """Processes of one scheduler's.

    Args:
        workers: each by the name that the test gave it.
    """

    folder: Path
    at: Scheduler
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)
    workers: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, argv: list[str], folder: Path, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "dask.log").open("ab") as log:
            started = subprocess.Popen(
                [sys.executable, "-m", f"distributed.cli.dask_{argv[0]}", *argv[1:]],
                cwd=folder,
                env={**os.environ, **environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.processes.append(started)
        return started

    def start_scheduler(self, **environment: str) -> subprocess.Popen[bytes]:
        return self.start(commands.scheduler(self.at), self.folder / "scheduler", environment)

    def start_worker(self, name: str, *more: str, **environment: str) -> None:
        """One process: without a nanny, which would start another in place of one that a test ends."""
        folder = self.folder / name
        argv = commands.workers(self.at, 1, host=HERE, scratch=folder / "scratch")
        self.workers[name] = self.start([*argv, "--no-nanny", *more], folder, environment)

    def present(self) -> dict[str, Present]:
        """The workers by the names that the test gave them."""
        return {self._name(one): one for one in client.workers_of(self.at)}

    def those_of(self, name: str) -> list[Present]:
        """The workers that one `dask worker` of this name keeps up."""
        with suppress(EnvironmentFault):
            return [one for one in client.workers_of(self.at) if self._name(one) == name]
        return []

    def _name(self, one: Present) -> str:
        return Path(one.scratch).relative_to(self.folder).parts[0]

    def await_workers(self, count: int) -> dict[str, Present]:
        """Until so many are there."""
        deadline = time.monotonic() + START_S
        while True:
            with suppress(EnvironmentFault):
                if len(found := self.present()) == count:
                    return found
            assert time.monotonic() < deadline
            assert all(one.poll() is None for one in (self.processes[0], *self.workers.values()))
            time.sleep(0.1)

    def end(self) -> None:
        for one in self.processes:
            with suppress(ProcessLookupError):
                os.killpg(one.pid, signal.SIGKILL)
            one.wait(30)
        self.processes.clear()


@contextmanager
def cluster(folder: Path, certificates: Path | None = None, **environment: str) -> Iterator[Cluster]:
    """A scheduler; all that was started ends with it."""
    made = Cluster(folder, Scheduler(HERE, free_port(), certificates))
    try:
        made.start_scheduler(**environment)
        yield made
    finally:
        made.end()
