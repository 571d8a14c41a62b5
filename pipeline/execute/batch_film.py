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

from pipeline import errors
from pipeline.errors import EnvironmentFault, IntegrityError, Interrupted, ProcessLost, ShowcaseError, TransferError
from pipeline.exchange.progress import ProgressCallback
from pipeline.execute import batch_record
from pipeline.execute.batch_item import BatchItem
from pipeline.execute.cancellation import Cancellation
from pipeline.execute.films import FilmFound, FilmMaker
from pipeline.execute.journal import Journal
from pipeline.execute.outcome import Outcome

BACK_OFF_S = (2.0, 8.0, 30.0)
# digests that a bad line breaks; any other that differs will differ again
BROKEN_ON_THE_WAY = ("digest_refused", "download_differs", "object_differs")


@dataclass(frozen=True)
class BatchContext:
    """What a batch works with; `record` keeps what failed, for a rerun, `on_progress` gives each item's callback.

    Args:
        films: who examines and makes them.
        retry_failed: a film that could not be encoded is tried again.
    """

    films: FilmMaker
    journal: Journal
    record: Path
    on_progress: Callable[[BatchItem], ProgressCallback]
    retry_failed: bool = False
    cancellation: Cancellation = field(default_factory=Cancellation)

    def telling(self, item: BatchItem) -> ProgressCallback:
        """How far one item is; what it raises ends the work when a stop is due."""
        return self.cancellation.cancellable(self.on_progress(item))


def examine(batch: BatchContext, item: BatchItem) -> None:
    """Measure and plan it; nothing is encoded. Its outcome is PLANNED where there is something to do.

    Raises:
        EnvironmentFault: this machine can't do it now. Interrupted: a stop was asked for.
    """
    began = time.monotonic()
    item.film_s = item.workload.examine_s
    with own_faults(item):
        take(batch, item, batch.films.examine(item.source, batch.telling(item), item.used))
    item.examine_s = time.monotonic() - began


def take(batch: BatchContext, item: BatchItem, found: FilmFound) -> None:
    """What was found; what failed before, and has not changed, will fail again."""
    item.found, item.workload, item.outcome, item.delivered = found, found.workload, found.outcome, found.standing
    if item.outcome is not Outcome.PLANNED or batch.retry_failed:
        return
    if known := batch_record.failed_media(batch.record).get(batch_record.failure_key(item)):
        item.outcome, item.error = Outcome.FAILED_BEFORE, known


@contextmanager
def own_faults(item: BatchItem) -> Iterator[None]:
    """A fault on one film must not keep the next from being looked at."""
    try:
        yield
    except ProcessLost as error:
        item.outcome, item.error = Outcome.FAILED, error
    except (EnvironmentFault, Interrupted):
        raise
    except ShowcaseError as error:
        item.outcome, item.error = Outcome.FAILED, error
    except Exception as error:  # noqa: BLE001 - as above
        item.outcome, item.error = Outcome.FAILED, errors.unforeseen(error)


def deliver(batch: BatchContext, item: BatchItem) -> None:
    """Make and deliver what was examined."""
    began = time.monotonic()
    item.pixels = item.workload.pixels
    if item.found is None:
        raise AssertionError("what is made was examined")
    _try(batch, item, item.found)
    item.deliver_s = time.monotonic() - began


def _try(batch: BatchContext, item: BatchItem, found: FilmFound) -> None:
    for trial, pause in enumerate((*BACK_OFF_S, None)):
        try:
            item.delivered = batch.films.deliver(item.source, found, batch.telling(item), item.used)
        except (TransferError, IntegrityError) as error:
            item.outcome, item.error = Outcome.FAILED, error
            worth_it = isinstance(error, TransferError) or error.key in BROKEN_ON_THE_WAY
            if pause is None or not worth_it or not _wait(batch.cancellation, pause):
                return
            batch.journal.write("batch.again", item=item.recorded, trial=trial + 1, error=error.key)
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
            item.outcome, item.error = _outcome(item), None
            return


def _outcome(item: BatchItem) -> Outcome:
    if item.delivered is None:
        return Outcome.BUSY
    return Outcome.ALREADY if item.delivered.already else Outcome.DELIVERED


def _wait(cancellation: Cancellation, seconds: float) -> bool:
    """Wait before the next try; False when a stop was asked for meanwhile."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if cancellation.requested:
            return False
        time.sleep(0.1)
    return True
