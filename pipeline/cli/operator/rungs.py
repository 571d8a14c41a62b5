"""What the validator of HLS found, as tables for people."""

from __future__ import annotations

from pipeline.cli.console import Console
from pipeline.cli.operator import analysis
from pipeline.cli.tables import table
from pipeline.model.stream import LadderReport, RungFacts


def show(console: Console, name: str, report: LadderReport) -> None:
    """The renditions, measured; then every clause."""
    console.say("ladder_head", path=name, seconds=f"{report.duration_s:.2f}", rungs=len(report.rungs))
    table(console, ("rung", "codecs", "size", "peak", "average"), [_row(item) for item in report.rungs])
    analysis.checks(console, report)


def end(console: Console, name: str, report: LadderReport, *, good: bool) -> None:
    """The last words: what could not be judged, and whether the rest is good."""
    hidden = next((check for check in report.checks if check.id == "encrypted"), None)
    if hidden:
        of = sum(item.segments for item in report.rungs)
        console.say("ladder_encrypted", path=name, encrypted=hidden.count, segments=of, where=analysis.where(hidden))
        if good and hidden.count < of:
            console.say("verified_ladder_open", path=name)
    elif good:
        console.say("verified_ladder", path=name, rungs=len(report.rungs), seconds=f"{report.duration_s:.2f}")


def _row(item: RungFacts) -> tuple[str, str, str, str, str]:
    size = f"{item.width}x{item.height}" if item.width else item.language or ""
    return item.uri, item.codecs, size, f"{item.peak_bps / 1000:.0f}", f"{item.average_bps / 1000:.0f}"
