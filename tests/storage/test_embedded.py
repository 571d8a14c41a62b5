"""Who starts the server, who stops it, and that nobody stays."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipeline.errors import EnvironmentFault
from pipeline.storage import embedded, supervisor
from pipeline.storage.bucket import Bucket
from pipeline.storage.s3.store import Store
from tests.conftest import processes_under, wait_for_none

BUCKETS = ("delivery", "inbox")
HOLD = """
import sys, time
from pathlib import Path
from pipeline.storage import embedded
with embedded.serve(Path(sys.argv[1]), ("delivery", "inbox")) as server:
    print(server.connection.endpoint, flush=True)
    sys.stdin.readline()
"""


def holder(folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", HOLD, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def release(process: subprocess.Popen[str]) -> None:
    process.communicate("\n", timeout=30)
    assert process.returncode == 0


def test_objects_survive_a_restart_and_new_ports(tmp_path: Path) -> None:
    sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    with embedded.serve(tmp_path, BUCKETS) as server:
        Bucket(Store(server.connection, endpoint_shown=""), "delivery").put(
            "k", b"abc", sha256=sha256, media_type="x/y"
        )
    assert wait_for_none(tmp_path, 0.0) == []  # gone when the last user has left, not some time later
    ports = json.loads((tmp_path / "ports.json").read_text()).values()
    assert [path for port in ports for path in Path("/tmp").glob(f"seaweedfs-*-{port}.sock")] == []  # noqa: S108
    (tmp_path / "ports.json").unlink()
    (tmp_path / "fsync.done").write_bytes(b"")  # as a program of before a further bucket left it
    with embedded.serve(tmp_path, (*BUCKETS, "work")) as server:
        assert Bucket(Store(server.connection, endpoint_shown=""), "delivery").get("k") == b"abc"
        assert (tmp_path / "fsync.done").read_text().split() == [*BUCKETS, "work"]
        assert Bucket(Store(server.connection, endpoint_shown=""), "work").put_if_absent("k", b"abc")


@pytest.mark.parametrize(
    "first",
    [0, pytest.param(1, marks=pytest.mark.acceptance)],
    ids=["the starter leaves first", "the other leaves first"],
)
def test_two_users_share_one_server_whoever_ends_first(first: int, tmp_path: Path) -> None:
    users = [holder(tmp_path), holder(tmp_path)]
    endpoints = [user.stdout.readline() for user in users if user.stdout]
    assert endpoints[0] == endpoints[1]
    release(users[first])
    with embedded.serve(tmp_path, BUCKETS) as server:
        assert f"{server.connection.endpoint}\n" == endpoints[0]
    release(users[1 - first])
    assert wait_for_none(tmp_path) == []


@pytest.mark.parametrize("rounds", [1, pytest.param(10, marks=pytest.mark.acceptance)])
def test_of_two_that_leave_at_once_the_last_waits_for_the_servers_end(rounds: int, tmp_path: Path) -> None:
    for _ in range(rounds):
        users = [holder(tmp_path), holder(tmp_path)]
        for user in users:
            assert user.stdout is not None
            user.stdout.readline()
        for user in users:
            assert user.stdin is not None
            user.stdin.write("\n")
            user.stdin.flush()
        for user in users:
            user.communicate(timeout=30)
            assert user.returncode == 0
        assert wait_for_none(tmp_path, 0.0) == []


def test_who_leaves_while_another_stays_waits_for_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    with embedded.serve(tmp_path, BUCKETS):
        with monkeypatch.context() as patch, embedded.serve(tmp_path, BUCKETS):
            patch.setattr(embedded.time, "sleep", slept.append)
        assert slept == []
        assert any("weed" in line for line in processes_under(tmp_path))
    assert wait_for_none(tmp_path, 0.0) == []


@pytest.mark.acceptance
def test_a_killed_user_takes_the_server_with_it_only_when_it_is_the_last(tmp_path: Path) -> None:
    doomed, other = holder(tmp_path), holder(tmp_path)
    for user in (doomed, other):
        assert user.stdout is not None
        user.stdout.readline()
    doomed.send_signal(signal.SIGKILL)
    doomed.communicate()
    time.sleep(4 * supervisor.POLL_S)
    assert any("weed" in line for line in processes_under(tmp_path))
    other.send_signal(signal.SIGKILL)
    other.communicate()
    assert wait_for_none(tmp_path) == []


def test_a_killed_keeper_takes_the_server_with_it_and_the_next_command_starts_anew(tmp_path: Path) -> None:
    user = holder(tmp_path)
    assert user.stdout is not None
    user.stdout.readline()
    os.kill(json.loads((tmp_path / supervisor.STATE).read_text())["pid"], signal.SIGKILL)
    deadline = time.monotonic() + 5
    while any("weed" in line for line in processes_under(tmp_path)) and time.monotonic() < deadline:
        time.sleep(0.05)
    with embedded.serve(tmp_path, BUCKETS) as server:
        assert Bucket(Store(server.connection, endpoint_shown=""), "delivery").head("none") is None
    release(user)
    assert wait_for_none(tmp_path) == []


@pytest.mark.acceptance
def test_a_strangers_process_with_a_reused_id_is_left_alone(tmp_path: Path) -> None:
    stranger = subprocess.Popen(["sleep", "60"])
    try:
        state = {"argv": [], "ports": {"s3": 1}, "pid": stranger.pid}
        for stale in (state, {**state, "born": "1"}):
            (tmp_path / supervisor.STATE).write_text(json.dumps(stale))
            with embedded.serve(tmp_path, BUCKETS):
                pass
            assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_the_server_listens_on_loopback_only_and_tells_nobody(tmp_path: Path) -> None:
    with embedded.serve(tmp_path, BUCKETS):
        state = json.loads((tmp_path / supervisor.STATE).read_text())
        assert "-master.telemetry=false" in state["argv"]
        ours = {f"{port:04X}" for port in state["ports"].values()}
        listening = [
            line.split()[1]
            for table in ("tcp", "tcp6")
            for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]
            if line.split()[3] == "0A"
        ]
        bound = [place for place in listening if place.rpartition(":")[2] in ours]
        assert len(bound) >= 5
        assert all(place.startswith("0100007F:") for place in bound)


def test_credentials_are_the_owners_alone(tmp_path: Path) -> None:
    with embedded.serve(tmp_path, BUCKETS):
        assert (tmp_path / "s3.json").stat().st_mode & 0o777 == 0o600


def test_a_missing_program_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(embedded.sysconfig, "get_path", lambda _: "/nonexistent")
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(EnvironmentFault, match="store_not_installed"), embedded.serve(tmp_path, BUCKETS):
        pass


def test_a_server_that_dies_at_its_start_is_started_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As when somebody binds a port after it was found free; the program is a script that fails once."""
    weed = embedded.program()
    script, tried = tmp_path / "weed", tmp_path / "tried"
    script.write_text(f'#!/bin/sh\nif [ ! -e {tried} ]; then touch {tried}; exit 1; fi\nexec {weed} "$@"\n')
    script.chmod(0o755)
    monkeypatch.setattr(embedded, "program", lambda: str(script))
    with embedded.serve(tmp_path / "store", ("delivery", "inbox")):
        assert tried.exists()
        assert embedded.is_up(tmp_path / "store")


def test_a_server_that_never_starts_is_told_with_its_last_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = tmp_path / "weed"
    script.write_text("#!/bin/sh\necho first\necho no room on the disk\nexit 3\n")
    script.chmod(0o755)
    monkeypatch.setattr(embedded, "program", lambda: str(script))
    monkeypatch.setattr(embedded, "PAUSES_S", (0.0,))
    with pytest.raises(EnvironmentFault, match="store_start") as raised, embedded.serve(tmp_path / "store", BUCKETS):
        pass
    assert raised.value.detail == "the server ended by itself, exit code 3; no room on the disk"
    assert wait_for_none(tmp_path, 0.0) == []


def test_of_the_sockets_none_is_cleared_that_somebody_listens_on() -> None:
    """Another's server had the port before this one, which ended of it."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
        path = Path(f"/tmp/seaweedfs-master-grpc-{port}.sock")  # noqa: S108 - where the server puts it
        with socket.socket(socket.AF_UNIX) as another:
            another.bind(str(path))
            another.listen()
            supervisor._clear_sockets({"master": port, "master_grpc": port})
            assert path.exists()
        supervisor._clear_sockets({"master": port, "master_grpc": port})
        assert not path.exists()
