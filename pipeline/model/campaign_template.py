"""`profiles/campaigns/<name>.yaml`: a season whose dates are counted back from the day it goes on air."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from pipeline.model.base import Noun
from pipeline.model.campaign import (
    MOST_COLUMNS,
    MOST_MILESTONES,
    ExpectedFilms,
    FilledBy,
    MilestoneId,
    NearDays,
    Words,
)
from pipeline.model.course import Title
from pipeline.model.days_off import DaysOff
from pipeline.model.profile import About, Name
from pipeline.model.text import Line

MOST_DAYS_BEFORE = 1000


def _day_of_year(text: str) -> str:
    """The 29th of February is one."""
    try:
        date.fromisoformat(f"2000-{text}")
    except ValueError:
        raise PydanticCustomError("day_of_year", "must be a day of the year: 07-01") from None
    return text


DayOfYear = Annotated[str, StringConstraints(pattern=r"^\d{2}-\d{2}$"), AfterValidator(_day_of_year)]
DaysBefore = Annotated[int, Field(ge=0, le=MOST_DAYS_BEFORE)]


class TemplateMilestone(Noun):
    """A milestone that is due so many days before the season goes on air."""

    id: MilestoneId
    words: Words
    days_before: DaysBefore
    filled_by: FilledBy


class CampaignTemplate(Noun):
    """A season without its year; what a campaign has too means the same there.

    Args:
        air_day: on which its seasons go on air, where its name and title say a day.
        begins_days_before: when the campaign `begins`.
        days_off: of all the years that are known; a campaign gets those of its own time.
    """

    schema_version: Literal[1]
    name: Name
    about: About | None = None
    title: Line | Title
    air_day: DayOfYear | None = None
    columns: Annotated[tuple[Line, ...], Field(min_length=1, max_length=MOST_COLUMNS)]
    films: ExpectedFilms
    near_days: NearDays = 7
    begins_days_before: DaysBefore | None = None
    days_off: DaysOff = DaysOff()
    milestones: Annotated[tuple[TemplateMilestone, ...], Field(min_length=1, max_length=MOST_MILESTONES)]

    def is_for(self, day: date) -> bool:
        """Whether a season of it can be on air on a day, by its name."""
        return self.air_day in (None, f"{day:%m-%d}")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        ids: set[str] = set()
        last = MOST_DAYS_BEFORE
        for index, item in enumerate(self.milestones):
            if item.id in ids:
                known: dict[str, Any] = {"value": item.id, "at": ("milestones", index, "id")}
                raise PydanticCustomError("milestone_twice", "«{value}» is there twice", known)
            if item.days_before > last:
                known = {"at": ("milestones", index, "days_before")}
                raise PydanticCustomError("milestone_order_before", "is before the one above it", known)
            ids.add(item.id)
            last = item.days_before
        return self
