"""showcase batch"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import FrameType

import click

from pipeline import durable
from pipeline.cli import passed_over, store_here, words
from pipeline.cli.command_context import context_here
from pipeline.cli.console import Console, options
from pipeline.cli.editor import batch_words
from pipeline.errors import EnvironmentFault, InputError
from pipeline.exchange.progress import ProgressCallback
from pipeline.execute import admission, batch, batch_sources, estimate
from pipeline.execute.batch import SETTLED, BatchContext, BatchItem, Outcome
from pipeline.execute.batch_source import BatchSource
from pipeline.execute.cancellation import Cancellation
from pipeline.execute.context import Context
from pipeline.execute.executor import LocalExecutor
from pipeline.execute.job_context import JobContext
from pipeline.execute.passed_over import PassedOver
from pipeline.execute.rule_sets import RuleSets
from pipeline.model.inbox import Person
from pipeline.storage import connect
from pipeline.storage.buckets import Buckets


@words.command("batch", example="showcase batch films")
@click.argument("source", metavar="SOURCE")
@click.option("--jobs", type=click.IntRange(1, 64), metavar="NUMBER")
@click.option("--only", multiple=True, metavar="ID")
@click.option("--ignore-column", "ignored", multiple=True, metavar="NAME")
@click.option("--retry-failed", is_flag=True)
@click.option("--fail-fast", is_flag=True)
@click.option("--same-film", is_flag=True)
@click.option("-n", "--dry-run", is_flag=True)
@options
def command(  # noqa: PLR0913 - a command has a parameter for each of its options
    console: Console,
    source: str,
    jobs: int | None,
    only: tuple[str, ...],
    ignored: tuple[str, ...],
    retry_failed: bool,
    fail_fast: bool,
    same_film: bool,
    dry_run: bool,
) -> int:
    """Do many at once: a folder, a list, or what was approved in the inbox."""
    context = context_here(console)
    if source != batch_sources.INBOX and not Path(source).exists():
        raise InputError("path_missing", where=source)
    count = admission.jobs(jobs)
    place = context.workspace
    if not dry_run:
        store_here.refuse_others_right(place, Person.EDITOR)
    if source == batch_sources.INBOX:
        store_here.refuse_without_inbox(place)
    store_here.announce(console, place)
    store = connect.opened(place) if dry_run else connect.tried(place, place.settings.delivery)
    if source == batch_sources.INBOX:
        store = store_here.holding(console, place, store)
    else:
        store = store_here.awaited(console, store)
    with store as buckets, LocalExecutor(context, buckets, count) as executor:
        record = batch.record_of(source, context.workspace)
        again = batch.failed_before(record) if retry_failed else None
        found = _listed(console, source, context, buckets, ignored)
        sources = batch_sources.without_doubles(batch_sources.chosen(found.items, only, again))
        found.refuse_nothing()
        work = JobContext(context, executor, RuleSets(context))
        places: dict[str, str] = {}  # of each item that is to be made: 3/12
        progress = partial(_progress_of, console, places)
        batch_context = BatchContext(work, buckets, record, progress, same_film)
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
        todo = [item.name for item in items if _is_todo(item)]
        places |= {name: f"{number}/{len(todo)} " for number, name in enumerate(todo, start=1)}
        with _stopped_by_signals(console, batch_context.cancellation):
            batch.run_batch(
                batch_context,
                items,
                jobs=count,
                fail_fast=fail_fast,
                ended=lambda item: batch_words.ended(console, item, places[item.name]),
            )
        console.close()
        batch_words.give(console, items)
        batch_words.results(console, items)
        if items:  # a rerun with nothing to do leaves the table of what was done
            results = Path.cwd() / f"showcase-batch-{record.stem.rpartition('-')[0]}.csv"
            durable.write(results, batch_words.csv(console, items))
            console.say("batch_csv", file=results)
        if any(item.outcome is Outcome.DELIVERED for item in items):
            store_here.remind(console, place)
    return _exit_code(items, batch_context.cancellation)


@dataclass(frozen=True)
class _Listed:
    """What a folder or list holds: what can be done, and what is passed over."""

    source: str
    items: list[BatchSource]
    passed: list[PassedOver]

    def refuse_nothing(self) -> None:
        """Claim no success where all was passed over.

        Raises:
            InputError: there is no item, but there are files.
        """
        if self.passed and not self.items:
            raise InputError("nothing_to_send", where=self.source)


def _listed(console: Console, source: str, context: Context, buckets: Buckets, ignored: Sequence[str]) -> _Listed:
    """What is to be done; what is passed over is said."""
    passed: list[PassedOver] = []
    found = batch_sources.listed(source, context, buckets, console.remark, ignored, passed.append)
    passed_over.told(console, passed)
    return _Listed(source, found, passed)


def _progress_of(console: Console, places: Mapping[str, str], item: BatchItem) -> ProgressCallback:
    return console.progress_of(places.get(item.name, "") + item.name)


def _is_todo(row: BatchItem) -> bool:
    return row.outcome is Outcome.PLANNED


def _exit_code(rows: Sequence[BatchItem], cancellation: Cancellation) -> int:
    if cancellation.requested:
        return 130
    if any(isinstance(row.error, EnvironmentFault) for row in rows):
        return EnvironmentFault.exit_code
    bad = [row for row in rows if row.outcome not in (*SETTLED, Outcome.PLANNED)]
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
