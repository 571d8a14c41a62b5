"""Where every submission stands between producer, editor and operator, from what lies in the store."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from pipeline.errors import InputError, IntegrityError
from pipeline.exchange import decisions, looking_back, selection, store_times, unchanged
from pipeline.exchange.c2 import holdings
from pipeline.exchange.selection import Fit, Unreadable, refuse
from pipeline.exchange.unchanged import Ledger
from pipeline.model.delivery import Delivery, State
from pipeline.model.inbox import WANTED, Answer, Review, ReviewKind, Stage, SubmissionStatus
from pipeline.model.reference import SubmissionRef
from pipeline.model.states import RULES, Move
from pipeline.storage.buckets import Buckets, SubmissionRecords, contents_of
from pipeline.storage.orders import KnownOrder
from pipeline.storage.place import Contents
from pipeline.storage.revision_record import Revision

_OF_DELIVERY = {
    State.UPLOADING: Stage.DELIVERING,
    State.READY: Stage.READY,
    State.ACCEPTED: Stage.ACCEPTED,
    State.REJECTED: Stage.REJECTED,
    State.WITHDRAWN: Stage.WITHDRAWN,
    State.CLEARED: Stage.WITHDRAWN,  # nothing is given out of it either
}
_CAME_IN = (Stage.SENDING, *RULES[Move.NOTE].leads)  # on its way, or open to notes


def came_in(buckets: Buckets, unreadable: Unreadable = refuse) -> list[SubmissionStatus]:
    """What came in and is not delivered yet, newest first. Raises as `submission_statuses`."""
    return [item for item in submission_statuses(buckets, unreadable=unreadable) if item.stage in _CAME_IN]


def submission_statuses(
    buckets: Buckets, wanted: str | None = None, unreadable: Unreadable = refuse, until: datetime | None = None
) -> list[SubmissionStatus]:
    """Every submission that this identity may see, or what `wanted` means (see `selection`), newest first.

    `unreadable` hears of each submission that is left out because one of its markers is none, and where all are asked
    for, of each record that is another than this machine read before.

    Args:
        until: as it was then: what the store got at that moment or later is left out.

    Raises:
        IntegrityError: a marker is none. EnvironmentFault, TransferError: the store does not answer.
    """
    records = buckets.records() if wanted is None else [item.records for item in selection.select(buckets, wanted)]
    records = then(records, until)
    ledger = Ledger(buckets.delivery.store) if wanted is None else None
    found = statuses_in(records, contents_of(records), unreadable, until, ledger)
    return newest_first(item for _, item in found)


def then(records: Sequence[SubmissionRecords], until: datetime | None) -> list[SubmissionRecords]:
    """The records as they were at a moment; all of them where none is said."""
    return [looking_back.until(record, until) for record in records] if until else list(records)


def statuses_in(
    records: Sequence[SubmissionRecords],
    contents: Contents,
    unreadable: Unreadable,
    until: datetime | None = None,
    ledger: Ledger | None = None,
) -> list[tuple[SubmissionRecords, SubmissionStatus]]:
    """Where each submission stands by its records, which `contents` has.

    Args:
        until: the moment at which they are looked at (`then`).
        unreadable: as of `submission_statuses`.
        ledger: what this machine read before; None where nothing is held to it.
    """
    found = []
    for record in records:
        try:
            made = status_in(record, contents, until)
        except IntegrityError as fault:
            unreadable(fault)
            continue
        for changed in unchanged.changes(ledger, record, contents) if ledger else ():
            unreadable(changed)
        if made is not None:
            found.append((record, made))
    if ledger:
        ledger.keep()
    return found


def newest_first(found: Iterable[SubmissionStatus]) -> list[SubmissionStatus]:
    """As lists show them."""
    return sorted(found, key=lambda item: str(item.since or ""), reverse=True)


def status_in(record: SubmissionRecords, contents: Contents, until: datetime | None = None) -> SubmissionStatus | None:
    """Where one submission stands by its records, which `contents` has; None where they tell of nothing.

    Args:
        until: the moment at which the records are looked at (`looking_back.until`).

    Raises:
        IntegrityError: a record is none, or another's.
    """
    packages = record.read_packages(contents)
    made = status_of(
        record.ref,
        record.read_revisions(contents),
        record.read_reviews(contents),
        looking_back.deliveries(packages, record, until) if until else packages,
        record.read_answers(contents),
        record.read_orders(contents),
    )
    return made.model_copy(update={"since": store_times.since(record, made)}) if made else None


def the_status(buckets: Buckets, wanted: str) -> SubmissionStatus:
    """Where the one submission stands that `wanted` means.

    Raises:
        InputError: there is none, or several.
    """
    found = submission_statuses(buckets, wanted)
    if not found:
        raise InputError("no_such_submission", where=wanted)
    refuse_several(wanted, found)
    return found[0]


def refuse_several(wanted: str, found: Sequence[SubmissionStatus]) -> None:
    """As `selection.refuse_several`, of statuses."""
    selection.refuse_several(wanted, [Fit(item.ref, item.title or "", item.stage) for item in found])


def status_of(
    ref: SubmissionRef,
    revisions: Sequence[Revision],
    notes: Sequence[Review],
    packages: Sequence[Delivery],
    answers: Sequence[Answer] = (),
    orders: Sequence[KnownOrder] = (),
) -> SubmissionStatus | None:
    """The newest revision and who is to move; None where there is nothing at all. Of orders the hour tells too."""
    newest = revisions[-1] if revisions else None
    of_newest = [item for item in packages if newest and item.content_sha256 == newest.claim.content_sha256]
    delivered = max(of_newest or packages, key=lambda item: (item.revision or 0, str(item.ready_at)), default=None)
    if newest is None and delivered is None:
        return None
    newer = delivered is None or _newer(revisions, delivered)
    number = newest.number if newest and newer else 0
    number = number or (delivered.revision if delivered else 0) or (newest.number if newest else 1)
    own = tuple(item for item in notes if item.revision == number)
    words = [item for item in answers if item.revision == number]
    answer: Answer | None = None
    marker = next((item.marker for item in reversed(revisions) if item.marker), None)
    reason: str | None = None
    at: datetime | None
    if delivered and not newer:
        stage, at = _OF_DELIVERY[delivered.state], delivered.ready_at
        if delivered.acknowledgement:
            at, reason = delivered.acknowledgement.at, delivered.acknowledgement.reason
        elif stage is Stage.READY and (taken := holdings.accepted_at(orders, delivered.package_id)):
            stage, at = Stage.ACCEPTED, taken
        if delivered.withdrawal:
            at, reason = delivered.withdrawal.at, delivered.withdrawal.reason
        shown: Delivery | None = delivered
    else:
        stage, at, reason, answer = _in_review(newest, own, words)
        shown = None
    now = datetime.now(UTC)
    title = marker.title if marker else delivered.title if delivered else None
    return SubmissionStatus(
        prefecture=ref.prefecture,
        submission_id=ref.submission_id,
        title=title,
        revision=max(number, 1),
        stage=stage,
        wanted_of=WANTED[stage],
        since=at,
        verdict=newest.marker.verdict if newest and newest.marker else None,
        reason=reason,
        notes=decisions.standing(own),
        answer=answer,
        delivery=shown,
        earlier=_beside(packages, shown),
        parts=newest.marker.parts if newest and newest.marker else None,
        duration_s=newest.marker.duration_s if newest and newest.marker else None,
        column=marker.column if marker else None,
        c2=tuple(item.standing(now) for item in orders),
        c2_owed=holdings.owed(orders, packages, now),
    )


def _beside(packages: Sequence[Delivery], shown: Delivery | None) -> Delivery | None:
    """The newest package that people may have beside the state that is shown: behind a newer cut, or a withdrawal."""
    if shown is not None and shown.state is not State.WITHDRAWN:
        return None
    others = [item for item in packages if item is not shown and item.state is not State.UPLOADING]
    standing = others if shown is None else [item for item in others if item.state is not State.WITHDRAWN]
    return max(standing, key=lambda item: item.revision or 0, default=None)


def _newer(revisions: Sequence[Revision], delivered: Delivery) -> bool:
    """Whether the inbox has a cut that came after this delivery.

    A delivery of one of its cuts stands for the last revision of that content. What was delivered from a folder is
    none of them: there the time decides. Numbers of revisions differ between the two buckets.
    """
    newest = revisions[-1] if revisions else None
    if newest is None:
        return False
    if delivered.revision is None or delivered.ready_at is None:  # an upload that was never finished hides nothing
        return newest.marker is not None
    if cuts := [item.number for item in revisions if item.claim.content_sha256 == delivered.content_sha256]:
        return newest.number > cuts[-1]
    came = max((at for at in (newest.submitted_at, newest.draft_at) if at), default=newest.claimed_at)
    return came > delivered.ready_at


def _in_review(
    newest: Revision | None, said: Sequence[Review], answers: Sequence[Answer]
) -> tuple[Stage, datetime | None, str | None, Answer | None]:
    """Stage, since when, the editor's words and the producer's on a revision that is not delivered."""
    if newest is None:
        return Stage.DELIVERING, None, None, None
    if newest.marker is None:
        return Stage.SENDING, newest.claimed_at, None, None
    waits = Stage.SUBMITTED if newest.submitted else Stage.DRAFT
    came = newest.submitted_at if newest.submitted else newest.draft_at
    decision = decisions.decision(said)
    if decision is None:
        return waits, came, None, None
    if decision.kind is ReviewKind.RETURN:
        if reply := decisions.reply(decision, answers):
            return waits, reply.at, decision.text, reply
        return Stage.RETURNED, decision.at, decision.text, None
    if decisions.is_approved(newest, said):
        return Stage.APPROVED, max(decision.at, newest.submitted_at or decision.at), decision.text, None
    if newest.draft is None or decision.of_draft is False or decision.marker_sha256 != newest.draft.digest():
        return Stage.ALTERED, came, None, None
    if newest.submitted:  # a draft's approval asks for the master, which is approved anew
        return waits, came, None, None
    return Stage.APPROVED_DRAFT, decision.at, decision.text, None
