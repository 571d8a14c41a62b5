"""showcase submit"""

from __future__ import annotations

import tempfile
from pathlib import Path

import click

from pipeline.cli import words
from pipeline.cli.console import Console, options, size
from pipeline.cli.surroundings import context_here, show_report
from pipeline.errors import InputError
from pipeline.exchange import handing_in
from pipeline.exchange.handing_in import Media, Parcel
from pipeline.execute import checking, digest, drafting, handed_in
from pipeline.execute.context import Context, counted
from pipeline.execute.handed_in import HandedIn
from pipeline.execute.rulebook import Rulebook
from pipeline.execute.way import PACKAGE_LANGUAGE
from pipeline.model.finding import Report, Verdict
from pipeline.model.inbox import Handed
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
    given = handed_in.read(item, context.workspace)
    book = Rulebook(context)
    code = _judge(console, context, given, book, draft=draft)
    if code:
        console.remark("submit_rejected", file=item)
        return code
    with (
        connect.opened(context.workspace) as store,
        tempfile.TemporaryDirectory(dir=context.workspace.scratch, prefix="submit-") as scratch,
    ):
        if draft:
            _send_draft(console, context, given, book, store, Path(scratch))
        if not draft or with_master:
            if draft and (code := _judge(console, context, given, book, draft=False)):
                console.remark("master_rejected", file=item)
                return code
            _send_master(console, context, given, book, store, Path(scratch))
    return 0


def _judge(console: Console, context: Context, given: HandedIn, book: Rulebook, *, draft: bool) -> int:
    worst = 0
    kind = given.submission.kind
    for item in given.to_judge:
        shown = given.shown if len(given.to_judge) == 1 else f"{given.shown}: {item.file}"
        report = checking.examine(context, item, shown, kind, book, console.language, draft=draft).report
        show_report(console, report)
        worst = max(worst, checking.exit_code(report))
    return worst


def _parcel(context: Context, given: HandedIn, book: Rulebook, *, draft: bool) -> Parcel:
    kind = given.submission.kind
    judged = given.to_judge
    reports = tuple(
        checking.examine(context, item, item.file, kind, book, PACKAGE_LANGUAGE, draft=draft).report for item in judged
    )
    seconds = sum(_duration(report) for item, report in zip(judged, reports, strict=True) if item.role is Role.MAIN)
    media = tuple(Media(path, name, digest.of(path, context.workspace.cache)) for name, path in given.files)
    return Parcel(given.submission, given.folder, media, reports, round(seconds, 3))


def _duration(report: Report) -> float:
    timeline = report.measures.timeline if report.measures else None
    if timeline:
        return timeline.duration_s
    return (report.measures.audio_duration_s if report.measures else None) or 0.0


def _send_draft(
    console: Console, context: Context, given: HandedIn, book: Rulebook, store: Store, scratch: Path
) -> None:
    proxies = drafting.proxies(context, given, scratch)
    parcel = _parcel(context, given, book, draft=True)
    bucket = context.workspace.settings.inbox
    revision = handing_in.claim(store, bucket, parcel)
    total = sum(path.stat().st_size for path in proxies)
    heard = counted(context.tell, "upload", total)
    handed, new = handing_in.send_draft(store, bucket, parcel, revision, proxies, scratch, heard)
    _say(console, context, handed, "draft", new=new)


def _send_master(
    console: Console, context: Context, given: HandedIn, book: Rulebook, store: Store, scratch: Path
) -> None:
    parcel = _parcel(context, given, book, draft=False)
    bucket = context.workspace.settings.inbox
    revision = handing_in.claim(store, bucket, parcel)
    heard = counted(context.tell, "upload", sum(item.path.stat().st_size for item in parcel.media))
    handed, new = handing_in.send_master(store, bucket, parcel, revision, scratch, heard)
    for item in parcel.media:
        digest.confirm(item.path, context.workspace.cache, item.sha256)
    _say(console, context, handed, "master", new=new)


def _say(console: Console, context: Context, handed: Handed, what: str, *, new: bool) -> None:
    total = sum(item.size_bytes for item in handed.files)
    console.give(
        {
            "submission_id": handed.submission_id,
            "revision": handed.revision,
            "sent": what,
            "already": not new,
            "size_bytes": total,
            "verdict": handed.verdict.value,
        }
    )
    context.journal.write("submitted", submission=handed.submission_id, revision=handed.revision, what=what, new=new)
    values = {"id": handed.submission_id, "revision": handed.revision, "size": size(total)}
    if not new:
        console.say("submitted_already", **values)
    elif what == "draft":
        console.say("submitted_draft", **values)
    else:
        console.say("submitted", **values)
    if handed.verdict is Verdict.WARN:
        console.say("submitted_warned")
