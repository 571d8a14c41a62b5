"""Who runs tasks: the protocol, and the pool of this machine behind it."""

from __future__ import annotations

import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from queue import SimpleQueue
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self

from pipeline import children
from pipeline.children import ChildGroup
from pipeline.errors import Interrupted, ProcessLost
from pipeline.exchange.progress import ProgressCallback, Speed
from pipeline.execute.context import Context
from pipeline.execute.perform import perform
from pipeline.execute.tasks import Task, TaskResult

if TYPE_CHECKING:
    from pipeline.storage.buckets import Buckets

POLL_S = 0.1
SILENT_S = 1.0  # after which whoever follows is told that the task still runs
TRIES = 3  # of a task whose process stalls or is killed
CANCEL_S = 5.0  # a cancelled task's processes are killed; its thread then needs moments


class RunningTask(Protocol):
    """A task that an executor has taken."""

    def follow(self, on_progress: ProgressCallback) -> TaskResult:
        """Wait for its end; `on_progress` is called in this thread, and what it raises cancels the task.

        Raises:
            ShowcaseError: as the task says. Interrupted: it was cancelled.
        """

    def cancel(self) -> None:
        """End it within seconds, whether or not it tells progress; what was finished stays."""


class Executor(Protocol):
    """Runs tasks somewhere. What a task needs it finds by digest; its outputs lie under its stages' keys."""

    def submit(self, task: Task) -> RunningTask:
        """Take a task; it begins when there is room."""


@dataclass
class LocalTask:
    """A task in this machine's pool, its processes, and the progress that nobody has taken yet."""

    task: Task
    children: ChildGroup = field(default_factory=ChildGroup)
    progress: SimpleQueue[tuple[str, float | None, Speed]] = field(default_factory=SimpleQueue)
    future: Future[TaskResult] = field(default_factory=Future)

    def follow(self, on_progress: ProgressCallback) -> TaskResult:
        """Wait for its end; `on_progress` is called in this thread, and what it raises cancels the task.

        Raises:
            ShowcaseError: as the task says. Interrupted: it was cancelled.
        """
        latest: tuple[str, float | None, Speed] = (self.task.progress_stage, None, None)
        at = time.monotonic()
        try:
            while not self.future.done() or not self.progress.empty():
                with suppress(TimeoutError):
                    self.future.exception(timeout=POLL_S)
                while not self.progress.empty():
                    latest, at = self.progress.get(), time.monotonic()
                    on_progress(*latest)
                if time.monotonic() - at > SILENT_S and not self.future.done():
                    on_progress(*latest)
        except BaseException:  # Ctrl-C too
            self.cancel()
            raise
        return self.future.result()

    def cancel(self) -> None:
        """End it within seconds, whether or not it tells progress; what was finished stays."""
        self.future.cancel()
        self.children.kill()
        with suppress(Exception):
            self.future.result(timeout=CANCEL_S)

    def report(self, stage: str, fraction: float | None, speed: Speed) -> None:
        """Keep what the task tells; a cancelled one ends here."""
        self.children.refuse_when_stopped()
        self.progress.put((stage, fraction, speed))


class LocalExecutor:
    """Threads that each run one task after the other; the work itself is in ffmpeg's processes.

    Args:
        buckets: where uploads go; None where none will come.
        jobs: how many tasks run at once.
    """

    def __init__(self, context: Context, buckets: Buckets | None = None, jobs: int = 1):
        self._context = context
        self._buckets = buckets
        self._pool = ThreadPoolExecutor(jobs, thread_name_prefix="task")
        self._running: list[LocalTask] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:  # Ctrl-C may come when nobody follows yet
            for running in self._running:
                running.children.kill()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def submit(self, task: Task) -> LocalTask:
        """Take a task; it begins when there is room."""
        running = LocalTask(task)
        running.children.join(children.current())
        self._running = [*(item for item in self._running if not item.future.done()), running]
        running.future = self._pool.submit(self._run, running)
        return running

    def _run(self, running: LocalTask) -> TaskResult:
        context = replace(self._context, on_progress=running.report)
        for trial in range(1, TRIES + 1):
            try:
                with running.children:
                    return perform(running.task, context, self._buckets)
            except Exception as error:
                if running.children.stopped and not isinstance(error, Interrupted):
                    raise Interrupted("interrupted") from error  # a process that was killed fails in some way
                if not isinstance(error, ProcessLost) or trial == TRIES:
                    raise
                context.journal.write("task.again", task=running.task.kind, trial=trial, error=error.key)
        raise AssertionError("the last try ends in a result or an error")
