"""How far one step is: what a terminal, a journal or a scheduler is told."""

from __future__ import annotations

import threading
from collections.abc import Callable

# name of the stage, how much of it is done (None: not known), how many times faster than the film plays
ProgressCallback = Callable[[str, float | None, float | None], None]


def byte_progress(on_progress: ProgressCallback, stage: str, total: int) -> Callable[[int], None]:
    """Adds up bytes that several threads report, and tells how much of `total` is done."""
    lock = threading.Lock()
    done = 0

    def count(more: int) -> None:
        nonlocal done
        with lock:
            done += more
            on_progress(stage, min(1.0, done / max(1, total)), None)

    return count
