"""`campaign.yaml`: a season as data: who owes how many films, and by when each step of a film is done."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import AwareDatetime, BeforeValidator, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from pipeline.model import region
from pipeline.model.base import Noun
from pipeline.model.course import Title
from pipeline.model.days_off import Day, DaysOff
from pipeline.model.region import Prefecture
from pipeline.model.submission import ID_LENGTH, SubmissionId
from pipeline.model.text import Line

MOST_MILESTONES, MOST_FILMS, MOST_COLUMNS = 20, 200, 50
MOST_NEAR_DAYS, MOST_REVISION = 60, 9999

CampaignId = SubmissionId
MilestoneId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=ID_LENGTH)]
FilmCount = Annotated[int, Field(ge=0, le=MOST_FILMS)]
RevisionNumber = Annotated[int, Field(ge=1, le=MOST_REVISION)]
NearDays = Annotated[int, Field(ge=0, le=MOST_NEAR_DAYS)]


class FilledBy(StrEnum):
    """What makes a milestone done: a person who says so, or a fact of the store."""

    HAND = "hand"
    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    TAKEN_OVER = "taken_over"
    SHOWN = "shown"


def folded(text: str) -> str:
    """Words as they are compared: whoever types them, in whatever letters a keyboard has."""
    return unicodedata.normalize("NFC", text).strip().casefold()


class Words(Noun):
    """What something is called in both languages."""

    zh: Line
    en: Line


class Milestone(Noun):
    """One step of a film.

    Args:
        due: the last day for it, which ends at 24:00 in China.
    """

    id: MilestoneId
    words: Words
    due: Day
    filled_by: FilledBy


def _each_prefecture_once(value: Any) -> Any:
    """Two names of one prefecture would silently be one."""
    seen: dict[str, str] = {}
    for name in value if isinstance(value, Mapping) else ():
        code = region.code_of(str(name)) or str(name)
        if code in seen:
            known = {"text": str(name)[:40], "other": seen[code][:40], "at": (name,)}
            raise PydanticCustomError("prefecture_twice", "«{text}» is the same prefecture as «{other}»", known)
        seen[code] = str(name)
    return value


class ExpectedFilms(Noun):
    """How many films are expected.

    Args:
        each: of each of the fourteen prefectures; without it only those that are named take part.
        prefectures: of these, instead of `each`.
    """

    each: FilmCount | None = None
    prefectures: Annotated[dict[Prefecture, FilmCount], BeforeValidator(_each_prefecture_once)] = Field(
        default_factory=dict
    )

    @model_validator(mode="after")
    def _of_somebody(self) -> Self:
        if self.each is None and not self.prefectures:
            raise PydanticCustomError("films_of_nobody", "says neither each nor prefectures")
        return self

    def by_prefecture(self) -> dict[str, int]:
        """The number of each prefecture that takes part, by its code: the fourteen in their usual order first."""
        fourteen = region.prefectures()
        counts = dict.fromkeys(fourteen, self.each) if self.each is not None else {}
        counts |= self.prefectures
        order = [code for code in (*fourteen, *sorted(self.prefectures)) if code in counts]
        return {code: counts[code] or 0 for code in dict.fromkeys(order)}


class Campaign(Noun):
    """`campaign.yaml`.

    Args:
        name: as titles of submissions have it.
        begins: what came in before this day is none of this campaign's, unless it is joined to an announced film.
        columns: words of the vocabulary `columns`, its names once they are read; a film that stands in another one is
            not counted.
        near_days: a milestone is near from so many days before it is due.
        milestones: in their order.
        revision: where it was got from the store, the number it has there: an older one is not published.
    """

    schema_version: Literal[1]
    id: CampaignId
    name: Line | Title
    air_date: Day
    begins: Day | None = None
    columns: Annotated[tuple[Line, ...], Field(min_length=1, max_length=MOST_COLUMNS)]
    films: ExpectedFilms
    near_days: NearDays = 7
    days_off: DaysOff = DaysOff()
    milestones: Annotated[tuple[Milestone, ...], Field(min_length=1, max_length=MOST_MILESTONES)]
    revision: RevisionNumber | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        ids: set[str] = set()
        called: dict[str, str] = {}
        last: Milestone | None = None
        for index, item in enumerate(self.milestones):
            if item.id in ids:
                known: dict[str, Any] = {"value": item.id, "at": ("milestones", index, "id")}
                raise PydanticCustomError("milestone_twice", "«{value}» is there twice", known)
            for language, word in (("zh", item.words.zh), ("en", item.words.en)):
                if other := called.get(folded(word)):
                    known = {"value": word, "other": other, "own": item.id}
                    known["at"] = ("milestones", index, "words", language)
                    raise PydanticCustomError("milestone_words_twice", "«{value}» is the word of {other}", known)
            if last and item.due < last.due:
                known = {"value": str(item.due), "other": last.id, "due": str(last.due)}
                known["at"] = ("milestones", index, "due")
                raise PydanticCustomError("milestone_order", "{value} is before {other}, {due}", known)
            ids.add(item.id)
            called |= dict.fromkeys((item.id, folded(item.words.zh), folded(item.words.en)), item.id)
            last = item
        if last and self.air_date < last.due:
            known = {"value": str(self.air_date), "other": last.id, "due": str(last.due), "at": ("air_date",)}
            raise PydanticCustomError("air_date_early", "{value} is before {other}, {due}", known)
        for index, column in enumerate(self.columns):
            if column in self.columns[:index]:
                known = {"value": column, "at": ("columns", index)}
                raise PydanticCustomError("column_twice", "«{value}» is there twice", known)
        return self

    @property
    def full_name(self) -> Title:
        """By language."""
        return self.name if isinstance(self.name, Title) else Title(zh=self.name)

    def milestone(self, identity: str) -> Milestone | None:
        """The milestone of an id."""
        return next((item for item in self.milestones if item.id == identity), None)

    def find_milestone(self, written: str) -> Milestone | None:
        """The milestone that is meant: by its id, else by its words in either language."""
        wanted = folded(written)
        by_words = (item for item in self.milestones if wanted in (folded(item.words.zh), folded(item.words.en)))
        return self.milestone(wanted) or next(by_words, None)

    def expected(self) -> dict[str, int]:
        """How many films are expected of each prefecture that takes part."""
        return self.films.by_prefecture()


class CampaignRevision(Noun):
    """`_campaign/<id>/r<N>.json`: a campaign as it was published.

    Args:
        number: of this revision; in the campaign itself `revision` is unsaid.
    """

    schema_version: Literal[1] = 1
    number: RevisionNumber
    campaign: Campaign
    by: Line


class PublishedCampaign(Noun):
    """A revision with the time that the store gave it."""

    revision: CampaignRevision
    at: AwareDatetime


class MovedDate(Noun):
    """A date that a later revision moved.

    Args:
        milestone: its id; None is the air date.
        revision, at: which one moved it, and when.
    """

    milestone: str | None
    old: date
    new: date
    revision: int
    at: AwareDatetime
