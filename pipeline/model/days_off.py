"""Days on which nobody works: weekends, holidays and the weekends that are worked for them, as a campaign says them."""

from __future__ import annotations

import datetime
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from pipeline.model.base import Noun
from pipeline.model.text import Line

FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2199, 12, 31)
MOST_DAYS_OFF = 400


def _likely(day: date) -> date:
    if not FIRST_DAY <= day <= LAST_DAY:
        known = {"value": day.isoformat(), "first": FIRST_DAY.isoformat(), "last": LAST_DAY.isoformat()}
        raise PydanticCustomError("day_unlikely", "{value} is no likely day: {first} to {last}", known)
    return day


Day = Annotated[date, AfterValidator(_likely)]


class Weekday(StrEnum):
    """A day of the week, Monday first."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


class DayOff(Noun):
    """A holiday: one day, or all from `date` until `until`, both included; and what it is called."""

    date: Day
    until: Day | None = None
    zh: Line
    en: Line

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.until and self.until < self.date:
            raise PydanticCustomError("day_off_order", "ends before it begins", {"at": ("until",)})
        return self

    def holds(self, day: datetime.date) -> bool:
        """Whether the day is one of it."""
        return self.date <= day <= (self.until or self.date)


class DaysOff(Noun):
    """When nobody works.

    Args:
        weekdays: each week.
        dates: holidays.
        working: days that are worked although they are one of `weekdays`.
    """

    weekdays: tuple[Weekday, ...] = (Weekday.SATURDAY, Weekday.SUNDAY)
    dates: Annotated[tuple[DayOff, ...], Field(max_length=MOST_DAYS_OFF)] = ()
    working: Annotated[tuple[Day, ...], Field(max_length=MOST_DAYS_OFF)] = ()

    @model_validator(mode="after")
    def _works_or_not(self) -> Self:
        for index, day in enumerate(self.working):
            if any(item.holds(day) for item in self.dates):
                known: dict[str, Any] = {"value": day.isoformat(), "at": ("working", index)}
                raise PydanticCustomError("day_off_and_working", "{value} is a holiday too", known)
        return self

    def holiday(self, day: date) -> DayOff | None:
        """The holiday that a day is one of."""
        return next((item for item in self.dates if item.holds(day)), None)

    def is_off(self, day: date) -> bool:
        """Whether nobody works on a day."""
        return self.holiday(day) is not None or (day not in self.working and weekday(day) in self.weekdays)

    def within(self, first: date, last: date) -> DaysOff:
        """What falls between two days, both included."""
        dates = tuple(item for item in self.dates if item.date <= last and (item.until or item.date) >= first)
        working = tuple(day for day in self.working if first <= day <= last)
        return DaysOff(weekdays=self.weekdays, dates=dates, working=working)


def weekday(day: date) -> Weekday:
    """Which day of the week a day is."""
    return tuple(Weekday)[day.weekday()]
