"""A batch on paper: what will be done, what became of it, why something was not done."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pipeline import catalogue, tables
from pipeline.cli import clock
from pipeline.cli.command_context import show_reason
from pipeline.cli.console import Console, size
from pipeline.cli.tables import table
from pipeline.execute import tabled_films
from pipeline.execute.batch import BatchRun
from pipeline.execute.batch_item import BatchItem
from pipeline.execute.batch_record import Made
from pipeline.execute.forecast import Forecast
from pipeline.execute.outcome import GOOD, SETTLED, Outcome
from pipeline.execute.workload import Workload
from pipeline.model.finding import ReportedFinding

_SAID = (Outcome.REJECTED, Outcome.UNREADABLE, Outcome.FAILED, Outcome.FAILED_BEFORE)


def plan(
    console: Console,
    items: Sequence[BatchItem],
    folder: Path | None,
    forecast: Forecast,
    until: datetime | None = None,
) -> None:
    """What will be done, when it will be done, and how much disk it needs in the folder where it will lie."""
    todo = [item for item in items if item.outcome is Outcome.PLANNED]
    table(
        console,
        ("item", "title", "plan", "outputs"),
        [
            (item.name, item.title, console.word(f"outcome_{item.outcome}"), " ".join(item.workload.profiles))
            for item in items
        ],
    )
    counts = Counter(item.outcome for item in items)
    bad = len(items) - counts[Outcome.PLANNED] - sum(counts[outcome] for outcome in SETTLED)
    console.say("batch_plan", todo=len(todo), already=counts[Outcome.ALREADY], bad=bad)
    if not todo:
        return
    now, works = datetime.now(UTC), [item.workload for item in todo]
    left_s = forecast.left(sorted(works, key=forecast.seconds, reverse=True))
    console.say(
        "batch_cost",
        work=_work(console, forecast, works),
        time=duration(console, left_s),
        end=clock.shown(now + timedelta(seconds=left_s), now),
        jobs=forecast.jobs,
    )
    needed = sum(item.size_bytes for item in works)
    if folder and needed:
        console.say("batch_disk", needed=size(needed), free=size(shutil.disk_usage(folder).free))
    if until is not None and now + timedelta(seconds=left_s) > until:
        cores = forecast.cores_for(works, (until - now).total_seconds())
        console.tell("batch_until", until=clock.shown(until, now), cores=cores, here=forecast.cores)


def only_planned(
    console: Console,
    items: Sequence[BatchItem],
    folder: Path | None,
    forecast: Forecast,
    until: datetime | None = None,
) -> None:
    """All that is said where nothing is made: the plan, what can't be done and why."""
    plan(console, items, folder, forecast, until)
    give(console, items)
    reasons(console, items)
    console.say("plan_nothing")


def _work(console: Console, forecast: Forecast, works: Sequence[Workload]) -> str:
    """Core-hours; under one of them in minutes, never none."""
    hours = forecast.core_hours(works)
    if hours < 1:
        return console.word("core_minutes", count=max(1, round(60 * hours)))
    return console.word("core_hours", count=f"{hours:.1f}")


def late(console: Console, run: BatchRun) -> None:
    """What stays undone since there was no time, and what it would have taken."""
    if run.until is None or not (items := run.late()):
        return
    works = [item.workload for item in items]
    console.tell(
        "batch_late",
        until=clock.shown(run.until, datetime.now(UTC)),
        count=len(items),
        work=_work(console, run.forecast, works),
        cores=run.cores_in_time(),
        here=run.forecast.cores,
        items=", ".join(item.name for item in items),
    )


def give(console: Console, items: Sequence[BatchItem]) -> None:
    """One object an item under --json: what became of it, or with -n what will."""
    for item in items:
        console.give(_row(console, item))


def ended(console: Console, item: BatchItem, end: datetime) -> None:
    """One item as it ends, and when all will be done."""
    console.live.ended(item.place + item.name)
    time = duration(console, item.seconds)
    outcome = console.word(f"outcome_{item.outcome}")
    values = {"place": item.place, "item": f"{item.name} {item.title}".rstrip(), "outcome": outcome}
    console.hang(console.word("batch_ended", **values, time=time), beside=True)
    now = datetime.now(UTC)
    if end > now + timedelta(seconds=1) and item.outcome is not Outcome.STOPPED:
        console.remark("batch_end", end=clock.shown(end, now))


def running(console: Console, run: BatchRun) -> None:
    """How far all of them are, beside how far each is."""
    counts = Counter(item.outcome for item in run.items)
    settled = sum(counts[outcome] for outcome in SETTLED)
    left = counts[Outcome.PLANNED]
    now, end = datetime.now(UTC), run.promised()
    values = {
        "done": settled,
        "all": len(run.items),
        "bad": len(run.items) - settled - left,
        "slots": run.forecast.jobs,
        "end": clock.shown(end, now),
        "time": duration(console, (end - now).total_seconds()),
    }
    console.overall("batch_running", **values)


def results(console: Console, items: Sequence[BatchItem]) -> None:
    """The table of all, then why what failed did."""
    table(
        console,
        ("item", "title", "revision", "outcome", "time"),
        [
            (
                item.name,
                item.title,
                str(item.delivered.revision) if item.delivered else "",
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
        if item.outcome is Outcome.FAILED and item.error and item.error.log:
            console.fault_line("  " + console.word("batch_log", file=item.error.log))


def csv(console: Console, items: Sequence[BatchItem], before: Mapping[str, Made]) -> bytes:
    """The table as a file for Excel.

    Args:
        before: what packages took that were made before this time, by their ids.
    """
    headings = [console.word(f"column_{name}") for name in tabled_films.RESULTS]
    return tables.write(
        headings,
        [
            (
                item.name,
                item.title,
                item.source.shown,
                str(item.delivered.revision) if item.delivered else "",
                console.word(f"outcome_{item.outcome}"),
                _why(console, item),
                *_cost(item, before),
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


def _findings(console: Console, item: BatchItem) -> Sequence[ReportedFinding]:
    """What rejects an item, in the reader's language."""
    if item.found is None or item.outcome not in (Outcome.REJECTED, Outcome.UNREADABLE):
        return ()
    return item.found.errors[console.language]


def _why(console: Console, item: BatchItem) -> str:
    found = [finding.message for finding in _findings(console, item)]
    if item.error:
        values = catalogue.named(console.language, item.error.values)
        found.append(catalogue.say(console.language, f"error.{item.error.key}.what", **values))
        found += [part for part in (item.error.where,) if part]
    return "; ".join(found)


def _cost(item: BatchItem, before: Mapping[str, Made]) -> tuple[str, ...]:
    """Who made it, when, what that took, and how much went to the store; of what was stopped nobody knows all."""
    usage, sent = item.usage, item.delivered.sent_bytes if item.delivered else 0
    if item.outcome is Outcome.ALREADY and item.delivered and (made := before.get(item.delivered.package_id)):
        usage, sent = made.usage, made.sent_bytes
    if usage is None or item.outcome is Outcome.STOPPED:
        return ("",) * len(tabled_films.COSTS)
    times = map(clock.to_the_second, (usage.began_at, usage.ended_at))
    return (usage.worker, *times, f"{usage.cpu_s:.1f}", str(usage.peak_rss_bytes), str(sent))


def _row(console: Console, item: BatchItem) -> dict[str, object]:
    findings = [{"code": item.code, "message": item.message} for item in _findings(console, item)]
    return {
        "item": item.source.shown,
        "submission_id": item.submission_id,
        "outcome": item.outcome.value,
        "missing": list(item.workload.profiles),
        "findings": findings,
        "error": item.error.facts() if item.error else None,
        "package_id": item.delivered.package_id if item.delivered else None,
        "revision": item.delivered.revision if item.delivered else None,
        "reused_bytes": item.delivered.reused_bytes if item.delivered else None,
        "sent_bytes": item.delivered.sent_bytes if item.delivered else None,
        "seconds": round(item.seconds, 2),
        "usage": item.usage.model_dump(mode="json") if item.usage else None,
        "log": str(item.error.log) if item.error and item.error.log else None,
    }
