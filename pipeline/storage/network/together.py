"""Requests of one piece of work in several threads, all of which end soon once the work is ended."""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, wait
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from queue import SimpleQueue
from typing import Any, TypeVar

from pipeline import children
from pipeline.children import ChildGroup
from pipeline.storage.network.line import POLL_S

READS_AT_ONCE = 32  # of what is small: questions, records
Item = TypeVar("Item")
Result = TypeVar("Result")
Tick = Callable[[], None]
# whether this thread is left to itself where its work is ended, so that what it asks need not be
_LEFT: contextvars.ContextVar[bool] = contextvars.ContextVar("left", default=False)


@dataclass(eq=False, slots=True)
class _Job:
    """What a thread is to do, and what came of it."""

    act: Callable[[], Any]
    is_done: bool = False
    result: Any = None
    fault: BaseException | None = None


class Threads:
    """A few threads, and what they have been given; they hold up neither who waits for them nor the program's end.

    Args:
        tick: is called now and then by who waits.
    """

    def __init__(self, at_once: int, tick: Tick):
        self._at_once, self._tick = at_once, tick
        self._given: SimpleQueue[_Job | None] = SimpleQueue()
        self._jobs: list[_Job] = []  # in the order in which they were given
        self._changed = threading.Condition()
        self._open = self._left = 0  # jobs: that are not done yet, with which who waits is content
        self._failed: _Job | None = None
        self._is_ended = False
        self._count = 0

    def give(self, act: Callable[..., object], *given: object) -> None:
        """Have it done as soon as a thread is free."""
        context = contextvars.copy_context()
        context.run(_LEFT.set, True)
        job = _Job(partial(context.run, act, *given))
        self._jobs.append(job)
        with self._changed:
            self._open += 1
        self._given.put(job)
        if self._count < min(self._at_once, len(self._jobs)):
            self._count += 1
            threading.Thread(target=self._work, name="together", daemon=True).start()

    def _work(self) -> None:
        while (job := self._given.get()) is not None:
            if self._is_ended:
                continue
            try:
                job.result = job.act()
            except BaseException as fault:  # noqa: BLE001 - whoever waits raises it
                job.fault = fault
            with self._changed:
                job.is_done = True
                self._open -= 1
                if job.fault and self._failed is None:
                    self._failed = job
                if job.fault or self._open <= self._left:  # who waits is woken by that alone, not by each
                    self._changed.notify_all()

    def results(self, left: int = 0) -> list[Any]:
        """What was done, in the order in which it was given, as soon as no more than `left` are waiting or under way;
        the first error ends it.

        Raises:
            what one of them raised. Interrupted: the work was ended.
        """
        while True:
            with self._changed:
                self._left = left
                if self._open > left and self._failed is None:
                    self._changed.wait(POLL_S)
                failed, is_enough = self._failed, self._open <= left
            children.refuse_when_stopped()
            if failed and failed.fault:
                raise failed.fault
            if is_enough:
                break
            self._tick()
        with self._changed:
            done = [job.result for job in self._jobs if job.is_done]
            self._jobs = [job for job in self._jobs if not job.is_done]
        return done

    def end(self) -> None:
        """Give nothing more: what has not begun is not done, what is under way is left to itself."""
        self._is_ended = True
        for _ in range(self._count):
            self._given.put(None)


@contextmanager
def threads(at_once: int, tick: Tick = lambda: None) -> Iterator[Threads]:
    """Threads for as long as this lasts; where it ends with an error, or by Ctrl-C, what is under way is left."""
    with ChildGroup() as group:
        given = Threads(at_once, tick)
        try:
            yield given
        except BaseException:
            group.kill()
            raise
        finally:
            given.end()


def together(
    act: Callable[[Item], Result], items: Sequence[Item], at_once: int = READS_AT_ONCE, tick: Tick = lambda: None
) -> list[Result]:
    """`act` on every item, so many at once; their results are in the order of the items. The first error ends it."""
    if len(items) < 2 and at_once == READS_AT_ONCE:  # a question that is asked alone needs no thread
        return [act(item) for item in items]
    with threads(at_once, tick) as given:
        for item in items:
            given.give(act, item)
        return given.results()


def unless_ended(act: Callable[[], Result]) -> Result:
    """What `act` gives. Where the work of this thread is ended meanwhile, `act` is left to itself: a request on a line
    that is silent holds nobody for longer than a moment.

    Raises:
        what it raises. Interrupted: the work was ended.
    """
    group = children.current()
    if group is None:
        return act()  # in the main thread Ctrl-C ends it
    if _LEFT.get():
        group.refuse_when_stopped()
        return act()
    group.refuse_when_stopped()
    made: Future[Result] = Future()
    context = contextvars.copy_context()

    def acted() -> None:
        try:
            made.set_result(context.run(act))
        except BaseException as fault:  # noqa: BLE001 - whoever waits raises it
            made.set_exception(fault)

    threading.Thread(target=acted, name="request", daemon=True).start()
    while not made.done():
        wait((made,), POLL_S)
        group.refuse_when_stopped()
    return made.result()
