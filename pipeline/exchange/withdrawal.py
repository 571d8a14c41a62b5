"""The end of a delivery: a marker that whoever pulled the package is told of."""

from __future__ import annotations

from datetime import UTC, datetime

from pipeline.errors import InputError
from pipeline.exchange import acknowledgement
from pipeline.model.delivery import Delivery, State, Withdrawal
from pipeline.storage.buckets import Buckets


def withdraw(buckets: Buckets, wanted: str, reason: str | None, by: str) -> tuple[Delivery, bool]:
    """Withdraw the newest delivery of an id; False when it was withdrawn before.

    Raises:
        InputError: there is no such delivery, or the reason is wrong.
    """
    if reason is not None:
        acknowledgement.refuse_reason(reason)
    there = acknowledgement.newest(buckets, wanted)
    if there.state is State.WITHDRAWN:
        return there, False
    if not (reason and reason.strip()):
        raise InputError("reason_missing", option="--reason")
    at = datetime.now(UTC).replace(microsecond=0)
    package = buckets.place_of_delivery(there.ref).package(there.package_id)
    new = package.withdraw(Withdrawal(package_id=there.package_id, reason=reason, by=by, at=at))
    return package.delivery(), new
