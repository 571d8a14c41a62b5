"""How far one step is: what a terminal, a journal or a scheduler is told."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable

# name of the stage, how much of it is done (None: not known), how many times faster than the film plays
ProgressCallback = Callable[[str, float | None, float | None], None]

UPLOAD, REUSE, DOWNLOAD, COMPARE, WAIT = "upload", "reuse", "download", "compare", "wait"


def at(stage: str, place: str) -> str:
    """The name of a stage that is done somewhere else, with where; who waits is nowhere."""
    return stage if stage == WAIT else f"{stage} {place}"


class ByteProgress:
    """Adds up bytes that several threads report, and tells how much of `total` is done."""

    def __init__(self, on_progress: ProgressCallback, total: int):
        self._on_progress, self._total = on_progress, total
        self._lock = threading.Lock()
        self._done: Counter[str] = Counter()

    def of(self, stage: str) -> Callable[[int], None]:
        """What is to be told of bytes of this stage."""

        def count(more: int) -> None:
            with self._lock:
                self._done[stage] += more
                self._on_progress(stage, min(1.0, self._done.total() / max(1, self._total)), None)

        return count

    def bytes_of(self, stage: str) -> int:
        """The bytes that were told of this stage."""
        return self._done[stage]

    def wait(self) -> None:
        """Tell that another command is at it."""
        self._on_progress(WAIT, None, None)


def byte_progress(on_progress: ProgressCallback, stage: str, total: int) -> Callable[[int], None]:
    """Of a step that has one stage."""
    return ByteProgress(on_progress, total).of(stage)
