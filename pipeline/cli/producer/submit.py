"""showcase submit"""

from __future__ import annotations

import tempfile
from pathlib import Path

import click

from pipeline.cli import words
from pipeline.cli.command_context import context_here, show_report
from pipeline.cli.console import Console, options, size
from pipeline.errors import InputError
from pipeline.exchange import submit
from pipeline.exchange.submit import HashedFile, SubmissionUpload
from pipeline.execute import checking, digest, drafting, intake
from pipeline.execute.context import Context, byte_progress
from pipeline.execute.intake import Intake
from pipeline.execute.job import PACKAGE_LANGUAGE
from pipeline.execute.rule_sets import RuleSets
from pipeline.model.finding import Report, Verdict
from pipeline.model.inbox import InboxMarker
from pipeline.model.submission import Role
from pipeline.storage import connect
from pipeline.storage.s3 import Store


@words.command("submit", example="showcase submit submission.yaml")
@click.argument("item", metavar="SUBMISSION", type=click.Path(path_type=Path))
@click.option("--draft", is_flag=True)
@click.option("--with-master", is_flag=True)
@options
def command(console: Console, item: Path, draft: bool, with_master: bool) -> int:
    """Check a submission and send it to the editor's inbox; a rough cut goes as a small picture first."""
    if not item.exists():
        raise InputError("path_missing", where=str(item))
    if with_master and not draft:
        raise InputError("with_master_alone")
    context = context_here(console)
    given = intake.read(item, context.workspace)
    rule_sets = RuleSets(context)
    code = _judge(console, context, given, rule_sets, draft=draft)
    if code:
        console.remark("submit_rejected", file=item)
        return code
    with (
        connect.opened(context.workspace) as store,
        tempfile.TemporaryDirectory(dir=context.workspace.scratch, prefix="submit-") as scratch,
    ):
        if draft:
            _send_draft(console, context, given, rule_sets, store, Path(scratch))
        if not draft or with_master:
            if draft and (code := _judge(console, context, given, rule_sets, draft=False)):
                console.remark("master_rejected", file=item)
                return code
            _send_master(console, context, given, rule_sets, store, Path(scratch))
    return 0


def _judge(console: Console, context: Context, given: Intake, rule_sets: RuleSets, *, draft: bool) -> int:
    worst = 0
    kind = given.submission.kind
    for item in given.files_to_check:
        shown = given.shown if len(given.files_to_check) == 1 else f"{given.shown}: {item.file}"
        report = checking.check_file(context, item, shown, kind, rule_sets, console.language, draft=draft).report
        show_report(console, report)
        worst = max(worst, checking.exit_code(report))
    return worst


def _upload(context: Context, given: Intake, rule_sets: RuleSets, *, draft: bool) -> SubmissionUpload:
    kind = given.submission.kind
    judged = given.files_to_check
    reports = tuple(
        checking.check_file(context, item, item.file, kind, rule_sets, PACKAGE_LANGUAGE, draft=draft).report
        for item in judged
    )
    seconds = sum(_duration(report) for item, report in zip(judged, reports, strict=True) if item.role is Role.MAIN)
    media = tuple(
        HashedFile(path, name, digest.cached_sha256(path, context.workspace.cache)) for name, path in given.files
    )
    return SubmissionUpload(given.submission, given.folder, media, reports, round(seconds, 3))


def _duration(report: Report) -> float:
    timeline = report.measures.video.timeline if report.measures else None
    if timeline:
        return timeline.duration_s
    return (report.measures.audio.audio_duration_s if report.measures else None) or 0.0


def _send_draft(
    console: Console, context: Context, given: Intake, rule_sets: RuleSets, store: Store, scratch: Path
) -> None:
    proxies = drafting.proxies(context, given, scratch)
    upload = _upload(context, given, rule_sets, draft=True)
    bucket = context.workspace.settings.inbox
    revision = submit.claim(store, bucket, upload)
    total = sum(path.stat().st_size for path in proxies)
    on_bytes = byte_progress(context.on_progress, "upload", total)
    marker, new = submit.send_draft(store, bucket, upload, revision, proxies, scratch, on_bytes)
    _say(console, context, marker, "draft", new=new)


def _send_master(
    console: Console, context: Context, given: Intake, rule_sets: RuleSets, store: Store, scratch: Path
) -> None:
    upload = _upload(context, given, rule_sets, draft=False)
    bucket = context.workspace.settings.inbox
    revision = submit.claim(store, bucket, upload)
    on_bytes = byte_progress(context.on_progress, "upload", sum(item.path.stat().st_size for item in upload.media))
    marker, new = submit.send_master(store, bucket, upload, revision, scratch, on_bytes)
    for item in upload.media:
        digest.confirm(item.path, context.workspace.cache, item.sha256)
    _say(console, context, marker, "master", new=new)


def _say(console: Console, context: Context, marker: InboxMarker, what: str, *, new: bool) -> None:
    total = sum(item.size_bytes for item in marker.files)
    console.give(
        {
            "submission_id": marker.submission_id,
            "revision": marker.revision,
            "sent": what,
            "already": not new,
            "size_bytes": total,
            "verdict": marker.verdict.value,
        }
    )
    context.journal.write("submitted", submission=marker.submission_id, revision=marker.revision, what=what, new=new)
    values = {"id": marker.submission_id, "revision": marker.revision, "size": size(total)}
    if not new:
        console.say("submitted_already", **values)
    elif what == "draft":
        console.say("submitted_draft", **values)
    else:
        console.say("submitted", **values)
    if marker.verdict is Verdict.WARN:
        console.say("submitted_warned")
