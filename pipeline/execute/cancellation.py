"""A stop that was requested for: what is cheap is finished, what is dear is broken off, all within seconds."""

from __future__ import annotations

import threading
import time

from pipeline.errors import Interrupted
from pipeline.exchange.progress import ProgressCallback

GRACE_S = 5.0  # and another 3 s for a process to end
CHEAP = ("digest", "upload", "download")


class Cancellation:
    """One for a batch; its tellers raise Interrupted in the thread that does the work."""

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

    def cancellable(self, tell: ProgressCallback) -> ProgressCallback:
        """`tell`, which ends the work when a stop was requested for and the work would take longer than is left."""
        begun: dict[str, float] = {}

        def told(stage: str, fraction: float | None, speed: float | None) -> None:
            tell(stage, fraction, speed)
            now = time.monotonic()
            since = begun.setdefault(stage, now)
            if self._requested_at is None:
                return
            left_s = self._requested_at + GRACE_S - now
            kind = stage.split(maxsplit=1)[0]
            needed_s = 0.0 if kind in CHEAP else _needed(now - since, fraction)
            if left_s <= 0 or needed_s > left_s:
                raise Interrupted("interrupted")

        return told


def _needed(spent_s: float, fraction: float | None) -> float:
    """How long the stage will still take, by what it took so far."""
    if not fraction or spent_s < 1.0:
        return float("inf")
    return spent_s * (1 - fraction) / fraction
