"""Published orders: each under the next number, never changed; the newest counts (`_campaign/<id>/order-<N>.json`).

Every prefecture may read them as they lie there: of what is on air nowhere they hold nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from pipeline.errors import InputError, IntegrityError
from pipeline.model.running_order import MOST_NUMBER, RunningOrder
from pipeline.quantities import size
from pipeline.storage import bounds, campaigns, layout
from pipeline.storage.bucket import ListedObject
from pipeline.storage.buckets import Buckets
from pipeline.storage.place import Place, parsed

MOST_ORDERS = 2000  # of a campaign; nobody publishes as many
_NAME = re.compile(r"order-([1-9][0-9]{0,4})\.json")


@dataclass(frozen=True)
class PublishedOrder:
    """An order with the time at which the store has it; what older ones hold of what was left out then is not told."""

    order: RunningOrder
    at: datetime


def newest(buckets: Buckets, campaign: str, until: datetime | None = None) -> PublishedOrder | None:
    """The order that counts; None where none is published.

    Args:
        until: what the store got at that moment or later is passed over.

    Raises:
        IntegrityError: it is none, or there are more than anybody reads. EnvironmentFault, TransferError: the store
            does not answer.
    """
    listings = _listed(buckets, campaign)
    numbers = [number for number, item in listings.items() if until is None or item.modified < until]
    if not numbers:
        return None
    number, listed = max(numbers), listings[max(numbers)]
    content = listed.read()
    if content is None:
        raise IntegrityError("marker_unreadable", where=listed.where)
    order = parsed(content, RunningOrder, listed.where, {"campaign": campaign, "number": number})
    return PublishedOrder(order.model_copy(update={"left_out": ()}), listed.modified)


def newest_of_all(buckets: Buckets, until: datetime | None = None) -> PublishedOrder | None:
    """The order that was published last, whichever campaign it is of; takes and raises what `newest` does."""
    campaigns = buckets.delivery.folders(f"{layout.CAMPAIGN}/")
    found = [order for name in campaigns if layout.is_ours(name) and (order := newest(buckets, name, until))]
    return max(found, key=lambda item: (item.at, item.order.campaign), default=None)


def next_number(buckets: Buckets, campaign: str) -> int:
    """The number that the next order would have.

    Raises:
        InputError: none is left.
    """
    return _after(max(_listed(buckets, campaign), default=0), campaign)


def refuse_unknown(buckets: Buckets, campaign: str) -> None:
    """Let pass a campaign whose plan is published: the order of another one is what no board and no `status` reads.

    Raises:
        InputError: there are plans, and none of it; where there are none at all, an order stands for itself.
    """
    known = campaigns.plans(buckets.delivery)
    if known and campaign not in known:
        raise InputError("campaign_unknown", where=campaign, known=", ".join(sorted(known)))


def is_published(order: RunningOrder, before: RunningOrder) -> bool:
    """Whether it is what is published already."""
    return order.as_published() == before.as_published()


def publish(buckets: Buckets, order: RunningOrder) -> RunningOrder:
    """Put an order under the next number, as everybody may read it; who publishes at the same moment has the one after
    it.

    Returns:
        The order with its number, and with all that it has beside what was put.

    Raises:
        InputError: it is larger than a record can be; or no number is left.
    """
    number = next_number(buckets, order.campaign)
    while True:
        made = order.as_published(number)
        count = len(made.to_file())
        if count > bounds.MOST_RECORD:
            raise InputError("order_large", size=size(count), most=size(bounds.MOST_RECORD))
        if _place(buckets, order.campaign).put_if_absent(f"order-{number}.json", made):
            return order.numbered(number)
        number = _after(number, order.campaign)


def _after(number: int, campaign: str) -> int:
    if number == MOST_NUMBER:
        raise InputError("order_numbers_full", where=campaign, most=MOST_NUMBER)
    return number + 1


def _place(buckets: Buckets, campaign: str) -> Place:
    return Place(buckets.delivery, f"{layout.CAMPAIGN}/{campaign}/")


def _listed(buckets: Buckets, campaign: str) -> dict[int, ListedObject]:
    """Every order by its number."""
    prefix = _place(buckets, campaign).prefix
    found: dict[int, ListedObject] = {}
    for listed in buckets.delivery.walk(f"{prefix}order-", lambda _: None, bounds.MOST_KEYS):
        if match := _NAME.fullmatch(listed.key.removeprefix(prefix)):
            found[int(match[1])] = listed
        if len(found) > MOST_ORDERS:
            raise IntegrityError("orders_many", where=f"{buckets.delivery.name}/{prefix}", most=MOST_ORDERS)
    return found
