"""The line to a store, which all transfers of a process share: how fast it may be, how much is under way, how fast it
was found to be."""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from pipeline import children

AT_ONCE = 4
SMALL_BYTES, QUICK = 1 << 20, 8  # what is this small and takes an eighth of `SLOW_S`: twice as many, since their
# answers take longer than their bytes
KEPT_S = 2.0  # that the turn is kept for who was cut off: they come back within one
SLOW_S = 2.0  # what takes longer has the line to itself: two at once would each lose as much to a cut
BLOCK_BYTES = 64 << 10  # that are handed over at once: the client holds each block to its time limit
BLOCKS_A_SECOND = 8  # where there is a limit
BURST_S = 0.1  # of the limit may go at once, so that a pause of the scheduler is made up for
POLL_S = 0.25  # after which who waits looks whether the work was ended
SAMPLE_BYTES, SAMPLE_S = 256 << 10, 0.2  # at least, of what tells how fast the line is
NEWEST = 0.5  # what the newest sample counts for


def nap(seconds: float) -> None:
    """Sleep, and end soon where the work that this thread does was ended.

    Raises:
        Interrupted: it was.
    """
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0:
        children.refuse_when_stopped()
        time.sleep(min(POLL_S, left))
    children.refuse_when_stopped()


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
            nap(wait_s)


class Gate:
    """Lets one at a time through while one takes over `SLOW_S`, else up to `most`, twice as many of what is small and
    quick; who came first goes first.

    Who had the line to itself and failed has the next turn: a line that carries no part tells so soonest by one.

    How long one takes is foretold from the one that ended last, in bytes: of what is tiny the answer takes the time, so
    that it opens the gate for nothing larger. One that fails tells how long it took, too.
    """

    def __init__(self, most: int = AT_ONCE, slow_s: float = SLOW_S):
        self._most, self._slow_s = most, slow_s
        self._changed = threading.Condition()
        self._under_way = 0
        self._s_per_byte = math.inf
        self._queue: deque[object] = deque()
        self._kept_for: object = None
        self._kept_until = 0.0

    def allowed(self, size_bytes: int) -> int:
        """How many of this size may be under way."""
        foretold_s = self._s_per_byte * size_bytes
        if size_bytes <= SMALL_BYTES and foretold_s * QUICK <= self._slow_s:
            return 2 * self._most
        return self._most if foretold_s <= self._slow_s else 1

    @contextmanager
    def passed(self, size_bytes: int, who: object = None) -> Iterator[bool]:
        """While one of this size is under way; gives whether it has the line to itself.

        Args:
            who: the same at each try.

        Raises:
            Interrupted: the work was ended while one waited.
        """
        is_alone = self._wait_for_turn(size_bytes, who)
        began, is_through = time.monotonic(), False
        try:
            yield is_alone
            is_through = True
        finally:
            took_s = time.monotonic() - began
            with self._changed:
                self._under_way -= 1
                if is_through or took_s > self._slow_s:
                    self._s_per_byte = took_s / max(1, size_bytes)
                if is_alone and not is_through and took_s > self._slow_s:
                    self._kept_for, self._kept_until = who, time.monotonic() + KEPT_S
                self._changed.notify_all()

    def _wait_for_turn(self, size_bytes: int, who: object) -> bool:
        ticket = object()
        with self._changed:
            if who is not None and who is self._kept_for:
                self._kept_for = None
                self._queue.appendleft(ticket)
            else:
                self._queue.append(ticket)
            try:
                while self._under_way >= self.allowed(size_bytes) or self._queue[0] is not ticket or self._is_kept():
                    self._changed.wait(POLL_S)
                    children.refuse_when_stopped()
                self._under_way += 1
                return self._under_way == 1 and self.allowed(size_bytes) == 1
            finally:
                self._queue.remove(ticket)
                self._changed.notify_all()

    def _is_kept(self) -> bool:
        """Whether the turn is somebody's who is not back yet."""
        return self._kept_for is not None and time.monotonic() < self._kept_until


class Line:
    """One process's line to one store.

    Args:
        bytes_per_s: the most that it may carry, both ways together; None is no limit.
        found_per_s: how fast it was upwards when it was last used, in bytes a second; None is not known.
    """

    def __init__(self, bytes_per_s: int | None = None, found_per_s: float | None = None):
        self.limit = RateLimit(bytes_per_s)
        self.gate = Gate()
        self._lock = threading.Lock()
        self._carried, self._carried_at = 0, time.monotonic()
        self._found_per_s = found_per_s

    @property
    def block_bytes(self) -> int:
        """How much is handed over at once."""
        limit = self.limit.bytes_per_s
        return BLOCK_BYTES if limit is None else max(1, min(BLOCK_BYTES, limit // BLOCKS_A_SECOND))

    @property
    def carried(self) -> int:
        """The bytes that were handed to it or came over it; whoever waits sees by it whether the line lives."""
        return self._carried

    @property
    def silent_s(self) -> float:
        """For how long nothing was handed to it and nothing came."""
        return time.monotonic() - self._carried_at

    @property
    def found_per_s(self) -> float | None:
        """Bytes a second that it carries upwards, within its limit; None where that is not known."""
        found, limit = self._found_per_s, self.limit.bytes_per_s
        return limit if found is None else found if limit is None else min(found, limit)

    def carry(self, count: int) -> None:
        """Have so many bytes carried, as soon as the limit lets them."""
        self.limit.wait_for(count)
        with self._lock:
            self._carried += count
            self._carried_at = time.monotonic()

    @contextmanager
    def sending(self, size_bytes: int, who: object = None) -> Iterator[bool]:
        """One try to send so many bytes, when it is their turn; gives whether they have the line to themselves.

        What all threads send meanwhile tells how fast it is.
        """
        with self.gate.passed(size_bytes, who) as is_alone:
            began, before = time.monotonic(), self._carried
            try:
                yield is_alone
            finally:
                self._sample(self._carried - before, time.monotonic() - began)

    def _sample(self, count: int, seconds: float) -> None:
        """Of short ones the answer takes longer than the bytes do, and the first blocks lie in buffers."""
        if count < SAMPLE_BYTES or (seconds < SAMPLE_S and self._found_per_s is not None):
            return
        with self._lock:
            new, known = count / max(seconds, 1e-3), self._found_per_s
            self._found_per_s = new if known is None else NEWEST * new + (1 - NEWEST) * known
