"""What a board's table says of each film, as plain values: what was written is known where it is read back."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints, ValidationError

from pipeline.exchange.campaign.listed_values import MARK
from pipeline.model.base import Noun
from pipeline.model.campaign import MOST_MILESTONES, CampaignId, MilestoneId, RevisionNumber
from pipeline.model.campaign_status import BoardFilm, CampaignStatus, Cell, CellState
from pipeline.model.region import Prefecture
from pipeline.model.submission import SubmissionId
from pipeline.model.text import MOST_LINES, is_shown

Value = Annotated[str, StringConstraints(max_length=MOST_LINES)]


class Values(Noun):
    """A film in plain values; what nobody said is empty.

    Args:
        title, note: as they are shown.
        column: its name in the vocabulary.
        length: seconds.
        milestones: by id a day (ISO 8601) or `MARK`; those that are not done are left out.
    """

    title: Value = ""
    column: Value = ""
    length: Value = ""
    note: Value = ""
    milestones: Annotated[dict[MilestoneId, Value], Field(max_length=MOST_MILESTONES)] = Field(default_factory=dict)


class Written(Noun):
    """The last cell of a film's row: whose row it is, what it was written from, and what its cells said."""

    campaign: CampaignId
    revision: RevisionNumber
    prefecture: Prefecture
    id: SubmissionId
    values: Values


def shown(text: str) -> str:
    """A text without what no table shows: controls, marks that turn the direction of letters."""
    return "".join(char if is_shown(char) or char == "\n" else "\ufffd" for char in text)


def values_of(film: BoardFilm) -> Values:
    """What the board says of a film."""
    seconds = round(film.duration_s or film.length_s or 0)
    marks = {cell.milestone: mark_of(cell) for cell in film.cells}
    return Values(
        title=shown(film.title or ""),
        column=film.column or "",
        length=str(seconds) if seconds else "",
        note=shown(film.notes[-1].text) if film.notes else "",
        milestones={name: said for name, said in marks.items() if said},
    )


def mark_of(cell: Cell) -> str:
    """When a milestone was done, as `listed_values.mark` has it."""
    if cell.state is CellState.DONE and cell.on:
        return cell.on.isoformat()
    return MARK if cell.state.is_done else ""


def written(status: CampaignStatus, prefecture: str, film: BoardFilm) -> Written | None:
    """What the last cell of a film's row holds; None of one that has no name."""
    if film.id is None:
        return None
    return Written(
        campaign=status.campaign.id,
        revision=status.revision,
        prefecture=prefecture,
        id=film.id,
        values=values_of(film),
    )


def read_written(text: str) -> Written | None:
    """What such a cell says; None where it is none."""
    try:
        return Written.model_validate_json(text)
    except ValidationError:
        return None
