"""A file that comes in pieces: on the disk are always its first bytes, whole, and the digest is theirs.

So whatever ends the program, the next one goes on from there, and nothing is read twice. What comes before its turn
waits in memory.
"""

from __future__ import annotations

import hashlib
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from pipeline import children, durable
from pipeline.errors import Interrupted
from pipeline.storage.network.line import POLL_S

READ_BYTES = 1 << 20
SYNC_BYTES = 64 << 20  # that may lie in the system's memory: the end of a long file does not wait for all of it


class PartFile:
    """The beginning of `path`, beside it under a hidden name.

    Attributes:
        front: how many bytes are there.
    """

    def __init__(self, path: Path, size_bytes: int):
        self.path, self.size_bytes = path, size_bytes
        self._there = durable.beside(path, "part")
        self._changed = threading.Condition()
        self._ahead: dict[int, bytes | bytearray] = {}
        self._out: BinaryIO | None = None
        self._digest = hashlib.sha256()
        self._is_writing = self._is_closed = False
        self._synced = 0
        self.front = 0

    @property
    def lacking_bytes(self) -> int:
        """What is not on the disk yet."""
        there = self._there.stat().st_size if self._there.is_file() else 0
        return self.size_bytes - there if there <= self.size_bytes else self.size_bytes

    def open(self, on_same: Callable[[int], None]) -> None:
        """Go on with what an earlier run left, which is read once for its digest and told to `on_same`."""
        with durable.space_is_an_environment_fault(self._there):
            length = self._there.stat().st_size if self._there.is_file() else 0
            is_begun = 0 < length <= self.size_bytes
            self._out = self._there.open("r+b" if is_begun else "wb")
            while is_begun and (block := self._out.read(READ_BYTES)):
                children.refuse_when_stopped()
                self._digest.update(block)
                self.front += len(block)
                on_same(len(block))

    def begin_anew(self) -> None:
        """What is there is worth nothing."""
        with self._changed, durable.space_is_an_environment_fault(self._there):
            self._ahead.clear()
            self._digest, self.front, self._synced = hashlib.sha256(), 0, 0
            self._file.seek(0)
            self._file.truncate()

    @property
    def _file(self) -> BinaryIO:
        if self._out is None or self._is_closed:
            raise Interrupted("interrupted")
        return self._out

    def await_turn(self, stop: int, window: int) -> None:
        """Return when what ends at byte `stop` is no further ahead than so many bytes."""
        with self._changed:
            while stop > self.front + window:
                self._changed.wait(POLL_S)
                children.refuse_when_stopped()

    def put(self, at: int, block: bytes | bytearray) -> bool:
        """Take a block that begins at a byte; gives whether all is there by now, to one of those who put.

        Raises:
            Interrupted: it is closed. EnvironmentFault: no space, or the place is not writable.
        """
        with self._changed:
            self._ahead[at] = block
            if self._is_writing:
                return False
            self._is_writing = True
        try:
            with durable.space_is_an_environment_fault(self._there):
                return self._write_in_turn()
        except BaseException:
            with self._changed:
                self._is_writing = False
                self._changed.notify_all()
            raise

    def _write_in_turn(self) -> bool:
        has_written = False
        while True:
            with self._changed:
                block = self._ahead.pop(self.front, None)
                if block is None:
                    self._is_writing = False
                    self._changed.notify_all()
                    return has_written and self.front == self.size_bytes
            self._file.write(block)
            self._digest.update(block)
            has_written = True
            with self._changed:
                self.front += len(block)
                self._changed.notify_all()

    def sync(self) -> None:
        """Have the disk hold most of it by now."""
        if self.front - self._synced >= SYNC_BYTES:
            self._synced = self.front
            self._file.flush()
            os.fsync(self._file.fileno())

    def sha256(self) -> str:
        """Of what is there, hex."""
        return self._digest.hexdigest()

    def drop(self) -> None:
        """What is there is wrong."""
        self.close()
        self._there.unlink(missing_ok=True)

    def publish(self) -> None:
        """Give it its name; whoever does so for many has their folders hold it (`process.fsync_folder`)."""
        with durable.space_is_an_environment_fault(self._there):
            self._file.flush()
            os.fsync(self._file.fileno())
            self.close()
            self._there.replace(self.path)

    def close(self) -> None:
        """No byte is written from now on; of a file of which none came nothing stays."""
        with self._changed:
            self._is_closed = True
            until = time.monotonic() + 5
            while self._is_writing and time.monotonic() < until:
                self._changed.wait(POLL_S)
            if self._out and not self._out.closed:
                self._out.close()
                # by what is on the disk: who is ended while an earlier run's bytes are read has a front of 0 too
                if self.size_bytes and self._there.is_file() and not self._there.stat().st_size:
                    self._there.unlink()
