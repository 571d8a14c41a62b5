"""Many submissions: planned by their headers, then each examined and made, the longest first, one by one or side by
side; a failure of one is no failure of another.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from pipeline import errors
from pipeline.errors import Interrupted, ShowcaseError
from pipeline.execute import batch_film, batch_record, forecast, workload
from pipeline.execute.batch_film import BatchContext
from pipeline.execute.batch_item import BatchItem
from pipeline.execute.batch_source import BatchSource
from pipeline.execute.films import LocalFilms
from pipeline.execute.forecast import Forecast
from pipeline.execute.outcome import Outcome
from pipeline.execute.workload import Workload

MOST_AT_ONCE = 256  # threads that wait for other machines
SHOWN_S = 1.0
POLL_S = 0.2  # in short waits, so that the main thread hears signals


def plan_batch(
    batch: BatchContext, sources: Sequence[BatchSource], here: LocalFilms, *, examine: bool = False
) -> list[BatchItem]:
    """Every item with what it will cost: by what was measured before, else by its headers. Nothing is encoded.

    Args:
        here: who looks at headers.
        examine: measure each now.

    Raises:
        EnvironmentFault: this machine can't do it now. Interrupted: a stop was asked for.
    """
    items = [BatchItem(source) for source in sources]
    for item in items:
        if item.source.is_withdrawn:
            item.outcome = Outcome.WITHDRAWN
        elif examine:
            batch_film.examine(batch, item)
        else:
            _look(batch, item, here)
    return items


def _look(batch: BatchContext, item: BatchItem, here: LocalFilms) -> None:
    """Plan it without measuring anything."""
    item.outcome = Outcome.PLANNED
    rules = here.job.rule_sets
    with batch_film.own_faults(item):
        if item.source.length_s is not None:  # it lies in the inbox, and is fetched when its turn comes
            item.workload = workload.of_length(item.source.length_s, rules)
            return
        intake = item.source.open()
        known = here.recall(item.source, intake)
        if known is None:
            item.workload = workload.of_intake(intake, rules)
        else:
            batch_film.take(batch, item, known)


@dataclass
class BatchRun:
    """A batch that is carried out, `forecast.jobs` films at a time.

    Args:
        ended: is told of each film that ended, and when all of them will have.
        shown: is called every second.
        until: nothing is begun that would not end by then.
        slots: how many films at once, where that changes on the way; else `forecast.jobs`.
        more: what came since it was last asked, every `watch_s`; with it the batch ends when it is stopped.
    """

    batch: BatchContext
    items: list[BatchItem]
    forecast: Forecast
    ended: Callable[[BatchItem, datetime], None]
    shown: Callable[[BatchRun], None] = lambda _: None
    fail_fast: bool = False
    until: datetime | None = None
    more: Callable[[], Sequence[BatchItem]] | None = None
    watch_s: float = 60.0
    slots: Callable[[], int] | None = None
    _waiting: list[BatchItem] = field(default_factory=list)
    _running: dict[Future[None], tuple[BatchItem, float]] = field(default_factory=dict)
    _halted: bool = False
    _began_at: datetime = field(default_factory=lambda: datetime.now(UTC))

    def run(self) -> None:
        """Do what is to be done. Where this machine can't go on, what was begun comes to its end, and is recorded."""
        self._take(self.items)
        asked_at = time.monotonic()
        shown_at = -math.inf
        with ThreadPoolExecutor(MOST_AT_ONCE if self.slots else self.forecast.jobs, "film") as pool:
            try:
                while self._goes_on() or self._running:
                    self._begin(pool)
                    done = wait(self._running, timeout=POLL_S, return_when=FIRST_COMPLETED).done
                    if not self._running:
                        time.sleep(POLL_S)
                    for future in done:
                        self._end(future)
                    if time.monotonic() - shown_at >= SHOWN_S:
                        self.shown(self)
                        shown_at = time.monotonic()
                    if self.more and time.monotonic() - asked_at >= self.watch_s and self._goes_on():
                        new = list(self.more())
                        self.items += new
                        self._take(new)
                        asked_at = time.monotonic()
            finally:
                self._halted = True
                for item in self._waiting:
                    is_late = self.until is not None and not self.batch.cancellation.requested
                    item.outcome = Outcome.NO_TIME if is_late and not self._fits(item) else Outcome.NOT_BEGUN
                batch_record.remember(self.batch.record, self.items)

    def _take(self, items: Sequence[BatchItem]) -> None:
        """The longest first: a short one at the end leaves no core idle for long."""
        self._waiting += [item for item in items if item.outcome is Outcome.PLANNED]
        self._waiting.sort(key=lambda item: -self.forecast.seconds(item.workload))

    def _goes_on(self) -> bool:
        """Whether anything may still be begun."""
        if self._halted or self.batch.cancellation.requested:
            return False
        if self.more and (self.until is None or datetime.now(UTC) < self.until):
            return True
        return any(map(self._fits, self._waiting))

    def _fits(self, item: BatchItem) -> bool:
        """Whether it would end in time if it were begun now."""
        end = datetime.now(UTC) + timedelta(seconds=self.forecast.seconds(item.workload))
        return self.until is None or end <= self.until

    def _begin(self, pool: ThreadPoolExecutor) -> None:
        if self.slots:
            self.forecast.jobs = max(1, min(MOST_AT_ONCE, self.slots()))
        while len(self._running) < self.forecast.jobs and not self._halted and not self.batch.cancellation.requested:
            item = next(filter(self._fits, self._waiting), None)
            if item is None:
                return
            self._waiting.remove(item)
            begun = sum(known.number > 0 for known in self.items)
            item.number, item.of = begun + 1, begun + 1 + len(self._waiting)
            self._running[pool.submit(self._one, item)] = item, time.monotonic()
            self._promise()

    def _one(self, item: BatchItem) -> None:
        """All that is done of a film."""
        try:
            if item.found is None:
                batch_film.examine(self.batch, item)
            if item.outcome is Outcome.PLANNED and not self._fits(item):
                item.outcome = Outcome.NO_TIME  # it is larger than its headers said
            elif item.outcome is Outcome.PLANNED:
                batch_film.deliver(self.batch, item)
        except Interrupted:
            item.outcome = Outcome.STOPPED

    def _end(self, future: Future[None]) -> None:
        item, _ = self._running.pop(future)
        try:
            future.result()
        except ShowcaseError as fault:  # the machine's
            item.outcome, item.error = Outcome.FAILED, fault
        self._halted = (
            self._halted or errors.is_of_machine(item.error) or (self.fail_fast and item.outcome is Outcome.FAILED)
        )
        made = item.pixels if item.outcome is Outcome.DELIVERED else 0  # of what failed nobody knows how much
        facts = self.forecast.learn(item.film_s, item.examine_s, made, item.deliver_s)
        journal = self.batch.journal
        if item.outcome is Outcome.DELIVERED:
            journal.write(forecast.ENDED, item=item.recorded, **facts)
        usage = item.usage.model_dump(mode="json") if item.usage else {}
        facts = item.delivered.model_dump(include={"package_id", "sent_bytes"}) if item.delivered else {}
        journal.write(batch_record.ITEM, item=item.recorded, outcome=item.outcome.value, **usage, **facts)
        batch_record.remember(self.batch.record, self.items)
        self.ended(item, self._promise())

    def cores_in_time(self) -> int:
        """How many cores like these would have done all in the time that there was."""
        spent_s = sum(item.seconds for item in self.items)
        had_s = ((self.until or self._began_at) - self._began_at).total_seconds()
        return self.forecast.cores_for([item.workload for item in self.late()], had_s, spent_s)

    def late(self) -> list[BatchItem]:
        """What stays undone since it would not end in time."""
        return [item for item in self.items if item.outcome is Outcome.NO_TIME]

    def _promise(self) -> datetime:
        """The journal holds each, so that it can be told how they were kept."""
        end = self.promised()
        self.batch.journal.write("batch.promised", end=end.isoformat(timespec="seconds"))
        return end

    def promised(self) -> datetime:
        """When all will be done that there is time for."""
        now = time.monotonic()
        # what was measured is no longer part of the workload, nor of the time that it is held against
        running = [(item.workload, now - began - item.examine_s) for item, began in self._running.values()]
        waiting: list[Workload] = [item.workload for item in self._waiting if self._fits(item)]
        return datetime.now(UTC) + timedelta(seconds=self.forecast.left(waiting, running))
