"""When what stands came about by the store's time, whichever clock signed it: listings tell it, nothing is asked."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from pipeline.exchange import decisions
from pipeline.model.inbox import ReviewKind, Stage, SubmissionStatus
from pipeline.storage import layout
from pipeline.storage.bucket import ListedObject
from pipeline.storage.buckets import SubmissionRecords
from pipeline.storage.reviews import ReviewRecord

_DECIDED = (Stage.RETURNED, Stage.APPROVED, Stage.APPROVED_DRAFT)


def since(records: SubmissionRecords, status: SubmissionStatus) -> datetime | None:
    """Since when a submission stands where it does; by the record itself where no listing has it.

    Args:
        records: those that `status` was made of.
    """
    found: datetime | None = None
    if status.stage is Stage.WITHDRAWN:
        found = last(series(records, status, layout.WITHDRAWN))
    elif status.delivery and status.delivery.acknowledgement:
        found = last(series(records, status, layout.ACK))
    elif status.stage is Stage.ACCEPTED:
        found = last(results(records, status))
    elif status.answer and status.delivery is None:
        own = (status.answer.revision, status.answer.number)
        found = _put_at(records.answers, own)
    elif status.stage in _DECIDED:
        found = decided_at(records, status)
        masters = [item.submitted for item in records.revisions if item.number == status.revision and item.submitted]
        if found and status.stage is Stage.APPROVED and masters:
            found = max(found, masters[0].modified)
    return found or status.since


def decided_at(records: SubmissionRecords, status: SubmissionStatus, kind: ReviewKind | None = None) -> datetime | None:
    """When the decision that stands was put; None where it is not of the kind that is asked for."""
    decision = decisions.decision(status.notes)
    if decision is None or kind not in (None, decision.kind):
        return None
    return _put_at(records.reviews, (decision.revision, decision.number))


def series(records: SubmissionRecords, status: SubmissionStatus, name: str) -> list[ListedObject]:
    """The records of one kind of the package that is shown."""
    package = status.delivery.package_id if status.delivery else None
    return next((item.series(name) for item in records.packages if item.package_id == package), [])


def results(records: SubmissionRecords, status: SubmissionStatus) -> list[ListedObject]:
    """The head-ends' results of that package."""
    own = [item for item in records.orders if status.delivery and item.package_id == status.delivery.package_id]
    return [item.listed[layout.RESULT] for item in own if layout.RESULT in item.listed]


def last(listed: Iterable[ListedObject]) -> datetime | None:
    """When the newest was put."""
    return max((item.modified for item in listed), default=None)


def _put_at(said: Iterable[ReviewRecord], number: tuple[int, int]) -> datetime | None:
    return next((item.listed.modified for item in said if (item.revision, item.number) == number), None)
