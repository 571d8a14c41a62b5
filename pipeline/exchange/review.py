"""The editor's answer to a revision: notes at timecodes, and one decision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from pipeline.errors import InputError
from pipeline.exchange import decisions, notes, seen, status
from pipeline.exchange.notes import PlacedNote
from pipeline.exchange.seen import Seen
from pipeline.model import states
from pipeline.model.inbox import Review, ReviewKind, Stage, SubmissionStatus
from pipeline.model.states import Move
from pipeline.model.text import printable
from pipeline.storage import reviews
from pipeline.storage.buckets import Buckets, contents_of
from pipeline.storage.revision_record import Revision

MOST_TEXT = 1024


@dataclass(frozen=True)
class ReviewAnswer:
    """What an editor says of a revision: notes (timecode and text), and a decision, with its reason.

    Args:
        part: of a course, whose timecodes those of the notes are.
    """

    by: str
    notes: Sequence[tuple[str, str]] = ()
    decision: ReviewKind | None = None
    reason: str | None = None
    retracts: int | None = None
    part: str | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is said."""
        return not (self.notes or self.decision) and self.retracts is None


@dataclass(frozen=True)
class Reviewed:
    """What was put of an answer.

    Args:
        converted: the notes that came with a player's timecode.
        stands: the approval that stood already, where no other was put.
        replaces: the decision of somebody else that stood until now, where the new one says otherwise.
    """

    reviews: tuple[Review, ...]
    converted: tuple[PlacedNote, ...]
    stands: Review | None = None
    replaces: Review | None = None


def doubt(revision: Revision) -> InputError | None:
    """Why an approval may not be meant: what is approved was not fetched on this machine."""
    marker = revision.marker
    if marker is None or seen.knows(Seen.FETCHED, marker.digest()):
        return None
    ref = revision.ref
    return InputError("not_fetched", where=str(ref), id=ref.typed, title=marker.title)


def answer(buckets: Buckets, item: SubmissionStatus, revision: Revision, given: ReviewAnswer) -> Reviewed:
    """Put every note, then what is taken back, then the decision; nothing is put when one of them is wrong.

    Args:
        revision: the newest, as it was read once: a decision is on exactly that, whatever is put there meanwhile.

    Raises:
        InputError: a timecode or text is wrong, a return has no reason, somebody else said something since `item`
            was read, or as `refuse`.
    """
    refuse(item, given)
    placed = _placed(buckets, revision, given)
    if given.decision is ReviewKind.RETURN and not (given.reason and given.reason.strip()):
        raise InputError("reason_missing", option="--return")
    words = refuse_words(given.reason) if given.reason else None
    at = datetime.now(UTC).replace(microsecond=0)
    rows: list[tuple[ReviewKind, str | None, str | None]] = [
        (ReviewKind.NOTE, note.timecode, note.text) for note in placed
    ]
    if given.retracts is not None:
        rows.append((ReviewKind.RETRACT, None, None))
    is_standing = _stands(item, given)
    if given.decision and not is_standing:
        rows.append((given.decision, None, words))
    is_decided = given.decision is not None or given.retracts is not None
    after = _last_number(buckets, item) if is_decided and rows else 0
    said: list[Review] = []
    for row in rows:
        make = partial(_review, revision, row, given, at)
        if is_decided and not said:  # who decides speaks next, or not at all
            made = make(after + 1)
            if not reviews.put(buckets.delivery, item.ref, made):
                raise InputError("answered_meanwhile", where=str(item.ref))
        else:
            made = reviews.add(buckets.delivery, item.ref, make, after)
        said.append(made)
        after = made.number
    before = decisions.decision([note for note in item.notes if note.number != given.retracts])
    is_others = before is not None and given.decision not in (None, before.kind) and before.by != given.by
    return Reviewed(
        reviews=tuple(said),
        converted=tuple(note for note in placed if note.given is not None),
        stands=before if is_standing else None,
        replaces=before if is_others else None,
    )


def _last_number(buckets: Buckets, item: SubmissionStatus) -> int:
    """The highest number of what was said of a revision.

    Raises:
        InputError: somebody else said something since `item` was read: two decisions would be told as done.
    """
    (record,) = buckets.records((), item.ref)
    now = status.status_in(record, contents_of([record]))
    if now is None or now.notes != item.notes:
        raise InputError("answered_meanwhile", where=str(item.ref))
    return max((said.number for said in record.reviews if said.revision == item.revision), default=0)


def _stands(item: SubmissionStatus, given: ReviewAnswer) -> bool:
    """An approval of what is approved says nothing new."""
    is_approved = item.stage in (Stage.APPROVED, Stage.APPROVED_DRAFT) and given.retracts is None
    return given.decision is ReviewKind.APPROVE and is_approved


def refuse(item: SubmissionStatus, given: ReviewAnswer) -> None:
    """Let pass what can be said of a revision as it stands.

    Raises:
        InputError: it is not open to that, or there is nothing of the number that is to be taken back.
    """
    moves = [Move.NOTE] if given.notes else []
    moves += [Move.RETRACT] if given.retracts is not None else []
    moves += [Move(given.decision.value)] if given.decision else []
    if not all(states.allows(move, item.stage) for move in moves):
        raise InputError("not_open", where=item.ref.typed, revision=item.revision, stage=item.stage.value)
    if given.retracts is not None and all(note.number != given.retracts for note in item.notes):
        known = ", ".join(str(note.number) for note in item.notes) or "-"
        raise InputError(
            "nothing_to_retract", where=str(item.ref), id=item.ref.typed, number=given.retracts, known=known
        )


def _placed(buckets: Buckets, revision: Revision, given: ReviewAnswer) -> list[PlacedNote]:
    if not given.notes:
        return []
    place = buckets.place_in_inbox(revision.ref).revision(revision.number)
    films = notes.reviewed_films(place, revision, given.part)
    return [notes.placed(films, timecode, refuse_words(text)) for timecode, text in given.notes]


def _review(
    revision: Revision, row: tuple[ReviewKind, str | None, str | None], given: ReviewAnswer, at: datetime, number: int
) -> Review:
    kind, timecode, text = row
    is_decision = kind in (ReviewKind.RETURN, ReviewKind.APPROVE)
    return Review(
        submission_id=revision.ref.submission_id,
        revision=revision.number,
        number=number,
        kind=kind,
        timecode=timecode,
        part=given.part if kind is ReviewKind.NOTE else None,
        text=text,
        marker_sha256=revision.marker.digest() if is_decision and revision.marker else None,
        of_draft=revision.submitted is None if is_decision else None,
        retracts=given.retracts if kind is ReviewKind.RETRACT else None,
        by=given.by,
        at=at,
    )


def refuse_words(text: str) -> str:
    """Words that will be kept and shown, as they are.

    Raises:
        InputError: none, too many, or with control characters.
    """
    if not text.strip():
        raise InputError("note_empty")
    if len(text) > MOST_TEXT:
        raise InputError("note_wrong", most=MOST_TEXT)
    if printable(text) != text:
        raise InputError("text_not_plain")
    return text
