"""showcase batch"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import click

from pipeline import durable, errors
from pipeline.cli import clock, passed_over, store_here, words
from pipeline.cli.command_context import context_here, workspace_here
from pipeline.cli.console import Console, options
from pipeline.cli.editor import batch_words, film_makers
from pipeline.cli.editor.cluster_options import cluster_meant, cluster_options
from pipeline.cli.editor.film_makers import Makers
from pipeline.cli.editor.stopping import stopped_by_signals
from pipeline.cli.line_options import line_options
from pipeline.errors import EnvironmentFault, InputError, TransferError
from pipeline.exchange.progress import ProgressCallback
from pipeline.execute import admission, batch, batch_record, batch_sources, estimate
from pipeline.execute.batch import BatchRun
from pipeline.execute.batch_film import BatchContext
from pipeline.execute.batch_item import BatchItem
from pipeline.execute.batch_source import BatchSource
from pipeline.execute.cancellation import Cancellation
from pipeline.execute.context import Context
from pipeline.execute.executor import LocalExecutor
from pipeline.execute.films import LocalFilms
from pipeline.execute.forecast import Forecast
from pipeline.execute.job_context import JobContext
from pipeline.execute.outcome import SETTLED, Outcome
from pipeline.execute.passed_over import PassedOver
from pipeline.execute.rule_sets import RuleSets
from pipeline.model.inbox import Person
from pipeline.storage import connect
from pipeline.storage.buckets import Buckets
from pipeline.workspace import Workspace


@words.command("batch", example="showcase batch films")
@click.argument("source", metavar="SOURCE")
@click.option("--jobs", type=click.IntRange(1, 64), metavar="NUMBER")
@cluster_options
@click.option("--until", metavar="TIME")
@click.option("--watch", is_flag=True)
@click.option("--every", type=click.IntRange(1, 3600), default=60, metavar="SECONDS")
@click.option("--only", multiple=True, metavar="ID")
@click.option("--ignore-column", "ignored", multiple=True, metavar="NAME")
@click.option("--retry-failed", is_flag=True)
@click.option("--fail-fast", is_flag=True)
@click.option("--same-film", is_flag=True)
@click.option("-n", "--dry-run", is_flag=True)
@options
@line_options
def command(  # noqa: PLR0913 - a command has a parameter for each of its options
    console: Console,
    source: str,
    jobs: int | None,
    executor: str,
    scheduler: str | None,
    tls: Path | None,
    until: str | None,
    watch: bool,
    every: int,
    only: tuple[str, ...],
    ignored: tuple[str, ...],
    retry_failed: bool,
    fail_fast: bool,
    same_film: bool,
    dry_run: bool,
) -> int:
    """Do many at once: a folder, a list, or what was approved in the inbox."""
    cluster = cluster_meant(workspace_here(), executor, scheduler, tls)
    context = context_here(console)
    if source != batch_sources.INBOX and not Path(source).exists():
        raise InputError("path_missing", where=source)
    if watch and source != batch_sources.INBOX:
        raise InputError("watch_inbox", where=source, source=source)
    asked = _Asked(
        source, ignored, only, retry_failed, clock.next_at(until, datetime.now(UTC), "--until") if until else None
    )
    count = admission.jobs(jobs)
    place = context.workspace
    if not dry_run:
        store_here.refuse_others_right(place, Person.EDITOR)
    if source == batch_sources.INBOX:
        store_here.refuse_without_inbox(place)
    store_here.announce(console, place, writes=True)
    store = connect.opened(place) if dry_run else connect.tried(place, place.settings.delivery)
    if source == batch_sources.INBOX:
        store = store_here.holding(console, place, store)
    else:
        store = store_here.awaited(console, store)
    with ExitStack() as held:
        buckets = held.enter_context(store)
        local = held.enter_context(LocalExecutor(context, buckets, count))
        films = LocalFilms(JobContext(context, local, RuleSets(context)), buckets, same_film)
        makers = Makers(films, Forecast(context.journal, count), films)
        if cluster:
            makers = held.enter_context(film_makers.on_cluster(console, films, cluster))
        record = batch_record.record_of(source, place)
        told = BatchContext(makers.films, context.journal, record, partial(_progress_of, console), retry_failed)
        items = _planned(console, told, makers.here, asked, examine=dry_run)
        if dry_run:
            here = None if makers.slots else place.work
            batch_words.only_planned(console, items, here, makers.forecast, asked.until)
            return _exit_code(items, told.cancellation)
        run = BatchRun(
            told,
            items,
            makers.forecast,
            ended=partial(batch_words.ended, console),
            shown=partial(batch_words.running, console),
            fail_fast=fail_fast,
            until=asked.until,
            more=partial(_more, console, told, makers.here, asked, items) if watch else None,
            watch_s=every,
            slots=makers.slots,
        )
        _carry_out(console, run, place)
        if any(item.outcome is Outcome.DELIVERED for item in items):
            store_here.remind(console, place)
    return _exit_code(items, told.cancellation)


@dataclass(frozen=True)
class _Asked:
    """What of a source is to be done, and by when."""

    source: str
    ignored: Sequence[str]
    only: Sequence[str]
    retry_failed: bool
    until: datetime | None


def _planned(
    console: Console, told: BatchContext, here: LocalFilms, asked: _Asked, *, examine: bool
) -> list[BatchItem]:
    """Every item of the source, looked at."""
    again = batch_record.failed_before(told.record) if asked.retry_failed else None
    found = _listed(console, asked.source, here.job.context, here.buckets, asked.ignored)
    sources = batch_sources.without_doubles(batch_sources.chosen(found.items, asked.only, again))
    found.refuse_nothing()
    with console.waiting("batch_looking", count=len(sources)):
        items = batch.plan_batch(told, sources, here, examine=examine)
    console.close()
    for item in items:
        console.live.ended(item.name)
    return items


def _carry_out(console: Console, run: BatchRun, place: Workspace) -> None:
    """Say what will be done, do it, say what became of it."""
    items = run.items
    here = None if run.slots else place.work  # workers' disks hold the films in flight alone
    batch_words.plan(console, items, here, run.forecast, run.until)
    if here:
        needed = sum(item.workload.size_bytes for item in items if item.outcome is Outcome.PLANNED)
        estimate.refuse_without_room(here, needed)
    if run.more:
        console.remark("batch_watching", seconds=round(run.watch_s))
    with stopped_by_signals(console, run.batch.cancellation):
        run.run()
    console.close()
    batch_words.give(console, items)
    batch_words.results(console, items)
    batch_words.late(console, run)
    if run.batch.cancellation.requested:
        console.remark("batch_go_on")
    if items:  # a rerun with nothing to do leaves the table of what was done
        results = Path.cwd() / f"showcase-batch-{run.batch.record.stem.rpartition('-')[0]}.csv"
        durable.write(results, batch_words.csv(console, items, batch_record.made_before(run.batch.journal)))
        console.say("batch_csv", file=results)


def _more(
    console: Console, told: BatchContext, here: LocalFilms, asked: _Asked, known: Sequence[BatchItem]
) -> list[BatchItem]:
    """What was approved since; a store that does not answer now is asked again."""
    seen = {item.identity for item in known}
    try:
        sources = batch_sources.listed(asked.source, here.job.context, here.buckets, console.remark)
        new = [item for item in sources if (item.recorded, item.revision) not in seen]
        new = [item for item in new if not asked.only or item.names & {*asked.only}]
        items = batch.plan_batch(told, new, here)
    except (TransferError, EnvironmentFault) as fault:
        console.complain(fault)
        return []
    if items:
        console.remark("batch_new", count=len(items), items=", ".join(item.name for item in items))
    return items


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


def _progress_of(console: Console, item: BatchItem) -> ProgressCallback:
    return console.progress_of(item.place + item.name)


def _exit_code(rows: Sequence[BatchItem], cancellation: Cancellation) -> int:
    if cancellation.requested:
        return 130
    if any(errors.is_of_machine(row.error) for row in rows):
        return EnvironmentFault.exit_code
    bad = [row for row in rows if row.outcome not in (*SETTLED, Outcome.PLANNED)]
    return 7 if bad else 0
