"""What is wanted of whom now: of each film the first step that is late, near, returned or withdrawn."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from pipeline.model.campaign import Campaign, FilledBy
from pipeline.model.campaign_status import BoardFilm, Cell, CellState, PrefectureRow, Wanted
from pipeline.model.inbox import Person

_NOW = (CellState.LATE, CellState.WITHDRAWN, CellState.RETURNED, CellState.NEAR)
_OF_PREFECTURE = (FilledBy.HAND, FilledBy.DRAFT, FilledBy.SUBMITTED)


def wanted(campaign: Campaign, rows: Iterable[PrefectureRow]) -> tuple[Wanted, ...]:
    """The most late first, then what is due soonest; films without a name of one prefecture are one."""
    found = [item for row in rows for item in _of_row(campaign, row)]
    return tuple(sorted(found, key=lambda item: (-item.cell.late_days, item.cell.left_days or 0)))


def _of_row(campaign: Campaign, row: PrefectureRow) -> Iterator[Wanted]:
    nameless: Counter[Cell] = Counter()
    for film in row.films:
        # the next one, or one behind it, where that alone was given longer
        cell = next((item for item in film.cells if item.state in _NOW), None) if film.standing.counts else None
        if cell is None:
            continue
        if film.id is None:
            nameless[cell] += 1
        else:
            yield Wanted(
                of=_of(campaign, film, cell),
                prefecture=row.code,
                id=film.id,
                title=film.title,
                cell=cell,
                stage=film.stage,
            )
    for cell, count in nameless.items():
        yield Wanted(of=Person.PRODUCER, prefecture=row.code, count=count, cell=cell)


def _of(campaign: Campaign, film: BoardFilm, cell: Cell) -> Person:
    """Who makes the next step: a prefecture makes and hands in, and for what follows the film's stage tells."""
    milestone = campaign.milestone(cell.milestone)
    if film.stage is None or (milestone and milestone.filled_by in _OF_PREFECTURE):
        return Person.PRODUCER
    return film.wanted_of or Person.EDITOR
