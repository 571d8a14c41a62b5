"""Keeps SeaweedFS up for as long as any command of the workspace uses it, then stops it and leaves.

Run as a process of its own (`python -m pipeline.storage.supervisor STORE_FOLDER`), so that it does not matter which of
two commands started the server or ends first, or how: each user holds a shared lease that the kernel drops with it.
At SIGHUP it has the server read its identities again. Imports nothing heavy; it waits in the same thread that started
the server (see `process`).
"""

from __future__ import annotations

import errno
import json
import os
import signal
import socket
import sys
from contextlib import suppress
from pathlib import Path

from pipeline import durable, process

LEASE = "users.lease"
STATE = "server.json"
LOG = "run/supervisor.log"  # the last line says why there is no server any more
POLL_S = 0.25
STOP_S = 4.0  # a command that was stopped ends within 10 s; every write is on the disk already


def keep(store: Path) -> int:
    """Start the server described in `server.json` and stop it when its last user is gone."""
    state = json.loads((store / STATE).read_text())
    lease = process.Lease(store / LEASE)
    stopping = is_changed = False

    def stop(_number: int, _frame: object) -> None:
        nonlocal stopping
        stopping = True

    def changed() -> None:
        nonlocal is_changed
        is_changed = True

    process.on_read_again(changed)
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with (store / "run" / "server.log").open("ab") as log:
        environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(store), "TMPDIR": "/tmp"}  # noqa: S108
        child = process.start(state["argv"], cwd=store, env=environment, stdio=process.Stdio(stdout=log, stderr=log))
    while (usage := child.wait(POLL_S, unless=lambda: stopping)) is None:
        if is_changed:
            is_changed = False
            child.read_again()
        # a shared lease here would hold off nobody, so none is taken: alone means no command is left
        if stopping or lease.try_alone():
            durable.write(
                store / STATE,
                json.dumps(
                    {**state, "pid": os.getpid(), "born": process.birth(os.getpid()), "stopping": True}
                ).encode(),
            )
            child.stop(ask=signal.SIGTERM, grace_s=STOP_S)
            sys.stderr.write("stopped as it was asked to\n" if stopping else "stopped: no command uses it\n")
            break
    else:
        sys.stderr.write(f"the server ended by itself, exit code {usage.exit_code}\n")
    _clear_sockets(state["ports"])
    return 0


def _clear_sockets(ports: dict[str, int]) -> None:
    """The server's parts speak to each other by sockets in the common folder for passing files, which nothing moves
    (4.48), and it leaves most of them there. One that is listened on is another's, who had the port before it."""
    for name, port in ports.items():
        if name.endswith("_grpc"):
            left = Path(f"/tmp/seaweedfs-{name.removesuffix('_grpc')}-grpc-{port}.sock")  # noqa: S108
            with suppress(OSError), socket.socket(socket.AF_UNIX) as asked:
                if asked.connect_ex(str(left)) == errno.ECONNREFUSED:
                    left.unlink()


if __name__ == "__main__":
    sys.exit(keep(Path(sys.argv[1])))
