"""Many submissions: looked at first, then done one by one or side by side; a failure of one is no failure of another.

Failures by kind: a broken line is tried again with back-off; a film that can't be encoded is not, until it or what is
asked of it changes; what is wrong with this machine stops everything.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

from filelock import FileLock, Timeout

from pipeline import durable, errors
from pipeline.errors import EnvironmentFault, IntegrityError, Interrupted, MediaError, ShowcaseError, TransferError
from pipeline.execute import estimate, transcoding, way
from pipeline.execute.context import Context, Told
from pipeline.execute.gathering import Item
from pipeline.execute.rulebook import Rulebook
from pipeline.execute.stopping import Stop
from pipeline.execute.way import Delivered, Prepared
from pipeline.inspect.film import Refused
from pipeline.model.base import canonical
from pipeline.storage.s3 import Store

BACK_OFF_S = (2.0, 8.0, 30.0)


class Outcome(StrEnum):
    """What became of an item, or will."""

    PLANNED = "planned"
    DELIVERED = "delivered"
    ALREADY = "already"
    REJECTED = "rejected"
    UNREADABLE = "unreadable"
    FAILED = "failed"
    FAILED_BEFORE = "failed_before"
    BUSY = "busy"
    STOPPED = "stopped"
    NOT_BEGUN = "not_begun"


GOOD = (Outcome.DELIVERED, Outcome.ALREADY)


@dataclass
class Row:
    """One item and what is known of it so far."""

    item: Item
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
        return self.prepared.handed_in.identity if self.prepared else self.item.identity or self.item.shown


@dataclass(frozen=True)
class Bench:
    """What a batch works with; `record` keeps what failed, for a rerun."""

    context: Context
    book: Rulebook
    store: Store
    record: Path
    told: Callable[[Row], Told]
    stop: Stop = field(default_factory=Stop)


def look(bench: Bench, items: Sequence[Item], *, retry_failed: bool) -> list[Row]:
    """Every item inspected and planned: what will be done, what is there, what is rejected. Nothing is encoded.

    Raises:
        EnvironmentFault: this machine can't do it now. InputError: a profile or a policy is wrong.
    """
    before = _remembered(bench.record)
    rows = []
    for item in items:
        row = Row(item)
        rows.append(row)
        try:
            _look(bench, row)
        except Refused as error:
            row.outcome, row.error = Outcome.UNREADABLE, error
        except EnvironmentFault:
            raise
        except ShowcaseError as error:
            row.outcome, row.error = Outcome.FAILED, error
        if row.outcome is Outcome.PLANNED and not retry_failed and (known := before.get(_key(row))):
            row.outcome, row.error = Outcome.FAILED_BEFORE, known
    return rows


def _look(bench: Bench, row: Row) -> None:
    context = replace(bench.context, tell=bench.stop.watching(bench.told(row)))
    prepared = row.prepared = way.prepare(context, row.item.open(), bench.book, None)
    if not prepared.works:
        row.outcome = Outcome.REJECTED
        return
    for work in prepared.works:
        missing = transcoding.missing(context, work)
        row.missing += tuple(missing)
        row.pixels += estimate.pixels(work.plan, missing)
        row.size_bytes += estimate.size([item for item in work.plan.outputs if item.profile in missing])
    there = not row.missing and way.is_delivered(context, prepared, bench.store)
    row.outcome = Outcome.ALREADY if there else Outcome.PLANNED


def do(bench: Bench, rows: Sequence[Row], *, jobs: int, fail_fast: bool, ended: Callable[[Row], None]) -> None:
    """Do what is to be done, `jobs` at a time; `ended` is told of each as it ends."""
    halt = threading.Event()

    def one(row: Row) -> None:
        if halt.is_set() or bench.stop.asked:
            row.outcome = Outcome.NOT_BEGUN
            return
        began = time.monotonic()
        _do(bench, row)
        row.seconds = time.monotonic() - began
        if isinstance(row.error, EnvironmentFault) or (fail_fast and row.outcome is Outcome.FAILED):
            halt.set()
        ended(row)

    todo = [row for row in rows if row.outcome is Outcome.PLANNED]
    for row in todo:
        row.outcome = Outcome.NOT_BEGUN
    with ThreadPoolExecutor(jobs, thread_name_prefix="film") as pool:
        running = [pool.submit(one, row) for row in todo]
        while running:  # in short waits, so that the main thread hears signals
            _, left = wait(running, timeout=0.2)
            running = list(left)
    _remember(bench.record, rows)


def _do(bench: Bench, row: Row) -> None:
    if row.prepared is None:
        raise AssertionError("only what was planned is done")
    context = replace(bench.context, tell=bench.stop.watching(bench.told(row)))
    lock = FileLock(context.workspace.locks / f"batch-{row.name}.lock")
    try:
        with lock.acquire(timeout=0):
            _try(bench, context, row, row.prepared)
    except Timeout:
        row.outcome = Outcome.BUSY
    context.journal.write("batch.item", item=row.name, outcome=row.outcome.value)


def _try(bench: Bench, context: Context, row: Row, prepared: Prepared) -> None:
    for trial, pause in enumerate((*BACK_OFF_S, None)):
        try:
            row.delivered = way.deliver(context, prepared, bench.store)
        except (TransferError, IntegrityError) as error:
            row.outcome, row.error = Outcome.FAILED, error
            if pause is None or not _wait(bench.stop, pause):
                return
            context.journal.write("batch.again", item=row.name, trial=trial + 1, error=error.key)
        except Interrupted:
            row.outcome = Outcome.STOPPED
            return
        except ShowcaseError as error:
            row.outcome, row.error = Outcome.FAILED, error
            return
        except Exception as error:  # noqa: BLE001 - a fault on one film must not keep the next from being made
            row.outcome, row.error = Outcome.FAILED, errors.unforeseen(error)
            return
        else:
            row.outcome, row.error = Outcome.ALREADY if row.delivered.already else Outcome.DELIVERED, None
            return


def _wait(stop: Stop, seconds: float) -> bool:
    """Wait before the next try; False when a stop was asked for meanwhile."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if stop.asked:
            return False
        time.sleep(0.1)
    return True


def _key(row: Row) -> str:
    """What failed, with all that decides it: a new cut, profile or program is tried again."""
    works = row.prepared.works if row.prepared else ()
    return " ".join([row.name, *(work.plan.fingerprint() for work in works)])


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


def _remember(record: Path, rows: Sequence[Row]) -> None:
    """What did not end well; media errors with all that decides them, since everything else is worth another try."""
    bad = sorted({name for row in rows if row.outcome not in GOOD for name in (row.name, row.item.shown)})
    kept = {
        _key(row): {
            "key": row.error.key,
            "where": row.error.where,
            "detail": row.error.detail,
            "values": {name: str(value) for name, value in row.error.values.items()},
        }
        for row in rows
        if isinstance(row.error, MediaError) and row.outcome in (Outcome.FAILED, Outcome.FAILED_BEFORE)
    }
    try:  # of what this run did not look at, nothing is forgotten
        before = json.loads(record.read_bytes())
    except (OSError, ValueError):
        before = {}
    seen = {name for row in rows for name in (row.name, row.item.shown)}
    kept = {key: value for key, value in before.get("media", {}).items() if key.split(" ")[0] not in seen} | kept
    bad = sorted({*bad, *(name for name in before.get("bad", []) if name not in seen)})
    durable.make_folder(record.parent)
    durable.write(record, canonical({"media": kept, "bad": bad}, indent=1))
