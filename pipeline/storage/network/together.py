"""Requests of one piece of work in several threads, all of which end soon once the work is ended."""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, FIRST_EXCEPTION, Future, wait
from contextlib import contextmanager
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


class Threads:
    """A few threads, and what they have been given; they hold up neither who waits for them nor the program's end.

    Args:
        tick: is called now and then by who waits.
    """

    def __init__(self, at_once: int, tick: Tick):
        self._at_once, self._tick = at_once, tick
        self._given: SimpleQueue[tuple[Future[Any], Callable[[], object]] | None] = SimpleQueue()
        self._waiting: list[Future[Any]] = []
        self._count = 0

    def give(self, act: Callable[..., object], *given: object) -> None:
        """Have it done as soon as a thread is free."""
        future: Future[Any] = Future()
        self._waiting.append(future)
        context = contextvars.copy_context()
        context.run(_LEFT.set, True)
        self._given.put((future, partial(context.run, act, *given)))
        if self._count < min(self._at_once, len(self._waiting)):
            self._count += 1
            threading.Thread(target=self._work, name="together", daemon=True).start()

    def _work(self) -> None:
        while (given := self._given.get()) is not None:
            future, act = given
            if not future.set_running_or_notify_cancel():
                continue
            try:
                future.set_result(act())
            except BaseException as fault:  # noqa: BLE001 - whoever waits raises it
                future.set_exception(fault)

    def results(self, left: int = 0) -> list[Any]:
        """What was done, as soon as no more than `left` are waiting or under way; the first error ends it.

        Raises:
            what one of them raised. Interrupted: the work was ended.
        """
        until = FIRST_COMPLETED if left else FIRST_EXCEPTION
        while len(pending := [item for item in self._waiting if not item.done()]) > left:
            wait(pending, POLL_S, until)
            children.refuse_when_stopped()
            if failed := next((item for item in self._waiting if item.done() and item.exception()), None):
                failed.result()
            self._tick()
        done = [item for item in self._waiting if item.done()]
        self._waiting = [item for item in self._waiting if not item.done()]
        return [item.result() for item in done]

    def end(self) -> None:
        """Give nothing more: what has not begun is not done, what is under way is left to itself."""
        for item in self._waiting:
            item.cancel()
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
