"""What the store knows of a film, as a season asks for it; moments are the store's, whoever signed with which clock."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from pipeline.exchange.store_times import decided_at, last, results, series
from pipeline.model.campaign_facts import FilmFacts
from pipeline.model.inbox import ReviewKind, Stage, SubmissionStatus
from pipeline.model.running_order import Absence, RunningOrder
from pipeline.storage import layout
from pipeline.storage.buckets import SubmissionRecords

_DELIVERED = (Stage.DELIVERING, Stage.READY, Stage.ACCEPTED, Stage.REJECTED, Stage.WITHDRAWN)
_ENDED_WITH_WORDS = (Stage.RETURNED, Stage.REJECTED, Stage.WITHDRAWN)
ColumnCallback = Callable[[str], str | None]


def film_facts(
    records: SubmissionRecords,
    status: SubmissionStatus,
    order: RunningOrder | None,
    column: ColumnCallback,
    absences: Sequence[Absence] = (),
) -> FilmFacts:
    """The facts of one submission.

    Args:
        records: those that `status` was made of.
        order: the published one.
        column: gives the vocabulary's name of a column by what a submission calls it; None where it has none.
        absences: when nobody had it to put on air; a showing then is none of its.
    """
    drafts = [item.draft.modified for item in records.revisions if item.draft]
    masters = [item.submitted.modified for item in records.revisions if item.submitted]
    ready_at = status.delivery.ready_at if status.delivery else None
    told = (item.column for item in (status.delivery, status, status.earlier) if item)
    written = next((name for name in told if name), None)
    known = column(written) if written else None
    own = order.of(status.ref, absences) if order else ()
    return FilmFacts(
        prefecture=status.prefecture,
        submission_id=status.submission_id,
        title=status.title or None,
        column=known,
        column_written=None if known else written,
        stage=status.stage,
        wanted_of=status.wanted_of,
        draft_at=min(drafts, default=None),
        submitted_at=min(masters, default=None if drafts else ready_at),  # packaged from a folder: never sent in
        approved_at=_approved_at(records, status, max(masters, default=None)),
        taken_over_at=_taken_over_at(records, status) if status.stage is Stage.ACCEPTED else None,
        returned_at=decided_at(records, status, ReviewKind.RETURN) if status.stage is Stage.RETURNED else None,
        withdrawn_at=_ended_at(records, status) if status.stage is Stage.WITHDRAWN else None,
        reason=status.reason if status.stage in _ENDED_WITH_WORDS else None,
        duration_s=status.duration_s,
        on_air=own[0].start if own else None,
        film_end=own[0].end if own else None,
        on_air_end=own[0].slot.end if own else None,
    )


def _approved_at(records: SubmissionRecords, status: SubmissionStatus, master: datetime | None) -> datetime | None:
    """When what lies there was approved; what was packaged without a word on it, when it was ready."""
    said = decided_at(records, status, ReviewKind.APPROVE)
    if status.stage is Stage.APPROVED:
        return max((at for at in (said, master) if at), default=None)
    if status.stage not in _DELIVERED:
        return None
    return said or (status.delivery.ready_at if status.delivery else None)


def _taken_over_at(records: SubmissionRecords, status: SubmissionStatus) -> datetime | None:
    """By the operator's answer, else by the head-end's, where such a one counts."""
    answered, brought = series(records, status, layout.ACK), results(records, status)
    return last(answered) or last(brought) or status.since


def _ended_at(records: SubmissionRecords, status: SubmissionStatus) -> datetime | None:
    cleared = status.delivery.cleared if status.delivery else None
    return last(series(records, status, layout.WITHDRAWN)) or (cleared.at if cleared else status.since)
