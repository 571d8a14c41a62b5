"""The editor's answer to a revision: notes at timecodes, and one decision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from pipeline.errors import InputError
from pipeline.exchange import notes
from pipeline.exchange.notes import PlacedNote
from pipeline.model.inbox import InboxMarker, Reports, Review, ReviewKind, Stage, SubmissionStatus
from pipeline.model.reference import SubmissionRef
from pipeline.model.text import printable
from pipeline.storage import reviews
from pipeline.storage.buckets import Buckets
from pipeline.storage.inbox import Revision, RevisionPlace
from pipeline.storage.transfer import BytesCallback
from pipeline.workspace import Workspace

MOST_TEXT = 1024
OPEN = (Stage.DRAFT, Stage.SUBMITTED, Stage.RETURNED, Stage.APPROVED_DRAFT, Stage.APPROVED)
FOLDER = "inbox"


@dataclass(frozen=True)
class ReviewAnswer:
    """What an editor says of a revision: notes (timecode and text), and a decision, with its reason."""

    by: str
    notes: Sequence[tuple[str, str]] = ()
    decision: ReviewKind | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Reviewed:
    """What was put of an answer; `converted` are the notes that came with a player's timecode."""

    reviews: tuple[Review, ...]
    converted: tuple[PlacedNote, ...]


@dataclass(frozen=True)
class ReviewCopy:
    """What an editor looks at: the draft where there is one, since it plays over a bad line, else the master."""

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
    marker = revision.draft or revision.submitted
    if marker is None:
        raise InputError("not_in_inbox", where=ref.submission_id)
    place = buckets.place_in_inbox(ref).revision(revision.number)
    return ReviewCopy(place, marker, place.reports(draft=revision.submitted is None))


def answer(buckets: Buckets, item: SubmissionStatus, given: ReviewAnswer) -> Reviewed:
    """Put every note, then the decision; nothing is put when one of them is wrong.

    Raises:
        InputError: a timecode or text is wrong, a return has no reason, or the revision is not open to review.
    """
    if item.stage not in OPEN:
        raise InputError("not_open", where=item.submission_id, revision=item.revision)
    revision = newest_revision(buckets, item.ref)
    placed = _placed(buckets, revision, given.notes)
    if given.decision is ReviewKind.RETURN and not (given.reason and given.reason.strip()):
        raise InputError("reason_missing", option="--return")
    words = _text(given.reason) if given.reason else None
    at = datetime.now(UTC).replace(microsecond=0)
    rows: list[tuple[ReviewKind, str | None, str | None]] = [
        (ReviewKind.NOTE, note.timecode, note.text) for note in placed
    ]
    if given.decision:
        rows.append((given.decision, None, words))
    after = max((note.number for note in item.notes), default=0)
    put: list[Review] = []
    for row in rows:
        made = reviews.add(buckets.delivery, item.ref, partial(_review, revision, row, given.by, at), after)
        put.append(made)
        after = made.number
    return Reviewed(tuple(put), tuple(note for note in placed if note.given is not None))


def _placed(buckets: Buckets, revision: Revision, given: Sequence[tuple[str, str]]) -> list[PlacedNote]:
    if not given:
        return []
    films = notes.reviewed_films(buckets.place_in_inbox(revision.ref).revision(revision.number), revision)
    return [notes.placed(films, timecode, _text(text)) for timecode, text in given]


def _review(
    revision: Revision, row: tuple[ReviewKind, str | None, str | None], by: str, at: datetime, number: int
) -> Review:
    kind, timecode, text = row
    return Review(
        submission_id=revision.ref.submission_id,
        revision=revision.number,
        number=number,
        kind=kind,
        timecode=timecode,
        text=text,
        by=by,
        at=at,
    )


def _text(text: str) -> str:
    if not text.strip():
        raise InputError("note_empty")
    if len(text) > MOST_TEXT:
        raise InputError("note_wrong", most=MOST_TEXT)
    if printable(text) != text:
        raise InputError("text_not_plain")
    return text
