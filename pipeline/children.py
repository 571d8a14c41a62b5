"""The children of one piece of work, known to whoever may have to end it."""

from __future__ import annotations

import contextvars
import threading
from dataclasses import dataclass
from typing import Protocol

from pipeline.errors import Interrupted


@dataclass(frozen=True)
class Usage:
    """What a finished child cost. `peak_rss_bytes` is never below its parent's size at the start."""

    exit_code: int
    wall_s: float
    cpu_s: float
    peak_rss_bytes: int


class Killable(Protocol):
    """A child that can be ended without asking."""

    def kill(self) -> None:
        """End it; whoever waits for it reaps it."""


class ChildGroup:
    """The children of one piece of work, so that all of them can be ended from another thread.

    What a group is to hold is started within `with group:`; threads that the work starts itself take it along by
    `contextvars.copy_context`. A group that is entered inside another one ends with it, and is counted with it.

    Attributes:
        cpu_s: of those that ended, all together.
        peak_rss_bytes: of the largest of them.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._children: list[Killable] = []
        self._outer: list[ChildGroup] = []
        self._token: contextvars.Token[ChildGroup | None] | None = None
        self.stopped = False
        self.cpu_s = 0.0
        self.peak_rss_bytes = 0

    def __enter__(self) -> ChildGroup:
        self.join(current())
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

    def join(self, outer: ChildGroup | None) -> None:
        """Be part of another piece of work, where it has a group."""
        if outer is not None and outer not in self._outer:
            self._outer.append(outer)
            outer.add(self)

    def count(self, usage: Usage) -> None:
        """What a child cost that ended."""
        with self._lock:
            self.cpu_s += usage.cpu_s
            self.peak_rss_bytes = max(self.peak_rss_bytes, usage.peak_rss_bytes)
        for outer in self._outer:
            outer.count(usage)

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
