"""Names for files that came: of small ones many get theirs at once.

A disk that is waited for after each takes as long for a small file as its bytes do on a good line, and a disk that
turns twenty times as long; for all that lies in the system's memory it takes hardly longer than for one.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Self

from pipeline import filesystem
from pipeline.errors import Interrupted
from pipeline.filesystem import Filesystem
from pipeline.storage.transfer.part_file import PartFile

SMALL_BYTES = 4 << 20
FEW, MOST = 8, 64  # files: that are synced each by itself; that wait, all of them open
MOST_BYTES = 32 << 20  # of what waits
MOST_WAIT_S = 1.0  # of the first of them
SLOW_S = 2.0  # others write more there than we do: waiting for theirs too is no gain


class Publishing:
    """Gives files their names, each once the disk holds it; the last ones at its end.

    Args:
        folders: which they are in; they are there.
    """

    def __init__(self, folders: Iterable[Path]):
        devices = {folder.stat().st_dev: folder for folder in folders} if filesystem.can_sync() else {}
        self._filesystems = [Filesystem(folder) for folder in devices.values()]
        self._lock, self._syncing = threading.Lock(), threading.Lock()
        self._waiting: list[PartFile] = []
        self._since = 0.0
        self._is_each_alone = self._is_ended = False

    def add(self, part: PartFile) -> None:
        """Publish one, by and by if it is small.

        Raises:
            EnvironmentFault: the disk can't hold it, or one of those that waited. Interrupted: it has ended.
        """
        if self._is_ended:
            raise Interrupted("interrupted")
        if part.size_bytes > SMALL_BYTES or not self._filesystems or self._is_each_alone:
            part.publish()
            return
        with self._lock:
            if self._is_ended:
                raise Interrupted("interrupted")
            self._since = self._since if self._waiting else time.monotonic()
            self._waiting.append(part)
            is_due = len(self._waiting) >= MOST or time.monotonic() - self._since >= MOST_WAIT_S
            is_due = is_due or sum(item.size_bytes for item in self._waiting) >= MOST_BYTES
            due = self._taken() if is_due else []
        self._publish(due)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, fault: type[BaseException] | None, *_: object) -> None:
        """Publish those that still wait; where something went wrong they stay what they are, whole beginnings."""
        with self._lock:
            self._is_ended = True
            due = [] if fault else self._taken()
        try:
            self._publish(due)
        finally:
            with self._syncing:  # whoever was left to itself asks for nothing by a number that is another's by then
                self._is_each_alone = True
                for held in self._filesystems:
                    held.close()

    def _taken(self) -> list[PartFile]:
        due, self._waiting = self._waiting, []
        return due

    def _publish(self, parts: list[PartFile]) -> None:
        is_synced = len(parts) > FEW and self._synced()
        for part in parts:
            part.publish(is_synced=is_synced)

    def _synced(self) -> bool:
        """Whether the disk holds all of them now; where it could not hold something, each is asked by itself.

        So is each from then on. What is lost is told once, to who asks first: it may be of a file that comes later.
        """
        with self._syncing:
            if self._is_each_alone:
                return False
            began = time.monotonic()
            try:
                for held in self._filesystems:
                    held.sync()
            except OSError:
                self._is_each_alone = True
                return False
            self._is_each_alone = time.monotonic() - began > SLOW_S
            return True
