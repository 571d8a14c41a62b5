"""How late films were with each step, and by how much they were given longer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from pipeline.exchange.campaign.counting import CountedFilm, days_figure
from pipeline.model.campaign import Campaign
from pipeline.model.campaign_report import DaysFigure, Lateness
from pipeline.model.campaign_status import Cell

_Step = tuple[CountedFilm, Cell]


def by_milestone(campaign: Campaign, films: Sequence[CountedFilm]) -> tuple[Lateness, ...]:
    """One a milestone, in their order; `films` are those that count."""
    return tuple(
        _lateness(campaign, item.id, [(film, film.film.cell(item.id)) for film in films])
        for item in campaign.milestones
    )


def by_prefecture(campaign: Campaign, codes: Sequence[str], films: Sequence[CountedFilm]) -> tuple[Lateness, ...]:
    """One a prefecture, in the order of `codes`: of a film the step that was the latest, or was given longest."""
    return tuple(
        _lateness(
            campaign, code, [(film, cell) for film in films if film.prefecture == code for cell in film.film.cells]
        )
        for code in codes
    )


def _lateness(campaign: Campaign, name: str, steps: Sequence[_Step]) -> Lateness:
    return Lateness(
        name=name,
        done=_figure(campaign, steps, lambda cell: cell.late_days if cell.state.is_done else 0),
        still_open=_figure(campaign, steps, lambda cell: 0 if cell.state.is_done else cell.late_days),
        extended=_figure(campaign, steps, longer_days, is_extension=True),
    )


def longer_days(cell: Cell) -> int:
    """By how many days a step was given longer."""
    return (cell.extension.until - cell.extension.due).days if cell.extension else 0


def _figure(
    campaign: Campaign, steps: Sequence[_Step], days_of: Callable[[Cell], int], *, is_extension: bool = False
) -> DaysFigure:
    days: dict[str, float] = {}
    for film, cell in steps:
        if found := days_of(cell):
            days[film.ref] = max(days.get(film.ref, 0.0), float(found))
    counted = [step for step in steps if days_of(step[1])]
    return days_figure(days, _keys(campaign, counted, is_extension=is_extension))


def _keys(campaign: Campaign, steps: Sequence[_Step], *, is_extension: bool) -> Iterator[str]:
    for film, cell in steps:
        if is_extension and cell.extension:
            yield cell.extension.said.key
            continue
        milestone = campaign.milestone(cell.milestone)
        key = cell.said.key if cell.said else film.key(milestone.filled_by) if milestone else None
        if key and cell.state.is_done:
            yield key
