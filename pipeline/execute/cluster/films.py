"""Films that are made on a cluster: every call is a task of Dask's, the same one for all who ask for the same."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipeline.errors import EnvironmentFault, ProcessLost, ShowcaseError
from pipeline.exchange.progress import ProgressCallback
from pipeline.execute.batch_source import BatchSource
from pipeline.execute.cluster import worker
from pipeline.execute.cluster.address import Scheduler
from pipeline.execute.cluster.crew import Crew
from pipeline.execute.film_tasks import DeliverFilmTask, ExamineFilmTask, FilmAnswer, FilmDescription, FilmTask
from pipeline.execute.films import FilmDelivered, FilmFound

if TYPE_CHECKING:
    from pipeline.execute.cluster import client

WAIT_S = 0.2  # between two looks at one task
PLACED_S = 2.0  # between two looks at where a task is
CANCEL_S = 8.0
SILENT_S = 1.0
Progress = tuple[str, float | None, float | None]


@dataclass
class ClusterFilms:
    """Sends films to workers and waits for what comes of them.

    Args:
        there: a connected client of Dask's.
        describe: brings a source's files to where workers can read them, and says what it is.
    """

    there: client.Client
    scheduler: Scheduler
    crew: Crew
    describe: Callable[[BatchSource, ProgressCallback], FilmDescription]
    _described: dict[str, FilmDescription] = field(default_factory=dict)
    _plans: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _progress: dict[str, Progress] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        from pipeline.execute.cluster import client

        client.listen(self.there, worker.PROGRESS, self._hear)

    def _hear(self, event: object) -> None:
        key, progress = worker.told(event)
        with self._lock:
            self._progress[key] = progress

    def examine(self, source: BatchSource, on_progress: ProgressCallback) -> FilmFound:
        """Measure and plan it on a worker.

        Raises:
            ShowcaseError: as on this machine. EnvironmentFault: the scheduler is gone, or nobody may work any more.
        """
        film = self._described[source.recorded] = self.describe(source, on_progress)
        answer = self._follow(ExamineFilmTask(film=film), on_progress)
        if answer.found is None:
            raise AssertionError("an examination gives what it found")
        self._plans[source.recorded] = answer.found.plans
        return answer.found

    def deliver(self, source: BatchSource, on_progress: ProgressCallback) -> FilmDelivered | None:
        """Make, package and upload it on a worker.

        Raises:
            ShowcaseError: as on this machine. EnvironmentFault: the scheduler is gone, or nobody may work any more.
        """
        if source.recorded not in self._plans:  # it was measured on this machine before
            self.examine(source, on_progress)
        task = DeliverFilmTask(film=self._described[source.recorded], plans=self._plans[source.recorded])
        return self._follow(task, on_progress).delivered

    def _follow(self, task: FilmTask, on_progress: ProgressCallback) -> FilmAnswer:
        """The answer of whoever did it; a worker that has a fault of its own is left out, and another one does it."""
        trial = 0
        while True:
            answer = self._answer(task, f"{_name(task)}-{trial}" if trial else _name(task), on_progress)
            if answer.fault is None:
                return answer
            error = answer.fault.raised()
            if not isinstance(error, EnvironmentFault) or isinstance(error, ProcessLost):
                raise error
            self.crew.leave_out(answer.worker, error)
            if not self.crew.slots:
                raise error
            trial += 1

    def _answer(self, task: FilmTask, key: str, on_progress: ProgressCallback) -> FilmAnswer:
        from pipeline.execute.cluster import client

        text = task.model_dump_json()
        running = self._begun(key, text)
        latest: Progress = (task.progress_stage, None, None)
        told_at = placed_at = time.monotonic()
        try:
            while (said := running.answer(WAIT_S)) is None:
                now = time.monotonic()
                with self._lock:
                    new = self._progress.pop(key, None)
                if new or now - told_at > SILENT_S:
                    latest, told_at = new or latest, now
                    on_progress(*latest)
                if now - placed_at > PLACED_S:
                    placed_at = now
                    self.crew.look()
                    if self._waits_in_vain(key):
                        running.withdraw()
                        running = self._begun(key, text)
        except client.KilledWorkers as error:
            raise ProcessLost("worker_lost", where=task.film.shown) from error
        except client.Lost as error:
            raise EnvironmentFault("scheduler_gone", where=self.scheduler.url) from error
        except BaseException:  # a stop was asked for, or the scheduler is gone
            self._cancel(running)
            raise
        running.release()
        return FilmAnswer.model_validate_json(said)

    def _begun(self, key: str, text: str) -> client.Running:
        from pipeline.execute.cluster import client

        among = self.crew.addresses if self.crew.has_strangers else None
        return client.Running(self.there, worker.perform, key, text, among)

    def _waits_in_vain(self, key: str) -> bool:
        """Whether a task stands behind another one while a worker that may do it has nothing to do, or is nowhere."""
        from pipeline.execute.cluster import client

        try:
            present = {one.address: one for one in client.workers_of(self.scheduler)}
        except EnvironmentFault:
            return False  # whoever waits for the answer hears of it
        may = [present[address] for address in self.crew.addresses if address in present]
        mine = next((one for one in present.values() if key in one.tasks), None)
        if mine is None:  # with nobody to do it, or on its way
            return bool(may) and self.crew.has_strangers and any(not one.tasks for one in may)
        return len(mine.tasks) > mine.slots and mine.tasks[0] != key and any(not one.tasks for one in may)

    def _cancel(self, running: client.Running) -> None:
        """End a task where it runs, unless somebody else waits for it."""
        from pipeline.execute.cluster import client

        try:
            asked = client.others_waiting(running.key, self.there.id)
            waiting = client.ask_scheduler(self.scheduler, asked, CANCEL_S).text
            if waiting not in (None, "0"):
                return
            holding = [one.address for one in client.workers_of(self.scheduler) if running.key in one.tasks]
            running.withdraw()
            client.ask_workers(self.scheduler, dict.fromkeys(holding, worker.cancelling(running.key)), CANCEL_S)
        except ShowcaseError:
            return  # with the scheduler gone, workers end by themselves
        finally:
            running.release()


def _name(task: FilmTask) -> str:
    """Of a task, the same for all who ask for the same."""
    submission = task.film.submission
    return f"{task.kind}-{submission.prefecture}-{submission.identity()}-{task.fingerprint()[:24]}"
