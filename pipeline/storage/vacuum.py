"""The disk of the workspace's own server given back: it keeps what was deleted until it is told to write anew what is
left (SeaweedFS: a volume is one file that only grows)."""

from __future__ import annotations

import http.client
import json
import time
from pathlib import Path

from pipeline.errors import EnvironmentFault
from pipeline.storage import supervisor

LEAST_SHARE = 0.1  # of a volume that is garbage, for what is left of it to be written anew
MOST_S = 120.0
_PAUSE_S = 1.0
_QUIET = 3  # looks without a change: deletes reach the volumes a second after they are answered


def vacuum(store: Path) -> tuple[int, int]:
    """Have the server that runs on a folder give its disk back; gives what it took before and takes now, in bytes.

    Raises:
        EnvironmentFault: it does not answer.
    """
    ports = json.loads((store / supervisor.STATE).read_text())["ports"]
    data = store / "data"
    before = taken_bytes(data)
    last, quiet = before, 0
    deadline = time.monotonic() + MOST_S
    while quiet < _QUIET and time.monotonic() < deadline:
        _ask(int(ports["master"]), store)
        time.sleep(_PAUSE_S)
        now = taken_bytes(data)
        quiet = quiet + 1 if now >= last else 0
        last = now
    return before, last


def taken_bytes(folder: Path) -> int:
    """What a folder takes of the disk, as `du` counts it; what goes meanwhile counts nothing."""
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.lstat().st_blocks * 512
        except OSError:
            continue
    return total


def _ask(port: int, store: Path) -> None:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=MOST_S)
    try:
        line.request("GET", f"/vol/vacuum?garbageThreshold={LEAST_SHARE}")
        answer = line.getresponse()
        answer.read()
    except (OSError, http.client.HTTPException) as error:
        raise EnvironmentFault("store_start", where=str(store / "run" / "server.log")) from error
    finally:
        line.close()
    if answer.status != 200:
        raise EnvironmentFault("store_start", where=str(store / "run" / "server.log"))
