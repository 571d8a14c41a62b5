"""`cluster up`, `cluster status`: what ends is started again, all ends with the command, nothing listens outside."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pipeline.execute.cluster import client
from pipeline.execute.cluster.address import HERE, Scheduler
from tests.clusters import eventually, free_port
from tests.conftest import Showcase, processes_under, wait_for_none


@contextmanager
def kept_up(showcase: Showcase, *words: str, ending: signal.Signals = signal.SIGTERM) -> Iterator[Path]:
    """`cluster up` with what it prints in a file; it ends by a signal, with everything it started."""
    told = showcase.folder / f"told-{len(list(showcase.folder.glob('told-*')))}"
    with told.open("wb") as out:
        up = subprocess.Popen(
            showcase.argv("cluster", "up", "--json", *words),
            cwd=showcase.folder,
            env={**os.environ, **showcase.environment},
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        yield told
    finally:
        up.send_signal(ending)
        code = up.wait(30)
    assert code == (-9 if ending == signal.SIGKILL else 0), told.read_text()


def events(told: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in told.read_text().splitlines() if line.startswith("{")]


def count(told: Path, event: str) -> int:
    return sum(item["event"] == event for item in events(told))


def listening(folder: Path) -> set[str]:
    """The addresses that processes of a workspace listen on (proc(5): /proc/net/tcp, state 0A)."""
    sockets = set()
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if str((entry / "cwd").readlink()).startswith(str(folder)):
                links = [str(item.readlink()) for item in (entry / "fd").iterdir()]
                sockets |= {found[1] for link in links if (found := re.fullmatch(r"socket:\[(\d+)\]", link))}
        except OSError:
            continue
    rows = [line.split() for name in ("tcp", "tcp6") for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]]
    return {row[1].partition(":")[0] for row in rows if row[3] == "0A" and row[9] in sockets}


def scheduler_pid(folder: Path, port: int) -> int:
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            line = (entry / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if b"distributed.cli.dask_scheduler" in line and str(port).encode() in line:
            return int(entry.name)
    raise AssertionError(folder)


def test_a_cluster_listens_here_alone_and_all_ends_with_the_command(showcase: Showcase) -> None:
    port = free_port()
    address = f"{HERE}:{port}"
    with kept_up(showcase, "--workers", "1", "--port", str(port)) as told:
        eventually(lambda: count(told, "joined") == 1)
        assert listening(showcase.folder) == {"0100007F"}  # 127.0.0.1, and nothing else

        shown = showcase("cluster", "status", "--scheduler", address, "--json")
        assert shown.code == 0, shown.err
        (row,) = shown.rows
        assert (row["works"], row["slots"], row["tasks"], row["aside"]) == (True, 1, [], None)
        said = row["answer"]
        assert isinstance(said, dict)
        assert said["build"]
        assert said["cores"] == os.cpu_count()
    assert wait_for_none(showcase.folder, 2.0) == []
    assert (showcase.folder / ".showcase" / "logs" / "cluster-scheduler.log").stat().st_size > 0


@pytest.mark.acceptance
def test_what_ends_is_started_again(showcase: Showcase) -> None:
    port = free_port()
    with kept_up(showcase, "--workers", "1", "--port", str(port)) as told:
        eventually(lambda: count(told, "joined") == 1)
        os.kill(scheduler_pid(showcase.folder, port), signal.SIGKILL)
        eventually(lambda: count(told, "joined") == 2)
        assert [item["event"] for item in events(told)][-2:] == ["back", "joined"]
        assert {item["name"] for item in events(told) if item["event"] == "ended"} == {"scheduler", "worker"}


@pytest.mark.acceptance
def test_workers_alone_wait_for_their_scheduler_and_show_what_dask_logs(showcase: Showcase) -> None:
    port = free_port()
    address = f"tls://{HERE}:{port}"
    keys = ["--tls", str(showcase.folder / "keys")]
    with kept_up(showcase, "--workers", "1", "--port", str(port), *keys) as first:
        eventually(lambda: count(first, "joined") == 1)
    with kept_up(showcase, "--join", address, "--workers", "1", "-v", *keys) as joined:
        eventually(lambda: count(joined, "waiting") == 1)
        with kept_up(showcase, "--workers", "1", "--port", str(port), *keys) as told:
            eventually(lambda: count(told, "joined") == 2)
            eventually(lambda: "Register" in joined.read_text())
            shown = showcase("cluster", "status", "--json", *keys, "--scheduler", address)
            assert [row["works"] for row in shown.rows] == [True, True], shown.err
        eventually(lambda: count(joined, "left") >= 1)
    assert "PRIVATE" not in joined.read_text()


@pytest.mark.acceptance
def test_a_command_that_is_killed_leaves_nothing_running(showcase: Showcase) -> None:
    port = free_port()
    with kept_up(showcase, "--workers", "2", "--port", str(port), ending=signal.SIGKILL) as told:
        eventually(lambda: count(told, "joined") == 2)
        assert len(processes_under(showcase.folder)) >= 4
    assert wait_for_none(showcase.folder, 5.0) == []


@pytest.mark.acceptance
def test_a_cluster_that_slept_too_long_comes_back(showcase: Showcase) -> None:
    port = free_port()
    showcase.environment["DASK_DISTRIBUTED__SCHEDULER__WORKER_TTL"] = "6s"
    with kept_up(showcase, "--workers", "1", "--port", str(port)) as told:
        eventually(lambda: count(told, "joined") == 1)
        (worker,) = client.workers_of(Scheduler(HERE, port))
        pids = [int(entry.name) for entry in Path("/proc").glob("[0-9]*") if is_of_worker(entry, showcase.folder)]
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        eventually(lambda: count(told, "left") == 1, 90)
        for pid in pids:
            os.kill(pid, signal.SIGCONT)
        eventually(lambda: count(told, "joined") == 2)
        (again,) = client.workers_of(Scheduler(HERE, port))
        assert again.address != worker.address


def is_of_worker(entry: Path, folder: Path) -> bool:
    try:
        line = (entry / "cmdline").read_bytes()
        return str((entry / "cwd").readlink()).startswith(str(folder)) and (
            b"dask_worker" in line or b"spawn_main" in line
        )
    except OSError:
        return False
