"""Locks that commands and threads on this machine hold against each other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from pipeline.children import refuse_when_stopped

POLL_S = 0.2


@contextmanager
def locked(path: Path, waiting: Callable[[], None] = refuse_when_stopped) -> Iterator[None]:
    """Hold a lock that another process may hold for hours; `waiting` is called meanwhile and may raise.

    Raises:
        Interrupted: the work that waits was ended.
    """
    lock = FileLock(path)
    while True:
        try:
            lock.acquire(timeout=POLL_S)
            break
        except Timeout:
            waiting()
    try:
        yield
    finally:
        lock.release()
