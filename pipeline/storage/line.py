"""The line to a store, which all transfers of a process share: how fast it may be, how much is under way."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

AT_ONCE = 4
SLOW_S = 2.0  # what takes longer has the line to itself: two at once would each lose as much to a cut
BLOCK_BYTES = 64 << 10  # that are handed over at once: the client holds each block to its time limit
BLOCKS_A_SECOND = 8  # where there is a limit
BURST_S = 0.1  # of the limit may go at once, so that a pause of the scheduler is made up for


class RateLimit:
    """No more than so many bytes a second, of all threads together; None is no limit."""

    def __init__(self, bytes_per_s: int | None = None):
        self.bytes_per_s = bytes_per_s
        self._lock = threading.Lock()
        self._free_at = 0.0

    def wait_for(self, count: int) -> None:
        """Return when so many bytes may go."""
        if self.bytes_per_s is None or not count:
            return
        with self._lock:
            now = time.monotonic()
            self._free_at = max(self._free_at, now - BURST_S) + count / self.bytes_per_s
            wait_s = self._free_at - now
        if wait_s > 0:
            time.sleep(wait_s)


class Gate:
    """Lets one at a time through while one takes over `SLOW_S`, else up to `most`."""

    def __init__(self, most: int = AT_ONCE, slow_s: float = SLOW_S):
        self._most, self._slow_s = most, slow_s
        self._changed = threading.Condition()
        self._under_way, self._allowed = 0, 1

    @contextmanager
    def passed(self) -> Iterator[None]:
        """While one is under way; one that fails tells nothing of the line."""
        with self._changed:
            while self._under_way >= self._allowed:
                self._changed.wait()
            self._under_way += 1
        began = time.monotonic()
        allowed = None
        try:
            yield
            allowed = 1 if time.monotonic() - began > self._slow_s else self._most
        finally:
            with self._changed:
                self._under_way -= 1
                self._allowed = allowed or self._allowed
                self._changed.notify_all()


class Line:
    """One process's line to one store.

    Args:
        bytes_per_s: the most that it may carry, both ways together; None is no limit.
    """

    def __init__(self, bytes_per_s: int | None = None):
        self.limit = RateLimit(bytes_per_s)
        self.gate = Gate()
        self._lock = threading.Lock()
        self._carried = 0

    @property
    def block_bytes(self) -> int:
        """How much is handed over at once."""
        limit = self.limit.bytes_per_s
        return BLOCK_BYTES if limit is None else max(1, min(BLOCK_BYTES, limit // BLOCKS_A_SECOND))

    @property
    def carried(self) -> int:
        """The bytes that were handed to it or came over it; whoever waits sees by it whether the line lives."""
        return self._carried

    def carry(self, count: int) -> None:
        """Have so many bytes carried, as soon as the limit lets them."""
        self.limit.wait_for(count)
        with self._lock:
            self._carried += count
