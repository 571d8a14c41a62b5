"""showcase run"""

from __future__ import annotations

from contextlib import ExitStack
from functools import partial
from pathlib import Path

import click

from pipeline.cli import asking, store_here, words
from pipeline.cli.command_context import context_here, show_report, workspace_here
from pipeline.cli.completing import submission_ids
from pipeline.cli.console import Console, attempt, options, size, worst
from pipeline.cli.editor.cluster_options import cluster_meant, cluster_options
from pipeline.cli.editor.plans import show_part, show_plan
from pipeline.cli.line_options import line_options
from pipeline.cli.track_options import kind_option, track_options
from pipeline.errors import InputError
from pipeline.exchange import intake, selection
from pipeline.exchange.intake import Intake
from pipeline.execute import described_films, job, part_shown
from pipeline.execute.executor import LocalExecutor
from pipeline.execute.job_context import JobContext
from pipeline.execute.rule_sets import RuleSets
from pipeline.model.inbox import Person
from pipeline.model.submission import Kind
from pipeline.model.track_choice import TrackChoice
from pipeline.storage import connect
from pipeline.storage.buckets import Buckets


@words.command("run", example="showcase run film.mp4")
@click.argument("items", nargs=-1, required=True, metavar="SUBMISSION", shell_complete=submission_ids)
@click.option("-n", "--dry-run", is_flag=True)
@click.option("--accept", metavar="REASON")
@click.option("--threads", type=click.Choice(["1", "auto"]))
@click.option("--same-film", is_flag=True)
@cluster_options
@options
@line_options
@kind_option
@track_options
def command(  # noqa: PLR0913 - a command has a parameter for each of its options
    console: Console,
    items: tuple[str, ...],
    dry_run: bool,
    accept: str | None,
    threads: str | None,
    same_film: bool,
    executor: str,
    scheduler: str | None,
    tls: Path | None,
    kind: Kind | None,
    choice: TrackChoice,
) -> int:
    """Inspect, transcode, package and deliver films, submissions, or what was approved in the inbox."""
    cluster = cluster_meant(workspace_here(), executor, scheduler, tls)
    if accept is not None and not accept.strip():
        raise InputError("reason_missing", option="--accept")
    local = [_is_local(item) for item in items]
    for item, here in zip(items, local, strict=True):
        if not here and not selection.is_name(item):
            raise InputError("path_missing", where=item)
        if here and Path(item).is_dir():
            raise InputError("is_folder", where=item)
    if not dry_run:
        store_here.refuse_others_right(workspace_here(), Person.EDITOR)
    if not all(local):
        store_here.refuse_without_inbox(workspace_here())
    context = context_here(console)
    place = context.workspace
    with ExitStack() as held:
        buckets = None
        if cluster or not (dry_run and all(local)):
            store_here.announce(console, place, writes=True)
            store = connect.opened(place) if dry_run else connect.tried(place, place.settings.delivery)
            shown = store_here.awaited(console, store) if all(local) else store_here.holding(console, place, store)
            buckets = held.enter_context(shown)
        local_executor = held.enter_context(LocalExecutor(context, buckets))
        work = JobContext(context, local_executor, RuleSets(context, threads))

        def one(item: str, here: bool) -> int:
            if here or buckets is None:
                given = intake.read(Path(item), context.workspace, choice, kind)
                if fault := described_films.fault_beside(Path(item)):
                    console.remark("bare_film_described", where=fault.where, file=item)
            elif not choice.is_empty:
                raise InputError("choice_stands_in_file", where=item)
            elif kind is not None:
                raise InputError("kind_stands_in_file", where=item)
            else:
                from pipeline.exchange import approved

                given = approved.fetch(buckets, context.workspace, item, context.on_progress)
            prepared = prepare(console, work, given, accept)
            if isinstance(prepared, int):
                return prepared
            if dry_run or buckets is None:
                return _plan(console, prepared)
            if doubt := job.doubt(work, prepared, buckets):
                asking.agreed(console, doubt, said=same_film)
            return deliver(console, work, prepared, buckets)

        if cluster and buckets is not None:
            from pipeline.cli.editor import run_on_cluster  # half of a rerun on this machine is imports
            from pipeline.execute.films import LocalFilms

            given = [
                intake.read(Path(item), place, choice, kind) if here else item
                for item, here in zip(items, local, strict=True)
            ]
            films = LocalFilms(work, buckets, same_film, accepted_because=accept)
            return run_on_cluster.run(console, films, given, cluster, is_plan=dry_run)
        codes = [attempt(console, item, partial(one, item, here)) for item, here in zip(items, local, strict=True)]
        if not dry_run and 0 in codes:
            store_here.remind(console, place)
    return worst(console, codes)


def _is_local(item: str) -> bool:
    """A path; a folder named as an id is what `review` left here, and the id is meant."""
    path = Path(item)
    return path.exists() and not (path.is_dir() and selection.is_id(item))


def prepare(console: Console, work: JobContext, given: Intake, accept: str | None) -> job.Prepared | int:
    """The submission, judged in the reader's language; the exit code where the way ends here."""
    prepared = job.prepare(work, given, accept)
    examination = prepared.examination
    several = len(examination.files) > 1
    for item in examination.files:
        show_report(console, item.report(console.language, f"{given.shown}: {item.name}" if several else given.shown))
    if examination.refused:
        return examination.exit_code
    if not prepared.parts:
        console.remark("rejected_stop", file=given.shown)
        return 1
    if prepared.acceptance.accepted_because:
        console.say("accepted_because", reason=prepared.acceptance.accepted_because)
    return prepared


def deliver(console: Console, work: JobContext, prepared: job.Prepared, buckets: Buckets) -> int:
    """One submission all the way to the store."""
    show_delivered(console, prepared.intake.shown, job.deliver(work, prepared, buckets))
    return 0


def show_delivered(console: Console, item: str, done: job.Delivered) -> None:
    """What was delivered, or was before."""
    package = done.package
    console.give(
        {
            "item": item,
            "already": done.already,
            "reused_bytes": done.reused_bytes,
            "package": str(done.folder),
            "delivery": done.delivery.model_dump(mode="json"),
        }
    )
    values = {
        "id": package.submission_id,
        "title": package.submission.title_zh,
        "revision": package.revision,
        "package": package.package_id,
    }
    if done.already:
        console.tell("already", **values)
    else:
        total = sum(file.size_bytes for file in package.files)
        console.tell("delivered", **values, files=len(package.files) + 2, size=size(total))
        if done.reused_bytes:
            console.say("reused", size=size(done.reused_bytes))
    console.say("package_folder", folder=done.folder)


def _plan(console: Console, prepared: job.Prepared) -> int:
    for part in prepared.parts:
        plan, request = part.planned.plan, part.planned.task.request
        if prepared.intake.submission.kind is Kind.COURSE:
            show_part(console, part_shown.shown(part.examined, request, plan))
        console.give(plan)
        show_plan(console, part.examined.part.path, plan, request.inspection.levels)
    console.say("plan_nothing")
    return 0
