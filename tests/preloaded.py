"""`showcase` without the second that Python takes to load it: half of what a short command costs.

A process that has loaded the command's modules and what they load only when it is wanted, and has read botocore's
description of S3 (by its code 40 ms of each command's 150), forks for each call. From there on the child is the
command: its own folder, surroundings and standard streams, its own end and exit code. What is started to be killed is
started anew (`Showcase.start`), and so is what asks what loading costs.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import pkgutil
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent
# of the libraries, those that many commands load late: pypinyin alone is a fifth of a second
LATE = ("imageio_ffmpeg.binaries", "importlib_metadata", "numpy.ma", "platformdirs", "pypinyin", "regex", "tomlkit")


class Commands:
    """The process that forks, as its parent sees it."""

    def __init__(self) -> None:
        self.near, far = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with far:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.preloaded", str(far.fileno())],
                cwd=ROOT,
                env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},  # who forks must have one thread
                pass_fds=[far.fileno()],
            )

    def __call__(
        self, words: list[str], folder: Path, environment: dict[str, str], seconds: float
    ) -> tuple[int, str, str]:
        """Exit code and what was written to both streams.

        Raises:
            subprocess.TimeoutExpired: the command took longer, and was killed.
        """
        call = json.dumps({"words": words, "folder": str(folder), "environment": environment}).encode()
        pipes = [os.pipe(), os.pipe()]
        socket.send_fds(self.near, [call], [theirs for _, theirs in pipes])
        for _, theirs in pipes:
            os.close(theirs)
        pid = int(self.near.recv(64))
        written = {ours: b"" for ours, _ in pipes}
        try:
            code = self._follow(written, time.monotonic() + seconds)
        except TimeoutError:
            self._give_up(pid)
            raise subprocess.TimeoutExpired(words, seconds) from None
        except BaseException:  # a test that is ended too: the next call must not get this one's answer
            self._give_up(pid)
            raise
        finally:
            for stream in written:
                os.close(stream)
        assert code is not None
        out, err = (text.decode("utf-8") for text in written.values())
        return code, out, err

    def _follow(self, written: dict[int, bytes], deadline: float) -> int | None:
        """The exit code, when all is read that was written.

        Raises:
            TimeoutError: the deadline has passed.
        """
        left, code = {*written, self.near.fileno()}, None
        while left:
            ready, _, _ = select.select(left, [], [], max(0.0, deadline - time.monotonic()))
            if not ready:
                raise TimeoutError
            for stream in ready:
                if stream == self.near.fileno():
                    code = int(self.near.recv(64))
                    left.discard(stream)
                elif chunk := os.read(stream, 1 << 16):
                    written[stream] += chunk
                else:
                    left.discard(stream)
        return code

    def _give_up(self, pid: int) -> None:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        self.near.close()
        commands.cache_clear()

    def close(self) -> None:
        self.near.close()
        self.process.wait(10)


@cache
def commands() -> Commands:
    """One for each worker of the tests."""
    started = Commands()
    atexit.register(started.close)
    return started


def _serve(connection: socket.socket) -> None:
    """Fork for each call until the other end is closed; returns in the child, as the command."""
    while True:
        call, streams, _, _ = socket.recv_fds(connection, 1 << 20, 2)
        if not call:
            os._exit(0)
        child = os.fork()
        if child == 0:
            connection.close()
            _become(json.loads(call), streams)
            return
        for stream in streams:
            os.close(stream)
        connection.send(str(child).encode())
        code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        with suppress(ConnectionError):  # nobody waits for it any more
            connection.send(str(code).encode())


def _become(call: dict[str, object], streams: list[int]) -> None:
    with Path(os.devnull).open("rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    for number, stream in enumerate(streams, start=1):
        os.dup2(stream, number)
        os.close(stream)
    os.environ.clear()
    os.environ.update(call["environment"])  # type: ignore[call-overload]
    os.chdir(str(call["folder"]))
    sys.argv[1:] = call["words"]  # type: ignore[assignment]


def _end(code: int) -> None:
    """End as Python does, without the half of a short command's time that it takes to take all loaded apart."""
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and not thread.daemon:
            thread.join()
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _load() -> None:
    import pipeline

    for module in pkgutil.walk_packages(pipeline.__path__, "pipeline."):
        if not module.name.endswith(("__main__", "_child")):
            importlib.import_module(module.name)
    for name in LATE:
        importlib.import_module(name)
    from pipeline.storage.s3 import session

    anybody = {"aws_access_key_id": "-", "aws_secret_access_key": "-"}
    session.new_client("", session.session_of(None), region_name="us-east-1", **anybody)  # asks nobody
    gc.freeze()  # no child need look through what was loaded


if __name__ == "__main__":
    _load()
    with socket.socket(fileno=int(sys.argv[1])) as given:
        _serve(given)
    from pipeline.cli.main import entry

    try:
        entry()
    except SystemExit as ended:
        _end(int(ended.code or 0))
