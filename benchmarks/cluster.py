"""What it costs to make films on a cluster, beside making them on one machine.

    python benchmarks/cluster.py --media FOLDER [--films 3] [--seconds 60] [--rounds 1]

A scheduler and one worker of Dask's on 127.0.0.1, as `showcase cluster up` starts them. In turns the same films go
through one cold `showcase batch` on this machine and one on the worker, on the same cores, as SD and one rung of HLS.
Printed: films an hour of both, and the worker's share of the machine's, by the clock and as if the processor had been
as fast both times (the films' own seconds of a processor say so); the bytes that travel between client and scheduler
and between scheduler and worker, a film, and beside them Dask's heartbeats, which an idle worker sends too (two a
second of up to ten workers: there is no setting); and, for films that are measured already, the seconds from submitting
a task to its begin on the worker, and from its end there to the client that waits.
"""

from __future__ import annotations

import sys

sys.path.pop(0)  # this file's own folder: names in it would hide libraries of Python's
sys.path.insert(0, ".")

import argparse
import json
import os
import signal
import socket
import statistics
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.batch import SETTINGS, deliver_little, film
from benchmarks.machine import showcase
from pipeline.cli.command_context import context_here
from pipeline.cli.console import Console
from pipeline.cli.editor import film_makers
from pipeline.errors import EnvironmentFault
from pipeline.execute import batch_sources
from pipeline.execute.cluster import client, commands
from pipeline.execute.cluster.address import HERE, Scheduler
from pipeline.execute.executor import LocalExecutor
from pipeline.execute.film_usage import FilmUsage
from pipeline.execute.films import LocalFilms
from pipeline.execute.job_context import JobContext
from pipeline.execute.rule_sets import RuleSets
from pipeline.storage import connect

AGAIN = 5  # times that each film is asked for when it is measured already
IDLE_S = 10.0
KNOWN_S, BYTES_A_FILM, SHARE = 0.1, 100_000, 0.95


class CountingProxy:
    """A port that leads to another one and counts the bytes of both ways."""

    def __init__(self, upstream: int):
        self._upstream = upstream
        self._listener = socket.create_server((HERE, 0), backlog=64)
        self._lock = threading.Lock()
        self.port = int(self._listener.getsockname()[1])
        self.size = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            near, _ = self._listener.accept()
            far = socket.create_connection((HERE, self._upstream))
            for ends in ((near, far), (far, near)):
                threading.Thread(target=self._lead, args=ends, daemon=True).start()

    def _lead(self, here: socket.socket, there: socket.socket) -> None:
        with suppress(OSError):
            while data := here.recv(1 << 16):
                with self._lock:
                    self.size += len(data)
                there.sendall(data)
            there.shutdown(socket.SHUT_WR)


@contextmanager
def running(folder: Path, *argv: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process that is ended when it is no longer wanted."""
    with (folder / "process.log").open("ab") as log:
        child = subprocess.Popen(argv, cwd=folder, env=os.environ | commands.ENVIRONMENT, stdout=log, stderr=log)
    try:
        yield child
    finally:
        child.send_signal(signal.SIGINT)
        child.wait(60)


def dask(*argv: str) -> tuple[str, ...]:
    return (sys.executable, "-m", f"distributed.cli.dask_{argv[0]}", *argv[1:])


def workspace(folder: Path, films: Path) -> Path:
    """One that knows nothing yet, of the same films."""
    deliver_little(folder)
    (folder / "showcase.toml").write_text(SETTINGS + "[store]\nembedded = true\n")
    (folder / "films").symlink_to(films)
    return folder


@dataclass(frozen=True)
class Took:
    """Seconds of the clock, and of a processor in ffmpeg and MediaInfo, which do the same wherever it is."""

    wall_s: float
    cpu_s: float


def took(folder: Path) -> Took:
    """From the first film's begin to the last one's end, as the journal has it."""
    rows = [json.loads(line) for line in (folder / ".showcase" / "journal.jsonl").read_text().splitlines()]
    made = [row for row in rows if row["event"] == "batch.item"]
    began, ended = (sorted(datetime.fromisoformat(row[name]) for row in made) for name in ("began_at", "ended_at"))
    return Took((ended[-1] - began[0]).total_seconds(), sum(row["cpu_s"] for row in made))


def batch(folder: Path, *words: str) -> Took:
    """One batch, cold."""
    made = subprocess.run(
        showcase(None, "batch", "films", "--json", *words), cwd=folder, capture_output=True, text=True, check=False
    )
    if made.returncode:
        raise SystemExit(f"exit {made.returncode}: {made.stdout}{made.stderr}")
    return took(folder)


def await_worker(at: Scheduler) -> None:
    """Until one has come."""
    for _ in range(100):
        with suppress(EnvironmentFault):
            if client.workers_of(at):
                return
        time.sleep(0.3)
    raise SystemExit("no worker came")


def heartbeats(worker: CountingProxy) -> float:
    """Bytes a second of a worker that has nothing to do."""
    before = worker.size
    time.sleep(IDLE_S)
    return (worker.size - before) / IDLE_S


def waits(folder: Path, at: Scheduler) -> list[tuple[float, float]]:
    """Of films that are measured already: seconds from submitting to beginning, from the end to knowing of it."""
    os.chdir(folder)
    console = Console("en", quiet=True)
    context = context_here(console)
    found: list[tuple[float, float]] = []
    with ExitStack() as held:
        buckets = held.enter_context(connect.opened(context.workspace))
        local = held.enter_context(LocalExecutor(context, buckets))
        here = LocalFilms(JobContext(context, local, RuleSets(context)), buckets)
        makers = held.enter_context(film_makers.on_cluster(console, here, at))
        sources = list(batch_sources.listed("films", context, buckets, console.remark))
        for number in range(1 + AGAIN):
            for source in sources:
                used: list[FilmUsage] = []
                submitted_at = datetime.now(UTC)
                makers.films.examine(source, lambda _stage, _fraction, _speed: None, used.append)
                known_at = datetime.now(UTC)
                if number:  # the first time the film is described, and put where workers read it
                    begin, end = used[0].began_at - submitted_at, known_at - used[0].ended_at
                    found.append((begin.total_seconds(), end.total_seconds()))
    return found


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--media", type=Path, required=True)
    words.add_argument("--films", type=int, default=3)
    words.add_argument("--seconds", type=int, default=60)
    words.add_argument("--rounds", type=int, default=1)
    given = words.parse_args()
    alone: list[Took] = []
    shared: list[Took] = []
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        films = place / "films"
        films.mkdir()
        for number in range(given.films):
            film(given.media.resolve(), films / f"film-{number:02}.mp4", given.seconds, number)
        for number in range(given.rounds):
            here = workspace(place / f"machine-{number}", films)
            with running(here, *showcase(None, "store", "serve", "-q")):
                time.sleep(5)
                alone.append(batch(here, "--jobs", "1"))
            there = workspace(place / f"cluster-{number}", films)
            with ExitStack() as held:
                held.enter_context(running(there, *showcase(None, "store", "serve", "-q")))
                with socket.create_server((HERE, 0)) as probe:
                    at = Scheduler(HERE, int(probe.getsockname()[1]))
                held.enter_context(running(there, *dask(*commands.scheduler(at))))
                time.sleep(5)
                of_client, of_worker = CountingProxy(at.port), CountingProxy(at.port)
                leads = commands.workers(Scheduler(HERE, of_worker.port), 1, host=HERE, scratch=there / "scratch")
                held.enter_context(running(there, *dask(*leads)))
                await_worker(at)
                idle = heartbeats(of_worker)
                before, began_at = (of_client.size, of_worker.size), time.monotonic()
                shared.append(batch(there, "--executor", "dask", "--scheduler", f"tcp://{HERE}:{of_client.port}"))
                beats = idle * (time.monotonic() - began_at)
                carried = of_client.size - before[0], of_worker.size - before[1] - beats
                measured = waits(there, at)
    an_hour = [3600 * given.films / statistics.median(one.wall_s for one in each) for each in (alone, shared)]
    # a machine whose clock changes under way reads anything: the films' own seconds of a processor say by how much
    pace = [sum(one.cpu_s for one in each) / sum(one.wall_s for one in each) for each in (alone, shared)]
    print(
        f"films an hour: {an_hour[0]:.1f} by this machine, {an_hour[1]:.1f} by a worker: "
        f"{an_hour[1] / an_hour[0]:.3f}, {pace[1] / pace[0]:.3f} of an even clock (>= {SHARE}); "
        f"busy cores {pace[0]:.2f} and {pace[1]:.2f}"
    )
    a_film = [size / given.films / 1000 for size in carried]
    print(
        f"bytes a film: {a_film[0]:.1f} kB client to scheduler, {a_film[1]:.1f} kB scheduler to worker, "
        f"{sum(a_film):.1f} kB together (<= {BYTES_A_FILM / 1000:.0f}); "
        f"heartbeats beside them {beats / given.films / 1000:.1f} kB, {idle / 1000:.2f} kB a second"
    )
    for title, each in zip(("submit to begin", "end to known"), zip(*measured, strict=True), strict=True):
        print(f"{title}: median {statistics.median(each):.3f} s, at most {max(each):.3f} s of {len(each)} ({KNOWN_S})")


if __name__ == "__main__":
    main()
