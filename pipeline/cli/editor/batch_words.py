"""A batch on paper: what will be done, what became of it, why something was not done."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Sequence

from pipeline import catalogue, tables
from pipeline.cli.console import Console, size
from pipeline.cli.tables import table
from pipeline.execute import estimate
from pipeline.execute.batch import GOOD, Outcome, Row
from pipeline.execute.context import Context
from pipeline.inspect.film import Refused
from pipeline.model.finding import Finding, Severity
from pipeline.policy import evaluate

_SAID = (Outcome.REJECTED, Outcome.UNREADABLE, Outcome.FAILED, Outcome.FAILED_BEFORE)


def plan(console: Console, rows: Sequence[Row], context: Context, jobs: int) -> None:
    """What will be done, how long it will take, how much disk it needs."""
    todo = [row for row in rows if row.outcome is Outcome.PLANNED]
    for row in rows:
        console.give(_row(console, row))
    table(
        console,
        ("item", "title", "plan", "outputs"),
        [
            (row.name, _title(row), console.word(f"outcome_{row.outcome}"), " ".join(dict.fromkeys(row.missing)))
            for row in rows
        ],
    )
    counts = Counter(row.outcome for row in rows)
    bad = len(rows) - counts[Outcome.PLANNED] - counts[Outcome.ALREADY]
    console.say("batch_plan", todo=len(todo), already=counts[Outcome.ALREADY], bad=bad)
    if todo:
        seconds = estimate.seconds(sum(row.pixels for row in todo), context.journal)
        console.say(
            "batch_cost",
            time=duration(console, seconds),
            needed=size(sum(row.size_bytes for row in todo)),
            free=size(shutil.disk_usage(context.workspace.work).free),
            jobs=jobs,
        )


def ended(console: Console, row: Row) -> None:
    """One item as it ends."""
    console.live.ended(row.name)
    time = duration(console, row.seconds)
    console.remark(
        "batch_ended", item=row.name, title=_title(row), outcome=console.word(f"outcome_{row.outcome}"), time=time
    )


def results(console: Console, rows: Sequence[Row]) -> None:
    """The table of all, then why what failed did."""
    for row in rows:
        console.give(_row(console, row))
    table(
        console,
        ("item", "title", "revision", "outcome", "time"),
        [
            (
                row.name,
                _title(row),
                str(row.delivered.package.revision) if row.delivered else "",
                console.word(f"outcome_{row.outcome}"),
                duration(console, row.seconds) if row.seconds else "",
            )
            for row in rows
        ],
    )
    good = sum(row.outcome in GOOD for row in rows)
    console.say("batch_result", good=good, bad=len(rows) - good)
    reasons(console, rows)


def reasons(console: Console, rows: Sequence[Row]) -> None:
    """For each item that did not end well: what is wrong, where, what to do."""
    for row in rows:
        if row.outcome not in _SAID:
            continue
        console.line("")
        console.say("batch_reason", item=row.item.shown, title=_title(row))
        for finding in _findings(console, row):
            console.say("finding_line", mark="✗", place="", message=finding.message)
            console.say("advice_line", advice=finding.advice)
        if row.error and not isinstance(row.error, Refused):
            for line in catalogue.error_lines(console.language, row.error):
                console.line(f"  {line}")


def csv(console: Console, rows: Sequence[Row]) -> bytes:
    """The table as a file for Excel."""
    headings = [console.word(f"column_{name}") for name in ("item", "title", "file", "revision", "outcome", "reason")]
    return tables.write(
        headings,
        [
            (
                row.name,
                _title(row),
                row.item.shown,
                str(row.delivered.package.revision) if row.delivered else "",
                console.word(f"outcome_{row.outcome}"),
                _why(console, row),
            )
            for row in rows
        ],
    )


def duration(console: Console, seconds: float) -> str:
    """Seconds for people: under two minutes in seconds."""
    if seconds < 120:
        return console.word("seconds", count=max(1, round(seconds)))
    if seconds < 7200:
        return console.word("minutes", count=round(seconds / 60))
    return console.word("hours", count=round(seconds / 3600, 1))


def _findings(console: Console, row: Row) -> list[Finding]:
    """What rejects an item, in the reader's language."""
    if isinstance(row.error, Refused):
        return list(evaluate.refused(row.error.code, console.language, row.error.detail))
    if row.prepared is None or row.outcome is not Outcome.REJECTED:
        return []
    reports = row.prepared.reports(console.language)
    return [item for report in reports for item in report.findings if item.severity is Severity.ERROR]


def _why(console: Console, row: Row) -> str:
    found = [finding.message for finding in _findings(console, row)]
    if row.error and not isinstance(row.error, Refused):
        values = catalogue.named(console.language, row.error.values)
        found.append(catalogue.say(console.language, f"error.{row.error.key}.what", **values))
        found += [part for part in (row.error.where,) if part]
    return "; ".join(found)


def _title(row: Row) -> str:
    return row.prepared.handed_in.submission.title_zh if row.prepared else ""


def _row(console: Console, row: Row) -> dict[str, object]:
    findings = [{"code": item.code, "message": item.message} for item in _findings(console, row)]
    fault = None
    if row.error and not isinstance(row.error, Refused):
        fault = {
            "key": row.error.key,
            "exit_code": row.error.exit_code,
            "where": row.error.where,
            "detail": row.error.detail,
        }
    return {
        "item": row.item.shown,
        "submission_id": row.name if row.prepared else row.item.identity,
        "outcome": row.outcome.value,
        "missing": list(row.missing),
        "findings": findings,
        "error": fault,
        "package_id": row.delivered.package.package_id if row.delivered else None,
        "revision": row.delivered.package.revision if row.delivered else None,
        "seconds": round(row.seconds, 2),
    }
