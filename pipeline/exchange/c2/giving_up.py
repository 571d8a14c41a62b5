"""An order of which no result will come is given up by a person, who says that the head-end has done nothing of it."""

from __future__ import annotations

from datetime import UTC, datetime

from pipeline.exchange.c2 import holdings, sending, settling
from pipeline.model.c2_records import How, OrderResult
from pipeline.storage.buckets import Buckets, contents_of
from pipeline.storage.orders import OrderPlace


def give_up(buckets: Buckets, wanted: str, order: str, by: str) -> bool:
    """Put it as the result of an order; False where that is over already.

    Args:
        wanted: the submission that it is of.
        order: its CorrelateID, or its beginning.
        by: who says it.

    Raises:
        InputError: there is no such submission or order, or several. IntegrityError: a record is damaged.
    """
    records = sending.the_one(buckets, wanted).records
    known = holdings.the_one(records.read_orders(contents_of([records])), order)
    own, now = known.order, datetime.now(UTC).replace(microsecond=0)
    if known.state(now).is_over:
        return False
    result = OrderResult(correlate_id=own.correlate_id, how=How.GIVEN_UP, given_up_by=by, at=now)
    settling.clear_command_file(buckets.delivery, own)
    return OrderPlace(buckets.delivery, known.ref, own.package_id, own.correlate_id).put_result(result)
