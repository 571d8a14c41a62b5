"""`slots.yaml`: when a campaign's films can be on air, and by which rules they are laid into these times.

Times are China's. A slot is half-open: one that ends at 20:00 and one that begins then do not overlap. It may end on
the next day.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from pipeline.model.base import Noun
from pipeline.model.china_time import CHINA
from pipeline.model.course import Title
from pipeline.model.languages import SpokenLanguage
from pipeline.model.metadata import LAST_YEAR
from pipeline.model.profile import Name
from pipeline.model.reference import SubmissionRef
from pipeline.model.region import code_of
from pipeline.model.submission import ID_LENGTH, SubmissionId
from pipeline.model.text import Line

MOST_SLOTS, MOST_PLACED = 50, 1000  # rows of the file; moments that they make
MOST_DAYS = 400
MOST_MINUTES = 24 * 60
MOST_PINNED, MOST_REPEATS = 500, 50
FIRST_YEAR = 2000  # China has had no summer time since 1991
_REF = re.compile(r"(?:([^/\s]+)/)?([a-z0-9][a-z0-9-]*)")
_CODE = re.compile(r"\d{6}(?=-)")


def _in_utc(at: datetime) -> datetime:
    return at.astimezone(UTC)


def _year(day: date) -> date:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise PydanticCustomError("day_year", "a year from {first} to {last}", {"first": FIRST_YEAR, "last": LAST_YEAR})
    return day


def film_ref(text: str) -> SubmissionRef | None:
    """The film of an id as it is typed: PREFECTURE/ID, or an id that begins with the code; None of what is neither."""
    found = _REF.fullmatch(text.strip())
    prefecture = code_of(found[1]) if found and found[1] else None
    if found and not found[1] and (code := _CODE.match(found[2])):
        prefecture = code_of(code[0])
    return SubmissionRef(prefecture, found[2]) if found and prefecture and len(found[2]) <= ID_LENGTH else None


def _ref(text: str) -> str:
    """As keys have it: 653200/653200-doctor."""
    found = film_ref(text)
    if found is None:
        raise PydanticCustomError("film_ref", "must be a film's id: PREFECTURE/ID, or an id that begins with the code")
    return str(found)


Moment = Annotated[AwareDatetime, AfterValidator(_in_utc)]
Day = Annotated[date, AfterValidator(_year)]
FilmRef = Annotated[str, StringConstraints(max_length=80), AfterValidator(_ref)]
ClockTime = Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
# of XMLTV, as its own checker has it (XMLTV::ValidateFile)
Channel = Annotated[str, StringConstraints(pattern=r"^[-a-zA-Z0-9]+(\.[-a-zA-Z0-9]+)+$", max_length=64)]


class AirWeekday(StrEnum):
    """As it is written in the file."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


_WEEK = tuple(AirWeekday)


def ref_of(written: FilmRef) -> SubmissionRef:
    """The film that a `FilmRef` means."""
    return SubmissionRef(*written.split("/"))


class SlotTime(Noun):
    """One slot on one day: from `start` to `end`, which is no longer of it."""

    name: Name
    start: Moment
    end: Moment

    @property
    def day(self) -> date:
        """On which it begins, in China."""
        return self.start.astimezone(CHINA).date()


class Slot(Noun):
    """The same time on several days.

    Args:
        from, until: the first and the last day; weekdays: those of them alone.
        dates: days one by one.
        start: HH:MM.
        minutes: how long it is; it may end on the next day.
        columns: whose films can be in it; any where none is said.
        language: what its films are spoken in; any where none is said.
    """

    name: Name
    first: Annotated[Day | None, Field(alias="from")] = None
    until: Day | None = None
    weekdays: Annotated[tuple[AirWeekday, ...], Field(min_length=1, max_length=7)] | None = None
    dates: Annotated[tuple[Day, ...], Field(max_length=MOST_DAYS)] = ()
    start: ClockTime
    minutes: Annotated[int, Field(ge=1, le=MOST_MINUTES)]
    columns: Annotated[tuple[Line, ...], Field(max_length=50)] = ()
    language: SpokenLanguage | None = None

    @model_validator(mode="after")
    def _on_days(self) -> Self:
        if (self.first is None) != (self.until is None) or (self.weekdays and self.first is None):
            raise PydanticCustomError("slot_from_until", "takes `from` and `until` together, or `dates`")
        if self.first and self.until:
            if self.until < self.first:
                raise PydanticCustomError("slot_days_order", "ends before it begins", {"at": ("until",)})
            if (self.until - self.first).days >= MOST_DAYS:
                raise PydanticCustomError(
                    "slot_days_many", "at most {most} days", {"most": MOST_DAYS, "at": ("until",)}
                )
        if not self.days:
            raise PydanticCustomError("slot_no_day", "is on no day")
        return self

    @property
    def days(self) -> tuple[date, ...]:
        """Every day that it is on, in their order."""
        found = set(self.dates)
        if self.first and self.until:
            every = (self.first + timedelta(days=number) for number in range((self.until - self.first).days + 1))
            found |= {day for day in every if self.weekdays is None or _WEEK[day.weekday()] in self.weekdays}
        return tuple(sorted(found))

    def on(self, day: date) -> SlotTime:
        """The slot of one day."""
        start = datetime.combine(day, time.fromisoformat(self.start), CHINA).astimezone(UTC)
        return SlotTime(name=self.name, start=start, end=start + timedelta(minutes=self.minutes))

    def takes_column(self, column: str | None) -> bool:
        """Whether films of this column can be in it."""
        return not self.columns or column in self.columns


class Pin(Noun):
    """A film that is to be in one slot."""

    film: FilmRef
    slot: Name
    day: Annotated[Day, Field(alias="date")]


class Repeat(Noun):
    """Films that come again.

    Args:
        films: these; columns: those of these columns; all where neither is said.
        times: how many times more.
        after_hours, after_days: one of them: hours from the start of one showing to that of the next, or days of the
            calendar between them.
    """

    films: Annotated[tuple[FilmRef, ...], Field(min_length=1, max_length=MOST_PINNED)] | None = None
    columns: Annotated[tuple[Line, ...], Field(min_length=1, max_length=50)] | None = None
    times: Annotated[int, Field(ge=1, le=99)]
    after_hours: Annotated[int, Field(ge=1, le=8760)] | None = None
    after_days: Annotated[int, Field(ge=1, le=365)] | None = None

    @model_validator(mode="after")
    def _one_distance(self) -> Self:
        if (self.after_hours is None) == (self.after_days is None):
            raise PydanticCustomError("repeat_after", "takes one of after_hours and after_days")
        return self

    def is_of(self, ref: SubmissionRef, column: str | None) -> bool:
        """Whether it is said of a film."""
        return (self.films is None or str(ref) in self.films) and (self.columns is None or column in self.columns)

    def is_far_enough(self, earlier: datetime, later: datetime) -> bool:
        """Whether one showing may begin so long after another."""
        if self.after_hours is not None:
            return later - earlier >= timedelta(hours=self.after_hours)
        days = later.astimezone(CHINA).date() - earlier.astimezone(CHINA).date()
        return days.days >= (self.after_days or 0)


class Rules(Noun):
    """How films are laid.

    Args:
        columns: in which order they come; the others follow.
        repeats: the first that is said of a film counts; without one it is on air once.
        pinned: these come before all others.
        gap_s: seconds between two films of one slot.
        share: several films can be in one slot.
    """

    columns: Annotated[tuple[Line, ...], Field(max_length=50)] = ()
    repeats: Annotated[tuple[Repeat, ...], Field(max_length=MOST_REPEATS)] = ()
    pinned: Annotated[tuple[Pin, ...], Field(max_length=MOST_PINNED)] = ()
    gap_s: Annotated[int, Field(ge=0, le=3600)] = 0
    share: bool = False

    def repeat_of(self, ref: SubmissionRef, column: str | None) -> Repeat | None:
        """How a film comes again."""
        return next((item for item in self.repeats if item.is_of(ref, column)), None)

    def rank(self, column: str | None) -> int:
        """The place of a column; those that are not named share the last one."""
        return self.columns.index(column) if column in self.columns else len(self.columns)


class Slots(Noun):
    """The file.

    Args:
        campaign: whose films these are.
        name: what viewers know it by: of XMLTV the channel's name.
        channel: its id there; made of the campaign's id where none is said.
    """

    schema_version: Literal[1]
    campaign: SubmissionId
    name: Title
    channel: Channel | None = None
    slots: Annotated[tuple[Slot, ...], Field(min_length=1, max_length=MOST_SLOTS)]
    rules: Rules = Rules()

    @model_validator(mode="after")
    def _names_once(self) -> Self:
        for index, slot in enumerate(self.slots):
            if slot.name in [other.name for other in self.slots[:index]]:
                raise PydanticCustomError("slot_twice", "another slot is called so", {"at": ("slots", index, "name")})
        if (count := sum(len(slot.days) for slot in self.slots)) > MOST_PLACED:
            most = {"most": MOST_PLACED, "count": count, "at": ("slots",)}
            raise PydanticCustomError("slots_many", "{count} slots in all, at most {most}", most)
        return self

    @model_validator(mode="after")
    def _apart(self) -> Self:
        found = sorted(self._numbered(), key=lambda pair: (pair[1].start, pair[0]))
        for (first, earlier), (second, later) in pairwise(found):
            if later.start < earlier.end:
                row, other = (second, earlier) if second >= first else (first, later)
                known = {"other": other.name, "day": f"{later.day:%Y-%m-%d}", "at": ("slots", row, "start")}
                raise PydanticCustomError("slot_overlap", "overlaps «{other}» on {day}", known)
        return self

    @model_validator(mode="after")
    def _pins_fit(self) -> Self:
        seen = set()
        for index, pin in enumerate(self.rules.pinned):
            slot = self.slot(pin.slot)
            if slot is None:
                known = {"known": ", ".join(item.name for item in self.slots), "at": ("rules", "pinned", index, "slot")}
                raise PydanticCustomError("pin_slot", "there is no such slot; there are: {known}", known)
            if pin.day not in slot.days:
                at = {"slot": slot.name, "at": ("rules", "pinned", index, "date")}
                raise PydanticCustomError("pin_day", "«{slot}» is not on this day", at)
            if pin in seen:
                raise PydanticCustomError("pin_twice", "is said twice", {"at": ("rules", "pinned", index, "film")})
            seen.add(pin)
        return self

    def slot(self, name: str) -> Slot | None:
        """The slot of this name."""
        return next((item for item in self.slots if item.name == name), None)

    @property
    def placed(self) -> tuple[SlotTime, ...]:
        """Every slot of every day, in the order of their times."""
        return tuple(sorted((made for _, made in self._numbered()), key=lambda item: item.start))

    @property
    def channel_id(self) -> str:
        """The channel's id in XMLTV."""
        return self.channel or f"{self.campaign}.showcase"

    def _numbered(self) -> Iterator[tuple[int, SlotTime]]:
        for index, slot in enumerate(self.slots):
            for day in slot.days:
                yield index, slot.on(day)
