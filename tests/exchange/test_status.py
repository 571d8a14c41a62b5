"""Who is to move: every state that three people can bring a submission into."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from pipeline.exchange import status
from pipeline.model.delivery import Acknowledgement, Decision, Delivery, State, Withdrawal
from pipeline.model.finding import Verdict
from pipeline.model.inbox import WANTED, Answer, Claim, InboxFile, InboxMarker, Person, Review, ReviewKind, Stage
from pipeline.model.reference import SubmissionRef
from pipeline.model.submission import Kind
from pipeline.storage.revision_record import Revision

REF = SubmissionRef("653200", "x")
T0 = datetime(2026, 6, 1, tzinfo=UTC)


def at(hours: float) -> datetime:
    return T0 + timedelta(hours=hours)


def content(number: int) -> str:
    return f"{number:064}"


def marker(number: int, *names: str) -> InboxMarker:
    return InboxMarker(
        submission_id="x",
        prefecture="653200",
        title="村医",
        kind=Kind.FILM,
        revision=number,
        content_sha256=content(number),
        verdict=Verdict.WARN,
        duration_s=60.0,
        files=tuple(InboxFile(path=name, file=name, size_bytes=1, sha256="0" * 64) for name in names),
    )


def draft(number: int) -> InboxMarker:
    return marker(number, "proxy.mp4")


def revision(number: int, *, draft: float | None = None, master: float | None = None) -> Revision:
    return Revision(
        REF,
        number,
        Claim(content_sha256=content(number)),
        at(number),
        marker(number, "proxy.mp4") if draft is not None else None,
        at(draft) if draft is not None else None,
        marker(number) if master is not None else None,
        at(master) if master is not None else None,
    )


def review(
    number: int,
    kind: ReviewKind,
    revision: int = 1,
    text: str | None = None,
    *,
    of: InboxMarker | None = None,
    retracts: int | None = None,
) -> Review:
    timecode = "00:00:01:00" if kind is ReviewKind.NOTE else None
    decided = of or (marker(revision) if kind is ReviewKind.APPROVE else None)
    return Review(
        submission_id="x",
        revision=revision,
        number=number,
        kind=kind,
        text=text,
        marker_sha256=decided.digest() if decided else None,
        retracts=retracts,
        by="王",
        at=at(20 + number),
        timecode=timecode,
    )


def package(number: int, state: State, reason: str | None = None, *, of: int | None = None) -> Delivery:
    answer = {State.ACCEPTED: Decision.ACCEPT, State.REJECTED: Decision.REJECT}.get(state)
    acknowledgement = Acknowledgement(package_id="p", decision=answer, reason=reason, at=at(50)) if answer else None
    gone = Withdrawal(package_id="p", reason=reason, by="王", at=at(60)) if state is State.WITHDRAWN else None
    return Delivery(
        prefecture="653200",
        submission_id="x",
        package_id=f"p{number}",
        revision=number,
        state=state,
        ready_at=at(40),
        acknowledgement=acknowledgement,
        withdrawal=gone,
        content_sha256=content(of or number),
    )


NOTE, RETURN, APPROVE, RETRACT = ReviewKind.NOTE, ReviewKind.RETURN, ReviewKind.APPROVE, ReviewKind.RETRACT
CASES: dict[str, tuple[list[Revision], list[Review], list[Delivery], Stage, Person | None, float]] = {
    "claimed": ([revision(1)], [], [], Stage.SENDING, Person.PRODUCER, 1),
    "draft": ([revision(1, draft=2)], [], [], Stage.DRAFT, Person.EDITOR, 2),
    "noted": ([revision(1, draft=2)], [review(1, NOTE)], [], Stage.DRAFT, Person.EDITOR, 2),
    "returned": ([revision(1, draft=2)], [review(1, NOTE), review(2, RETURN)], [], Stage.RETURNED, Person.PRODUCER, 22),
    "draft approved": (
        [revision(1, draft=2)],
        [review(1, APPROVE, of=draft(1))],
        [],
        Stage.APPROVED_DRAFT,
        Person.PRODUCER,
        21,
    ),
    "master of an approved draft": (
        [revision(1, draft=2, master=30)],
        [review(1, APPROVE, of=draft(1))],
        [],
        Stage.SUBMITTED,
        Person.EDITOR,
        30,
    ),
    "an approval of an older version, which says not of what": (
        [revision(1, master=3)],
        [review(1, APPROVE).model_copy(update={"marker_sha256": None})],
        [],
        Stage.SUBMITTED,
        Person.EDITOR,
        3,
    ),
    "another film under the approval": (
        [revision(1, master=3)],
        [review(1, APPROVE, of=marker(1, "other.mp4"))],
        [],
        Stage.ALTERED,
        Person.EDITOR,
        3,
    ),
    "another draft under the approval": (
        [revision(1, draft=3)],
        [review(1, APPROVE, of=marker(1, "other.mp4"))],
        [],
        Stage.ALTERED,
        Person.EDITOR,
        3,
    ),
    "approved anew after it was altered": (
        [revision(1, master=3)],
        [review(1, APPROVE, of=marker(1, "other.mp4")), review(2, APPROVE)],
        [],
        Stage.APPROVED,
        Person.EDITOR,
        22,
    ),
    "an approval taken back": (
        [revision(1, master=3)],
        [review(1, APPROVE), review(2, RETRACT, retracts=1)],
        [],
        Stage.SUBMITTED,
        Person.EDITOR,
        3,
    ),
    "a return taken back after an approval": (
        [revision(1, master=3)],
        [review(1, APPROVE), review(2, RETURN), review(3, RETRACT, retracts=2)],
        [],
        Stage.APPROVED,
        Person.EDITOR,
        21,
    ),
    "submitted": ([revision(1, master=3)], [], [], Stage.SUBMITTED, Person.EDITOR, 3),
    "approved": ([revision(1, master=3)], [review(1, APPROVE)], [], Stage.APPROVED, Person.EDITOR, 21),
    "approved, then returned": (
        [revision(1, master=3)],
        [review(1, APPROVE), review(2, RETURN)],
        [],
        Stage.RETURNED,
        Person.PRODUCER,
        22,
    ),
    "a new cut after a return": (
        [revision(1, master=3), revision(2, master=30)],
        [review(1, RETURN)],
        [],
        Stage.SUBMITTED,
        Person.EDITOR,
        30,
    ),
    "delivered": (
        [revision(1, master=3)],
        [review(1, APPROVE)],
        [package(1, State.READY)],
        Stage.READY,
        Person.OPERATOR,
        40,
    ),
    "accepted": ([revision(1, master=3)], [], [package(1, State.ACCEPTED)], Stage.ACCEPTED, None, 50),
    "rejected": (
        [revision(1, master=3)],
        [],
        [package(1, State.REJECTED, "黑场")],
        Stage.REJECTED,
        Person.PRODUCER,
        50,
    ),
    "a new cut after a rejection": (
        [revision(1, master=3), revision(2, master=70)],
        [],
        [package(1, State.REJECTED, "黑场")],
        Stage.SUBMITTED,
        Person.EDITOR,
        70,
    ),
    "withdrawn": ([revision(1, master=3)], [], [package(1, State.WITHDRAWN)], Stage.WITHDRAWN, None, 60),
    "a new cut after an old one was made again": (
        [revision(1, master=3), revision(2, master=70)],
        [],
        [package(1, State.READY), package(2, State.REJECTED, "x", of=1)],
        Stage.SUBMITTED,
        Person.EDITOR,
        70,
    ),
    "the first cut again, delivered long ago": (  # the third revision has the first one's content
        [revision(1, master=3), revision(2, master=41), replace(revision(3, master=70), claim=revision(1).claim)],
        [],
        [package(1, State.READY), package(2, State.REJECTED, "x")],
        Stage.READY,
        Person.OPERATOR,
        40,
    ),
    "its number in the delivery is another": (
        [revision(1, master=3)],
        [],
        [package(4, State.READY, of=1)],
        Stage.READY,
        Person.OPERATOR,
        40,
    ),
    "delivered from a folder, then a new cut": (
        [revision(1, master=70)],
        [],
        [package(4, State.READY, of=9)],
        Stage.SUBMITTED,
        Person.EDITOR,
        70,
    ),
    "an upload that was never finished": (
        [revision(1, master=3), revision(2, master=70)],
        [],
        [package(1, State.UPLOADING).model_copy(update={"revision": None, "ready_at": None})],
        Stage.SUBMITTED,
        Person.EDITOR,
        70,
    ),
    "delivered without an inbox": ([], [], [package(1, State.READY)], Stage.READY, Person.OPERATOR, 40),
}


@pytest.mark.parametrize("name", CASES)
def test_who_is_to_move_and_since_when(name: str) -> None:
    revisions, notes, packages, stage, wanted, since = CASES[name]
    made = status.status_of(REF, revisions, notes, packages)
    assert made is not None
    assert (made.stage, made.wanted_of, made.since) == (stage, wanted, at(since))
    shown = made.delivery.revision if made.delivery else None
    assert made.revision == (shown or max([1, *(item.number for item in revisions)]))
    assert {note.revision for note in made.notes} <= {made.revision}


def test_every_stage_says_who_is_to_move() -> None:
    assert WANTED.keys() == set(Stage)
    seen = {case[3] for case in CASES.values()}
    assert set(Stage) - seen == {Stage.DELIVERING}
    assert status.status_of(REF, [], [], []) is None


@pytest.mark.parametrize(("to_review", "stage"), [(1, Stage.SUBMITTED), (9, Stage.RETURNED)])
def test_a_return_that_is_answered_waits_for_the_editor_again(to_review: int, stage: Stage) -> None:
    words = Answer(submission_id="x", revision=1, number=1, to_review=to_review, text="原片如此", by="古丽", at=at(30))
    made = status.status_of(REF, [revision(1, master=3)], [review(1, RETURN, text="重剪")], [], [words])
    assert made is not None
    assert (made.stage, made.reason) == (stage, "重剪")
    assert (made.answer == words) == (stage is Stage.SUBMITTED)


def test_the_words_of_whoever_answered_are_kept() -> None:
    returned = status.status_of(REF, [revision(1, draft=2)], [review(1, RETURN, text="重剪")], [])
    rejected = status.status_of(REF, [], [], [package(1, State.REJECTED, "黑场")])
    assert returned is not None
    assert rejected is not None
    assert (returned.reason, rejected.reason) == ("重剪", "黑场")
