"""A running order: which film is on air when, which got no place and why, which slots stay empty.

Published, it lies in the delivery bucket (`_campaign/<id>/order-<N>.json`), which every prefecture may read: with the
slots and rules that it was made by, and no film that is on air nowhere. Those are for who looks, at each look anew.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from pipeline.model.base import Noun
from pipeline.model.course import Title
from pipeline.model.metadata import Licence, ShortSynopsis
from pipeline.model.reference import SubmissionRef
from pipeline.model.slots import MOST_PLACED, Moment, Rules, Slots, SlotTime, ref_of
from pipeline.model.submission import SubmissionId
from pipeline.model.text import LanguageCode, Line

MOST_SHOWINGS = MOST_PLACED
MOST_NUMBER = 99_999  # of published orders
MOST_SECONDS = 7 * 24 * 3600

PrefectureCode = Annotated[str, StringConstraints(pattern=r"^\d{6}$")]
PackageId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=64)]
Seconds = Annotated[int, Field(ge=1, le=MOST_SECONDS)]


class Standing(StrEnum):
    """What keeps a film from being on air, or that nothing does."""

    TAKEN_OVER = "taken_over"
    NOT_TAKEN_OVER = "not_taken_over"
    WITHDRAWN = "withdrawn"
    COURSE = "course"  # lessons are watched by choice, not at an hour
    UNREADABLE = "unreadable"  # its package does not say what it is


class Absence(Noun):
    """A span in which a film was withdrawn, and no other package of it was taken over; by the store's time.

    Args:
        end: None where it lasts.
    """

    start: Moment
    end: Moment | None = None

    def meets(self, start: datetime, end: datetime) -> bool:
        """Whether any moment from `start` until before `end` is in it."""
        return self.start < end and (self.end is None or self.end > start)


class Film(Noun):
    """A film as it is laid: what `lay` knows of it.

    Args:
        column: the vocabulary's id of it, or its own words.
        languages: of its sound.
        seconds: how long it is on air; None where no package says it.
        licence: both days are of it, in China.
        package_id: what was taken over.
        absences: the earliest first.
    """

    prefecture: PrefectureCode
    submission_id: SubmissionId
    title: Title
    standing: Standing
    column: Line | None = None
    languages: tuple[LanguageCode, ...] = ()
    seconds: Seconds | None = None
    licence: Licence | None = None
    package_id: PackageId | None = None
    synopsis: ShortSynopsis | None = None
    absences: tuple[Absence, ...] = ()

    @property
    def ref(self) -> SubmissionRef:
        return SubmissionRef(self.prefecture, self.submission_id)

    def is_absent(self, start: datetime, end: datetime) -> bool:
        """Whether it was withdrawn in any moment from `start` until before `end`."""
        return any(item.meets(start, end) for item in self.absences)


class Showing(Noun):
    """A film in a slot.

    Args:
        start: when it begins: with the slot, or behind another film of it.
        language: in which it is on air: the slot's, else the film's first.
        number: 1 where it is on air for the first time, 2 and so on where it is repeated.
    """

    slot: SlotTime
    start: Moment
    seconds: Seconds
    prefecture: PrefectureCode
    submission_id: SubmissionId
    package_id: PackageId
    title: Title
    column: Line | None = None
    language: LanguageCode | None = None
    synopsis: ShortSynopsis | None = None
    number: Annotated[int, Field(ge=1, le=MOST_SHOWINGS)] = 1
    pinned: bool = False

    @property
    def end(self) -> Moment:
        """When the film is over."""
        return self.start + timedelta(seconds=self.seconds)

    @property
    def ref(self) -> SubmissionRef:
        return SubmissionRef(self.prefecture, self.submission_id)


class Reason(StrEnum):
    """Why a film is not where it was to be."""

    WITHDRAWN = "withdrawn"
    NOT_TAKEN_OVER = "not_taken_over"
    COURSE = "course"
    UNREADABLE = "unreadable"
    UNKNOWN = "unknown"  # the store has no film of this id
    COLUMN = "column"
    LANGUAGE = "language"
    LICENCE = "licence"
    TOO_LONG = "too_long"
    NO_SLOT_LEFT = "no_slot_left"
    SLOT_TAKEN = "slot_taken"  # another film is in it
    SAME_SLOT = "same_slot"  # twice in one slot
    SOON = "soon"  # again before the hours or days of the rule
    OFTEN = "often"  # more showings than the rule says
    NOT_LISTED = "not_listed"  # an order made by hand has it in no row
    NO_SLOT = "no_slot"  # in an order made by hand: nothing is on air then
    OFF_START = "off_start"  # the same: it does not begin with its slot
    GAP = "gap"  # the same: it begins before the film in front of it is over, with the gap behind it
    NOT_PINNED = "not_pinned"  # the same: a pinned film is not in its slot
    IN_A_ROW = "in_a_row"  # the same: its prefecture comes twice while another is there
    COLUMN_ORDER = "column_order"  # the same: a film of an earlier column comes after it
    REPLACED = "replaced"  # a newer package was taken over since
    BEGUN = "begun"  # its slot had begun, and stays as it was published
    ON_AIR = "on_air"  # in an order made by hand: another film, or at another time, is on air there already
    NOT_IN_ORDER = "not_in_order"  # the published order does not have it, whatever slots are free by now


class Why(Noun):
    """A reason with what it is measured by.

    Args:
        seconds: by how much it is too long, or too early.
        licence: of the film.
        wanted: the slot's language or columns.
    """

    reason: Reason
    seconds: Seconds | None = None
    licence: Licence | None = None
    wanted: tuple[Line, ...] = ()


class LeftOut(Noun):
    """Showings of a film that got no place.

    Args:
        title: None of a film that is not known.
        number: which showing is the first of them: 1 where it is not on air at all, else a repeat.
        count: how many.
        slot: in which it was to be, if it was pinned.
    """

    prefecture: PrefectureCode
    submission_id: SubmissionId
    title: Title | None = None
    number: Annotated[int, Field(ge=1, le=MOST_SHOWINGS)] = 1
    count: Annotated[int, Field(ge=1, le=MOST_SHOWINGS)] = 1
    slot: SlotTime | None = None
    why: Why

    @property
    def ref(self) -> SubmissionRef:
        return SubmissionRef(self.prefecture, self.submission_id)


class RunningOrder(Noun):
    """The order of one campaign.

    Args:
        number: of a published one.
        slots: the file that it was made by.
        showings: by their times.
        left_out: as it stands at the moment of a look; of a published one nothing (in older ones it stood there).
    """

    schema_version: Literal[1] = 1
    campaign: SubmissionId
    number: Annotated[int, Field(ge=1, le=MOST_NUMBER)] | None = None
    slots: Slots
    showings: Annotated[tuple[Showing, ...], Field(max_length=MOST_SHOWINGS)] = ()
    left_out: tuple[LeftOut, ...] = ()
    empty: Annotated[tuple[SlotTime, ...], Field(max_length=MOST_PLACED)] = ()

    @property
    def in_time(self) -> tuple[Showing | SlotTime, ...]:
        """Showings and empty slots by their times."""
        found: list[Showing | SlotTime] = [*self.showings, *self.empty]
        return tuple(sorted(found, key=lambda item: item.start))

    @property
    def absent(self) -> tuple[LeftOut, ...]:
        """Of what is left out, the films that are on air nowhere."""
        shown = {item.ref for item in self.showings}
        return tuple(item for item in self.left_out if item.ref not in shown)

    @property
    def missing(self) -> tuple[LeftOut, ...]:
        """Of what is left out, repeats and pinned showings of films that are on air."""
        shown = {item.ref for item in self.showings}
        return tuple(item for item in self.left_out if item.ref in shown)

    def of(self, ref: SubmissionRef, absences: Sequence[Absence] = ()) -> tuple[Showing, ...]:
        """Every showing of a film.

        Args:
            absences: when nobody had it to put on air; a showing then is none of its.
        """
        own = (item for item in self.showings if item.ref == ref)
        return tuple(item for item in own if not any(span.meets(item.start, item.end) for span in absences))

    def seen_by(self, prefecture: str) -> RunningOrder:
        """What a prefecture sees: every showing, its own of what is left out, and rules without others' films that are
        on air nowhere."""
        left_out = tuple(item for item in self.left_out if item.prefecture == prefecture)
        slots = self._slots_of(lambda ref: ref.prefecture == prefecture)
        return self.model_copy(update={"slots": slots, "left_out": left_out})

    def as_published(self, number: int | None = None) -> RunningOrder:
        """What everybody may read: without films that are on air nowhere, in rules too.

        Args:
            number: under which it is.
        """
        return self.model_copy(update={"slots": self._slots_of(lambda _: False), "left_out": (), "number": number})

    @property
    def unpublished(self) -> tuple[str, ...]:
        """Films that its rules name, and that they do not name as it is published, by their ids."""
        kept = _named(self.as_published().slots.rules)
        return tuple(film for film in _named(self.slots.rules) if film not in kept)

    def numbered(self, number: int | None) -> RunningOrder:
        """The same as it is published under a number."""
        return self.model_copy(update={"number": number})

    def _slots_of(self, is_seen: Callable[[SubmissionRef], bool]) -> Slots:
        """The file with the films alone that are on air, or that are seen in any case."""
        shown = {item.ref for item in self.showings}

        def stays(film: str) -> bool:
            ref = ref_of(film)
            return ref in shown or is_seen(ref)

        repeats = []
        for rule in self.slots.rules.repeats:
            films = None if rule.films is None else tuple(film for film in rule.films if stays(film))
            if films != ():
                repeats.append(rule.model_copy(update={"films": films}))
        pinned = tuple(pin for pin in self.slots.rules.pinned if stays(pin.film))
        rules = self.slots.rules.model_copy(update={"pinned": pinned, "repeats": tuple(repeats)})
        return self.slots.model_copy(update={"rules": rules})


def _named(rules: Rules) -> tuple[str, ...]:
    """The films that rules name, each once, in the order of the file."""
    repeated = (film for rule in rules.repeats for film in rule.films or ())
    return tuple(dict.fromkeys([*(pin.film for pin in rules.pinned), *repeated]))
