"""`run --executor dask`: what was named, as a batch of its own on the workers of a cluster."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from pipeline.cli.console import Console, worst
from pipeline.cli.editor import batch_words, film_makers
from pipeline.cli.editor.stopping import stopped_by_signals
from pipeline.exchange.intake import Intake
from pipeline.execute import batch, batch_record, batch_sources
from pipeline.execute.batch import BatchRun
from pipeline.execute.batch_film import BatchContext
from pipeline.execute.batch_item import BatchItem
from pipeline.execute.batch_source import BatchSource
from pipeline.execute.cluster.address import Scheduler
from pipeline.execute.films import LocalFilms
from pipeline.execute.outcome import SETTLED, Outcome

RECORD = "run"  # what a `run` could not make is kept beside what batches could not


def run(
    console: Console,
    here: LocalFilms,
    named: Sequence[Intake | str],
    at: Scheduler,
    *,
    is_plan: bool,
) -> int:
    """Make these; the exit code is that of the worst.

    Args:
        named: what lies here, or ids in the inbox.
        is_plan: examine them on workers, and make nothing.

    Raises:
        InputError, EnvironmentFault: as `film_makers.on_cluster`.
    """
    context = here.job.context
    sources = [_source(here, item) for item in named]
    with film_makers.on_cluster(console, here, at) as makers:
        told = BatchContext(
            makers.films,
            context.journal,
            batch_record.record_of(RECORD, context.workspace),
            lambda item: console.progress_of(item.place + item.name),
            retry_failed=True,
        )
        if is_plan:
            items = batch.plan_batch(told, sources, makers.here, examine=True)
            batch_words.only_planned(console, items, None, makers.forecast)
            return worst(console, [0 if item.outcome is Outcome.PLANNED else _code(item) for item in items])
        items = batch.plan_batch(told, sources, makers.here)
        ended = partial(_ended, console)
        shown = partial(batch_words.running, console)
        made = BatchRun(told, items, makers.forecast, ended=ended, shown=shown, slots=makers.slots)
        with stopped_by_signals(console, told.cancellation):
            made.run()
    console.close()
    batch_words.give(console, items)
    batch_words.results(console, items)
    return 130 if told.cancellation.requested else worst(console, [_code(item) for item in items])


def _ended(console: Console, item: BatchItem, _: datetime) -> None:
    console.live.ended(item.place + item.name)


def _code(item: BatchItem) -> int:
    if item.outcome in SETTLED:
        return 0
    if item.error:
        return item.error.exit_code
    return {Outcome.REJECTED: 1, Outcome.UNREADABLE: 4}.get(item.outcome, 7)


def _source(here: LocalFilms, item: Intake | str) -> BatchSource:
    if isinstance(item, str):
        return batch_sources.in_inbox(here.job.context, here.buckets, item)
    return BatchSource(item.shown, item.ref, lambda: item, item.submission.title_zh)
