"""One task on a cluster, from its begin to its answer: told how far it is, moved where it waits in vain, given up."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipeline.errors import EnvironmentFault, ProcessLost, ShowcaseError
from pipeline.exchange.progress import ProgressCallback, at
from pipeline.execute.cluster import scheduler_state, worker
from pipeline.execute.cluster.address import Scheduler
from pipeline.execute.cluster.crew import Crew
from pipeline.execute.cluster.worker import Progress
from pipeline.execute.film_tasks import FilmAnswer, FilmTask

if TYPE_CHECKING:
    from pipeline.execute.cluster import client

WAIT_S = 0.2  # between two looks at one task
PLACED_S = 1.0  # between two looks at where a task is
CLAIM_S = 30.0
CANCEL_S = 4.0
SILENT_S = 1.0
GONE_S = 300.0  # a scheduler that does not answer, and is not known to be dead, may be on a machine that sleeps


@dataclass
class Following:
    """Whoever waits for tasks of one scheduler's; safe in several threads.

    Args:
        identity: what tells the scheduler from one that was started in its place.
    """

    there: client.Client
    scheduler: Scheduler
    crew: Crew
    identity: str
    _progress: dict[str, Progress] = field(default_factory=dict)
    _at: dict[str, str] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def hear(self, event: object) -> None:
        """Keep how far a task is."""
        key, where, (stage, fraction, speed) = worker.told(event)
        with self._lock:
            self._at[key] = where
            self._progress[key] = at(stage, where.partition("://")[2]), fraction, speed

    def answer(self, task: FilmTask, key: str, on_progress: ProgressCallback) -> FilmAnswer:
        """What came of a task; what `on_progress` raises gives it up.

        Raises:
            ProcessLost: worker after worker ended while it ran. EnvironmentFault: the scheduler is gone.
        """
        from pipeline.execute.cluster import client

        text = task.model_dump_json()
        while True:
            running = self._begun(key, text)
            try:
                said = self._followed(running, task.progress_stage, on_progress)
            except client.KilledWorkers as error:
                raise ProcessLost("worker_lost", where=task.film.shown) from error
            except client.Lost as error:
                running.release()
                self._refuse_gone(error)
                on_progress(task.progress_stage, None, None)
                time.sleep(WAIT_S)  # somebody else ended it: it is wanted here
            except BaseException:  # a stop was asked for
                self._give_up(running)
                raise
            else:
                running.release()
                return FilmAnswer.model_validate_json(said)

    def _followed(self, running: client.Running, stage: str, on_progress: ProgressCallback) -> str:
        latest: Progress = (stage, None, None)
        told_at = placed_at = claimed_at = time.monotonic()
        while (said := running.answer(WAIT_S)) is None:
            now = time.monotonic()
            with self._lock:
                new = self._progress.pop(running.key, None)
            if new or now - told_at > SILENT_S:
                latest, told_at = new or latest, now
                on_progress(*latest)
            if now - claimed_at > CLAIM_S:
                running.claim()
                claimed_at = now
            if now - placed_at > PLACED_S:
                with suppress(EnvironmentFault):
                    self._place(running.key)
                if self.crew.silent_s > GONE_S:
                    raise EnvironmentFault("scheduler_gone", where=self.scheduler.url)
                placed_at = time.monotonic()
        return said

    def _refuse_gone(self, lost: Exception) -> None:
        """Let pass where the scheduler is the one that it was.

        Raises:
            EnvironmentFault: it is not there, or another one is.
        """
        from pipeline.execute.cluster import client

        with suppress(EnvironmentFault):
            if client.identity_of(self.scheduler) == self.identity:
                return
        raise EnvironmentFault("scheduler_gone", where=self.scheduler.url) from lost

    def _begun(self, key: str, text: str) -> client.Running:
        from pipeline.execute.cluster import client

        with self._lock:
            self._at.pop(key, None)
        return client.Running(self.there, worker.perform, key, text, self._among())

    def _among(self) -> tuple[str, ...] | None:
        """Who may do it, where that has to be said."""
        return self.crew.addresses if self.crew.has_strangers else None

    def _place(self, key: str) -> None:
        """Have it where it is worked on: it is, where it was begun, as long as that worker is there.

        Raises:
            EnvironmentFault: the scheduler does not answer.
        """
        from pipeline.execute.cluster import client

        self.crew.look()
        with self._lock:
            begun_at = self._at.get(key)
        is_running = begun_at is not None and self.crew.is_present(begun_at)
        if not is_running and self._waits_in_vain(key):
            client.ask_scheduler(self.scheduler, scheduler_state.moving(key, self._among()), CANCEL_S)

    def _waits_in_vain(self, key: str) -> bool:
        """Whether a task stands behind another one, or with nobody, while a worker that may do it has nothing to do."""
        from pipeline.execute.cluster import client

        present = {one.address: one for one in client.workers_of(self.scheduler)}
        if not any(not present[address].tasks for address in self.crew.addresses if address in present):
            return False
        mine = next((one for one in present.values() if key in one.tasks), None)
        if mine is None:  # nobody of those whom it may go to is there
            return True
        return len(mine.tasks) > mine.slots and mine.tasks[0] != key

    def _give_up(self, running: client.Running) -> None:
        """End a task where it runs, unless somebody else waits for it."""
        from pipeline.execute.cluster import client

        with suppress(ShowcaseError):  # with the scheduler gone, workers end by themselves
            there = client.workers_of(self.scheduler, CANCEL_S)
            holding = [one.address for one in there if running.key in one.tasks]
            running.give_up()
            asked = scheduler_state.others_waiting(running.key, self.there.id)
            deadline = time.monotonic() + CANCEL_S
            while (waiting := client.ask_scheduler(self.scheduler, asked, CANCEL_S).text) == "own":
                if time.monotonic() > deadline:
                    break
                time.sleep(WAIT_S / 4)
            if waiting == "0":
                told = dict.fromkeys(holding, worker.cancelling(running.key))
                client.ask_workers(self.scheduler, told, CANCEL_S)
