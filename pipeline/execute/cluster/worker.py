"""What a worker of Dask's runs: a film's task as text, told how far it is, ended when it is told to."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pipeline import workspace
from pipeline.children import ChildGroup
from pipeline.errors import Interrupted
from pipeline.exchange.progress import Speed
from pipeline.execute import film_work, in_flight
from pipeline.execute.cluster import machine
from pipeline.execute.film_tasks import FILM_TASK

Progress = tuple[str, float | None, Speed]  # stage, fraction, speed

# A film may take hours: a hundredth of it is told as it comes, not more often than somebody looks
TOLD_EVERY_S, TOLD_ANYWAY_S, TOLD_STEP = 2.0, 30.0, 0.01
CANCEL_EVERY_S = 0.5  # it is looked whether a task was cancelled
PROGRESS = "showcase-progress"  # the topic of Dask's that tells how far tasks are
_cancelled: set[str] = set()
_swept = threading.Lock()
_is_swept: list[bool] = []


def perform(key: str, text: str) -> str:
    """Do one film's task in this folder's workspace; gives the answer as JSON.

    Args:
        key: of the task, under which it is told how far it is and may be ended.
    """
    from pipeline.execute.cluster import client

    place, worker = workspace.here(), client.own_address()
    with _swept:  # once a process, before its first film
        if not _is_swept:
            client.end_profiling()  # of workers that `cluster up` did not start
            in_flight.sweep(place)
            _is_swept.append(True)
    _cancelled.discard(key)
    latest: list[tuple[str, float, float]] = [("", 0.0, 0.0)]

    def tell(stage: str, fraction: float | None, speed: Speed) -> None:
        if key in _cancelled:
            raise Interrupted("interrupted")
        now, (last, at, share) = time.monotonic(), latest[0]
        has_moved = abs((fraction or 0.0) - share) >= TOLD_STEP
        if stage != last or now - at >= (TOLD_EVERY_S if has_moved else TOLD_ANYWAY_S):
            latest[0] = stage, now, fraction or 0.0
            event = {"key": key, "worker": worker, "stage": stage, "fraction": fraction, "speed": speed}
            client.tell(PROGRESS, event)

    with _ended_when_cancelled(key):
        return film_work.answered(FILM_TASK.validate_json(text), place, worker, machine.maker, tell).model_dump_json()


@contextmanager
def _ended_when_cancelled(key: str) -> Iterator[None]:
    """End the task's processes and requests, also while it tells no progress."""
    over = threading.Event()
    with ChildGroup() as group:

        def watch() -> None:
            while not over.wait(CANCEL_EVERY_S):
                if key in _cancelled:
                    group.kill()
                    return

        threading.Thread(target=watch, name="cancelled", daemon=True).start()
        try:
            yield
        finally:
            over.set()


def cancel(key: str) -> str:
    """End a task within seconds, in the process that does it."""
    _cancelled.add(key)
    return key


def cancelling(key: str) -> str:
    """The expression that a worker evaluates to end a task."""
    return f"__import__({__name__!r}, fromlist=['cancel']).cancel({key!r})"


def told(event: Any) -> tuple[str, str, Progress]:
    """What `perform` told: the task's key; who does it; how far it is."""
    speed = event["speed"]
    return (
        event["key"],
        event["worker"],
        (event["stage"], event["fraction"], tuple(speed) if isinstance(speed, list) else speed),
    )
