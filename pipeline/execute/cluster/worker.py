"""What a worker of Dask's runs: a film's task as text, told how far it is, ended when it is told to."""

from __future__ import annotations

import threading
import time
from typing import Any

from pipeline import workspace
from pipeline.errors import Interrupted
from pipeline.execute import film_work, in_flight
from pipeline.execute.film_tasks import FILM_TASK

TOLD_EVERY_S = 1.0
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

    place = workspace.here()
    with _swept:  # once a process, before its first film
        if not _is_swept:
            in_flight.sweep(place)
            _is_swept.append(True)
    _cancelled.discard(key)
    told_at: list[tuple[str, float]] = [("", 0.0)]

    def tell(stage: str, fraction: float | None, speed: float | None) -> None:
        if key in _cancelled:
            raise Interrupted("interrupted")
        now, (last, at) = time.monotonic(), told_at[0]
        if stage != last or now - at >= TOLD_EVERY_S:
            told_at[0] = stage, now
            client.tell(PROGRESS, {"key": key, "stage": stage, "fraction": fraction, "speed": speed})

    found = film_work.answered(FILM_TASK.validate_json(text), place, tell)
    return found.model_copy(update={"worker": client.own_address()}).model_dump_json()


def cancel(key: str) -> str:
    """End a task within seconds, in the process that does it."""
    _cancelled.add(key)
    return key


def cancelling(key: str) -> str:
    """The expression that a worker evaluates to end a task."""
    return f"__import__({__name__!r}, fromlist=['cancel']).cancel({key!r})"


def told(event: Any) -> tuple[str, tuple[str, float | None, float | None]]:
    """What `perform` told: the task's key; stage, fraction, speed."""
    return event["key"], (event["stage"], event["fraction"], event["speed"])
