"""A stop that was asked for: what is cheap is finished, what is dear is broken off, all within seconds."""

from __future__ import annotations

import threading
import time

from pipeline.errors import Interrupted
from pipeline.exchange.progress import ProgressCallback, Speed

GRACE_S = 5.0  # and another 3 s for a process to end
CHEAP = ("digest", "upload", "download")


class Cancellation:
    """One for a batch; its progress callbacks raise Interrupted in the thread that follows the work."""

    def __init__(self) -> None:
        self._requested_at: float | None = None
        self._lock = threading.Lock()

    @property
    def requested(self) -> bool:
        return self._requested_at is not None

    def request(self) -> None:
        """Begin nothing more."""
        with self._lock:
            if self._requested_at is None:
                self._requested_at = time.monotonic()

    def cancellable(self, on_progress: ProgressCallback) -> ProgressCallback:
        """`on_progress`, which ends the work when a stop was asked for and the work would take longer than is left."""
        begun: dict[str, float] = {}

        def cancel_when_due(stage: str, fraction: float | None, speed: Speed) -> None:
            on_progress(stage, fraction, speed)
            now = time.monotonic()
            since = begun.setdefault(stage, now)
            if self._requested_at is None:
                return
            left_s = self._requested_at + GRACE_S - now
            kind = stage.split(maxsplit=1)[0]
            needed_s = 0.0 if kind in CHEAP else _needed(now - since, fraction)
            if left_s <= 0 or needed_s > left_s:
                raise Interrupted("interrupted")

        return cancel_when_due


def _needed(spent_s: float, fraction: float | None) -> float:
    """How long the stage will still take, by what it took so far."""
    if not fraction or spent_s < 1.0:
        return float("inf")
    return spent_s * (1 - fraction) / fraction
