"""One film of a batch: examined, then made and delivered; what went wrong is the film's own unless it is the machine's.

Failures by kind: a broken line is tried again with back-off; a film that can't be encoded is not, until it or what is
asked of it changes; what is wrong with this machine stops everything.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from filelock import FileLock, Timeout

from pipeline import errors
from pipeline.errors import EnvironmentFault, IntegrityError, Interrupted, ShowcaseError, TransferError, Unsuitable
from pipeline.exchange.progress import ProgressCallback
from pipeline.execute import batch_record, job, workload
from pipeline.execute.batch_item import BatchItem, Outcome
from pipeline.execute.cancellation import Cancellation
from pipeline.execute.job import Prepared
from pipeline.execute.job_context import JobContext
from pipeline.model.delivery import State
from pipeline.storage.buckets import Buckets

BACK_OFF_S = (2.0, 8.0, 30.0)
# digests that a bad line breaks; any other that differs will differ again
BROKEN_ON_THE_WAY = ("digest_refused", "download_differs", "object_differs")


@dataclass(frozen=True)
class BatchContext:
    """What a batch works with; `record` keeps what failed, for a rerun, `on_progress` gives each item's callback.

    Args:
        same_film: every item is a cut of the film that has its id, whatever its title or length.
        retry_failed: a film that could not be encoded is tried again.
    """

    job: JobContext
    buckets: Buckets
    record: Path
    on_progress: Callable[[BatchItem], ProgressCallback]
    same_film: bool = False
    retry_failed: bool = False
    cancellation: Cancellation = field(default_factory=Cancellation)

    def working_on(self, item: BatchItem) -> JobContext:
        """The job's context for one item: its own progress, which ends the work when a stop is due."""
        return self.job.telling(self.cancellation.cancellable(self.on_progress(item)))


def examine(batch: BatchContext, item: BatchItem) -> None:
    """Measure and plan it; nothing is encoded. Its outcome is PLANNED where there is something to do.

    Raises:
        EnvironmentFault: this machine can't do it now. Interrupted: a stop was asked for.
    """
    began = time.monotonic()
    working = batch.working_on(item)
    item.film_s = item.workload.examine_s
    with own_faults(item):
        judge(batch, item, job.prepare(working, item.source.opened(working.context.on_progress), None))
    item.examine_s = time.monotonic() - began


def judge(batch: BatchContext, item: BatchItem, prepared: Prepared) -> None:
    """What is to be done of an item that was examined.

    Raises:
        ShowcaseError: it can't be said, or somebody must say first that it is meant.
    """
    item.prepared = prepared
    item.workload = workload.of_prepared(batch.job.context, prepared)
    if refused := prepared.examination.refused:
        item.outcome = Outcome.REJECTED if isinstance(refused, Unsuitable) else Outcome.UNREADABLE
        return
    if not prepared.parts:
        item.outcome = Outcome.REJECTED
        return
    working = batch.working_on(item)
    state = job.standing(working, prepared, batch.buckets).state
    if state is State.WITHDRAWN:
        item.outcome = Outcome.WITHDRAWN
        return
    there = not item.workload.profiles and state is not State.UPLOADING
    item.outcome = Outcome.ALREADY if there else Outcome.PLANNED
    doubt = job.doubt(working, prepared, batch.buckets)
    if doubt and not batch.same_film:
        raise doubt
    known = batch_record.failed_media(batch.record).get(batch_record.failure_key(item))
    if item.outcome is Outcome.PLANNED and not batch.retry_failed and known:
        item.outcome, item.error = Outcome.FAILED_BEFORE, known


@contextmanager
def own_faults(item: BatchItem) -> Iterator[None]:
    """A fault on one film must not keep the next from being looked at."""
    try:
        yield
    except (EnvironmentFault, Interrupted):
        raise
    except ShowcaseError as error:
        item.outcome, item.error = Outcome.FAILED, error
    except Exception as error:  # noqa: BLE001 - as above
        item.outcome, item.error = Outcome.FAILED, errors.unforeseen(error)


def deliver(batch: BatchContext, item: BatchItem) -> None:
    """Make and deliver what was examined; no two batches work on one film."""
    if item.prepared is None:
        raise AssertionError("only what was examined is made")
    context = batch.job.context
    lock = FileLock(context.workspace.locks / f"batch-{item.prepared.intake.ref.file_name}.lock")
    began = time.monotonic()
    item.pixels = item.workload.pixels
    try:
        with lock.acquire(timeout=0):
            _try(batch, item, item.prepared)
    except Timeout:
        item.outcome = Outcome.BUSY
    item.deliver_s = time.monotonic() - began


def _try(batch: BatchContext, item: BatchItem, prepared: Prepared) -> None:
    working = batch.working_on(item)
    for trial, pause in enumerate((*BACK_OFF_S, None)):
        try:
            item.delivered = job.deliver(working, prepared, batch.buckets)
        except (TransferError, IntegrityError) as error:
            item.outcome, item.error = Outcome.FAILED, error
            worth_it = isinstance(error, TransferError) or error.key in BROKEN_ON_THE_WAY
            if pause is None or not worth_it or not _wait(batch.cancellation, pause):
                return
            working.context.journal.write("batch.again", item=item.recorded, trial=trial + 1, error=error.key)
        except Interrupted:
            item.outcome = Outcome.STOPPED
            return
        except ShowcaseError as error:
            item.outcome, item.error = Outcome.FAILED, error
            return
        except Exception as error:  # noqa: BLE001 - a fault on one film must not keep the next from being made
            item.outcome, item.error = Outcome.FAILED, errors.unforeseen(error)
            return
        else:
            item.outcome, item.error = Outcome.ALREADY if item.delivered.already else Outcome.DELIVERED, None
            return


def _wait(cancellation: Cancellation, seconds: float) -> bool:
    """Wait before the next try; False when a stop was asked for meanwhile."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if cancellation.requested:
            return False
        time.sleep(0.1)
    return True
