"""What an operator took over: the answered packages of the delivery bucket, as rows of a receipt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from pipeline.errors import InputError
from pipeline.exchange import choosing, selection
from pipeline.exchange.selection import Fit, Unreadable
from pipeline.model.delivery import Delivery, State
from pipeline.model.receipt import Receipt
from pipeline.storage.buckets import Buckets


@dataclass(frozen=True)
class Receipts:
    """Rows by prefecture, id and revision, so that the same records give the same paper; and what has no answer yet."""

    rows: tuple[Receipt, ...]
    unanswered: tuple[Delivery, ...]


def receipts(buckets: Buckets, wanted: Sequence[str], since: date | None, unreadable: Unreadable) -> Receipts:
    """What was answered of the ids, or of all; with `since` what was answered on that day in China, or later.

    Raises:
        InputError: an id has no delivery, means several submissions, or nothing of it is answered yet.
    """
    found: dict[tuple[str, str], Delivery] = {}
    for item in wanted or (None,):
        for there in _of(buckets, item, unreadable):
            found[str(there.ref), there.package_id] = there
    rows = [row for item in found.values() if (row := receipt(item)) and choosing.is_since(row.answered_at, since)]
    waiting = [item for item in found.values() if item.state is State.READY]
    return Receipts(
        tuple(sorted(rows, key=lambda row: (row.ref, row.revision, row.package_id))),
        tuple(sorted(waiting, key=lambda item: (item.ref, item.revision or 0, item.package_id))),
    )


def _of(buckets: Buckets, wanted: str | None, unreadable: Unreadable) -> list[Delivery]:
    if wanted is None:
        return [item for item in selection.deliveries(buckets, None, unreadable) if item.state is not State.UPLOADING]
    found = [item for item in selection.deliveries(buckets, wanted) if item.state is not State.UPLOADING]
    if not found:
        raise InputError("no_such_delivery", where=wanted)
    selection.refuse_several(wanted, [Fit(item.ref, item.title, item.state) for item in found])
    if not any(item.acknowledgement for item in found):
        raise InputError("not_answered", where=wanted, id=found[0].ref.typed)
    return found


def receipt(there: Delivery) -> Receipt | None:
    """A package as a row; None where nobody has answered it."""
    answer = there.acknowledgement
    if answer is None or there.manifest_sha256 is None:
        return None
    return Receipt(
        prefecture=there.prefecture,
        submission_id=there.submission_id,
        title=there.title,
        revision=there.revision or 0,
        package_id=there.package_id,
        manifest_sha256=there.manifest_sha256,
        ready_at=there.ready_at,
        decision=answer.decision,
        answered_at=answer.at,
        by=answer.by,
        code=answer.code,
        reason=answer.reason,
        withdrawn_at=there.withdrawal.at if there.withdrawal else None,
    )
