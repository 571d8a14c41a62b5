"""A letter to a prefecture that is late or near: what is asked of it, and whom to ring. Nobody sends it but people."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from pipeline.model.base import Noun
from pipeline.model.campaign import MovedDate
from pipeline.model.campaign_status import BoardNote, Cell, Extension
from pipeline.model.region import Prefecture
from pipeline.model.text import Line


class Contact(Noun):
    """Whom to ask in a prefecture, by the editor's own table; none of it is ever in the store."""

    prefecture: Prefecture
    name: Line | None = None
    phone: Line | None = None
    email: Line | None = None


_FAR = 10_000  # days: behind every other


class Act(StrEnum):
    """What a prefecture does next, each with its command.

    `announce`: it names its film; `done`: it says that a step is done; `draft`, `hand_in`: it sends a rough cut, or the
    film, of which nothing is there; `go_on`: it goes on with what was broken off; `master`: it sends the film behind a
    rough cut; `again`: it mends what came back.
    """

    ANNOUNCE = "announce"
    DONE = "done"
    DRAFT = "draft"
    HAND_IN = "hand_in"
    GO_ON = "go_on"
    MASTER = "master"
    AGAIN = "again"


class LetterItem(Noun):
    """The next step of a film.

    Args:
        id, title: None for films that nobody has named yet, `count` of them.
        typed: the id as it is typed.
        cell: the step.
        also: its further steps that are late or near.
        reason: why it came back.
    """

    act: Act
    id: str | None = None
    typed: str | None = None
    title: str | None = None
    count: Annotated[int, Field(ge=1)] = 1
    cell: Cell
    also: tuple[Cell, ...] = ()
    reason: str | None = None

    @property
    def most_late(self) -> Cell:
        """The most late of its steps, else the one due soonest: one behind the next, where that was given longer."""
        return min((self.cell, *self.also), key=lateness)


def lateness(cell: Cell) -> tuple[int, int]:
    """What steps are sorted by: the most late first, then what is due soonest."""
    return (-cell.late_days, _FAR if cell.left_days is None else cell.left_days)


class LongerDay(Noun):
    """A later day that holds for a film, or with `id` None for all of the prefecture's."""

    id: str | None = None
    title: str | None = None
    milestone: str
    extension: Extension


class Letter(Noun):
    """What one prefecture is asked for.

    Args:
        items: the most late first.
        extended: later days of what is not done, beside those of the items.
        moved: dates of what is not done that were moved, each once: from what it was first to what it is.
        late_days: of the latest step of all items.
        contacts: in the order of the table; empty where it has none.
        last_note: the newest words on the prefecture or a film of it.
    """

    schema_version: Literal[1] = 1
    prefecture: str
    today: date
    items: Annotated[tuple[LetterItem, ...], Field(min_length=1)]
    extended: tuple[LongerDay, ...] = ()
    moved: tuple[MovedDate, ...] = ()
    late_days: int = 0
    contacts: tuple[Contact, ...] = ()
    last_note: BoardNote | None = None


class Letters(Noun):
    """All letters of a day, and what gets none.

    Args:
        letters: the most late first.
        elsewhere: by prefecture, films that are late or near and wait for the editor or the operator.
    """

    letters: tuple[Letter, ...]
    elsewhere: tuple[tuple[str, int], ...] = ()
