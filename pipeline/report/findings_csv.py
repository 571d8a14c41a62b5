"""Findings as a table that a spreadsheet opens."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline import tables
from pipeline.catalogue import Language, say
from pipeline.report.sheet import Sheet

COLUMNS = (
    "file",
    "verdict",
    "severity",
    "code",
    "track",
    "start_tc",
    "end_tc",
    "start_s",
    "end_s",
    "actual",
    "expected",
    "message",
    "advice",
)


def render(sheets: Iterable[Sheet], language: Language) -> bytes:
    """One row for each finding, in the order of the timeline; a film without any has one row."""
    rows = []
    for sheet in sheets:
        film = [sheet.report.file, say(language, f"text.verdict_{sheet.report.verdict}")]
        found = sheet.in_order()
        if not found:
            rows.append([*film, *[""] * (len(COLUMNS) - len(film))])
        for _, item in found:
            rows.append(
                [
                    *film,
                    say(language, f"report.severity_{item.severity}"),
                    item.code,
                    item.track or "",
                    item.start_tc or "",
                    item.end_tc or "",
                    _seconds(item.start_s),
                    _seconds(item.end_s),
                    item.actual,
                    item.expected,
                    item.message,
                    item.advice,
                ]
            )
    return tables.write([say(language, f"report.column_{name}") for name in COLUMNS], rows)


def _seconds(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"
