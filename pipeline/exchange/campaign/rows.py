"""A prefecture's row: in each cell the worst of its films, and how many have the milestone behind them."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.exchange.campaign.cells import extension_of
from pipeline.exchange.campaign.films import PrefectureFilms
from pipeline.exchange.campaign.told import ToldPrefecture
from pipeline.model.campaign import Campaign, Milestone
from pipeline.model.campaign_status import BoardFilm, Cell, CellState, PrefectureRow, RowCell

_WORST_FIRST = tuple(CellState)


def row(
    campaign: Campaign, code: str, own: ToldPrefecture, found: PrefectureFilms, expected: int | None
) -> PrefectureRow:
    """One row."""
    extended = ((item.id, extension_of(item, {}, own.longer)) for item in campaign.milestones)
    made = tuple(_cell(item, found.films) for item in campaign.milestones)
    return PrefectureRow(
        code=code,
        expected=expected,
        films=found.films,
        beside=found.beside,
        notes=tuple(own.notes),
        extensions=tuple((identity, given) for identity, given in extended if given),
        cells=made,
        late_days=max(item.late_days for item in made),
    )


def sorted_rows(rows: Sequence[PrefectureRow]) -> tuple[PrefectureRow, ...]:
    """The most late first, then those with the most that is late, then what is due soonest; else as they came."""
    return tuple(sorted(rows, key=_lateness))


def _lateness(found: PrefectureRow) -> tuple[int, int, int]:
    near = [item.left_days for item in found.cells if item.state is CellState.NEAR and item.left_days is not None]
    return (-found.late_days, -sum(item.late for item in found.cells), min(near, default=10_000))


def badness(cell: Cell) -> tuple[int, int]:
    """What cells are sorted by, the worst first: its state, then days."""
    days = -cell.late_days if cell.state is CellState.LATE else cell.left_days or 0
    return (_WORST_FIRST.index(cell.state), days)


def _cell(milestone: Milestone, films: Sequence[BoardFilm]) -> RowCell:
    counted = [film.cell(milestone.id) for film in films if film.standing.counts]
    worst = min(counted, key=badness, default=None)
    if worst is None:
        return RowCell(milestone=milestone.id, state=CellState.OFF, done=0, of=0, due=milestone.due)
    late = [item for item in counted if item.state is CellState.LATE]
    return RowCell(
        milestone=milestone.id,
        state=CellState.DONE if worst.state.is_done else worst.state,
        done=sum(item.state.is_done for item in counted),
        of=len(counted),
        late=len(late),
        late_days=worst.late_days if late else 0,
        left_days=worst.left_days,
        due=worst.due,
    )
