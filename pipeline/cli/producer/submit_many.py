"""`submit` of a table or a folder: one after the other, a failure of one is no failure of the next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path

from pipeline import errors
from pipeline.cli.command_context import show_reason
from pipeline.cli.console import Console, size
from pipeline.cli.producer.submit_one import Sending, SendingResult, send
from pipeline.cli.tables import table
from pipeline.errors import EnvironmentFault, InputError, Interrupted, ShowcaseError
from pipeline.exchange.intake import Intake
from pipeline.execute import batch_sources
from pipeline.execute.batch_source import BatchSource
from pipeline.execute.context import Context
from pipeline.execute.executor import LocalExecutor
from pipeline.execute.job_context import JobContext
from pipeline.execute.rule_sets import RuleSets
from pipeline.model.finding import ReportedFinding
from pipeline.storage import connect

_GOOD = ("sent", "there", "to_send")


@dataclass
class _Row:
    """One of many, and what became of it (`outcome_…` of the catalogue's `text`)."""

    source: BatchSource
    given: Intake | None = None
    result: SendingResult = field(default_factory=SendingResult)
    error: ShowcaseError | None = None
    outcome: str = "not_begun"

    @property
    def name(self) -> str:
        return self.given.identity if self.given else self.source.shown

    @property
    def title(self) -> str:
        return self.given.submission.title_zh if self.given else self.source.title or ""

    @property
    def called(self) -> str:
        """Name and title, where it has one."""
        return f"{self.name} {self.title}".rstrip()

    @property
    def size_bytes(self) -> int:
        return sum(path.stat().st_size for _, path in self.given.files) if self.given else 0

    @property
    def revision(self) -> int | None:
        return self.result.sent[-1].marker.revision if self.result.sent else None


def send_all(console: Console, context: Context, sources: Sequence[BatchSource], sending: Sending, source: Path) -> int:
    """Send each, say what became of it as it ends, and of all in a table.

    Returns:
        0, or 7 where some could not be sent: a rerun sends the rest.

    Raises:
        InputError: there is nothing to send.
        EnvironmentFault: this machine or the store can't go on; what was sent is said.
    """
    if not sources:
        raise InputError("nothing_to_send", where=str(source))
    rows = [_Row(item) for item in batch_sources.without_doubles(sources)]
    # this machine's own store is held up for all of them
    held = connect.opened(context.workspace) if connect.is_private(context.workspace) else nullcontext()
    try:
        with held, LocalExecutor(context) as executor:
            job = JobContext(context, executor, RuleSets(context))
            for number, row in enumerate(rows, start=1):
                _send(console, job, row, sending)
                console.give(_object(console, row))
                word = console.word(f"outcome_{row.outcome}")
                said = console.word("submit_ended", at=number, of=len(rows), item=row.called, outcome=word)
                console.hang(said, beside=True)
    except (EnvironmentFault, Interrupted, KeyboardInterrupt):
        _told(console, rows, sending)
        raise
    _told(console, rows, sending)
    if sending.dry_run:
        console.say("sent_nothing")
    return 0 if all(row.outcome in _GOOD for row in rows) else 7


def _send(console: Console, job: JobContext, row: _Row, sending: Sending) -> None:
    try:
        row.given = row.source.open()
        send(console, job, row.given, sending, row.result, is_one=False)
    except (EnvironmentFault, Interrupted):
        raise
    except ShowcaseError as error:
        row.error = error
    except Exception as error:  # noqa: BLE001 - a fault on one film must not keep the next from being sent
        row.error = errors.unforeseen(error)
    finally:
        console.close()
    if row.error:
        row.outcome = "failed"
    elif row.result.code:
        row.outcome = "rejected" if row.result.code == 1 else "unreadable"
    elif row.result.there:
        row.outcome = "there"
    else:
        row.outcome = "to_send" if sending.dry_run else "sent"


def _told(console: Console, rows: Sequence[_Row], sending: Sending) -> None:
    """The table of all, then why what failed did."""
    table(
        console,
        ("item", "title", "revision", "size", "outcome"),
        [
            (
                row.name,
                row.title,
                str(row.revision or ""),
                size(row.size_bytes) if row.given else "",
                console.word(f"outcome_{row.outcome}"),
            )
            for row in rows
        ],
    )
    counts = Counter(row.outcome for row in rows)
    good = sum(counts[outcome] for outcome in _GOOD)
    key = "submit_plan" if sending.dry_run else "submit_result"
    console.say(key, new=counts["sent"] + counts["to_send"], there=counts["there"], bad=len(rows) - good)
    for row in rows:
        findings = _findings(console, row)
        if row.error or findings:
            show_reason(console, row.source.shown, row.title, findings, row.error)


def _findings(console: Console, row: _Row) -> list[ReportedFinding]:
    """What keeps a submission from being sent."""
    if not row.result.code or row.result.examination is None:
        return []
    return row.result.examination.errors(console.language)


def _object(console: Console, row: _Row) -> dict[str, object]:
    return {
        "item": row.source.shown,
        "submission_id": row.given.identity if row.given else row.source.identity,
        "prefecture": row.given.ref.prefecture if row.given else None,
        "title": row.title or None,
        "outcome": row.outcome,
        "revision": row.revision,
        "size_bytes": row.size_bytes if row.given else None,
        "reused_bytes": sum(sent.reused_bytes for sent in row.result.sent),
        "findings": [{"code": found.code, "message": found.message} for found in _findings(console, row)],
        "error": row.error.facts() if row.error else None,
    }
