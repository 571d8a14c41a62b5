"""showcase run"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import click

from pipeline.cli import words
from pipeline.cli.command_context import context_here, show_report
from pipeline.cli.completing import submission_ids
from pipeline.cli.console import Console, failed, options, size
from pipeline.cli.editor.plans import show_plan
from pipeline.errors import InputError, ShowcaseError, unforeseen
from pipeline.exchange import approved, intake, selection
from pipeline.exchange.intake import Intake
from pipeline.execute import job
from pipeline.execute.checking import exit_code
from pipeline.execute.context import Context
from pipeline.execute.rule_sets import RuleSets
from pipeline.inspect.film import Refused
from pipeline.policy import evaluate
from pipeline.storage import connect
from pipeline.storage.buckets import Buckets


@words.command("run", example="showcase run film.mp4")
@click.argument("items", nargs=-1, required=True, metavar="SUBMISSION", shell_complete=submission_ids)
@click.option("-n", "--dry-run", is_flag=True)
@click.option("--accept", metavar="REASON")
@click.option("--threads", type=click.Choice(["1", "auto"]))
@options
def command(console: Console, items: tuple[str, ...], dry_run: bool, accept: str | None, threads: str | None) -> int:
    """Inspect, transcode, package and deliver films, submissions, or what was approved in the inbox."""
    if accept is not None and not accept.strip():
        raise InputError("reason_missing")
    local = [_is_local(item) for item in items]
    for item, here in zip(items, local, strict=True):
        if not here and not selection.is_id(item):
            raise InputError("path_missing", where=item)
    context = context_here(console)
    rule_sets = RuleSets(context, threads)
    if dry_run and all(local):
        codes = [
            _each(console, item, partial(_plan, console, context, rule_sets, Path(item), accept)) for item in items
        ]
        return _worst(console, codes)
    written = () if dry_run else (context.workspace.settings.delivery,)
    with connect.opened(context.workspace, *written) as buckets:
        act = _plan if dry_run else partial(deliver, buckets=buckets)

        def one(item: str, *, here: bool) -> int:
            given = approved.fetch(buckets, context.workspace, item, context.on_progress) if not here else Path(item)
            return act(console, context, rule_sets, given, accept)

        codes = [_each(console, item, partial(one, item, here=here)) for item, here in zip(items, local, strict=True)]
    return _worst(console, codes)


def _is_local(item: str) -> bool:
    """A path; a folder named as an id is what `review` left here, and the id is meant."""
    path = Path(item)
    return path.exists() and not (path.is_dir() and selection.is_id(item))


def _worst(console: Console, codes: list[int]) -> int:
    bad = [code for code in codes if code]
    if len(codes) > 1 and bad:
        console.remark("several_failed", failed=len(bad), total=len(codes))
        return 7
    return bad[0] if bad else 0


def _each(console: Console, item: str, act: Callable[[], int]) -> int:
    """One item; its failure is said and the next one begins."""
    try:
        return act()
    except ShowcaseError as error:
        failed(console, error, item=item)
        return error.exit_code
    except Exception as error:  # noqa: BLE001 - a fault on one film must not keep the next from being made
        fault = unforeseen(error)
        failed(console, fault, item=item)
        return fault.exit_code


def _prepared(
    console: Console, context: Context, rule_sets: RuleSets, given: Intake, accept: str | None
) -> job.Prepared | int:
    """The submission, judged in the reader's language; the exit code where the way ends here."""
    kind = given.submission.kind
    try:
        prepared = job.prepare(context, given, rule_sets, accept)
    except Refused as refused:
        rules = rule_sets.rules_for(kind, None)
        report = evaluate.refuse(
            refused.code,
            rules.policy,
            file=refused.where or given.shown,
            sha256=None,
            language=console.language,
            reason=refused.detail,
        )
        show_report(console, report)
        return exit_code(report)
    reports = prepared.reports(console.language)
    for report in reports:
        shown = given.shown if len(reports) == 1 else f"{given.shown}: {report.file}"
        show_report(console, report.model_copy(update={"file": shown}))
    if not prepared.works:
        console.remark("rejected_stop", file=given.shown)
        return 1
    if prepared.acceptance.accepted_because:
        console.say("accepted_because", reason=prepared.acceptance.accepted_because)
    return prepared


def deliver(
    console: Console, context: Context, rule_sets: RuleSets, item: Path | Intake, accept: str | None, buckets: Buckets
) -> int:
    """One submission all the way; `item` is a file, or what was fetched from the inbox."""
    given = item if isinstance(item, Intake) else intake.read(item, context.workspace)
    prepared = _prepared(console, context, rule_sets, given, accept)
    if isinstance(prepared, int):
        return prepared
    show_delivered(console, given.shown, job.deliver(context, prepared, buckets))
    return 0


def show_delivered(console: Console, item: str, done: job.Delivered) -> None:
    """What was delivered, or was before."""
    package = done.package
    console.give(
        {
            "item": item,
            "already": done.already,
            "package": str(done.folder),
            "delivery": done.delivery.model_dump(mode="json"),
        }
    )
    values = {"id": package.submission_id, "revision": package.revision, "package": package.package_id}
    if done.already:
        console.say("already", **values)
    else:
        total = sum(file.size_bytes for file in package.files)
        console.say("delivered", **values, files=len(package.files) + 2, size=size(total))
    console.say("package_folder", folder=done.folder)


def _plan(console: Console, context: Context, rule_sets: RuleSets, item: Path | Intake, accept: str | None) -> int:
    given = item if isinstance(item, Intake) else intake.read(item, context.workspace)
    prepared = _prepared(console, context, rule_sets, given, accept)
    if isinstance(prepared, int):
        return prepared
    for made in prepared.parts:
        if made.work:
            console.give(made.work.plan)
            show_plan(console, made.part.path, made.work.plan, made.inspection.levels)
    console.say("plan_nothing")
    return 0
