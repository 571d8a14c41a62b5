"""The next film is brought to where workers can read it while others are made: no worker waits for the line to it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field

from pipeline.errors import Interrupted
from pipeline.exchange.progress import UPLOAD, ProgressCallback
from pipeline.execute.batch_source import BatchSource
from pipeline.execute.film_tasks import FilmDescription

POLL_S = 0.2


@dataclass
class DescribedAhead:
    """Describes one film after the other; safe in several threads.

    Args:
        describe: brings a source's files to where workers can read them, and says what it is.
    """

    describe: Callable[[BatchSource, ProgressCallback], FilmDescription]
    _coming: dict[str, Future[FilmDescription]] = field(default_factory=dict)
    _pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "ahead"))
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _is_closed: bool = False

    def expect(self, source: BatchSource) -> None:
        """Begin with what will be asked for next."""
        with self._lock:
            if source.recorded not in self._coming and not self._is_closed:
                self._coming[source.recorded] = self._pool.submit(self.describe, source, self._unless_closed)

    def take(self, source: BatchSource, on_progress: ProgressCallback) -> FilmDescription | None:
        """What a source is, where it was expected; None: it was not, or went wrong, which whoever tries it again tells.

        What `on_progress` raises ends the wait.
        """
        with self._lock:
            coming = self._coming.pop(source.recorded, None)
        if coming is None:
            return None
        while not coming.done():
            on_progress(UPLOAD, None, None)
            with suppress(TimeoutError, CancelledError):
                coming.exception(POLL_S)
        return None if coming.cancelled() or coming.exception() else coming.result()

    def close(self) -> None:
        """End what is under way: nobody will ask for it."""
        with self._lock:
            self._is_closed = True
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _unless_closed(self, _stage: str, _fraction: float | None, _speed: float | None) -> None:
        if self._is_closed:
            raise Interrupted("interrupted")
