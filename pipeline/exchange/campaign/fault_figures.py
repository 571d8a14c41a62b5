"""What the reports of a season's films found, and in how many films."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.exchange.campaign.counting import CountedFilm
from pipeline.model.campaign_report import CutFault, FaultFigure
from pipeline.model.finding import Severity

_GRAVE = tuple(Severity)


def fault_figures(films: Iterable[CountedFilm]) -> tuple[FaultFigure, ...]:
    """One a code, that of most films first: a film counts once, however many of its cuts have it."""
    found: dict[str, list[tuple[str, CutFault]]] = {}
    counted = 0
    for item in films:
        counted += item.story is not None and item.story.is_checked
        for fault in item.story.faults if item.story else ():
            found.setdefault(fault.code, []).append((item.ref, fault))
    made = [_figure(code, told, counted) for code, told in found.items()]
    return tuple(sorted(made, key=lambda item: (-item.count, -item.reports, item.code)))


def _figure(code: str, told: list[tuple[str, CutFault]], counted: int) -> FaultFigure:
    films = tuple(dict.fromkeys(ref for ref, _ in told))
    keys = tuple(dict.fromkeys(fault.key for _, fault in told))
    return FaultFigure(
        code=code,
        severity=min((fault.severity for _, fault in told), key=_GRAVE.index),
        count=len(films),
        of=counted,
        films=films,
        records=keys,
        reports=len(keys),
    )
