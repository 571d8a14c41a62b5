"""The children of one piece of work, known to whoever may have to end it."""

from __future__ import annotations

import contextvars
import threading
from typing import Protocol

from pipeline.errors import Interrupted


class Killable(Protocol):
    """A child that can be ended without asking."""

    def kill(self) -> None:
        """End it; whoever waits for it reaps it."""


class ChildGroup:
    """The children of one piece of work, so that all of them can be ended from another thread.

    What a group is to hold is started within `with group:`; threads that the work starts itself take it along by
    `contextvars.copy_context`. A group that is entered inside another one ends with it.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._children: list[Killable] = []
        self._token: contextvars.Token[ChildGroup | None] | None = None
        self.stopped = False

    def __enter__(self) -> ChildGroup:
        if outer := current():
            outer.add(self)
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

    def kill(self) -> None:
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
