"""One submission on its way: looked at, asked about where that is needed, sent; what became of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from pipeline.cli import asking, status_view, store_here
from pipeline.cli.command_context import show_report, user_here
from pipeline.cli.console import Console, size
from pipeline.errors import EnvironmentFault
from pipeline.exchange import status
from pipeline.exchange.intake import Intake
from pipeline.execute import submitting
from pipeline.execute.examination import Examination, examine
from pipeline.execute.job_context import JobContext
from pipeline.execute.submitting import Sent
from pipeline.model.finding import Verdict
from pipeline.storage import connect, trial
from pipeline.workspace import Workspace


@dataclass(frozen=True)
class Sending:
    """How it is to be sent.

    Args:
        same_film: somebody says that a new cut is one, however it looks.
        unchanged: what is answered to a return, where nothing is to be sent.
        dry_run: say what would be sent.
    """

    draft: bool
    with_master: bool
    same_film: bool
    unchanged: str | None
    dry_run: bool


@dataclass
class SendingResult:
    """What became of one submission, as far as it came.

    Args:
        code: the exit code.
        sent: the draft, the master; with `dry_run` nothing.
        there: whether all of it lay in the inbox before.
    """

    code: int = 0
    examination: Examination | None = None
    sent: list[Sent] = field(default_factory=list)
    there: bool = False


def send_one(console: Console, job: JobContext, given: Intake, sending: Sending) -> int:
    """Send it and say so; the exit code."""
    result = SendingResult()
    send(console, job, given, sending, result)
    return result.code


def send(
    console: Console, job: JobContext, given: Intake, sending: Sending, result: SendingResult, *, is_one: bool = True
) -> None:
    """Send a submission; `result` is filled on the way, so that it is known how far it came.

    Args:
        is_one: each thing is said as it is done, for people and under --json.

    Raises:
        ShowcaseError: as the rooms say; a rerun goes on.
    """
    place = job.context.workspace
    submitting.refuse_others_prefecture(place.settings, given)
    examination = result.examination = examine(job, given, draft=sending.draft)
    if code := _show(console, examination, is_one=is_one):
        result.code = code
        if is_one:
            console.remark("submit_rejected", file=given.shown)
        return
    if sending.dry_run:
        with _told_whose(place, given):
            _plan(console, job, sending, result, is_one=is_one)
        return
    with _told_whose(place, given):
        _to_store(console, job, sending, result, is_one=is_one)


@contextmanager
def _told_whose(place: Workspace, given: Intake) -> Iterator[None]:
    """What the store refuses below another prefecture's prefix is no right to be asked for."""
    try:
        yield
    except EnvironmentFault as fault:
        if fault.key in trial.REFUSALS and (other := submitting.others_prefecture(place.settings, given)):
            raise other from fault
        raise


def _to_store(console: Console, job: JobContext, sending: Sending, result: SendingResult, *, is_one: bool) -> None:
    """Send what was examined."""
    examination = _examined(result)
    place, given = job.context.workspace, examination.intake
    store = connect.tried(place, place.settings.inbox, given.ref.prefecture)
    with store_here.awaited(console, store) as buckets:
        if sending.unchanged is not None:
            answer = submitting.answer(job, examination, buckets, sending.unchanged, user_here(place))
            console.give(answer)
            console.tell("answered_return", id=given.identity, title=given.submission.title_zh)
            return
        if doubt := submitting.refuse_doubtful(job, examination, buckets):
            asking.agreed(console, doubt, said=sending.same_film)
        if sending.draft:
            result.sent.append(submitting.send_draft(job, examination, buckets))
            _say(console, result.sent[-1], "draft", is_one=is_one)
        if not sending.draft or sending.with_master:
            master = result.examination = examination.as_master()
            if sending.draft and (code := _show(console, master, is_one=is_one)):
                result.code = code
                if is_one:
                    console.remark("master_rejected", file=given.shown)
                return
            result.sent.append(submitting.send_master(job, master, buckets))
            _say(console, result.sent[-1], "master", is_one=is_one)
        result.there = not any(sent.new for sent in result.sent)
        if is_one and result.there:
            status_view.show_stage(console, status.the_status(buckets, str(given.ref)))


def _plan(console: Console, job: JobContext, sending: Sending, result: SendingResult, *, is_one: bool) -> None:
    """What would be sent, and whether it lies there.

    Raises:
        InputError: what `send` would refuse, or ask about.
    """
    examination = _examined(result)
    given = examination.intake
    with connect.opened(job.context.workspace) as buckets:
        if sending.unchanged is not None:
            submitting.refuse_answer(job, examination, buckets)
            console.give({"submission_id": given.identity, "sent": None})
            console.tell("would_answer", id=given.identity, title=given.submission.title_zh)
            console.say("sent_nothing")
            return
        doubt = submitting.refuse_doubtful(job, examination, buckets)
        if doubt and not sending.same_film:
            raise doubt
        is_draft = sending.draft and not sending.with_master
        result.there = submitting.is_there(job, examination, buckets, is_draft=is_draft)
    if sending.draft and sending.with_master:
        master = result.examination = examination.as_master()
        if code := _show(console, master, is_one=is_one):
            result.code = code
            if is_one:
                console.remark("would_send_draft_alone", file=given.shown)
                console.say("sent_nothing")
            return
    if not is_one:
        return
    total = sum(path.stat().st_size for _, path in given.files)
    row = {"submission_id": given.identity, "already": result.there, "size_bytes": total, "sent": None}
    console.give(row)
    if result.there:
        console.tell("would_be_there", id=given.identity, title=given.submission.title_zh)
    else:
        console.tell("would_send", id=given.identity, title=given.submission.title_zh, size=size(total))
    console.say("sent_nothing")


def _examined(result: SendingResult) -> Examination:
    if result.examination is None:
        raise AssertionError("only what was examined is sent")
    return result.examination


def _show(console: Console, examination: Examination, *, is_one: bool) -> int:
    """Every file's report; the exit code where one of them stops the submission."""
    shown, several = examination.intake.shown, len(examination.files) > 1
    for item in examination.files if is_one else ():
        show_report(console, item.report(console.language, f"{shown}: {item.name}" if several else shown))
    return examination.exit_code


def _say(console: Console, sent: Sent, what: str, *, is_one: bool) -> None:
    if not is_one:
        return
    marker = sent.marker
    total = sum(item.size_bytes for item in marker.files)
    console.give(
        {
            "submission_id": marker.submission_id,
            "revision": marker.revision,
            "sent": what,
            "already": not sent.new,
            "size_bytes": total,
            "reused_bytes": sent.reused_bytes,
            "verdict": marker.verdict.value,
        }
    )
    values = {
        "id": marker.submission_id,
        "title": marker.title,
        "revision": marker.revision,
        "size": size(total),
    }
    if not sent.new:
        console.tell("submitted_already", **values)
    elif what == "draft":
        console.tell("submitted_draft", **values)
    else:
        console.tell("submitted", **values)
    if sent.reused_bytes:
        console.say("reused", size=size(sent.reused_bytes))
    if marker.verdict is Verdict.WARN:
        console.say("submitted_warned")
