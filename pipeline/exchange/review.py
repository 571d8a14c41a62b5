"""The editor's answer to a revision: notes at timecodes, and one decision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from pipeline.errors import InputError
from pipeline.exchange import notes, seen
from pipeline.exchange.notes import PlacedNote
from pipeline.exchange.seen import Seen
from pipeline.model import states
from pipeline.model.inbox import InboxMarker, Reports, Review, ReviewKind, Stage, SubmissionStatus
from pipeline.model.reference import SubmissionRef
from pipeline.model.states import Move
from pipeline.model.text import printable
from pipeline.storage import reviews
from pipeline.storage.buckets import Buckets
from pipeline.storage.inbox import Revision, RevisionPlace
from pipeline.storage.transfer import BytesCallback
from pipeline.workspace import Workspace

MOST_TEXT = 1024
FOLDER = "inbox"


@dataclass(frozen=True)
class ReviewAnswer:
    """What an editor says of a revision: notes (timecode and text), and a decision, with its reason."""

    by: str
    notes: Sequence[tuple[str, str]] = ()
    decision: ReviewKind | None = None
    reason: str | None = None
    retracts: int | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is said."""
        return not (self.notes or self.decision) and self.retracts is None


@dataclass(frozen=True)
class Reviewed:
    """What was put of an answer; `converted` are the notes that came with a player's timecode."""

    reviews: tuple[Review, ...]
    converted: tuple[PlacedNote, ...]


@dataclass(frozen=True)
class ReviewCopy:
    """What an editor looks at and decides on: the master, or the draft while there is no master."""

    place: RevisionPlace
    marker: InboxMarker
    reports: Reports | None

    @property
    def size_bytes(self) -> int:
        """Of all its files."""
        return sum(item.size_bytes for item in self.marker.files)

    def folder(self, workspace: Workspace) -> Path:
        """Where it is put on this machine."""
        ref = self.marker.ref
        return workspace.root / FOLDER / ref.prefecture / ref.submission_id / f"r{self.place.number}"

    def fetch(self, workspace: Workspace, on_bytes: BytesCallback = lambda _: None) -> list[tuple[Path, int]]:
        """Bring it here; gives each file and its size.

        Raises:
            IntegrityError, TransferError: what came is not what was sent, or the line fails.
        """
        folder = self.folder(workspace)
        self.place.fetch(self.marker, folder, on_bytes)
        seen.remember(Seen.FETCHED, self.marker.digest())
        return [(folder / item.file, item.size_bytes) for item in self.marker.files]


def newest_revision(buckets: Buckets, ref: SubmissionRef) -> Revision:
    """The newest revision in the inbox.

    Raises:
        InputError: nothing of it is in the inbox.
    """
    known = buckets.place_in_inbox(ref).revisions()
    if not known:
        raise InputError("not_in_inbox", where=ref.submission_id)
    return known[-1]


def copy_to_look_at(buckets: Buckets, ref: SubmissionRef) -> ReviewCopy:
    """What there is to look at of the newest revision.

    Raises:
        InputError: nothing of it is in the inbox. IntegrityError: what the check found can't be read.
    """
    revision = newest_revision(buckets, ref)
    marker = revision.marker
    if marker is None:
        raise InputError("not_in_inbox", where=ref.submission_id)
    place = buckets.place_in_inbox(ref).revision(revision.number)
    return ReviewCopy(place, marker, place.reports(draft=revision.submitted is None))


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
        InputError: a timecode or text is wrong, a return has no reason, or as `refuse`.
    """
    refuse(item, given)
    placed = _placed(buckets, revision, given.notes)
    if given.decision is ReviewKind.RETURN and not (given.reason and given.reason.strip()):
        raise InputError("reason_missing", option="--return")
    words = refuse_words(given.reason) if given.reason else None
    at = datetime.now(UTC).replace(microsecond=0)
    rows: list[tuple[ReviewKind, str | None, str | None]] = [
        (ReviewKind.NOTE, note.timecode, note.text) for note in placed
    ]
    if given.retracts is not None:
        rows.append((ReviewKind.RETRACT, None, None))
    if given.decision and not _stands(item, given):
        rows.append((given.decision, None, words))
    after = max((note.number for note in item.notes), default=0)
    put: list[Review] = []
    for row in rows:
        made = reviews.add(buckets.delivery, item.ref, partial(_review, revision, row, given, at), after)
        put.append(made)
        after = made.number
    return Reviewed(tuple(put), tuple(note for note in placed if note.given is not None))


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
        raise InputError("not_open", where=item.submission_id, revision=item.revision)
    if given.retracts is not None and all(note.number != given.retracts for note in item.notes):
        known = ", ".join(str(note.number) for note in item.notes) or "-"
        raise InputError(
            "nothing_to_retract", where=item.submission_id, id=item.ref.typed, number=given.retracts, known=known
        )


def _placed(buckets: Buckets, revision: Revision, given: Sequence[tuple[str, str]]) -> list[PlacedNote]:
    if not given:
        return []
    films = notes.reviewed_films(buckets.place_in_inbox(revision.ref).revision(revision.number), revision)
    return [notes.placed(films, timecode, refuse_words(text)) for timecode, text in given]


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
        text=text,
        marker_sha256=revision.marker.digest() if is_decision and revision.marker else None,
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
