"""Records of C2 orders beside a package (DESIGN section 6): ORDER, ANSWER and RESULT, and the state that they make.

An order is put before the call that tells of it, so of two editors one wins; what the head-end says at once is its
answer, what it says in the end its result. Each is put once and never changed.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, StringConstraints

from pipeline.model.base import Noun
from pipeline.model.c2 import Action
from pipeline.model.c2_wire import Int, String32
from pipeline.model.text import Line

MOST_WORDS = 1024  # characters of ErrorDescription and Description (clauses 3.3, 3.16)
MOST_OBJECTS = 2000  # of one order: a course of 400 lessons; a record of more would be none (`bucket.MOST_RECORD`)
LATE_AFTER_H = 24  # where no dialect says how long a head-end may take

CorrelateId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
Words = Annotated[str, StringConstraints(max_length=MOST_WORDS)]
Code = Annotated[str, StringConstraints(min_length=1, max_length=128)]
# a result in a reply: a number, or where a branch has codes of its own its text (clause 3.16: five letters)
Said = Int | Annotated[str, StringConstraints(min_length=1, max_length=32)]
Kind = Annotated[str, StringConstraints(min_length=1, max_length=32)]


class OrderAction(StrEnum):
    """What an order does with a programme on the whole."""

    REGIST = "regist"
    UPDATE = "update"
    DELETE = "delete"


class OrderState(StrEnum):
    """How far an order is."""

    SENT = "sent"
    INGESTED = "ingested"
    FAILED = "failed"
    PARTLY = "partly"
    LATE = "late"

    @property
    def is_over(self) -> bool:
        """Whether nothing more is to come of it."""
        return self not in (OrderState.SENT, OrderState.LATE)


class OrderedObject(Noun):
    """One object of an order; it is known by its type and code."""

    type: Kind
    code: Code
    action: Action


class OrderedMapping(Noun):
    """One mapping of an order; it is known by what it joins.

    Args:
        said: the fingerprint of what was said of it, by which it is known whether it changed.
    """

    parent_type: Kind
    parent_code: Code
    element_type: Kind
    element_code: Code
    action: Action
    said: str = ""


class Order(Noun):
    """ORDER.json: what a head-end was told to do with a package.

    Args:
        head_end: the address that was called, without user and password: whose holdings the objects are.
        earlier: how many orders of this action went before it to this head-end.
        dialect: by which it was written.
        command_file: where it lies for the head-end to fetch, without user, password or signature.
        late_h: hours after which a result that did not come is late.
    """

    schema_version: Literal[1] = 1
    correlate_id: CorrelateId
    head_end: str
    action: OrderAction
    earlier: Annotated[int, Field(ge=0)]
    csp_id: String32
    lsp_id: String32
    dialect: str
    package_id: str
    objects: Annotated[tuple[OrderedObject, ...], Field(max_length=MOST_OBJECTS)] = ()
    mappings: Annotated[tuple[OrderedMapping, ...], Field(max_length=MOST_OBJECTS)] = ()
    command_file: str = ""
    late_h: Annotated[int, Field(ge=1)] = LATE_AFTER_H
    by: Line
    at: AwareDatetime


class Meaning(Noun):
    """What a number means at that head-end, by its dialect."""

    zh: str
    en: str


class OrderAnswer(Noun):
    """ANSWER.json: what the head-end said to the call; 0 is taken."""

    schema_version: Literal[1] = 1
    correlate_id: CorrelateId
    result: Int
    description: Words | None = None
    meaning: Annotated[Meaning | None, Field(exclude_if=lambda value: value is None)] = None
    at: AwareDatetime


class How(StrEnum):
    """How a result came."""

    NOTICE = "notice"
    IMPORT = "import"
    GIVEN_UP = "given_up"  # a person says that the head-end has done nothing of it


class ReplyFile(StrEnum):
    """What became of the answer file that a notice names."""

    NONE = "none"  # it names none
    READ = "read"
    UNREAD = "unread"  # it could not be fetched or read


class ObjectResult(Noun):
    """What a reply says of one object."""

    type: Kind
    code: Code
    result: Said
    description: Words | None = None


class MappingResult(Noun):
    """What a reply says of one mapping."""

    parent_type: Kind
    parent_code: Code
    element_type: Kind
    element_code: Code
    result: Said
    description: Words | None = None


class OrderResult(Noun):
    """RESULT.json: what became of an order.

    Args:
        cmd_result: of the notice; None where a reply was imported.
        reply_result: of the answer file; None where there is none, or it says none.
        objects, mappings: each of which it says anything.
        meaning: of the number that decides.
        accepts: a good one is the operator's acceptance too (`c2.result_accepts`).
        why_unread: a key of the catalogue's `text.c2_…` for a file that was not read.
        given_up_by: who says that nothing of it was done, and none will be.
    """

    schema_version: Literal[1] = 1
    correlate_id: CorrelateId
    cmd_result: Int | None = None
    reply_result: Said | None = None
    description: Words | None = None
    objects: Annotated[tuple[ObjectResult, ...], Field(max_length=MOST_OBJECTS)] = ()
    mappings: Annotated[tuple[MappingResult, ...], Field(max_length=MOST_OBJECTS)] = ()
    meaning: Meaning | None = None
    file: ReplyFile = ReplyFile.NONE
    why_unread: str | None = None
    how: How
    at: AwareDatetime
    accepts: Annotated[bool, Field(exclude_if=lambda value: not value)] = False
    given_up_by: Annotated[Line | None, Field(exclude_if=lambda value: value is None)] = None

    @property
    def failed(self) -> tuple[ObjectResult, ...]:
        """The objects that the head-end could not take."""
        return tuple(item for item in self.objects if item.result != 0)

    @property
    def failed_mappings(self) -> tuple[MappingResult, ...]:
        """The mappings likewise."""
        return tuple(item for item in self.mappings if item.result != 0)

    @property
    def number(self) -> Said | None:
        """The number that decides: of notice and reply the one that is a failure."""
        said = [item for item in (self.cmd_result, self.reply_result) if item is not None]
        return next((item for item in said if item != 0), said[0] if said else None)

    @property
    def state(self) -> OrderState:
        """Notice and reply are independent: what one of them calls a failure is none the less one (clause 3.16).

        A reply of 1 is «partly» where it names something that is good; some branches say 1 for any failure.
        """
        has_good = any(item.result == 0 for item in self.objects)
        if self.how is How.GIVEN_UP or self.cmd_result not in (None, 0):
            return OrderState.FAILED
        if self.reply_result not in (None, 0, 1):
            return OrderState.FAILED
        if self.reply_result == 1 or self.failed or self.failed_mappings:
            return OrderState.PARTLY if has_good else OrderState.FAILED
        return OrderState.INGESTED


class OrderStanding(Noun):
    """One order as `status` shows it.

    Args:
        result: what the head-end said last: the call's answer, the notice's or the reply's number.
        objects, mappings: what failed, in its words.
        why_unread: why its answer file was not read.
        given_up_by: who gave it up.
        by: who sent it.
    """

    correlate_id: str
    action: OrderAction
    state: OrderState
    result: Said | None = None
    meaning: Meaning | None = None
    description: str | None = None
    objects: tuple[ObjectResult, ...] = ()
    mappings: tuple[MappingResult, ...] = ()
    why_unread: str | None = None
    given_up_by: Annotated[str | None, Field(exclude_if=lambda value: value is None)] = None
    head_end: str
    package_id: str
    by: str
    at: datetime


def correlate_id(head_end: str, package_id: str, action: OrderAction, earlier: int) -> str:
    """What joins an order and its result: the same order has the same one, however often it is told (clause 2.2)."""
    named = "\n".join((head_end, package_id, action.value, str(earlier)))
    return hashlib.sha256(named.encode("utf-8")).hexdigest()[:32]


def state_of(order: Order, answer: OrderAnswer | None, result: OrderResult | None, now: datetime) -> OrderState:
    """How far an order is: a result says more than the answer to the call, and that more than the hours since."""
    if result is not None:
        return result.state
    if answer is not None and answer.result != 0:
        return OrderState.FAILED
    since = answer.at if answer else order.at
    return OrderState.LATE if now - since > timedelta(hours=order.late_h) else OrderState.SENT


def standing(order: Order, answer: OrderAnswer | None, result: OrderResult | None, now: datetime) -> OrderStanding:
    """An order as it is shown."""
    number = result.number if result else None
    said = result or answer
    if result is None and answer is not None:
        number = answer.result
    return OrderStanding(
        correlate_id=order.correlate_id,
        action=order.action,
        state=state_of(order, answer, result, now),
        result=number,
        meaning=said.meaning if said else None,
        description=said.description if said else None,
        objects=result.failed if result else (),
        mappings=result.failed_mappings if result else (),
        why_unread=result.why_unread if result else None,
        given_up_by=result.given_up_by if result else None,
        head_end=order.head_end,
        package_id=order.package_id,
        by=order.by,
        at=order.at,
    )
