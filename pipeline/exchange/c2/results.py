"""The record of a result, from a notice and its answer file. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pipeline.exchange.c2.fetching import WhyUnread
from pipeline.exchange.c2.head_end import meaning_of
from pipeline.exchange.c2.reply import Reply
from pipeline.model.c2_dialect import Dialect
from pipeline.model.c2_records import How, MappingResult, ObjectResult, Order, OrderResult, ReplyFile

MOST_RECORD = 900_000  # bytes: what is over a MiB is no record (`bucket.MOST_RECORD`)


@dataclass(frozen=True)
class Told:
    """How a result came.

    Args:
        cmd_result: of a notice.
        why: its answer file was not read.
        accepts: a good one is the operator's acceptance too.
    """

    how: How
    at: datetime
    cmd_result: int | None = None
    why: WhyUnread | None = None
    accepts: bool = False


def result_of(order: Order, said: Reply | None, told: Told, dialect: Dialect | None = None) -> OrderResult:
    """The record of a result: of what the order itself holds, in as many words as a record has room for."""
    objects, mappings = _own(order, said) if said else ((), ())
    made = OrderResult(
        correlate_id=order.correlate_id,
        cmd_result=told.cmd_result,
        reply_result=said.result if said else None,
        description=said.description if said else None,
        objects=objects,
        mappings=mappings,
        file=ReplyFile.READ if said else ReplyFile.UNREAD if told.why else ReplyFile.NONE,
        why_unread=told.why.value if told.why else None,
        how=told.how,
        at=told.at.replace(microsecond=0),
        accepts=told.accepts,
    )
    made = made.model_copy(update={"meaning": meaning_of(dialect, made.number)})
    for most in (128, 0):
        if len(made.to_file()) > MOST_RECORD:
            made = made.model_copy(
                update={
                    "objects": tuple(_shortened(item, most) for item in made.objects),
                    "mappings": tuple(_shortened(item, most) for item in made.mappings),
                }
            )
    return made


def _own(order: Order, said: Reply) -> tuple[tuple[ObjectResult, ...], tuple[MappingResult, ...]]:
    """What a reply says of others' objects is none of this order's; of one that it names twice the worse counts."""
    objects = {(item.type, item.code) for item in order.objects}
    joined = {(item.parent_code, item.element_code) for item in order.mappings}
    found: dict[tuple[str, str], ObjectResult] = {}
    for item in said.objects:
        own = (item.type, item.code)
        if own in objects and (own not in found or item.result != 0):
            found[own] = item
    links: dict[tuple[str, str], MappingResult] = {}
    for link in said.mappings:
        ends = (link.parent_code, link.element_code)
        if ends in joined and (ends not in links or link.result != 0):
            links[ends] = link
    return tuple(found.values()), tuple(links.values())


def _shortened(item: ObjectResult | MappingResult, most: int) -> ObjectResult | MappingResult:
    words = item.description[:most] if item.description else None
    return item.model_copy(update={"description": words or None})
