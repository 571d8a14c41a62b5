"""What a season came to: figures, each with the films that it counts and the records of the store that it is from."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, StringConstraints

from pipeline.model.base import Noun
from pipeline.model.campaign import FilledBy
from pipeline.model.campaign_status import Standing
from pipeline.model.course import Title
from pipeline.model.finding import Severity
from pipeline.model.inbox import Person, Stage

MOST_CODES = 200  # in one report
FindingCode = Annotated[str, StringConstraints(pattern=r"^[a-z]+\.[a-z_]+$", max_length=64)]
Days = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class Turn(Noun):
    """A stretch of time in which somebody was to move.

    Args:
        until: None while it lasts.
        key: the record with which it began.
    """

    of: Person
    since: AwareDatetime
    until: AwareDatetime | None = None
    key: str


class Cut(Noun):
    """One revision of a film that was handed in whole; `approved_key` is the editor's word on it, where it stands."""

    revision: int
    at: AwareDatetime
    key: str
    approved_key: str | None = None


class CutFault(Noun):
    """A finding that is no mere information, in the report that lies beside a revision; once a code and report."""

    code: FindingCode
    severity: Severity
    key: str


class CutFaults(Noun):
    """All of one report."""

    faults: Annotated[tuple[CutFault, ...], Field(max_length=MOST_CODES)] = ()


class FilmStory(Noun):
    """What happened to one submission until the end of a day, by the store's clock.

    Args:
        turns: in their order, without a gap but where nobody was to move.
        masters: the oldest first.
        taken_over_key: the operator's word that counts.
        is_checked: a report of one of its cuts could be read.
    """

    prefecture: str
    submission_id: str
    turns: tuple[Turn, ...] = ()
    masters: tuple[Cut, ...] = ()
    taken_over_key: str | None = None
    faults: tuple[CutFault, ...] = ()
    is_checked: bool = False

    @property
    def approved(self) -> Cut | None:
        """The newest cut whose approval stands."""
        return next((item for item in reversed(self.masters) if item.approved_key), None)

    @property
    def is_first_cut(self) -> bool:
        """Whether what was approved is the first that was handed in whole; a rough cut is none."""
        return self.approved is not None and self.approved is self.masters[0]


class Figure(Noun):
    """A number of films.

    Args:
        of: of how many; None where the number stands alone.
        films: which ones, as PREFECTURE/ID.
        records: keys with their bucket.
    """

    count: int
    of: int | None = None
    films: tuple[str, ...] = ()
    records: tuple[str, ...] = ()


class DaysFigure(Figure):
    """A number of films, and days of all together, of the one in the middle and of the longest."""

    days: Days = 0.0
    median_days: Days = 0.0
    most_days: Days = 0.0


class FilmCounts(Noun):
    """How far the films of a prefecture, of a column or of all are.

    Args:
        name: the prefecture's code, the column's name; empty for all, and for films without a column.
        expected: None where nobody says how many.
        named: announced, or handed in by whoever announced nothing.
        reached: by each fact of the store.
    """

    name: str = ""
    expected: int | None = None
    named: Figure
    reached: dict[FilledBy, Figure]
    ended: Figure


class Lateness(Noun):
    """How late films were, and by how much they were given longer, at one milestone, or of one prefecture.

    Args:
        done: what was done late; still_open: what is late now.
    """

    name: str
    done: DaysFigure
    still_open: DaysFigure
    extended: DaysFigure


class FaultFigure(Figure):
    """Films of which a report has a finding; `reports` are how many do."""

    code: FindingCode
    severity: Severity
    reports: int


class ReportFilm(Noun):
    """One film.

    Args:
        cuts: handed in whole.
        first_cut: whether the first was approved; None while none is.
        days: in each hand; nobody's where it was never theirs.
        late_days, longer_days: the most of its milestones.
    """

    prefecture: str
    id: str
    title: str | None = None
    column: str | None = None
    standing: Standing
    stage: Stage | None = None
    cuts: int = 0
    first_cut: bool | None = None
    days: dict[Person, Days] = Field(default_factory=dict)
    late_days: int = 0
    longer_days: int = 0


class CampaignReport(Noun):
    """The figures of a season at the end of a day.

    Args:
        first_cut: of films that were approved, those of which the first cut was.
        hands: days in each hand since the first of it was handed in, a film once.
        faults: the most frequent first.
        faults_beyond: kinds of findings that are behind those.
    """

    schema_version: Literal[1] = 1
    campaign: str
    name: Title
    revision: int
    today: date
    films: tuple[ReportFilm, ...]
    total: FilmCounts
    by_prefecture: tuple[FilmCounts, ...]
    by_column: tuple[FilmCounts, ...]
    first_cut: Figure
    hands: dict[Person, DaysFigure]
    by_milestone: tuple[Lateness, ...]
    late_by_prefecture: tuple[Lateness, ...]
    faults: tuple[FaultFigure, ...]
    faults_beyond: int = 0
