"""Many submissions: looked at first, then done one by one or side by side; a failure of one is no failure of another.

Failures by kind: a broken line is tried again with back-off; a film that can't be encoded is not, until it or what is
asked of it changes; what is wrong with this machine stops everything.
"""

from __future__ import annotations

import hashlib
import json
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from filelock import FileLock, Timeout

from pipeline import durable, errors
from pipeline.errors import (
    EnvironmentFault,
    IntegrityError,
    Interrupted,
    MediaError,
    ShowcaseError,
    TransferError,
    Unsuitable,
)
from pipeline.exchange.progress import ProgressCallback
from pipeline.execute import estimate, job, transcoding
from pipeline.execute.batch_source import BatchSource
from pipeline.execute.batch_sources import INBOX
from pipeline.execute.cancellation import Cancellation
from pipeline.execute.job import Delivered, Prepared
from pipeline.execute.job_context import JobContext
from pipeline.model.base import canonical
from pipeline.model.delivery import State
from pipeline.storage.buckets import Buckets
from pipeline.workspace import Workspace

BACK_OFF_S = (2.0, 8.0, 30.0)
# digests that a bad line breaks; any other that differs will differ again
BROKEN_ON_THE_WAY = ("digest_refused", "download_differs", "object_differs")


class Outcome(StrEnum):
    """What became of an item, or will."""

    PLANNED = "planned"
    DELIVERED = "delivered"
    ALREADY = "already"
    WITHDRAWN = "withdrawn"
    REJECTED = "rejected"
    UNREADABLE = "unreadable"
    FAILED = "failed"
    FAILED_BEFORE = "failed_before"
    BUSY = "busy"
    STOPPED = "stopped"
    NOT_BEGUN = "not_begun"


GOOD = (Outcome.DELIVERED, Outcome.ALREADY)
SETTLED = (*GOOD, Outcome.WITHDRAWN)  # nothing is left to do


@dataclass
class BatchItem:
    """One item and what is known of it so far."""

    source: BatchSource
    outcome: Outcome = Outcome.NOT_BEGUN
    prepared: Prepared | None = None
    missing: tuple[str, ...] = ()
    pixels: int = 0
    size_bytes: int = 0
    error: ShowcaseError | None = None
    delivered: Delivered | None = None
    seconds: float = 0.0

    @property
    def name(self) -> str:
        """What people call it, as they type it."""
        ref = self.prepared.intake.ref if self.prepared else self.source.ref
        return ref.typed if ref else self.source.shown

    @property
    def title(self) -> str:
        """Of the film, as far as it is known."""
        return (self.prepared.intake.submission.title_zh if self.prepared else self.source.title) or ""

    @property
    def submission_id(self) -> str | None:
        """What programs call it."""
        return self.prepared.intake.identity if self.prepared else self.source.identity

    @property
    def recorded(self) -> str:
        """What records call it: no two submissions have the same."""
        return str(self.prepared.intake.ref) if self.prepared else self.source.recorded


@dataclass(frozen=True)
class BatchContext:
    """What a batch works with; `record` keeps what failed, for a rerun, `on_progress` gives each item's callback.

    `same_film` says that every item is a cut of the film that has its id, whatever its title or length.
    """

    job: JobContext
    buckets: Buckets
    record: Path
    on_progress: Callable[[BatchItem], ProgressCallback]
    same_film: bool = False
    cancellation: Cancellation = field(default_factory=Cancellation)

    def working_on(self, item: BatchItem) -> JobContext:
        """The job's context for one item: its own progress, which ends the work when a stop is due."""
        return self.job.telling(self.cancellation.cancellable(self.on_progress(item)))


def plan_batch(batch: BatchContext, sources: Sequence[BatchSource], *, retry_failed: bool) -> list[BatchItem]:
    """Every item examined and planned: what will be done, what is there, what is rejected. Nothing is encoded.

    Raises:
        EnvironmentFault: this machine can't do it now.
    """
    before = _remembered(batch.record)
    items = []
    for source in sources:
        item = BatchItem(source)
        items.append(item)
        try:
            _plan_item(batch, item)
        except (EnvironmentFault, Interrupted):
            raise
        except ShowcaseError as error:
            item.outcome, item.error = Outcome.FAILED, error
        except Exception as error:  # noqa: BLE001 - a fault on one film must not keep the next from being looked at
            item.outcome, item.error = Outcome.FAILED, errors.unforeseen(error)
        if item.outcome is Outcome.PLANNED and not retry_failed and (known := before.get(_key(item))):
            item.outcome, item.error = Outcome.FAILED_BEFORE, known
    return items


def _plan_item(batch: BatchContext, item: BatchItem) -> None:
    if item.source.is_withdrawn:
        item.outcome = Outcome.WITHDRAWN
        return
    working = batch.working_on(item)
    prepared = item.prepared = job.prepare(working, item.source.open(), None)
    if refused := prepared.examination.refused:
        item.outcome = Outcome.REJECTED if isinstance(refused, Unsuitable) else Outcome.UNREADABLE
        return
    if not prepared.parts:
        item.outcome = Outcome.REJECTED
        return
    for part in prepared.parts:
        missing = transcoding.missing(working.context, part.planned.stages)
        item.missing += tuple(missing)
        item.pixels += estimate.pixels(part.planned.plan, missing)
        item.size_bytes += estimate.size([output for output in part.planned.plan.outputs if output.profile in missing])
    state = job.standing(working, prepared, batch.buckets).state
    if state is State.WITHDRAWN:
        item.outcome = Outcome.WITHDRAWN
        return
    there = not item.missing and state is not State.UPLOADING
    item.outcome = Outcome.ALREADY if there else Outcome.PLANNED
    doubt = job.doubt(working, prepared, batch.buckets)
    if doubt and not batch.same_film:
        raise doubt


def run_batch(
    batch: BatchContext,
    items: Sequence[BatchItem],
    *,
    jobs: int,
    fail_fast: bool,
    ended: Callable[[BatchItem], None],
) -> None:
    """Do what is to be done, `jobs` at a time; `ended` is told of each as it ends.

    Raises:
        EnvironmentFault: this machine can't go on; what was begun came to its end, and is recorded.
    """
    halt = threading.Event()

    def one(item: BatchItem) -> None:
        if halt.is_set() or batch.cancellation.requested:
            item.outcome = Outcome.NOT_BEGUN
            return
        began = time.monotonic()
        try:
            _do(batch, item)
        except BaseException:  # the machine's fault, not the film's: raised below
            halt.set()
            raise
        item.seconds = time.monotonic() - began
        if isinstance(item.error, EnvironmentFault) or (fail_fast and item.outcome is Outcome.FAILED):
            halt.set()
        ended(item)

    todo = [item for item in items if item.outcome is Outcome.PLANNED]
    for item in todo:
        item.outcome = Outcome.NOT_BEGUN
    with ThreadPoolExecutor(jobs, thread_name_prefix="film") as pool:
        running = [pool.submit(one, item) for item in todo]
        while wait(running, timeout=0.2).not_done:  # in short waits, so that the main thread hears signals
            pass
    _remember(batch.record, items)
    for film in running:
        film.result()


def _do(batch: BatchContext, item: BatchItem) -> None:
    if item.prepared is None:
        raise AssertionError("only what was planned is done")
    context = batch.job.context
    lock = FileLock(context.workspace.locks / f"batch-{item.prepared.intake.ref.file_name}.lock")
    try:
        with lock.acquire(timeout=0):
            _try(batch, item, item.prepared)
    except Timeout:
        item.outcome = Outcome.BUSY
    context.journal.write("batch.item", item=item.recorded, outcome=item.outcome.value)


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


def _key(item: BatchItem) -> str:
    """What failed, with all that decides it: a new cut, profile or program is tried again."""
    parts = item.prepared.parts if item.prepared else ()
    return " ".join([item.recorded, *(part.planned.plan.fingerprint() for part in parts)])


def record_of(source: str, workspace: Workspace) -> Path:
    """Where what failed of a source is kept for its next run."""
    path = source if source == INBOX else str(Path(source).resolve())
    plain = "".join(char if char.isalnum() else "-" for char in Path(source).stem)[:40] or "batch"
    digest = hashlib.sha256(path.encode("utf-8", "surrogateescape")).hexdigest()[:8]
    return workspace.hidden / "batches" / f"{plain}-{digest}.json"


def failed_before(record: Path) -> set[str]:
    """Names and paths of what did not end well last time."""
    try:
        return set(json.loads(record.read_bytes())["bad"])
    except (OSError, ValueError, KeyError, TypeError):
        return set()


def _remembered(record: Path) -> dict[str, MediaError]:
    try:
        kept = json.loads(record.read_bytes())["media"]
        return {
            key: MediaError(item["key"], where=item["where"], detail=item["detail"], **item["values"])
            for key, item in kept.items()
        }
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _remember(record: Path, items: Sequence[BatchItem]) -> None:
    """What did not end well; media errors with all that decides them, since everything else is worth another try."""
    undone = [item for item in items if item.outcome not in SETTLED]
    bad = sorted({name for item in undone for name in (item.recorded, item.source.recorded)})
    kept = {
        _key(item): {
            "key": item.error.key,
            "where": item.error.where,
            "detail": item.error.detail,
            "values": {name: str(value) for name, value in item.error.values.items()},
        }
        for item in items
        if isinstance(item.error, MediaError) and item.outcome in (Outcome.FAILED, Outcome.FAILED_BEFORE)
    }
    try:  # of what this run did not look at, nothing is forgotten
        before = json.loads(record.read_bytes())
    except (OSError, ValueError):
        before = {}
    names = {name for item in items for name in (item.recorded, item.source.recorded, item.source.shown)}
    kept = {key: value for key, value in before.get("media", {}).items() if key.split(" ")[0] not in names} | kept
    bad = sorted({*bad, *(name for name in before.get("bad", []) if name not in names)})
    durable.make_folder(record.parent)
    durable.write(record, canonical({"media": kept, "bad": bad}, indent=1))
