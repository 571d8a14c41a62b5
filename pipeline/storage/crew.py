"""Threads that work on one thing side by side, and are left to themselves as soon as it is given up."""

from __future__ import annotations

import contextvars
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from pipeline import children
from pipeline.children import ChildGroup

POLL_S = 0.2  # after which who waits looks whether the work that this is part of was ended
LEAVE_S = 1.0  # that threads have to leave by themselves


class Crew:
    """Does jobs in their order, up to `most` at once.

    The threads work in a group of their own (`children`), so that all that naps or waits in them ends with it. None
    keeps a program from ending: what waits for a far end hears of it late.
    """

    def __init__(self, most: int, name: str):
        self._most, self._name = most, name
        self._changed = threading.Condition()
        self._group = ChildGroup()
        self._ends: set[Callable[[], Any]] = set()
        self._fault: BaseException | None = None

    def do(self, jobs: Sequence[Callable[[], None]]) -> None:
        """Every job; the first error ends all.

        Raises:
            Interrupted: the work that this is part of was ended. Else what a job raises.
        """
        left = iter(jobs)
        with self._group as group:
            group.add(self)
            threads = [
                threading.Thread(
                    target=contextvars.copy_context().run, args=(self._work, left), name=self._name, daemon=True
                )
                for _ in range(min(self._most, len(jobs)))
            ]
            try:
                for thread in threads:
                    thread.start()
                while self._fault is None and any(thread.is_alive() for thread in threads):
                    with self._changed:
                        self._changed.wait(POLL_S)
                    children.refuse_when_stopped()
                if self._fault is not None:
                    raise self._fault
            except BaseException:
                group.kill()
                until = time.monotonic() + LEAVE_S
                for thread in threads:
                    thread.join(max(0.0, until - time.monotonic()))
                raise

    def _work(self, left: Iterator[Callable[[], None]]) -> None:
        try:
            while self._fault is None:
                children.refuse_when_stopped()
                with self._changed:
                    job = next(left, None)
                if job is None:
                    break
                job()
        except BaseException as fault:  # noqa: BLE001 - raised again by `do`
            self._fault = self._fault or fault
        with self._changed:
            self._changed.notify_all()

    @contextmanager
    def ending(self, end: Callable[[], Any]) -> Iterator[None]:
        """While something is waited for that `end` breaks off, from another thread.

        Raises:
            Interrupted: it is given up already.
        """
        with self._changed:
            children.refuse_when_stopped()
            self._ends.add(end)
        try:
            yield
        finally:
            with self._changed:
                self._ends.discard(end)

    def kill(self) -> None:
        """Break off what is waited for."""
        with self._changed:
            ends = list(self._ends)
            self._changed.notify_all()
        for end in ends:
            end()
