"""A store's server as a process of its own, and folders with a file system of their own."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from pipeline.errors import ShowcaseError
from pipeline.storage import embedded
from pipeline.storage.s3.store import Store
from tests.conftest import Result

START_S = 60.0


class Room:
    """A small file system at a folder, for the processes that are started in it and for nobody else.

    Linux lets everybody have one: a namespace of users and mounts, held open by a process that sleeps.
    """

    def __init__(self, folder: Path, size_bytes: int):
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        script = f'mount -t tmpfs -o size={size_bytes} none "$1" && echo mounted && exec sleep infinity'
        argv = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script, "sh", str(folder)]
        self._holder = subprocess.Popen(argv, stdout=subprocess.PIPE, text=True)
        assert self._holder.stdout is not None
        told = self._holder.stdout.readline()
        assert told == "mounted\n", "this needs a namespace of its own (unshare --user --mount)"

    def argv(self, *words: str | Path) -> list[str]:
        """A command that sees it."""
        entered = ["nsenter", "--user", "--mount", "--preserve-credentials", f"--target={self._holder.pid}", "--"]
        return [*entered, *map(str, words)]

    def run(self, *words: str | Path) -> None:
        subprocess.run(self.argv(*words), check=True)

    def become(self, options: str) -> None:
        """«size=100m», «ro»."""
        self.run("mount", "-o", f"remount,{options}", self.folder)

    def used(self) -> int:
        """Bytes."""
        told = subprocess.run(self.argv("df", "-B1", "--output=used", self.folder), check=True, capture_output=True)
        return int(told.stdout.split()[-1])

    def fill(self) -> None:
        """No byte is free any more."""
        subprocess.run(
            self.argv("dd", "if=/dev/zero", f"of={self.folder}/filling", "bs=4096"), check=False, capture_output=True
        )

    def close(self) -> None:
        self._holder.kill()
        self._holder.wait()
        if self._holder.stdout:
            self._holder.stdout.close()


def ran(argv: Sequence[str], folder: Path, environment: dict[str, str], seconds: float = 200) -> Result:
    """A command from its argv to its end."""
    done = subprocess.run(
        argv,
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    return Result(done.returncode, done.stdout, done.stderr)


class OwnServer:
    """`weed` on a store's folder, started and ended by whoever has this: nobody's child but ours.

    Args:
        store: its folder, which the embedded server makes: its ports, keys and buckets are used.
        room: the file system that the folder is moved to.
    """

    def __init__(self, store: Path, room: Room | None = None):
        with embedded.serve(store, ("delivery", "inbox")) as server:
            self.connection = server.connection
        self._store = store
        self._argv = json.loads((store / "server.json").read_text())["argv"]
        if room:
            room.run("cp", "-a", store, room.folder)
            self._argv = room.argv("env", f"--chdir={room.folder / store.name}", *self._argv)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Until a real PUT is taken."""
        with (self._store / "run" / "own.log").open("ab") as log:
            self._process = subprocess.Popen(
                self._argv, cwd=self._store, stdout=log, stderr=log, stdin=subprocess.DEVNULL
            )
        store = Store(self.connection, endpoint_shown="")
        deadline = time.monotonic() + START_S
        while True:
            try:
                store.ask_once("", lambda client: client.put_object(Bucket="inbox", Key=".probe", Body=b"probe"))
                store.ask_once("", lambda client: client.delete_object(Bucket="inbox", Key=".probe"))
            except ShowcaseError:
                assert time.monotonic() < deadline, (self._store / "run" / "own.log").read_text()[-2000:]
                time.sleep(0.1)
            else:
                return

    def send_signal(self, number: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(number)

    def kill(self) -> None:
        """By SIGKILL."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        if self._process is not None and self._process.poll() is None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.terminate()
                self._process.wait(15)
            self._process.kill()
            self._process.wait()


@contextmanager
def own_server(store: Path, room: Room | None = None) -> Iterator[OwnServer]:
    """A server for as long as this lasts."""
    server = OwnServer(store, room)
    try:
        server.start()
        yield server
    finally:
        server.stop()
