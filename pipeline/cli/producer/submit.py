"""showcase submit"""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli import passed_over, store_here, words
from pipeline.cli.command_context import context_here
from pipeline.cli.console import Console, options
from pipeline.cli.line_options import line_options
from pipeline.cli.producer import submit_many
from pipeline.cli.producer.submit_one import Sending, send_one
from pipeline.cli.track_options import kind_option
from pipeline.errors import InputError
from pipeline.exchange import intake, review
from pipeline.execute import batch_rows, batch_sources, described_films
from pipeline.execute.executor import LocalExecutor
from pipeline.execute.job_context import JobContext
from pipeline.execute.passed_over import PassedOver
from pipeline.execute.rule_sets import RuleSets
from pipeline.model.inbox import Person
from pipeline.model.submission import Kind


@words.command("submit", example="showcase submit submission.yaml")
@click.argument("item", metavar="SUBMISSION", type=click.Path(path_type=Path))
@click.option("--draft", is_flag=True)
@click.option("--with-master", is_flag=True)
@click.option("--same-film", is_flag=True)
@click.option("--unchanged", metavar="WORDS")
@click.option("--ignore-column", "ignored", multiple=True, metavar="NAME")
@click.option("-n", "--dry-run", is_flag=True)
@options
@line_options
@kind_option
def command(  # noqa: PLR0913 - a command has a parameter for each of its options
    console: Console,
    item: Path,
    draft: bool,
    with_master: bool,
    same_film: bool,
    unchanged: str | None,
    ignored: tuple[str, ...],
    dry_run: bool,
    kind: Kind | None,
) -> int:
    """Check a submission, or the many of a table or folder, and send it to the editor's inbox."""
    if not item.exists():
        raise InputError("path_missing", where=str(item))
    if with_master and not draft:
        raise InputError("with_master_alone")
    if unchanged is not None:
        if not unchanged.strip():
            raise InputError("reason_missing", option="--unchanged")
        unchanged = review.refuse_words(unchanged)
    context = context_here(console)
    place = context.workspace
    store_here.announce(console, place, writes=True)
    store_here.refuse_private(place)
    if not dry_run:
        store_here.refuse_others_right(place, Person.PRODUCER)
    sending = Sending(draft, with_master, same_film, unchanged, dry_run)
    if batch_sources.is_many(item):
        if unchanged is not None:
            raise InputError("unchanged_of_one", where=str(item))
        if kind is not None:
            raise InputError("kind_stands_in_file", where=str(item))
        passed: list[PassedOver] = []
        sources = batch_sources.local(item, place, console.remark, ignored, passed.append)
        passed_over.told(console, passed)
        return submit_many.send_all(console, context, sources, sending, item)
    batch_rows.refuse_ignored(str(item), ignored)
    given = intake.read(item, place, kind=kind)
    if fault := described_films.fault_beside(item):
        raise fault
    with LocalExecutor(context) as executor:
        return send_one(console, JobContext(context, executor, RuleSets(context)), given, sending)
