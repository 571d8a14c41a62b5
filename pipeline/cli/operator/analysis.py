"""What the analyser found, as a table for people."""

from __future__ import annotations

import re

from pipeline.cli.console import Console
from pipeline.cli.tables import table
from pipeline.model.stream import Check, CheckReport, Status, StreamReport

_MARKS = {Status.PASS: "✓", Status.WARNING: "!", Status.ERROR: "✗", Status.NOT_APPLICABLE: "–"}


def show(console: Console, name: str, report: StreamReport) -> None:
    """Every check, what was found, what is allowed, and where."""
    console.say(
        "stream_head",
        path=name,
        rate=f"{report.rate_bps / 1000:.0f}",
        seconds=f"{report.duration_s:.2f}",
        service=report.service or "–",
    )
    for track in report.tracks:
        console.say(
            "stream_track",
            pid=track.pid,
            codec=track.codec,
            language=track.language or "–",
            units=track.units,
            rate=f"{track.rate_bps / 1000:.0f}",
            slack=_ms(track.least_slack_ms),
            delay=_ms(track.most_delay_ms),
        )
    checks(console, report)


def checks(console: Console, report: CheckReport) -> None:
    """Every check in a row, and how many ended how."""
    table(console, ("check", "result", "measured", "limit", "where"), [_row(console, item) for item in report.checks])
    counts = {status: sum(item.status is status for item in report.checks) for status in Status}
    console.say(
        "stream_sum",
        errors=counts[Status.ERROR],
        warnings=counts[Status.WARNING],
        passed=counts[Status.PASS],
        skipped=counts[Status.NOT_APPLICABLE],
    )


def words(console: Console, check: Check) -> str:
    """One check that did not pass, as a sentence."""
    limit = console.word("check_limit", limit=check.limit) if check.limit else ""
    found = f"{measured(check)}{limit} {where(check)}".rstrip()
    return console.word("said", lead=_name(console, check), text=found)


def measured(check: Check) -> str:
    """The figure, or what was found."""
    if check.value is None:
        return check.text or ""
    number = f"{check.value:.2f}".rstrip("0").rstrip(".")
    return f"{number} {check.unit}".rstrip() + (f", {check.text}" if check.text else "")


def _row(console: Console, check: Check) -> tuple[str, str, str, str, str]:
    result = f"{_MARKS[check.status]} {console.word(f'check_{check.status.value}')}"
    if check.why:
        why = console.word(f"check_why_{check.why}")
        return _name(console, check), result, f"{why} ({check.text})" if check.text else why, "", where(check)
    return _name(console, check), result, measured(check), check.limit or "", where(check)


def _name(console: Console, check: Check) -> str:
    """A clause is shown with its number, without what tells two checks of one clause apart."""
    name = console.word(f"check_name_{check.id.replace('.', '_').replace('-', '_')}")
    clause = re.match(r"[AR]?[0-9][0-9.-]*[a-z]?(?=[.]|$)", check.id)
    return f"{clause[0]} {name}" if clause else name


def where(check: Check) -> str:
    """The first place, and how many there are."""
    if not check.places:
        return ""
    first = check.places[0]
    pid = "" if first.pid is None else f"PID {first.pid}"
    segment = "" if first.segment is None else f"#{first.segment}"
    more = f"×{check.count}" if check.count > 1 else ""
    return " ".join(word for word in (first.file, segment, first.timecode, pid, more) if word)


def _ms(value: float | None) -> str:
    return "–" if value is None else f"{value:.0f}"
