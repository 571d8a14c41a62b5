"""The end of a delivery: a marker that whoever pulled the package is told of."""

from __future__ import annotations

from datetime import UTC, datetime

from pipeline.errors import InputError
from pipeline.exchange import acknowledgement
from pipeline.model.delivery import Delivery, State, Withdrawal
from pipeline.storage import delivery
from pipeline.storage.s3 import Store


def withdraw(store: Store, bucket: str, wanted: str, reason: str | None, by: str) -> tuple[Delivery, bool]:
    """Withdraw the newest delivery of an id; False when it was withdrawn before.

    Raises:
        InputError: there is no such delivery, or the reason is wrong.
    """
    if reason is not None:
        acknowledgement.refuse_reason(reason)
    there = acknowledgement.newest(store, bucket, wanted)
    if there.state is State.WITHDRAWN:
        return there, False
    if not (reason and reason.strip()):
        raise InputError("reason_missing")
    at = datetime.now(UTC).replace(microsecond=0)
    new = delivery.withdraw(store, bucket, there, Withdrawal(package_id=there.package_id, reason=reason, by=by, at=at))
    return acknowledgement.newest(store, bucket, there.package_id), new
