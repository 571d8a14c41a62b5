"""Films that are made on a cluster: every call is a task of Dask's, the same one for all who ask for the same."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline import errors
from pipeline.errors import EnvironmentFault, Interrupted, ShowcaseError
from pipeline.exchange.progress import ProgressCallback
from pipeline.execute.batch_source import BatchSource
from pipeline.execute.cluster import worker
from pipeline.execute.cluster.address import Scheduler
from pipeline.execute.cluster.crew import Crew
from pipeline.execute.cluster.following import Following
from pipeline.execute.film_tasks import (
    DeliverFilmTask,
    ExamineFilmTask,
    FilmDescription,
    FilmFault,
    FilmResult,
    FilmTask,
    key_of,
)
from pipeline.execute.film_usage import UsageCallback
from pipeline.execute.films import FilmDelivered, FilmFound

if TYPE_CHECKING:
    from pipeline.execute.cluster import client

AGAIN_S = 1.0
POLL_S = 0.2


@dataclass
class ClusterFilms:
    """Sends films to workers and waits for what comes of them.

    Args:
        there: a connected client of Dask's.
        describe: brings a source's files to where workers can read them, and says what it is.
        logs: the folder where logs of what failed elsewhere are put.
    """

    there: client.Client
    scheduler: Scheduler
    crew: Crew
    describe: Callable[[BatchSource, ProgressCallback], FilmDescription]
    logs: Path
    _following: Following = field(init=False)
    _described: dict[str, FilmDescription] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        from pipeline.execute.cluster import client

        self._following = Following(self.there, self.scheduler, self.crew, client.identity_of(self.scheduler))
        client.listen(self.there, worker.PROGRESS, self._following.hear)
        client.heed(self.there, self.crew.stir)

    def examine(self, source: BatchSource, on_progress: ProgressCallback, on_usage: UsageCallback) -> FilmFound:
        """Measure and plan it on a worker.

        Raises:
            ShowcaseError: as on this machine. EnvironmentFault: the scheduler is gone, or nobody may work any more.
        """
        result = self._done(
            ExamineFilmTask(maker=self.crew.wanted.maker, film=self._film(source, on_progress)), on_progress, on_usage
        )
        if result.found is None:
            raise AssertionError("an examination gives what it found")
        return result.found

    def deliver(
        self, source: BatchSource, found: FilmFound, on_progress: ProgressCallback, on_usage: UsageCallback
    ) -> FilmDelivered | None:
        """Make, package and upload it on a worker.

        Raises:
            ShowcaseError: as on this machine. EnvironmentFault: the scheduler is gone, or nobody may work any more.
        """
        task = DeliverFilmTask(maker=self.crew.wanted.maker, film=self._film(source, on_progress), plans=found.plans)
        delivered = self._done(task, on_progress, on_usage).delivered
        with self._lock:
            self._described.pop(source.recorded, None)
        return delivered

    def _film(self, source: BatchSource, on_progress: ProgressCallback) -> FilmDescription:
        """As it was described when it was examined here; what was known before is described now."""
        with self._lock:
            known = self._described.get(source.recorded)
        film = known or self.describe(source, on_progress)
        with self._lock:
            self._described[source.recorded] = film
        return film

    def _done(self, task: FilmTask, on_progress: ProgressCallback, on_usage: UsageCallback) -> FilmResult:
        """What came of it; a worker that has a fault of its own is left out, and another one does it."""
        trial = 0
        while True:
            key = key_of(task, trial)
            answer = self._following.answer(task, key, on_progress)
            on_usage(answer.usage)
            if (fault := answer.result.fault) is None:
                return answer.result
            error = self._raised(fault, key)
            if isinstance(error, Interrupted):  # another client ended it just when this one came to wait for it
                on_progress(task.progress_stage, None, None)
                time.sleep(AGAIN_S)
                continue
            if not errors.is_of_machine(error):  # another worker would fare no better
                raise error
            self.crew.leave_out(answer.usage.worker, error)
            self._await_others(task, on_progress)
            if not self.crew.slots:
                raise error
            trial += 1

    def _raised(self, fault: FilmFault, key: str) -> ShowcaseError:
        """The error as it was there, its log beside the others of this machine."""
        error = fault.raised()
        if fault.log is not None:
            error.log = self.logs / f"{key}.log"
            with suppress(OSError):  # a full disk here is no fault of the film's
                error.log.write_text(fault.log, "utf-8")
        return error

    def _await_others(self, task: FilmTask, on_progress: ProgressCallback) -> None:
        """Where nobody may work any more: until those who joined have answered."""
        with suppress(EnvironmentFault):
            self.crew.look()
        while not self.crew.slots and self.crew.is_asking:
            on_progress(task.progress_stage, None, None)
            time.sleep(POLL_S)
