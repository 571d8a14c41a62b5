"""The operator's answer: one per package, never changed."""

from __future__ import annotations

from datetime import UTC, datetime

from pipeline.errors import InputError
from pipeline.exchange import selection
from pipeline.model.delivery import Acknowledgement, Decision, Delivery, State
from pipeline.model.text import printable
from pipeline.storage.buckets import Buckets

MOST_REASON = 1024


def newest(buckets: Buckets, wanted: str) -> Delivery:
    """The delivery that an id means: a package's, or the highest revision of a submission's.

    Raises:
        InputError: there is none, it is not ready, or several prefectures have one of this id.
    """
    found = [item for item in selection.deliveries(buckets, wanted) if item.state is not State.UPLOADING]
    if not found:
        raise InputError("no_such_delivery", where=wanted)
    selection.refuse_several(wanted, [item.ref for item in found])
    return max(found, key=lambda item: item.revision or 0)


def refuse_reason(reason: str) -> None:
    """Check words that will be kept and shown.

    Raises:
        InputError: too long, or with control characters.
    """
    if len(reason) > MOST_REASON:
        raise InputError("reason_wrong", most=MOST_REASON)
    if printable(reason) != reason:
        raise InputError("text_not_plain")


def answer(buckets: Buckets, wanted: str, decision: Decision, reason: str | None) -> tuple[Delivery, bool]:
    """Put the answer; False when the same one was there already.

    Raises:
        InputError: another answer stands there, or a rejection has no reason.
    """
    if decision is Decision.REJECT and not (reason and reason.strip()):
        raise InputError("reason_missing", option="--reason")
    if reason:
        refuse_reason(reason)
    there = newest(buckets, wanted)
    if there.state is State.WITHDRAWN:
        raise InputError("withdrawn", where=there.package_id)
    given = Acknowledgement(
        package_id=there.package_id, decision=decision, reason=reason, at=datetime.now(UTC).replace(microsecond=0)
    )
    package = buckets.place_of_delivery(there.ref).package(there.package_id)
    if not there.acknowledgement and package.acknowledge(given):
        return package.delivery(), True
    there = package.delivery()
    stands = there.acknowledgement
    if stands and (stands.decision, stands.reason) == (decision, reason):
        return there, False
    raise InputError("already_answered", where=there.package_id, decision=stands.decision.value if stands else "?")
