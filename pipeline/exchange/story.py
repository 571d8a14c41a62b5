"""What happened to a submission, in order, from the records that lie in the store."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Annotated, Literal

from pydantic import Field

from pipeline.model.base import Noun
from pipeline.model.c2_records import OrderState
from pipeline.model.delivery import Acknowledgement, Withdrawal
from pipeline.model.inbox import Person
from pipeline.storage import layout
from pipeline.storage.buckets import SubmissionRecords, contents_of
from pipeline.storage.orders import OrderRecord
from pipeline.storage.package_record import PackageRecord
from pipeline.storage.place import Contents


class Event(Noun):
    """One thing that somebody did.

    Args:
        at: when, by the store's clock: people's own may differ, and would tell an answer before its question.
        what: a word of the catalogue (`event_…`).
        who: nobody who lets a record speak for the administrator but the administrator: of the inbox, where a
            prefecture can put what it likes, no clearing is told.
        by: the name that was signed with; None where records hold none.
        number: of a note or decision, by which it is taken back; of an answer, among the answers.
        retracts: the number of the note or decision that is taken back.
        answers: the number of the return that the producer answers.
        code: of a rejection, why, of the vocabulary.
    """

    at: datetime
    what: str
    who: Person | Literal["administrator"]
    by: str | None = None
    revision: int | None = None
    number: int | None = None
    retracts: int | None = None
    answers: int | None = None
    timecode: str | None = None
    text: str | None = None
    code: Annotated[str | None, Field(exclude_if=lambda value: value is None)] = None
    package_id: str | None = None


def story(records: SubmissionRecords) -> list[Event]:
    """Every record of a submission as an event, the oldest first.

    Raises:
        IntegrityError: a record is none, or another's.
    """
    contents = contents_of([records])
    found = _sent(records, contents) + _said(records, contents)
    for package in records.packages:
        found += _delivered(package)
    for order in records.orders:
        found += _ordered(order, contents)
    return sorted(found, key=lambda item: item.at)


def _sent(records: SubmissionRecords, contents: Contents) -> list[Event]:
    found = []
    for item in records.read_revisions(contents):
        found.append(Event(at=item.claimed_at, what="claimed", who=Person.PRODUCER, revision=item.number))
        for what, marker, at in (
            ("draft", item.draft, item.draft_at),
            ("submitted", item.submitted, item.submitted_at),
        ):
            if marker and at:
                found.append(Event(at=at, what=what, who=Person.PRODUCER, revision=item.number, text=marker.title))
    return found


def _said(records: SubmissionRecords, contents: Contents) -> list[Event]:
    reviewed, answered = (
        {(record.revision, record.number): record.listed.modified for record in found}
        for found in (records.reviews, records.answers)
    )
    said = [
        Event(
            at=reviewed[item.revision, item.number],
            what=item.kind.value,
            who=Person.EDITOR,
            by=item.by,
            revision=item.revision,
            number=item.number,
            timecode=item.place,
            retracts=item.retracts,
            text=item.text,
        )
        for item in records.read_reviews(contents)
    ]
    return said + [
        Event(
            at=answered[item.revision, item.number],
            what="answer",
            who=Person.PRODUCER,
            by=item.by,
            revision=item.revision,
            number=item.number,
            answers=item.to_review,
            text=item.text,
        )
        for item in records.read_answers(contents)
    ]


def _delivered(package: PackageRecord) -> list[Event]:
    cleared = package.markers.get(layout.CLEARED)
    ready = cleared or package.markers.get(layout.READY)
    if ready is None:
        return []
    acks, ends = package.series(layout.ACK), package.series(layout.WITHDRAWN)
    contents = Contents([ready, *acks, *ends])
    delivered = package.delivery(contents)
    event = partial(Event, package_id=package.package_id, revision=delivered.revision)
    found = [event(at=delivered.ready_at or ready.modified, what="delivered", who=Person.EDITOR, text=delivered.title)]
    for listed in acks:
        if answer := contents.marker(listed, Acknowledgement, package_id=package.package_id):
            what = f"{answer.decision.value}ed"
            found.append(
                event(
                    at=listed.modified,
                    what=what,
                    who=Person.OPERATOR,
                    by=answer.by,
                    text=answer.reason,
                    code=answer.code,
                )
            )
    for listed in ends:
        if end := contents.marker(listed, Withdrawal, package_id=package.package_id):
            what = "undone" if end.undo else "withdrawn"
            found.append(event(at=listed.modified, what=what, who=Person.EDITOR, by=end.by, text=end.reason))
    if gone := delivered.cleared:
        found.append(event(at=ready.modified, what="cleared", who="administrator", by=gone.by, text=gone.rule))
    return found


def _ordered(record: OrderRecord, contents: Contents) -> list[Event]:
    """What a head-end was told, and what it said: its refusal, or the result."""
    known = record.read(contents)
    if known is None:
        return []
    event = partial(Event, package_id=record.package_id)
    at = {name: listed.modified for name, listed in record.listed.items()}
    action = known.order.action
    found = [event(at=at[layout.ORDER], what=f"c2_{action}", who=Person.EDITOR, by=known.order.by)]
    if known.answer and known.answer.result != 0:
        said = known.answer.description or str(known.answer.result)
        found.append(event(at=at[layout.ANSWER], what="c2_refused", who=Person.OPERATOR, text=said))
    if known.result:
        words = known.result.description if known.result.state is not OrderState.INGESTED else None
        result = event(at=at[layout.RESULT], what=f"c2_{known.result.state}", who=Person.OPERATOR, text=words)
        found.append(result)
    return found
