"""What the store held at an earlier moment: records are numbered and never changed, so a look back is a filter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from pipeline.model.delivery import Decision, Delivery, State
from pipeline.storage import layout
from pipeline.storage.buckets import SubmissionRecords
from pipeline.storage.orders import OrderRecord
from pipeline.storage.package_record import PackageRecord
from pipeline.storage.reviews import ReviewRecord
from pipeline.storage.revision_record import RevisionRecord


def until(records: SubmissionRecords, end: datetime) -> SubmissionRecords:
    """The records of a submission that were there before a moment, by the store's time."""
    return replace(
        records,
        revisions=tuple(_revision(item, end) for item in records.revisions if item.claim.modified < end),
        packages=tuple(found for item in records.packages if (found := _package(item, end))),
        reviews=_said(records.reviews, end),
        answers=_said(records.answers, end),
        orders=tuple(made for item in records.orders if (made := _order(item, end))),
    )


def deliveries(found: Sequence[Delivery], records: SubmissionRecords, end: datetime) -> list[Delivery]:
    """Packages as they stood then: what was cleared since was there, as the record of that says."""
    cleared = {item.package_id: item.markers.get(layout.CLEARED) for item in records.packages}
    made = []
    for item in found:
        listed = cleared.get(item.package_id)
        if listed is None or listed.modified < end:
            made.append(item)
        elif item.ready_at and item.ready_at < end:
            made.append(item.model_copy(update={"cleared": None, "state": _standing(item)}))
    return made


def _standing(item: Delivery) -> State:
    if item.withdrawal or item.acknowledgement is None:
        return State.WITHDRAWN if item.withdrawal else State.READY
    return State.ACCEPTED if item.acknowledgement.decision is Decision.ACCEPT else State.REJECTED


def _revision(item: RevisionRecord, end: datetime) -> RevisionRecord:
    draft = item.draft if item.draft and item.draft.modified < end else None
    submitted = item.submitted if item.submitted and item.submitted.modified < end else None
    return replace(item, draft=draft, submitted=submitted)


def _package(item: PackageRecord, end: datetime) -> PackageRecord | None:
    """Without READY.json, which goes when it is cleared, the record of the clearing tells of it."""
    kept = {name: listed for name, listed in item.markers.items() if listed.modified < end}
    cleared = item.markers.get(layout.CLEARED)
    if cleared and layout.READY not in kept:
        kept[layout.CLEARED] = cleared
    return replace(item, markers=kept) if kept else None


def _said(records: Sequence[ReviewRecord], end: datetime) -> tuple[ReviewRecord, ...]:
    return tuple(item for item in records if item.listed.modified < end)


def _order(item: OrderRecord, end: datetime) -> OrderRecord | None:
    kept = {name: listed for name, listed in item.listed.items() if listed.modified < end}
    return replace(item, listed=kept) if kept else None
