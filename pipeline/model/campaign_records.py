"""What is said of a prefecture's films in a season: one record a command, put once, and one table of who may say what.

A record lies at `<prefecture>/_campaign/<campaign>/<NNNN>.json`: in the inbox the prefecture's own, in delivery the
editor's on its behalf. It speaks of that prefecture alone.
"""

from __future__ import annotations

import operator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from pipeline.model.base import Noun
from pipeline.model.campaign import CampaignId, MilestoneId
from pipeline.model.days_off import Day
from pipeline.model.region import Prefecture
from pipeline.model.submission import SubmissionId
from pipeline.model.text import Line, Lines, one_line
from pipeline.model.vocabulary import TermName

RECORD_VERSION = 1
MOST_TITLE, MOST_ENTRIES, MOST_NUMBER = 200, 500, 9999
MOST_CARRIED, LONGEST_S = 100, 86_400.0  # things that go along with a film; seconds


def _not_blank(text: str) -> str:
    if not text.strip():
        raise PydanticCustomError("string_too_short", "is too short")
    return text.strip()


FilmTitle = Annotated[str, StringConstraints(max_length=MOST_TITLE), AfterValidator(one_line)]
Remark = Annotated[Lines, AfterValidator(_not_blank)]
Length = Annotated[float, Field(gt=0, le=LONGEST_S, allow_inf_nan=False)]  # seconds


class Side(StrEnum):
    """Who put a record: the prefecture into its inbox, or the editor into delivery."""

    PREFECTURE = "prefecture"
    EDITOR = "editor"


class Announce(Noun):
    """A film that is not there yet."""

    kind: Literal["announce"] = "announce"
    id: SubmissionId
    title: FilmTitle
    column: TermName | None = None
    length_s: Length | None = None


class Change(Noun):
    """What is otherwise now of an announced film; the rest stays, and its id always."""

    kind: Literal["change"] = "change"
    id: SubmissionId
    title: FilmTitle | None = None
    column: TermName | None = None
    length_s: Length | None = None


class Drop(Noun):
    """A film that will not be made."""

    kind: Literal["drop"] = "drop"
    id: SubmissionId
    reason: Remark


class Done(Noun):
    """A milestone that is done.

    Args:
        on: the day; unsaid it is the day of the record.
        undated: nobody says on which day: a mark in the list that names the film first. Written only where it is
            so, and no day goes with it.
    """

    kind: Literal["done"] = "done"
    id: SubmissionId
    milestone: MilestoneId
    on: Day | None = None
    undated: Annotated[bool, Field(exclude_if=operator.not_)] = False

    @model_validator(mode="after")
    def _is_one_of_both(self) -> Self:
        if self.undated and self.on:
            raise PydanticCustomError("value_error", "has a day and says that it has none")
        return self


class Undone(Noun):
    """A milestone that is not done after all."""

    kind: Literal["undone"] = "undone"
    id: SubmissionId
    milestone: MilestoneId


class Note(Noun):
    """Words on a film, or on the prefecture where no id is given."""

    kind: Literal["note"] = "note"
    id: SubmissionId | None = None
    text: Remark


class Extend(Noun):
    """A later day for one film, or for all of the prefecture where no id is given; the others keep theirs."""

    kind: Literal["extend"] = "extend"
    id: SubmissionId | None = None
    milestone: MilestoneId
    until: Day
    reason: Remark


class CarriedDone(Noun):
    """A milestone that was done by hand before a film moved, and who said so; without a day where nobody said it.

    Args:
        side: whose that was; None in records that do not say it.
    """

    milestone: MilestoneId
    on: Day | None = None
    by: Line
    side: Side | None = None


class CarriedNote(Noun):
    """Words on a film from before it moved; `by` and `side` as of what was done."""

    text: Remark
    by: Line
    side: Side | None = None
    at: AwareDatetime


class CarriedExtension(Noun):
    """A later day that a film had of its own before it moved."""

    milestone: MilestoneId
    until: Day
    reason: Remark


class MovedIn(Noun):
    """A film that another prefecture makes now: all that was known of it goes along."""

    kind: Literal["moved_in"] = "moved_in"
    id: SubmissionId
    origin: Prefecture
    title: FilmTitle
    column: TermName | None = None
    length_s: Length | None = None
    done: Annotated[tuple[CarriedDone, ...], Field(max_length=MOST_CARRIED)] = ()
    notes: Annotated[tuple[CarriedNote, ...], Field(max_length=MOST_CARRIED)] = ()
    extensions: Annotated[tuple[CarriedExtension, ...], Field(max_length=MOST_CARRIED)] = ()


class MovedOut(Noun):
    """A film that this prefecture no longer makes."""

    kind: Literal["moved_out"] = "moved_out"
    id: SubmissionId
    to: Prefecture


class Joined(Noun):
    """A submission that is an announced film under another id."""

    kind: Literal["joined"] = "joined"
    submission: SubmissionId
    announced: SubmissionId


Entry = Annotated[
    Announce | Change | Drop | Done | Undone | Note | Extend | MovedIn | MovedOut | Joined,
    Field(discriminator="kind"),
]


class EntryKind(StrEnum):
    """What an entry of a record is."""

    ANNOUNCE = "announce"
    CHANGE = "change"
    DROP = "drop"
    DONE = "done"
    UNDONE = "undone"
    NOTE = "note"
    EXTEND = "extend"
    MOVED_IN = "moved_in"
    MOVED_OUT = "moved_out"
    JOINED = "joined"


class Condition(StrEnum):
    """What is asked of an entry before it is put, by what is known of the season.

    `known`: the film is on the board; `standing`: and was neither dropped nor moved away; `new_id`: no other film has
    that id; `hand`: the milestone is filled by hand; `later`: the day is later than the campaign's; `not_handed_in`:
    nothing of the film is in the store; `handed_in`: the submission is in the store, and no announced film's yet.
    """

    KNOWN = "known"
    STANDING = "standing"
    NEW_ID = "new_id"
    HAND = "hand"
    LATER = "later"
    NOT_HANDED_IN = "not_handed_in"
    HANDED_IN = "handed_in"


@dataclass(frozen=True)
class EntryRule:
    """One kind of entry.

    Args:
        by: who may say it.
        command: as it is typed.
        asks: what is asked before.
    """

    by: frozenset[Side]
    command: str
    asks: tuple[Condition, ...] = ()


_ANYBODY, _EDITOR = frozenset(Side), frozenset((Side.EDITOR,))
ENTRY_RULES: dict[EntryKind, EntryRule] = {
    EntryKind.ANNOUNCE: EntryRule(_ANYBODY, "showcase campaign announce --title TITLE", (Condition.NEW_ID,)),
    EntryKind.CHANGE: EntryRule(_ANYBODY, "showcase campaign change ID", (Condition.STANDING,)),
    EntryKind.DROP: EntryRule(_ANYBODY, "showcase campaign drop ID --reason REASON", (Condition.KNOWN,)),
    EntryKind.DONE: EntryRule(_ANYBODY, "showcase campaign done ID MILESTONE", (Condition.STANDING, Condition.HAND)),
    EntryKind.UNDONE: EntryRule(
        _ANYBODY, "showcase campaign done ID MILESTONE --undo", (Condition.STANDING, Condition.HAND)
    ),
    EntryKind.NOTE: EntryRule(_ANYBODY, "showcase campaign note PREFECTURE|ID TEXT", (Condition.KNOWN,)),
    EntryKind.EXTEND: EntryRule(
        _EDITOR,
        "showcase campaign extend PREFECTURE|ID MILESTONE DATE --reason REASON",
        (Condition.STANDING, Condition.LATER),
    ),
    EntryKind.MOVED_IN: EntryRule(_EDITOR, "showcase campaign move ID PREFECTURE", (Condition.NOT_HANDED_IN,)),
    EntryKind.MOVED_OUT: EntryRule(_EDITOR, "showcase campaign move ID PREFECTURE", (Condition.NOT_HANDED_IN,)),
    EntryKind.JOINED: EntryRule(
        _EDITOR, "showcase campaign join SUBMISSION ANNOUNCED", (Condition.STANDING, Condition.HANDED_IN)
    ),
}


def may(side: Side, kind: str) -> bool:
    """Whether a side may say what an entry of this kind says."""
    return side in ENTRY_RULES[EntryKind(kind)].by


class CampaignRecord(Noun):
    """What one command says of one prefecture, never changed."""

    schema_version: Literal[1] = 1
    campaign: CampaignId
    prefecture: Prefecture
    by: Line
    entries: Annotated[tuple[Entry, ...], Field(min_length=1, max_length=MOST_ENTRIES)]


class PlacedRecord(Noun):
    """A record where it lies.

    Args:
        side: whose bucket it lies in.
        number: in its name.
        key: with its bucket, for lines that name it.
        at: when the store got it: no other clock orders records.
    """

    record: CampaignRecord
    side: Side
    number: Annotated[int, Field(ge=1, le=MOST_NUMBER)]
    key: str
    at: AwareDatetime

    @property
    def order(self) -> tuple[datetime, bool, int, str]:
        """What records are sorted by, the oldest first: on a tie the editor's is later, then the number."""
        return (self.at, self.side is Side.EDITOR, self.number, self.key)


class BadKind(StrEnum):
    """Why a record, or an entry of one, does not count."""

    TOO_LARGE = "too_large"
    LOCKED = "locked"
    UNREADABLE = "unreadable"
    NEWER = "newer"
    FOREIGN = "foreign"
    OTHER_CAMPAIGN = "other_campaign"
    EDITOR_ALONE = "editor_alone"
    DATE_TO_COME = "date_to_come"
    TOO_MANY = "too_many"
    TOO_MANY_FILMS = "too_many_films"
    UNKNOWN_FILM = "unknown_film"
    UNKNOWN_MILESTONE = "unknown_milestone"
    NOT_BY_HAND = "not_by_hand"


class BadRecord(Noun):
    """A record that does not count, or not all of it: one line that names it.

    Args:
        prefecture: whose folder it lies in.
        what: the value that is wrong, or a field's name, or how many there are: what the line says beside the reason.
    """

    prefecture: str
    side: Side
    number: int
    key: str
    at: AwareDatetime | None = None
    kind: BadKind
    what: str = ""


def faulty(record: PlacedRecord, kind: BadKind, what: str) -> BadRecord:
    """The line of a record of which something does not count."""
    return BadRecord(
        prefecture=record.record.prefecture,
        side=record.side,
        number=record.number,
        key=record.key,
        at=record.at,
        kind=kind,
        what=what,
    )
