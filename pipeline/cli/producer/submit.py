"""showcase submit"""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli import asking, store_here, words
from pipeline.cli.command_context import context_here, show_report, user_here
from pipeline.cli.console import Console, options, size
from pipeline.errors import InputError
from pipeline.exchange import intake, review
from pipeline.execute import submitting
from pipeline.execute.examination import Examination, examine
from pipeline.execute.executor import LocalExecutor
from pipeline.execute.job_context import JobContext
from pipeline.execute.rule_sets import RuleSets
from pipeline.execute.submitting import Sent
from pipeline.model.finding import Verdict
from pipeline.storage import connect


@words.command("submit", example="showcase submit submission.yaml")
@click.argument("item", metavar="SUBMISSION", type=click.Path(path_type=Path))
@click.option("--draft", is_flag=True)
@click.option("--with-master", is_flag=True)
@click.option("--same-film", is_flag=True)
@click.option("--unchanged", metavar="WORDS")
@options
def command(
    console: Console, item: Path, draft: bool, with_master: bool, same_film: bool, unchanged: str | None
) -> int:
    """Check a submission and send it to the editor's inbox; a rough cut goes as a small picture first."""
    if not item.exists():
        raise InputError("path_missing", where=str(item))
    if with_master and not draft:
        raise InputError("with_master_alone")
    if unchanged is not None:
        unchanged = review.refuse_words(unchanged)
    context = context_here(console)
    store_here.announce(console, context.workspace)
    store_here.refuse_private(context.workspace)
    given = intake.read(item, context.workspace)
    inbox = context.workspace.settings.inbox
    with LocalExecutor(context) as executor:
        job = JobContext(context, executor, RuleSets(context))
        examination = examine(job, given, draft=draft)
        if code := _show(console, examination):
            console.remark("submit_rejected", file=item)
            return code
        with connect.tried(context.workspace, inbox, given.ref.prefecture) as buckets:
            if unchanged is not None:
                by = user_here(context.workspace)
                answer = submitting.answer(job, examination, buckets, unchanged, by)
                console.give(answer)
                console.say("answered_return", id=given.identity, title=given.submission.title_zh)
                return 0
            if doubt := submitting.refuse_doubtful(job, examination, buckets):
                asking.agreed(console, doubt, said=same_film)
            if draft:
                _say(console, submitting.send_draft(job, examination, buckets), "draft")
            if not draft or with_master:
                master = examination.as_master()
                if draft and (code := _show(console, master)):
                    console.remark("master_rejected", file=item)
                    return code
                _say(console, submitting.send_master(job, master, buckets), "master")
    return 0


def _show(console: Console, examination: Examination) -> int:
    """Every file's report; the exit code where one of them stops the submission."""
    shown, several = examination.intake.shown, len(examination.files) > 1
    for item in examination.files:
        show_report(console, item.report(console.language, f"{shown}: {item.file.file}" if several else shown))
    return examination.exit_code


def _say(console: Console, sent: Sent, what: str) -> None:
    marker = sent.marker
    total = sum(item.size_bytes for item in marker.files)
    console.give(
        {
            "submission_id": marker.submission_id,
            "revision": marker.revision,
            "sent": what,
            "already": not sent.new,
            "size_bytes": total,
            "verdict": marker.verdict.value,
        }
    )
    values = {"id": marker.submission_id, "revision": marker.revision, "size": size(total)}
    if not sent.new:
        console.say("submitted_already", **values)
    elif what == "draft":
        console.say("submitted_draft", **values)
    else:
        console.say("submitted", **values)
    if marker.verdict is Verdict.WARN:
        console.say("submitted_warned")
