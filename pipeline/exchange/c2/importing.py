"""A reply that came by mail: it names no order, the codes of its objects do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from pipeline import regular
from pipeline.errors import InputError
from pipeline.exchange.c2 import holdings, reply, results, settling
from pipeline.exchange.c2.reply import Reply
from pipeline.exchange.c2.results import Told
from pipeline.exchange.c2.untrusted_xml import Unreadable
from pipeline.model.c2_dialect import Dialect
from pipeline.model.c2_records import How
from pipeline.storage.buckets import Buckets, contents_of
from pipeline.storage.orders import KnownOrder, OrderPlace


def read(path: Path) -> Reply:
    """The file of a reply.

    Raises:
        InputError: it is not there, or is none.
    """
    if not path.exists():
        raise InputError("path_missing", where=str(path))
    if path.is_dir():
        raise InputError("is_folder", where=str(path))
    regular.refuse_other(path)
    if path.stat().st_size > reply.MOST_BYTES:
        raise InputError("c2_no_reply", where=str(path), detail="> 5 MiB")
    try:
        return reply.read(regular.read(path))
    except Unreadable as error:
        raise InputError("c2_no_reply", where=str(path), detail=str(error)) from error


def put(
    buckets: Buckets,
    said: Reply,
    where: str,
    wanted: str | None,
    dialect: Dialect | None = None,
    *,
    accepts: bool = False,
) -> tuple[KnownOrder, bool]:
    """Put it as the result of its order; False where that has one already.

    Args:
        wanted: the order's CorrelateID, or its beginning; None takes the one that the codes fit.
        accepts: a good result is the operator's acceptance too.

    Raises:
        InputError: it fits no order, not the one that is said, or several.
    """
    records = buckets.records((buckets.delivery,))
    contents = contents_of(records)
    known = [item for record in records for item in record.read_orders(contents)]
    of_it = _meant(known, said, where, wanted)
    if of_it.result is not None:
        return of_it, False
    now = datetime.now(UTC)
    result = results.result_of(of_it.order, said, Told(How.IMPORT, now, accepts=accepts), dialect)
    order = of_it.order
    place = OrderPlace(buckets.delivery, of_it.ref, order.package_id, order.correlate_id)
    settling.clear_command_file(buckets.delivery, order)
    if place.put_result(result):
        return replace(of_it, result=result), True
    return place.known() or of_it, False


def _meant(known: Sequence[KnownOrder], said: Reply, where: str, wanted: str | None) -> KnownOrder:
    if wanted is not None:
        found = holdings.the_one(known, wanted)
        if said.codes and not _fits(found, said):
            raise InputError("c2_reply_of_another", where=where, order=found.order.correlate_id)
        return found
    fits = [item for item in known if _fits(item, said)]
    now = datetime.now(UTC)
    waiting = [item for item in fits if not item.state(now).is_over] or fits[-1:]
    if not waiting:
        raise InputError("c2_reply_of_none", where=where)
    if len(waiting) > 1:
        rows = ", ".join(f"{item.order.correlate_id} ({item.ref.typed})" for item in waiting)
        raise InputError("c2_reply_of_several", where=where, orders=rows, example=waiting[0].order.correlate_id)
    return waiting[0]


def _fits(item: KnownOrder, said: Reply) -> bool:
    """Whether all objects that a reply names are of the order, to do with them what it says."""
    own = {((ordered.type, ordered.code), ordered.action.value) for ordered in item.order.objects}
    return bool(said.codes) and said.codes <= {key for key, _ in own} and said.actions <= own
