"""The board of a season, prefecture × milestone: every output of `showcase campaign` reads this noun alone."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal, TypeVar

from pydantic import AwareDatetime, Field

from pipeline.model.base import Noun
from pipeline.model.campaign import Campaign, MovedDate
from pipeline.model.campaign_records import BadRecord, Side
from pipeline.model.inbox import Person, Stage
from pipeline.model.reference import SubmissionRef


class CellState(StrEnum):
    """How a milestone of a film stands, the worst first; of a prefecture, how its worst film does.

    `not_begun`: a step before it is open too; `open`: it is the next step, and there is time; `extended`: the same with
    a day of its own; `near`: due within the days that count as near; `off`: of a film that was dropped or moved away.
    """

    LATE = "late"
    WITHDRAWN = "withdrawn"
    RETURNED = "returned"
    NEAR = "near"
    EXTENDED = "extended"
    NOT_BEGUN = "not_begun"
    OPEN = "open"
    IMPLIED = "implied"
    DONE = "done"
    OFF = "off"

    @property
    def is_done(self) -> bool:
        """Whether nothing is left to do of it."""
        return self in (CellState.DONE, CellState.IMPLIED)


class Said(Noun):
    """Who said something, when by the store's time, and which record it is: the key with its bucket."""

    by: str
    side: Side
    at: AwareDatetime
    key: str = ""


class Setback(Noun):
    """What opened a milestone again."""

    kind: Literal["returned", "withdrawn"]
    reason: str | None = None
    at: AwareDatetime | None = None


class Extension(Noun):
    """A later day than the campaign's, for one film or for a prefecture.

    Args:
        of_prefecture: it holds for all its films.
        due: the campaign's day.
    """

    until: date
    due: date
    reason: str
    of_prefecture: bool
    said: Said


class Cell(Noun):
    """One milestone of one film.

    Args:
        due: the day that holds for this film, extension included.
        on: when it was done, China time; None of what is done where nobody said the day, which then is never late.
        late_days: of what is open, days since it was due; of what is done, days it came late; 0 is in time.
        left_days: of what is open and not late, days until it is due.
        said: who said that it is done or not, where a person did; None for a fact of the store, or what is implied.
        implied_by: the later milestone that makes it done.
        setback: also where the state is `late`.
    """

    milestone: str
    state: CellState
    due: date
    on: date | None = None
    late_days: int = 0
    left_days: int | None = None
    said: Said | None = None
    implied_by: str | None = None
    extension: Extension | None = None
    setback: Setback | None = None


class Standing(StrEnum):
    """What kind of row a film has; the last two are shown, and count nowhere."""

    ANNOUNCED = "announced"
    UNANNOUNCED = "unannounced"  # handed in, and nobody had said so
    EXPECTED = "expected"  # nobody has named it yet
    DROPPED = "dropped"
    MOVED = "moved"

    @property
    def counts(self) -> bool:
        """Whether it is one of the films that a prefecture owes."""
        return self not in (Standing.DROPPED, Standing.MOVED)


class BoardNote(Noun):
    """Words on a film or a prefecture."""

    text: str
    said: Said


class BoardFilm(Noun):
    """One film of a prefecture, or one that is expected and has no name yet.

    Args:
        id: the announced one, else the submission's; None for one that has no name yet.
        said: who announced it.
        announced_as: the title that it was announced with, where it was handed in with another.
        submission_id: what it was handed in as; None where nothing of it is in the store.
        stage, wanted_of: of that submission.
        length_s: as it was announced; duration_s: as it is.
        reason: why it was dropped, returned, rejected or withdrawn.
        moved_to, moved_from: the prefecture's code.
        moved_said: its own prefecture has a record of the move too; without it `move` was broken off half way.
        ended: who dropped or moved it.
        on_air: when its first slot begins, in the published order; None of what was withdrawn before that.
    """

    id: str | None
    title: str | None = None
    announced_as: str | None = None
    column: str | None = None
    standing: Standing
    said: Said | None = None
    submission_id: str | None = None
    stage: Stage | None = None
    wanted_of: Person | None = None
    length_s: float | None = None
    duration_s: float | None = None
    reason: str | None = None
    moved_to: str | None = None
    moved_from: str | None = None
    moved_said: bool = False
    ended: Said | None = None
    on_air: AwareDatetime | None = None
    notes: tuple[BoardNote, ...] = ()
    cells: tuple[Cell, ...]

    def cell(self, milestone: str) -> Cell:
        """Its cell of a milestone.

        Raises:
            KeyError: the campaign has none of this id.
        """
        return _cell(self.cells, milestone)

    @property
    def next_cell(self) -> Cell | None:
        """The first milestone that is open; None where all is done, or nothing is wanted any more."""
        if not self.standing.counts:
            return None
        return next((item for item in self.cells if not item.state.is_done), None)


class RowCell(Noun):
    """A milestone of a prefecture: the worst of its films, and how many have it behind them.

    Args:
        done, of: films that have it done, and all that count.
        late: films that are late with it; late_days: of the latest.
        left_days: until the next one is due, where none is late.
        due: the day of the worst one.
    """

    milestone: str
    state: CellState
    done: int
    of: int
    late: int = 0
    late_days: int = 0
    left_days: int | None = None
    due: date


class PrefectureRow(Noun):
    """One prefecture.

    Args:
        code: its code; its names are in `model.region`.
        expected: how many films the campaign wants of it; None where it does not take part and has films none the less.
        films: those announced and handed in by their ids, then those without a name, then dropped and moved ones.
        beside: ids of its submissions that are none of the season's: in another column, or from before it began.
        late_days: of the latest cell.
    """

    code: str
    expected: int | None
    films: tuple[BoardFilm, ...]
    beside: tuple[str, ...] = ()
    notes: tuple[BoardNote, ...] = ()
    extensions: tuple[tuple[str, Extension], ...] = ()
    cells: tuple[RowCell, ...]
    late_days: int = 0

    def cell(self, milestone: str) -> RowCell:
        """As of a film."""
        return _cell(self.cells, milestone)

    def film(self, identity: str) -> BoardFilm | None:
        """The film of an id: the announced one, or that under which it was handed in; one that counts first."""
        named = [item for item in self.films if identity in (item.id, item.submission_id)]
        return min(named, key=lambda item: (not item.standing.counts, item.id != identity), default=None)

    @property
    def last_note(self) -> BoardNote | None:
        """The newest words on it or any of its films."""
        notes = [*self.notes, *(note for film in self.films for note in film.notes)]
        return max(notes, key=lambda item: item.said.at, default=None)


class Word(Noun):
    """One of two words that disagree.

    Args:
        text: a milestone's day, `done` where no day was said, or `undone`; a title, a column, a length in seconds; why
            a film was dropped, and nothing from who goes on with it.
    """

    text: str
    said: Said


class Contradiction(Noun):
    """What prefecture and editor say otherwise of one thing; the newer counts.

    Args:
        about: a milestone's id, or `title`, `column`, `length_s`, `dropped`.
    """

    prefecture: str
    id: str
    about: str
    milestone: bool = False
    counts: Word
    other: Word


class Wanted(Noun):
    """What is wanted of whom now: the next step of a film that is near or late.

    Args:
        count: of films without a name that wait for the same.
        id, title: None for those.
    """

    of: Person
    prefecture: str
    id: str | None = None
    title: str | None = None
    count: Annotated[int, Field(ge=1)] = 1
    cell: Cell
    stage: Stage | None = None


class CampaignStatus(Noun):
    """The board at the end of a day.

    Args:
        revision: of the campaign that held on that day; `published_at` is when the store got it.
        moved: dates that revisions moved until then, in the order in which they did.
        rows: the most late first.
        wanted: the most late first.
    """

    schema_version: Literal[1] = 1
    campaign: Campaign
    revision: int
    published_at: AwareDatetime
    today: date
    moved: tuple[MovedDate, ...] = ()
    rows: tuple[PrefectureRow, ...]
    wanted: tuple[Wanted, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()
    bad: tuple[BadRecord, ...] = ()

    def row(self, code: str) -> PrefectureRow | None:
        """The row of a prefecture."""
        return next((item for item in self.rows if item.code == code), None)

    def films_of(self, identity: str) -> tuple[tuple[SubmissionRef, BoardFilm], ...]:
        """Every film of an id, with where it stands: two prefectures may give the same one."""
        found = [(row.code, row.film(identity)) for row in self.rows]
        return tuple((SubmissionRef(code, identity), film) for code, film in found if film)

    @property
    def late_rows(self) -> tuple[PrefectureRow, ...]:
        """Those that are late with anything."""
        return tuple(row for row in self.rows if row.late_days > 0)


CellT = TypeVar("CellT", Cell, RowCell)


def _cell(cells: tuple[CellT, ...], milestone: str) -> CellT:
    for item in cells:
        if item.milestone == milestone:
            return item
    raise KeyError(milestone)
