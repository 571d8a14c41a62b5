"""Records of C2 orders beside a package: each put once, by the editor's key (DESIGN section 6)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from pipeline.model.c2_records import (
    Order,
    OrderAction,
    OrderAnswer,
    OrderResult,
    OrderStanding,
    OrderState,
    standing,
    state_of,
)
from pipeline.model.reference import SubmissionRef
from pipeline.storage import layout
from pipeline.storage.bucket import Bucket, ListedObject
from pipeline.storage.place import Contents, Place

_NAME = re.compile(r"^([^/]+)/c2/([0-9a-f]{32})/([A-Z]+\.json)$")


@dataclass(frozen=True)
class OrderRecord:
    """One order of which a listing tells: its records by their names."""

    ref: SubmissionRef
    package_id: str
    correlate_id: str
    listed: dict[str, ListedObject]

    def objects(self) -> list[ListedObject]:
        """What must be read."""
        return list(self.listed.values())

    def read(self, contents: Contents) -> KnownOrder | None:
        """What they say; None where the order itself is not there.

        Raises:
            IntegrityError: one of them is none, or another's.
        """
        named = {"correlate_id": self.correlate_id}
        order = contents.marker(self.listed.get(layout.ORDER), Order, **named, package_id=self.package_id)
        if order is None:
            return None
        answer = contents.marker(self.listed.get(layout.ANSWER), OrderAnswer, **named)
        result = contents.marker(self.listed.get(layout.RESULT), OrderResult, **named)
        return KnownOrder(self.ref, order, answer, result)


@dataclass(frozen=True)
class KnownOrder:
    """An order with all that was said to it."""

    ref: SubmissionRef
    order: Order
    answer: OrderAnswer | None = None
    result: OrderResult | None = None

    def standing(self, now: datetime) -> OrderStanding:
        """As it is shown."""
        return standing(self.order, self.answer, self.result, now)

    def state(self, now: datetime) -> OrderState:
        """How far it is."""
        return state_of(self.order, self.answer, self.result, now)


def order_records(ref: SubmissionRef, objects: Iterable[ListedObject]) -> tuple[OrderRecord, ...]:
    """The orders among the objects of one submission."""
    prefix = layout.submission_prefix(ref)
    found: dict[tuple[str, str], dict[str, ListedObject]] = {}
    for listed in objects:
        if listed.key.startswith(prefix) and (match := _NAME.match(listed.key[len(prefix) :])):
            found.setdefault((match[1], match[2]), {})[match[3]] = listed
    return tuple(OrderRecord(ref, *own, found[own]) for own in sorted(found))


def known_orders(records: Sequence[OrderRecord], contents: Contents) -> list[KnownOrder]:
    """What records say, the oldest order first. Raises as `OrderRecord.read`."""
    found = [made for record in records if (made := record.read(contents)) is not None]
    return sorted(found, key=lambda item: (item.order.at, item.order.correlate_id))


def earlier(known: Iterable[KnownOrder], head_end: str, package_id: str, action: OrderAction) -> int:
    """How many orders of an action there are of a package to a head-end: of which the next has its CorrelateID."""
    wanted = (head_end, package_id, action)
    return sum((item.order.head_end, item.order.package_id, item.order.action) == wanted for item in known)


@dataclass(frozen=True)
class OrderPlace:
    """An order's place beside its package."""

    bucket: Bucket
    ref: SubmissionRef
    package_id: str
    correlate_id: str

    @property
    def place(self) -> Place:
        """All of it."""
        return Place(self.bucket, layout.order_prefix(self.ref, self.package_id, self.correlate_id))

    def put_order(self, order: Order) -> bool:
        """Put it before the call; False when somebody else has told it."""
        return self.place.put_if_absent(layout.ORDER, order)

    def put_answer(self, answer: OrderAnswer) -> bool:
        """Put what was said to the call; False where that stands already."""
        return self.place.put_if_absent(layout.ANSWER, answer)

    def put_result(self, result: OrderResult) -> bool:
        """Put what became of it; False where that stands already."""
        return self.place.put_if_absent(layout.RESULT, result)

    def known(self) -> KnownOrder | None:
        """All that was said, asked anew; None where there is no such order.

        Raises:
            IntegrityError: a record is none, or another's.
        """
        named = {"correlate_id": self.correlate_id}
        order = self.place.marker(layout.ORDER, Order, **named, package_id=self.package_id)
        if order is None:
            return None
        answer = self.place.marker(layout.ANSWER, OrderAnswer, **named)
        return KnownOrder(self.ref, order, answer, self.place.marker(layout.RESULT, OrderResult, **named))
