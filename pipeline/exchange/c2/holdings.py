"""What a head-end holds of a submission, by our records of what it was told and what it said. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from pipeline.errors import InputError
from pipeline.exchange.c2.actions import SHARED, Held
from pipeline.model.c2 import Action, MappingKey, ObjectKey
from pipeline.model.c2_records import Order, OrderAction, OrderResult, OrderState
from pipeline.model.delivery import Delivery, State
from pipeline.storage.orders import KnownOrder


def held(known: Sequence[KnownOrder], head_end: str) -> Held:
    """What it holds, by the orders that went to it, the oldest first.

    Of an order that failed it holds what its reply says is done, of one that went partly all but what failed; of one
    that is not answered yet nothing is known. Categories are the branch's, and no submission's: see `categories`.
    """
    objects: set[ObjectKey] = set()
    mappings: dict[MappingKey, str] = {}
    for item in known:
        if item.order.head_end != head_end or item.result is None:
            continue
        done = _done(item, item.result)
        for ordered in item.order.objects:
            key = (ordered.type, ordered.code)
            if key not in done or ordered.type in SHARED:
                continue
            if ordered.action is Action.DELETE:
                objects.discard(key)
            else:
                objects.add(key)
        for link in item.order.mappings:
            ends = (link.parent_type, link.parent_code, link.element_type, link.element_code)
            if ends not in done:
                continue
            if link.action is Action.DELETE:
                mappings.pop(ends, None)
            else:
                mappings[ends] = link.said
    return Held(frozenset(objects), mappings)


def categories(known: Iterable[KnownOrder], head_end: str, now: datetime) -> frozenset[ObjectKey]:
    """The categories that it has by orders of all submissions: one that is registered twice fails for good.

    An order that it took and has no result of counts as done: where its category fails, so does the mapping to it,
    and both are told anew.
    """
    found: set[ObjectKey] = set()
    for item in known:
        if item.order.head_end != head_end:
            continue
        told: set[ObjectKey] = {
            (ordered.type, ordered.code) for ordered in item.order.objects if ordered.type in SHARED
        }
        if item.result is not None:
            found |= told & _done(item, item.result)
        elif item.answer is not None and not item.state(now).is_over:
            found |= told
    return frozenset(found)


def the_one(known: Sequence[KnownOrder], wanted: str) -> KnownOrder:
    """The order of a CorrelateID, or of its beginning.

    Raises:
        InputError: there is none, or several begin so.
    """
    found = [item for item in known if item.order.correlate_id.startswith(wanted.strip().lower())]
    if len(found) != 1 or not wanted.strip():
        raise InputError("c2_no_such_order", where=wanted)
    return found[0]


def still_open(known: Sequence[KnownOrder], head_end: str, now: datetime) -> list[KnownOrder]:
    """The orders to it that are not over."""
    return [item for item in known if item.order.head_end == head_end and not item.state(now).is_over]


def owed(known: Sequence[KnownOrder], packages: Sequence[Delivery], now: datetime) -> tuple[str, ...]:
    """The head-ends that hold a package which was withdrawn since, and have not been told to remove it.

    One that was told to register it, and has not said what became of that, may hold it.
    """
    withdrawn = {item.package_id for item in packages if item.state is State.WITHDRAWN}
    found = []
    for name in dict.fromkeys(item.order.head_end for item in known):
        brought = [item for item in known if item.order.head_end == name and item.result is not None]
        is_told = any(item.order.action is OrderAction.DELETE and item.answer for item in still_open(known, name, now))
        is_of_it = bool(brought) and _last_brought(brought) in withdrawn
        may_hold = any(
            item.order.action is not OrderAction.DELETE and item.order.package_id in withdrawn
            for item in still_open(known, name, now)
        )
        if may_hold or (is_of_it and not is_told and held(known, name).objects):
            found.append(name)
    return tuple(found)


def _last_brought(known: Sequence[KnownOrder]) -> str:
    """The package that a head-end was brought last, whatever it was told to remove since."""
    kept = [item for item in known if item.order.action is not OrderAction.DELETE] or known
    return kept[-1].order.package_id


def accepted_at(known: Sequence[KnownOrder], package_id: str) -> datetime | None:
    """When a head-end took a package in where such a result counts as the operator's answer; None where it does not."""
    for item in reversed(known):
        if item.order.package_id == package_id and item.order.action is not OrderAction.DELETE and item.result:
            return item.result.at if item.result.accepts and item.result.state is OrderState.INGESTED else None
    return None


def ingested(known: Sequence[KnownOrder], name: str, package_id: str, action: OrderAction) -> KnownOrder | None:
    """The last order to it, where that brought it just this package."""
    own = [item for item in known if item.order.head_end == name]
    last = own[-1] if own else None
    is_it = last is not None and last.order.package_id == package_id and last.order.action is not OrderAction.DELETE
    is_good = last is not None and last.result is not None and last.result.state is OrderState.INGESTED
    return last if is_it and is_good and action is not OrderAction.DELETE else None


def told_last(known: Sequence[KnownOrder], name: str) -> str:
    """The package of which it was told last: what is deleted is what that brought it."""
    return [item.order.package_id for item in known if item.order.head_end == name][-1]


def is_same(stands: Order, record: Order) -> bool:
    """Whether an order that stands says just what would be said now."""
    own = {(item.type, item.code, item.action) for item in stands.objects}
    return own == {(item.type, item.code, item.action) for item in record.objects} and set(stands.mappings) == set(
        record.mappings
    )


def time_after(known: Sequence[KnownOrder], now: datetime) -> datetime:
    """A time behind those of all orders before, whatever clocks they were made by: their order tells what is held."""
    return max((now, *(item.order.at + timedelta(microseconds=1) for item in known)))


def _done(known: KnownOrder, result: OrderResult) -> set[ObjectKey | MappingKey]:
    """What of an order was done. A mapping to what could not be registered was not made either."""
    good: set[ObjectKey | MappingKey] = {(item.type, item.code) for item in result.objects if item.result == 0}
    for link in result.mappings:
        if link.result == 0:
            good.add((link.parent_type, link.parent_code, link.element_type, link.element_code))
    if result.state is OrderState.FAILED:
        return good
    objects: set[ObjectKey | MappingKey] = {(item.type, item.code) for item in known.order.objects}
    bad = {(item.type, item.code) for item in result.failed}
    lacking = {
        (item.type, item.code)
        for item in known.order.objects
        if (item.type, item.code) in bad and item.action is Action.REGIST
    }
    failed = {
        (link.parent_type, link.parent_code, link.element_type, link.element_code) for link in result.failed_mappings
    }
    joined: set[ObjectKey | MappingKey] = set()
    for item in known.order.mappings:
        ends = (item.parent_type, item.parent_code, item.element_type, item.element_code)
        if ends not in failed and not lacking & {ends[:2], ends[2:]}:
            joined.add(ends)
    return (objects - bad) | joined
