"""A batch on paper: what will be done, what became of it, why something was not done."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Sequence

from pipeline import catalogue, tables
from pipeline.cli.command_context import show_reason
from pipeline.cli.console import Console, size
from pipeline.cli.tables import table
from pipeline.execute import estimate, tabled_films
from pipeline.execute.batch import GOOD, SETTLED, BatchItem, Outcome
from pipeline.execute.context import Context
from pipeline.model.finding import ReportedFinding

_SAID = (Outcome.REJECTED, Outcome.UNREADABLE, Outcome.FAILED, Outcome.FAILED_BEFORE)


def plan(console: Console, items: Sequence[BatchItem], context: Context, jobs: int) -> None:
    """What will be done, how long it will take, how much disk it needs."""
    todo = [item for item in items if item.outcome is Outcome.PLANNED]
    table(
        console,
        ("item", "title", "plan", "outputs"),
        [
            (item.name, item.title, console.word(f"outcome_{item.outcome}"), " ".join(dict.fromkeys(item.missing)))
            for item in items
        ],
    )
    counts = Counter(item.outcome for item in items)
    bad = len(items) - counts[Outcome.PLANNED] - sum(counts[outcome] for outcome in SETTLED)
    console.say("batch_plan", todo=len(todo), already=counts[Outcome.ALREADY], bad=bad)
    if todo:
        seconds = estimate.seconds(sum(item.pixels for item in todo), context.journal)
        console.say(
            "batch_cost",
            time=duration(console, seconds),
            needed=size(sum(item.size_bytes for item in todo)),
            free=size(shutil.disk_usage(context.workspace.work).free),
            jobs=jobs,
        )


def give(console: Console, items: Sequence[BatchItem]) -> None:
    """One object an item under --json: what became of it, or with -n what will."""
    for item in items:
        console.give(_row(console, item))


def ended(console: Console, item: BatchItem, place: str) -> None:
    """One item as it ends; `place` is its own among all, `3/12 `."""
    console.live.ended(place + item.name)
    time = duration(console, item.seconds)
    outcome = console.word(f"outcome_{item.outcome}")
    values = {"place": place, "item": f"{item.name} {item.title}".rstrip(), "outcome": outcome}
    console.hang(console.word("batch_ended", **values, time=time), beside=True)


def results(console: Console, items: Sequence[BatchItem]) -> None:
    """The table of all, then why what failed did."""
    table(
        console,
        ("item", "title", "revision", "outcome", "time"),
        [
            (
                item.name,
                item.title,
                str(item.delivered.package.revision) if item.delivered else "",
                console.word(f"outcome_{item.outcome}"),
                duration(console, item.seconds) if item.seconds else "",
            )
            for item in items
        ],
    )
    good = sum(item.outcome in GOOD for item in items)
    withdrawn = sum(item.outcome is Outcome.WITHDRAWN for item in items)
    console.say("batch_result", good=good, bad=len(items) - good - withdrawn)
    reasons(console, items)


def reasons(console: Console, items: Sequence[BatchItem]) -> None:
    """For each item that was withdrawn or did not end well: what is wrong, where, what to do."""
    for item in items:
        if item.outcome is Outcome.WITHDRAWN:
            console.tell(console.own("batch_withdrawn"), id=item.name, title=item.title)
        if item.outcome not in _SAID:
            continue
        show_reason(console, item.source.shown, item.title, _findings(console, item), item.error)


def csv(console: Console, items: Sequence[BatchItem]) -> bytes:
    """The table as a file for Excel."""
    headings = [console.word(f"column_{name}") for name in tabled_films.RESULTS]
    return tables.write(
        headings,
        [
            (
                item.name,
                item.title,
                item.source.shown,
                str(item.delivered.package.revision) if item.delivered else "",
                console.word(f"outcome_{item.outcome}"),
                _why(console, item),
            )
            for item in items
        ],
    )


def duration(console: Console, seconds: float) -> str:
    """Seconds for people: under two minutes in seconds."""
    if seconds < 120:
        return console.word("seconds", count=max(1, round(seconds)))
    if seconds < 7200:
        return console.word("minutes", count=round(seconds / 60))
    return console.word("hours", count=round(seconds / 3600, 1))


def _findings(console: Console, item: BatchItem) -> list[ReportedFinding]:
    """What rejects an item, in the reader's language."""
    if item.prepared is None or item.outcome not in (Outcome.REJECTED, Outcome.UNREADABLE):
        return []
    return item.prepared.examination.errors(console.language)


def _why(console: Console, item: BatchItem) -> str:
    found = [finding.message for finding in _findings(console, item)]
    if item.error:
        values = catalogue.named(console.language, item.error.values)
        found.append(catalogue.say(console.language, f"error.{item.error.key}.what", **values))
        found += [part for part in (item.error.where,) if part]
    return "; ".join(found)


def _row(console: Console, item: BatchItem) -> dict[str, object]:
    findings = [{"code": item.code, "message": item.message} for item in _findings(console, item)]
    return {
        "item": item.source.shown,
        "submission_id": item.submission_id,
        "outcome": item.outcome.value,
        "missing": list(item.missing),
        "findings": findings,
        "error": item.error.facts() if item.error else None,
        "package_id": item.delivered.package.package_id if item.delivered else None,
        "revision": item.delivered.package.revision if item.delivered else None,
        "reused_bytes": item.delivered.reused_bytes if item.delivered else None,
        "seconds": round(item.seconds, 2),
    }
