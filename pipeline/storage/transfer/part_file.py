"""A file that comes in pieces: whatever ends the program, the next one goes on from its first bytes, which are whole.

Each piece is written where it belongs. The front is behind the bytes that follow each other from the beginning on; the
digest follows it, so that of what is in turn nothing is read twice. While pieces lie ahead of it, the front is noted
beside the file: the length tells of it no more.
"""

from __future__ import annotations

import hashlib
import os
import stat
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import BinaryIO

from pipeline import children, durable
from pipeline.errors import Interrupted
from pipeline.storage.network.line import POLL_S

READ_BYTES = 1 << 20
NOTE_BYTES = 32 << 20  # of the front between two notes: what a killed program fetches again at most, with what is ahead
SYNC_BYTES = 16 << 20  # that may lie in the system's memory: the end of a long file does not wait for all of it


class PartFile:
    """The beginning of `path`, beside it under a hidden name.

    Attributes:
        front: how many bytes are there that follow each other from the beginning on.
    """

    def __init__(self, path: Path, size_bytes: int):
        self.path, self.size_bytes = path, size_bytes
        self._there, self._note = durable.beside(path, "part"), durable.beside(path, "front")
        self._changed = threading.Condition()
        self._writing = threading.Lock()
        self._ahead: dict[int, int] = {}  # where a block begins that is written, and its length
        self._out: BinaryIO | None = None
        self._digest = hashlib.sha256()
        self._awaited = size_bytes  # where the front is to be for the first of those who wait
        self._is_digesting = self._is_closed = self._is_lost = False
        self._noted: int | None = None
        self._synced = 0
        self.front = 0

    @property
    def lacking_bytes(self) -> int:
        """What is not on the disk yet."""
        return self.size_bytes - (self._kept() or 0)

    def _kept(self) -> int | None:
        """How many of the first bytes an earlier run left; None where there was none."""
        try:
            found = self._there.stat()
        except FileNotFoundError:
            return None
        length = found.st_size if stat.S_ISREG(found.st_mode) else 0
        if self._note.is_file():
            noted = self._note.read_bytes()[:20]
            length = min(length, int(noted) if noted.isdigit() else 0)
        return length if length <= self.size_bytes else 0

    def open(self, on_same: Callable[[int], None]) -> None:
        """Go on with what an earlier run left, which is read once for its digest and told to `on_same`."""
        with durable.space_is_an_environment_fault(self._there):
            found = self._kept()
            kept = found or 0
            self._out = self._there.open("r+b" if kept else "w+b", buffering=0)
            kept = kept if kept and self._is_held_by_disk() else 0
            if found is not None:
                self._out.truncate(kept)
                self._note.unlink(missing_ok=True)
            while self.front < kept and (block := self._out.read(min(READ_BYTES, kept - self.front))):
                children.refuse_when_stopped()
                self._digest.update(block)
                self.front += len(block)
                on_same(len(block))

    def _is_held_by_disk(self) -> bool:
        """What a disk could not hold is read from memory as if it did, and it is told but once."""
        try:
            os.fsync(self._file.fileno())
        except OSError:
            return False
        return True

    def begin_anew(self) -> None:
        """What is there is worth nothing."""
        with self._changed, durable.space_is_an_environment_fault(self._there):
            self._ahead.clear()
            self._digest, self.front, self._synced = hashlib.sha256(), 0, 0
            self._file.truncate(0)
            self._note.unlink(missing_ok=True)
            self._noted = None

    @property
    def _file(self) -> BinaryIO:
        if self._out is None or self._is_closed:
            raise Interrupted("interrupted")
        return self._out

    def await_turn(self, stop: int, window: int) -> None:
        """Return when what ends at byte `stop` is no further ahead than so many bytes."""
        with self._changed:
            while stop > self.front + window:
                self._awaited = min(self._awaited, stop - window)
                self._changed.wait(POLL_S)
                children.refuse_when_stopped()

    @contextmanager
    def writing(self, at: int, *, is_alone: bool = False) -> Iterator[Callable[[bytes], bool]]:
        """What takes blocks that follow each other from a byte on, and gives whether all is there by now, to one of
        those who write.

        Args:
            is_alone: nobody else writes or will.

        Raises:
            Interrupted: it is closed. EnvironmentFault: no space, or the place is not writable.
        """
        with durable.space_is_an_environment_fault(self._there), ExitStack() as opened:
            out = self._file if is_alone else opened.enter_context(self._there.open("r+b", buffering=0))
            out.seek(at)
            behind = at

            def put(block: bytes) -> bool:
                nonlocal behind
                begin, behind = behind, behind + len(block)
                with self._writing:  # one after the other: the system has them wait for each other, at work
                    self._note_front(begin)
                    left = memoryview(block)
                    while left:
                        left = left[out.write(left) :]
                return self._digest_in_turn(begin, block)

            yield put

    def _note_front(self, begin: int) -> None:
        """Have it stand beside the file, before a byte ahead of it is written."""
        if self._is_closed:
            raise Interrupted("interrupted")
        with self._changed:
            is_due = self._noted is None and begin > self.front
            is_due = is_due or (self._noted is not None and self.front - self._noted >= NOTE_BYTES)
            if is_due:
                durable.write(self._note, str(self.front).encode(), synced=False)
                self._noted = self.front

    def _digest_in_turn(self, begin: int, block: bytes) -> bool:
        """Move the front over what follows it; one thread at a time does so, the others leave theirs to it."""
        with self._changed:
            self._ahead[begin] = len(block)
            if self._is_digesting:
                return False
            self._is_digesting = True
        is_moved = False
        try:
            while count := self._following():
                self._digest.update(block if self.front == begin else self._read(self.front, count))
                is_moved = True
                self._move_front(count)
        except BaseException:
            with self._changed:
                self._is_digesting = False
                self._changed.notify_all()
            raise
        return is_moved and self.front == self.size_bytes

    def _following(self) -> int:
        """The length of the block at the front; 0 ends the turn of who digests."""
        with self._changed:
            count = 0 if self._is_closed else self._ahead.pop(self.front, 0)
            if not count:
                self._is_digesting = False
                self._changed.notify_all()
            return count

    def _move_front(self, count: int) -> None:
        """Past a block; who waits for it is woken no sooner than it is there."""
        with self._changed:
            self.front += count
            if self.front >= self._awaited:
                self._awaited = self.size_bytes
                self._changed.notify_all()

    def _read(self, at: int, count: int) -> bytes:
        self._file.seek(at)
        return self._file.read(count)

    def sync(self) -> None:
        """Have the disk hold most of it by now."""
        if self.front - self._synced >= SYNC_BYTES:
            self._synced = self.front
            self._fsync()

    def _fsync(self) -> None:
        try:
            os.fsync(self._file.fileno())
        except OSError:
            self._is_lost = True  # the next one would find it in memory, and be told nothing
            raise

    def sha256(self) -> str:
        """Of what is there, hex."""
        return self._digest.hexdigest()

    def drop(self) -> None:
        """What is there is wrong."""
        self.close()
        self._there.unlink(missing_ok=True)

    def publish(self, *, is_synced: bool = False) -> None:
        """Give it its name; whoever does so for many has their folders hold it (`process.fsync_folder`).

        Args:
            is_synced: the disk holds it already.
        """
        with durable.space_is_an_environment_fault(self._there):
            if not is_synced:
                self._fsync()
            self.close()
            self._there.replace(self.path)

    def close(self) -> None:
        """No byte is written from now on, and none is there but the first ones; of a file of which none came nothing
        stays."""
        with self._writing, self._changed:
            self._is_closed = True
            until = time.monotonic() + 5
            while self._is_digesting and time.monotonic() < until:
                self._changed.wait(POLL_S)
            if self._out and not self._out.closed:
                if self._noted is not None:
                    self._out.truncate(self.front)
                    self._note.unlink(missing_ok=True)
                self._out.close()
                if self._is_lost:
                    self._there.unlink(missing_ok=True)
                    return
                # by what is on the disk: who is ended while an earlier run's bytes are read has a front of 0 too
                if self.size_bytes and not self.front and self._there.is_file() and not self._there.stat().st_size:
                    self._there.unlink()
