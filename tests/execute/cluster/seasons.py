"""A season of films: an editor's workspace, a store, a real scheduler and real workers on 127.0.0.1."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from pipeline import process
from pipeline.execute.cluster import client, commands, scheduler_state
from pipeline.execute.cluster.address import HERE
from pipeline.execute.cluster.client import Present
from pipeline.storage import layout
from pipeline.storage.bucket import Bucket
from pipeline.storage.s3.session import Connection
from pipeline.storage.s3.store import Store
from tests.clusters import Cluster, eventually
from tests.conftest import Result, Showcase

Reference = dict[str, dict[str, str]]  # of each film its objects by key, with their SHA-256
TAKES_S = 5.0  # in which a film whose worker died begins on a free one, and a new worker has work


@dataclass
class Client:
    """A batch that is under way, and what it prints."""

    process: subprocess.Popen[bytes]
    printed: Path

    def ended(self, seconds: float = 110) -> Result:
        """Wait for it."""
        code = self.process.wait(seconds)
        return Result(code, self.printed.read_text("utf-8"), self.said())

    def said(self) -> str:
        """What it has told people so far."""
        return self.printed.with_suffix(".err").read_text("utf-8")

    def kill(self, number: signal.Signals = signal.SIGKILL) -> None:
        self.process.send_signal(number)


@dataclass
class Season:
    """An editor's workspace with films, a store that others reach, and a cluster of workers in folders of their own."""

    showcase: Showcase
    cluster: Cluster
    store: dict[str, str]
    server: Connection
    clients: list[Client] = field(default_factory=list)

    def workers(self, *names: str, **told: str) -> None:
        for name in names:
            self.cluster.start_worker(name, **{**self.store, **told})
        self.cluster.await_workers(len(self.cluster.workers))

    def nannied(self, name: str, count: int, **told: str) -> None:
        """A `dask worker` as people type it: it starts each of its processes again."""
        folder = self.cluster.folder / name
        argv = commands.workers(self.cluster.at, count, host=HERE, scratch=folder / "scratch")
        self.cluster.workers[name] = self.cluster.start(argv, folder, {**self.store, **told})
        eventually(lambda: len(self.cluster.those_of(name)) == count, 60)

    def batch(self, *words: str) -> Result:
        return self.showcase("batch", "films", "--executor", "dask", "--json", *words)

    def start(self, *words: str, command: tuple[str, ...] = ("batch", "films")) -> Client:
        printed = self.showcase.folder.parent / f"client-{len(self.clients)}.out"
        with printed.open("wb") as out, printed.with_suffix(".err").open("wb") as err:
            process = subprocess.Popen(
                [sys.executable, "-m", "pipeline.cli", *command, "--executor", "dask", "--json", *words],
                cwd=self.showcase.folder,
                env={**os.environ, **self.showcase.environment},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
            )
        self.clients.append(Client(process, printed))
        return self.clients[-1]

    def start_scheduler_again(self, **told: str) -> None:
        """End the scheduler, and start another one at its address."""
        os.killpg(self.cluster.processes[0].pid, signal.SIGKILL)
        self.cluster.processes[0].wait(10)
        del self.cluster.processes[0]
        self.cluster.processes.insert(0, self.cluster.start_scheduler(**told))
        self.cluster.processes.pop()
        self.cluster.await_workers(0)

    def end(self) -> None:
        for one in self.clients:
            one.process.kill()
            one.process.wait(10)

    def holding(self, kind: str) -> str | None:
        """The worker that has a task of this kind."""
        return next(iter(self.all_holding(kind)), None)

    def all_holding(self, kind: str) -> list[str]:
        """The workers that have a task of this kind."""
        there = self.cluster.present()
        return [name for name, one in there.items() if any(key.startswith(kind) for key in one.tasks)]

    def await_holder(self, kind: str, seconds: float = 90) -> str:
        """The first worker that has a task of this kind."""
        found: list[str] = []

        def holds() -> bool:
            found[:] = self.all_holding(kind)
            return bool(found)

        eventually(holds, seconds)
        return found[0]

    def await_encoder(self, name: str, seconds: float = 90) -> int:
        """The process id of the ffmpeg that codes a worker's film."""
        eventually(lambda: bool(self.encoders(name)), seconds)
        return self.encoders(name)[0]

    def encoders(self, name: str) -> list[int]:
        """Process ids of a worker's ffmpeg that code a film."""
        found = []
        for entry in Path("/proc").iterdir():
            try:
                if not entry.name.isdigit() or not process.is_alive(int(entry.name)):
                    continue
                line = (entry / "cmdline").read_bytes()
                where = str((entry / "cwd").readlink())
            except OSError:
                continue
            if where.startswith(f"{self.cluster.folder / name}/") and b"libx264" in line:
                found.append(int(entry.name))
        return found

    def kill_worker(self, name: str) -> float:
        """-9 of all that belongs to one; gives when."""
        worker = self.cluster.workers.pop(name)
        os.killpg(worker.pid, signal.SIGKILL)
        at = time.monotonic()
        worker.wait(10)
        return at

    def kill_process_of(self, one: Present) -> None:
        """-9 of the process that is a worker, not of who starts it again."""
        os.kill(
            int(
                client.ask_workers(self.cluster.at, {one.address: "str(__import__('os').getpid())"}, 10)[
                    one.address
                ].text
                or 0
            ),
            signal.SIGKILL,
        )

    def workers_beside(self, name: str) -> None:
        """One more, while others are busy or about to die."""
        self.cluster.start_worker(name, **self.store)
        eventually(lambda: name in self.cluster.present(), 60)
        time.sleep(3)  # it is asked

    def holding_at(self, name: str) -> bool:
        """Whether a worker has a task."""
        return bool(self.cluster.present()[name].tasks)

    def freeze(self, name: str) -> None:
        """All processes of a machine stand still: a worker's, and those of its ffmpeg."""
        for pid in self._pids(name):
            os.kill(pid, signal.SIGSTOP)

    def thaw(self, name: str) -> None:
        """They go on."""
        for pid in self._pids(name):
            os.kill(pid, signal.SIGCONT)

    def _pids(self, name: str) -> list[int]:
        here = self.cluster.folder / name
        found = []
        for entry in Path("/proc").iterdir():
            with suppress(OSError):
                if entry.name.isdigit() and (entry / "cwd").readlink().is_relative_to(here):
                    found.append(int(entry.name))
        return found

    def store_process(self) -> int:
        """The store's server."""
        folder = self.showcase.folder / ".showcase" / "store"
        for entry in Path("/proc").iterdir():
            with suppress(OSError):
                if entry.name.isdigit() and (entry / "cwd").readlink() == folder:
                    program = (entry / "cmdline").read_bytes().partition(b"\0")[0]
                    if program.endswith(b"weed"):
                        return int(entry.name)
        raise AssertionError("no server runs")

    @contextmanager
    def own_disks(self, *names: str) -> Iterator[Callable[[str, str], None]]:
        """Workers' folders on disks of their own, which get a fault when they are told to: `full`, `read-only`."""
        for name in names:
            (self.cluster.folder / name).mkdir(parents=True)
            mount = ["mount", "-t", "tmpfs", "-o", "size=6g", "none", str(self.cluster.folder / name)]
            subprocess.run(mount, check=True)

        def fault(name: str, kind: str) -> None:
            folder = self.cluster.folder / name
            if kind == "full":
                eventually(lambda: _is_filled(folder), 10)
            else:
                work = folder / ".showcase" / "worker" / "work"
                subprocess.run(["mount", "-t", "tmpfs", "-o", "ro", "none", str(work)], check=True)

        try:
            yield fault
        finally:
            self.end()
            self.cluster.end()
            for name in names:
                subprocess.run(["umount", "--recursive", str(self.cluster.folder / name)], check=True)

    def held_by_scheduler(self) -> str:
        """All that it knows of tasks, and Dask's configuration, as text."""
        tasks = f"{scheduler_state.SCHEDULER}.tasks.values()"
        told = f"str([(one.key, one.run_spec) for one in {tasks}]) + str(__import__('dask').config.config)"
        return client.ask_scheduler(self.cluster.at, told, 10).text or ""

    def dealt(self) -> int:
        """How much the scheduler has done with tasks so far."""
        return int(
            client.ask_scheduler(self.cluster.at, f"str(len({scheduler_state.SCHEDULER}.transition_log))", 10).text or 0
        )

    def texts(self) -> list[Path]:
        """Logs and journals of all machines."""
        patterns = ("*/dask.log", "*/.showcase/*.jsonl", "*/.showcase/logs/**/*.log")
        of_workers = [path for pattern in patterns for path in self.cluster.folder.glob(pattern)]
        return [*of_workers, self.showcase.folder / ".showcase" / "journal.jsonl"]

    def signal_encoders(self, name: str, number: signal.Signals, times: int) -> None:
        """Send it to each ffmpeg that codes a worker's film, and to those that come after it, so many in turn."""
        known: set[int] = set()

        def is_new() -> bool:
            return bool(set(self.encoders(name)) - known)

        for _ in range(times):
            eventually(is_new, 60)
            for pid in set(self.encoders(name)) - known:
                known.add(pid)
                os.kill(pid, number)

    def events(self, event: str) -> int:
        """How often workers wrote an event to their journals."""
        return sum(path.read_text().count(f'"{event}"') for path in self.cluster.folder.glob("*/.showcase/*.jsonl"))

    def encodes(self) -> int:
        """How often a worker has begun to encode."""
        return self.events("encode.started")

    def delivered(self) -> dict[str, str]:
        """Every object of every package in the store, by its key, with its SHA-256."""
        return delivered(self.server)

    def left_behind(self) -> list[Path]:
        """What lies on workers' disks beside logs and caches."""
        found: list[Path] = []
        for name in self.cluster.workers:
            hidden = self.cluster.folder / name / ".showcase"
            for part in ("work", "worker", "sources", "in-flight"):
                found += [path for path in (hidden / part).rglob("*") if path.is_file()]
        return found


def _is_filled(folder: Path) -> bool:
    """Have a disk be no larger than what lies on it; not so where that grew meanwhile."""
    taken = shutil.disk_usage(folder).used // 1024 + 64
    made = subprocess.run(["mount", "-o", f"remount,size={taken}k", str(folder)], check=False, capture_output=True)
    return made.returncode == 0


def packages(result: Result) -> dict[str, str]:
    """Which package each film came to."""
    return {str(row["submission_id"]): str(row["package_id"]) for row in result.rows if row.get("package_id")}


def outcomes(result: Result) -> list[str]:
    """How films ended, sorted."""
    return sorted(str(row["outcome"]) for row in result.rows if "outcome" in row)


def error_keys(result: Result) -> list[str]:
    """What went wrong with films, by its keys."""
    return sorted({str(row["error"]["key"]) for row in result.rows if row.get("error") and "outcome" in row})  # type: ignore[index]


def error_key(result: Result) -> str:
    """What the last line says is wrong."""
    return str(json.loads(result.out.splitlines()[-1])["error"]["key"])


def delivered(connection: Connection) -> dict[str, str]:
    """Every object of every package in a store, by its key, with its SHA-256; each package is a whole one."""
    keys = _keys(connection)
    ready = {key.removesuffix(layout.READY) for key in keys if key.endswith(f"/{layout.READY}")}
    of_packages = [key for key in keys if key.count("/") > 2 and not key.endswith(f"/{layout.READY}")]
    assert {key for key in of_packages if not key.startswith(tuple(ready))} == set()
    bucket = _bucket(connection)
    return {key: hashlib.sha256(bucket.get(key) or b"").hexdigest() for key in of_packages}


def _keys(connection: Connection) -> list[str]:
    return [item.key for item in _bucket(connection).walk("", lambda _: None, layout.INBOX_KEYS)]


def _bucket(connection: Connection) -> Bucket:
    return Bucket(Store(connection, endpoint_shown=connection.endpoint or ""), "delivery")
