"""The end of a delivery: a marker that whoever pulled the package is told of."""

from __future__ import annotations

from datetime import UTC, datetime

from pipeline.errors import InputError
from pipeline.exchange import acknowledgement, status
from pipeline.model.delivery import Delivery, State, Withdrawal
from pipeline.storage.buckets import Buckets


def withdraw(
    buckets: Buckets, wanted: str, reason: str | None, by: str, *, undo: bool = False
) -> tuple[Delivery, bool]:
    """Withdraw the newest delivery of an id, or undo that; False where it stands so already.

    Raises:
        InputError: there is no such delivery, submissions of several prefectures are meant (also one that is in review
            only), the reason is wrong, or there is nothing to undo.
    """
    if reason is not None:
        acknowledgement.refuse_reason(reason)
    meant = status.submission_statuses(buckets, wanted)
    status.refuse_several(wanted, meant)
    there = acknowledgement.newest(buckets, wanted)
    if there.ref not in [item.ref for item in meant]:
        raise InputError("no_such_delivery", where=wanted)
    is_withdrawn = there.state is State.WITHDRAWN
    if undo and not is_withdrawn:
        raise InputError("not_withdrawn", where=there.package_id)
    if is_withdrawn and not undo:
        return there, False
    if not (undo or (reason and reason.strip())):
        raise InputError("reason_missing", option="--reason")
    at = datetime.now(UTC).replace(microsecond=0)
    package = buckets.place_of_delivery(there.ref).package(there.package_id)
    if not package.withdraw(Withdrawal(package_id=there.package_id, reason=reason, undo=undo, by=by, at=at)):
        raise InputError("answered_meanwhile", where=there.package_id)
    return package.delivery(), True
