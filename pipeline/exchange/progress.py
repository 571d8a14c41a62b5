"""How far one step is: what a terminal, a journal or a scheduler is told."""

from __future__ import annotations

import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from functools import partial

# how many times faster than the film plays; of bytes on a line how many a second, and how many seconds are left; of a
# line that is silent for how many seconds it is
Speed = float | tuple[float, float] | None
# name of the stage, how much of it is done (None: not known), how fast it is
ProgressCallback = Callable[[str, float | None, Speed], None]

UPLOAD, REUSE, DOWNLOAD, COMPARE, WAIT, LINE = "upload", "reuse", "download", "compare", "wait", "line"
TOLD_EVERY_S = 0.1
UNANSWERED = 0.99  # is the most that is told of what is sent, until the other end has said that it has it
RATE_S = 10.0  # of which the rate is told
SILENT_S = 5.0  # after which it is said that the line is waited for


def at(stage: str, place: str) -> str:
    """The name of a stage that is done somewhere else, with where; who waits is nowhere."""
    return stage if stage == WAIT else f"{stage} {place}"


class ByteProgress:
    """Adds up bytes that several threads report, and tells how much of `total` is done, which never goes back: what is
    sent again counts when it comes beyond what was told.

    Bytes that are sent are not there before the other end has said so: all of it is told by `ended`.
    """

    def __init__(self, on_progress: ProgressCallback, total: int):
        self._on_progress, self._total = on_progress, total
        self._lock = threading.Lock()
        self._done: Counter[str] = Counter()
        self._most = 0
        self._stage = ""
        self._told: tuple[str, float] = ("", 0.0)
        self._share = 0.0
        self._moved_at = time.monotonic()
        self._flow: deque[tuple[float, int]] = deque()

    def of(self, stage: str) -> Callable[[int], None]:
        """What is to be told of bytes of this stage; 0 is that none came meanwhile."""
        return partial(self._count, stage, is_carried=True)

    def same(self, stage: str) -> Callable[[int], None]:
        """As `of`, of bytes that were there before: they are a part of the share, not of the rate."""
        return partial(self._count, stage, is_carried=False)

    def ended(self) -> None:
        """Everything is there, and whoever was sent it has said so."""
        with self._lock:
            if self._told[0] and self._share < 1.0:
                self._share = 1.0
                self._on_progress(self._stage, 1.0, None)

    def _count(self, stage: str, more: int, *, is_carried: bool) -> None:
        with self._lock:
            self._add(stage, more, is_carried=is_carried)

    def _add(self, stage: str, more: int, *, is_carried: bool) -> None:
        now = time.monotonic()
        self._stage = stage
        self._done[stage] += more
        self._most = max(self._most, min(self._done.total(), self._total))
        most = UNANSWERED if self._done[UPLOAD] else 1.0
        self._share = max(self._share, min(most, self._most / max(1, self._total)))
        if more > 0:
            self._moved_at = now
            if is_carried:
                self._flow.append((now, more))
        silent_s = now - self._moved_at
        name, speed = (LINE, silent_s) if silent_s >= SILENT_S else (stage, self._pace(now))
        is_due = name != self._told[0] or now - self._told[1] >= TOLD_EVERY_S or self._most == self._total
        if is_due:
            self._told = name, now
            self._on_progress(name, self._share, speed)

    def _pace(self, now: float) -> Speed:
        """Of the last seconds; None before there are any."""
        while self._flow and now - self._flow[0][0] > RATE_S:
            self._flow.popleft()
        if not self._flow or (lasted := now - self._flow[0][0]) < 1.0:
            return None
        per_s = sum(count for _, count in self._flow) / lasted
        return per_s, max(0, self._total - self._done.total()) / per_s

    def bytes_of(self, stage: str) -> int:
        """The bytes that were told of this stage."""
        return self._done[stage]

    def wait(self) -> None:
        """Tell that another command is at it."""
        self._on_progress(WAIT, None, None)


def byte_progress(on_progress: ProgressCallback, stage: str, total: int) -> Callable[[int], None]:
    """Of a step that has one stage."""
    return ByteProgress(on_progress, total).of(stage)
