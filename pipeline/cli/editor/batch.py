"""showcase batch"""

from __future__ import annotations

import hashlib
import os
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import FrameType

import click

from pipeline import durable
from pipeline.cli import words
from pipeline.cli.command_context import context_here
from pipeline.cli.console import Console, options
from pipeline.cli.editor import batch_words
from pipeline.errors import EnvironmentFault, InputError, IntegrityError
from pipeline.exchange import approved
from pipeline.execute import admission, batch, batch_sources, estimate
from pipeline.execute.batch import GOOD, BatchContext, BatchItem, Outcome
from pipeline.execute.batch_sources import BatchSource
from pipeline.execute.cancellation import Cancellation
from pipeline.execute.context import Context
from pipeline.execute.executor import LocalExecutor
from pipeline.execute.job_context import JobContext
from pipeline.execute.rule_sets import RuleSets
from pipeline.storage import connect
from pipeline.storage.buckets import Buckets

INBOX = "inbox"


@words.command("batch", example="showcase batch films")
@click.argument("source", metavar="SOURCE")
@click.option("--jobs", type=click.IntRange(1, 64), metavar="NUMBER")
@click.option("--only", multiple=True, metavar="ID")
@click.option("--retry-failed", is_flag=True)
@click.option("--fail-fast", is_flag=True)
@click.option("-n", "--dry-run", is_flag=True)
@options
def command(
    console: Console,
    source: str,
    jobs: int | None,
    only: tuple[str, ...],
    retry_failed: bool,
    fail_fast: bool,
    dry_run: bool,
) -> int:
    """Do many at once: a folder, a list, or what was approved in the inbox."""
    context = context_here(console)
    if source != INBOX and not Path(source).exists():
        raise InputError("path_missing", where=source)
    count = admission.jobs(jobs)
    written = () if dry_run else (context.workspace.settings.delivery,)
    with connect.opened(context.workspace, *written) as buckets, LocalExecutor(context, buckets, count) as executor:
        record = context.workspace.hidden / "batches" / f"{_key(source)}.json"
        again = batch.failed_before(record) if retry_failed else None
        sources = _chosen(_items(context, buckets, source), only, again)
        batch_sources.refuse_doubles(sources)
        work = JobContext(context, executor, RuleSets(context))
        batch_context = BatchContext(work, buckets, record, lambda item: console.progress_of(item.name))
        items = batch.plan_batch(batch_context, sources, retry_failed=retry_failed)
        console.close()
        for item in items:
            console.live.ended(item.name)
        batch_words.plan(console, items, context, count)
        if dry_run:
            batch_words.give(console, items)
            batch_words.reasons(console, items)
            console.say("plan_nothing")
            return _exit_code(items, batch_context.cancellation)
        estimate.refuse_without_room(context.workspace.work, sum(item.size_bytes for item in items if _is_todo(item)))
        with _stopped_by_signals(console, batch_context.cancellation):
            batch.run_batch(
                batch_context,
                items,
                jobs=count,
                fail_fast=fail_fast,
                ended=lambda item: batch_words.ended(console, item),
            )
        console.close()
        batch_words.give(console, items)
        batch_words.results(console, items)
        durable.write(record.with_suffix(".csv"), batch_words.csv(console, items))
        console.say("batch_csv", file=record.with_suffix(".csv"))
    return _exit_code(items, batch_context.cancellation)


def _items(context: Context, buckets: Buckets, source: str) -> list[BatchSource]:
    workspace = context.workspace
    if source == INBOX:
        faults: list[IntegrityError] = []
        refs = [item.ref for item in approved.approved(buckets, faults.append)]
        wrong = [batch_sources.wrong(fault.where or INBOX, fault) for fault in faults]
        return wrong + [
            BatchSource(
                ref.submission_id,
                ref.submission_id,
                partial(approved.fetch, buckets, workspace, str(ref), context.on_progress, ref.submission_id),
            )
            for ref in refs
        ]
    path = Path(source)
    if path.is_dir():
        return batch_sources.folder(path, workspace, skipped=(workspace.root / "inbox",))
    return batch_sources.listing(path, workspace)


def _chosen(items: Sequence[BatchSource], only: Sequence[str], failed: set[str] | None) -> list[BatchSource]:
    """What was asked for by id or path, and with --retry-failed what did not end well last time.

    Raises:
        InputError: nothing has one of the names.
    """
    for name in only:
        if not any(name in (item.identity, item.shown) for item in items):
            known = ", ".join(item.identity or item.shown for item in items)
            raise InputError("batch_no_item", where=name, known=known[:300])
    kept = [item for item in items if not only or item.identity in only or item.shown in only]
    return [item for item in kept if failed is None or item.identity in failed or item.shown in failed]


def _key(source: str) -> str:
    path = source if source == INBOX else str(Path(source).resolve())
    plain = "".join(char if char.isalnum() else "-" for char in Path(source).stem)[:40] or "batch"
    return f"{plain}-{hashlib.sha256(path.encode('utf-8', 'surrogateescape')).hexdigest()[:8]}"


def _is_todo(row: BatchItem) -> bool:
    return row.outcome is Outcome.PLANNED


def _exit_code(rows: Sequence[BatchItem], cancellation: Cancellation) -> int:
    if cancellation.requested:
        return 130
    if any(isinstance(row.error, EnvironmentFault) for row in rows):
        return EnvironmentFault.exit_code
    bad = [row for row in rows if row.outcome not in (*GOOD, Outcome.PLANNED)]
    return 7 if bad else 0


@contextmanager
def _stopped_by_signals(console: Console, cancellation: Cancellation) -> Iterator[None]:
    """The first Ctrl-C finishes what is cheap, the second ends at once; children die with this process."""

    def hear(_number: int, _frame: FrameType | None) -> None:
        if cancellation.requested:
            os._exit(130)
        cancellation.request()
        console.remark("batch_stopping")

    numbers = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.signal(number, hear) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
