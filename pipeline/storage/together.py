"""Requests of one piece of work in several threads, all of which end soon once the work is ended."""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from typing import Any, TypeVar

from pipeline import children
from pipeline.children import ChildGroup

POLL_S = 0.25  # after which who waits looks whether the work was ended, and tells that it waits
Item = TypeVar("Item")
Result = TypeVar("Result")
Tick = Callable[[], None]


class Threads:
    """A few threads, and what they have been given.

    Args:
        tick: is called now and then by who waits.
    """

    def __init__(self, pool: ThreadPoolExecutor, tick: Tick):
        self._pool, self._tick = pool, tick
        self._waiting: list[Future[Any]] = []

    def give(self, act: Callable[..., object], *given: object) -> None:
        """Have it done as soon as a thread is free."""
        self._waiting.append(self._pool.submit(contextvars.copy_context().run, act, *given))

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


@contextmanager
def threads(at_once: int, tick: Tick = lambda: None) -> Iterator[Threads]:
    """Threads for as long as this lasts; where it ends with an error, or by Ctrl-C, what is under way is left."""
    with ChildGroup() as group, ThreadPoolExecutor(at_once, thread_name_prefix="together") as pool:
        try:
            yield Threads(pool, tick)
        except BaseException:
            group.kill()
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def together(
    act: Callable[[Item], Result], items: Sequence[Item], at_once: int, tick: Tick = lambda: None
) -> list[Result]:
    """`act` on every item, so many at once; their results are in no order. The first error ends it."""
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
