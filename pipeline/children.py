"""The children of one piece of work, known to whoever may have to end it."""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from filelock import FileLock, Timeout

from pipeline.errors import Interrupted

LOCK_POLL_S = 0.2


class Killable(Protocol):
    """A child that can be ended without asking."""

    def kill(self) -> None:
        """End it; whoever waits for it reaps it."""


class ChildGroup:
    """The children of one piece of work, so that all of them can be ended from another thread.

    What a group is to hold is started within `with group:`; threads that the work starts itself take it along by
    `contextvars.copy_context`.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._children: list[Killable] = []
        self._token: contextvars.Token[ChildGroup | None] | None = None
        self.stopped = False

    def __enter__(self) -> ChildGroup:
        self._token = _GROUP.set(self)
        return self

    def __exit__(self, *_: object) -> None:
        if self._token is not None:
            _GROUP.reset(self._token)

    def refuse_when_stopped(self) -> None:
        """Start nothing more in a group that was ended.

        Raises:
            Interrupted: it was.
        """
        if self.stopped:
            raise Interrupted("interrupted")

    def add(self, child: Killable) -> None:
        """Take a child in; one that comes too late ends at once."""
        with self._lock:
            self._children.append(child)
        if self.stopped:
            child.kill()

    def stop(self) -> None:
        """End every child now: what they were writing is thrown away. Returns without waiting for them."""
        with self._lock:
            self.stopped = True
            children = list(self._children)
        for child in children:
            child.kill()


_GROUP: contextvars.ContextVar[ChildGroup | None] = contextvars.ContextVar("children", default=None)


def current() -> ChildGroup | None:
    """The group that what this thread starts belongs to."""
    return _GROUP.get()


def refuse_when_stopped() -> None:
    """For what takes long without a child: end here where the group that this thread works in was ended.

    Raises:
        Interrupted: it was.
    """
    if group := current():
        group.refuse_when_stopped()


@contextmanager
def locked(path: Path, waiting: Callable[[], None] = refuse_when_stopped) -> Iterator[None]:
    """Hold a lock that another process may hold for hours; `waiting` is called meanwhile and may raise.

    Raises:
        Interrupted: the work that waits was ended.
    """
    lock = FileLock(path)
    while True:
        try:
            lock.acquire(timeout=LOCK_POLL_S)
            break
        except Timeout:
            waiting()
    try:
        yield
    finally:
        lock.release()
