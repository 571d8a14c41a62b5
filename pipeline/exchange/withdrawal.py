"""The end of a delivery: a marker that whoever pulled the package is told of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from pipeline.errors import InputError
from pipeline.exchange import acknowledgement, selection, status, versions
from pipeline.model.delivery import Delivery, State, Withdrawal
from pipeline.storage.buckets import Buckets


def withdraw(
    buckets: Buckets, wanted: str, reason: str | None, by: str, *, undo: bool = False
) -> tuple[Delivery, bool]:
    """Withdraw the newest delivery of an id, or undo that; False where it stands so already.

    A package's own id means that one, whatever its revision.

    Raises:
        InputError: there is no such delivery, submissions of several prefectures are meant (also one that is in review
            only), the reason is wrong, or there is nothing to undo.
    """
    there = _meant(buckets, wanted, reason)
    is_withdrawn = there.state is State.WITHDRAWN
    if undo and not is_withdrawn:
        raise InputError("not_withdrawn", where=there.package_id)
    if is_withdrawn and not undo:
        return there, False
    if undo and there.cleared:
        raise _undo_cleared(there)
    return _put(buckets, there, _checked(reason, undo=undo), by, undo=undo), True


def withdraw_all(
    buckets: Buckets, wanted: str, reason: str | None, by: str, *, undo: bool = False
) -> list[tuple[Delivery, bool]]:
    """Withdraw every delivery of a submission, or undo that; False with those that are withdrawn already.

    The oldest is withdrawn first and given back last: stopped on the way, it puts none on offer in place of a newer.

    Raises:
        InputError: as `withdraw`.
    """
    ref = _meant(buckets, wanted, reason).ref
    there = [item for item in selection.deliveries(buckets, str(ref)) if item.state is not State.UPLOADING]
    there.sort(key=lambda item: item.revision or 0, reverse=undo)
    todo = [item for item in there if (item.state is State.WITHDRAWN) is undo]
    if undo:
        if not todo:
            raise InputError("not_withdrawn", where=str(ref))
        there = todo = [item for item in todo if not item.cleared] or _refuse_undo(todo)
    reason = _checked(reason, undo=undo) if todo else reason
    return [(_put(buckets, item, reason, by, undo=undo), True) if item in todo else (item, False) for item in there]


def on_offer_again(buckets: Buckets, there: Delivery) -> Delivery | None:
    """The older version that people are given since this one is withdrawn; None where there is none, or a newer."""
    of_it = selection.deliveries(buckets, str(there.ref))
    given = versions.offered(of_it)
    is_over = given is not None and (given.revision or 0) < (there.revision or 0)
    return given if is_over and there.state is State.WITHDRAWN else None


def cleared_below(buckets: Buckets, there: Delivery) -> Delivery | None:
    """The older version that would be given out now, had it not been cleared; None where another one is."""
    of_it = selection.deliveries(buckets, str(there.ref))
    if there.state is not State.WITHDRAWN or versions.offered(of_it):
        return None
    older = [item for item in of_it if item.state is State.CLEARED and (item.revision or 0) < (there.revision or 0)]
    return max(older, key=lambda item: item.revision or 0, default=None)


def _meant(buckets: Buckets, wanted: str, reason: str | None) -> Delivery:
    if reason is not None:
        acknowledgement.refuse_reason(reason)
    meant = status.submission_statuses(buckets, wanted)
    status.refuse_several(wanted, meant)
    there = acknowledgement.newest(buckets, wanted)
    if there.ref not in [item.ref for item in meant]:
        raise InputError("no_such_delivery", where=wanted)
    return there


def _refuse_undo(cleared: Sequence[Delivery]) -> list[Delivery]:
    raise _undo_cleared(cleared[0])


def _undo_cleared(there: Delivery) -> InputError:
    """Of what is no longer there no withdrawal is taken back: people would be told of what nobody can fetch."""
    record = there.cleared
    day, rule = (record.day, record.rule) if record else ("?", "?")
    return InputError("undo_cleared", where=there.package_id, id=there.ref.typed, date=day, rule=rule)


def _checked(reason: str | None, *, undo: bool) -> str | None:
    if not (undo or (reason and reason.strip())):
        raise InputError("reason_missing", option="--reason")
    return reason


def _put(buckets: Buckets, there: Delivery, reason: str | None, by: str, *, undo: bool) -> Delivery:
    at = datetime.now(UTC).replace(microsecond=0)
    package = buckets.place_of_delivery(there.ref).package(there.package_id)
    if not package.withdraw(Withdrawal(package_id=there.package_id, reason=reason, undo=undo, by=by, at=at)):
        raise InputError("answered_meanwhile", where=there.package_id)
    return package.delivery()
