"""The editor's answer to a revision: notes at timecodes, and one decision."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime

from pipeline.errors import InputError
from pipeline.media.timecode import smpte
from pipeline.model.inbox import Review, ReviewKind, Stage, SubmissionStatus
from pipeline.model.text import printable
from pipeline.storage import inbox, reviews
from pipeline.storage.inbox import Revision
from pipeline.storage.s3 import Store
from pipeline.workspace import Settings

MOST_TEXT = 1024
FRAMES_A_SECOND = 25
OPEN = (Stage.DRAFT, Stage.SUBMITTED, Stage.RETURNED, Stage.APPROVED_DRAFT, Stage.APPROVED)
_TIMECODE = re.compile(r"(\d{2}):([0-5]\d):([0-5]\d)[:.](\d{2})")


def revision_of(store: Store, settings: Settings, item: SubmissionStatus) -> Revision:
    """The newest revision in the inbox.

    Raises:
        InputError: nothing of it is in the inbox.
    """
    known = inbox.revisions(store, settings.inbox, item.prefecture, item.submission_id)
    if not known:
        raise InputError("not_in_inbox", where=item.submission_id)
    return known[-1]


def answer(
    store: Store,
    settings: Settings,
    item: SubmissionStatus,
    *,
    notes: Sequence[tuple[str, str]],
    decision: ReviewKind | None,
    reason: str | None,
    by: str,
) -> list[Review]:
    """Put every note, then the decision; nothing is put when one of them is wrong.

    Raises:
        InputError: a timecode or text is wrong, a return has no reason, or the revision is not open to review.
    """
    if item.stage not in OPEN:
        raise InputError("not_open", where=item.submission_id, revision=item.revision)
    revision = revision_of(store, settings, item)
    length = revision.marker.duration_s if revision.marker else 0.0
    placed = [(_timecode(timecode, length), _text(text)) for timecode, text in notes]
    if decision is ReviewKind.RETURN and not (reason and reason.strip()):
        raise InputError("reason_missing")
    words = _text(reason) if reason else None
    at = datetime.now(UTC).replace(microsecond=0)
    rows: list[tuple[ReviewKind, str | None, str | None]] = [(ReviewKind.NOTE, *row) for row in placed]
    if decision:
        rows.append((decision, None, words))
    after = max((note.number for note in item.notes), default=0)
    given = []
    for kind, timecode, text in rows:

        def make(
            number: int, kind: ReviewKind = kind, timecode: str | None = timecode, text: str | None = text
        ) -> Review:
            return Review(
                submission_id=item.submission_id,
                revision=revision.number,
                number=number,
                kind=kind,
                timecode=timecode,
                text=text,
                by=by,
                at=at,
            )

        given.append(reviews.add(store, settings.delivery, item.prefecture, make, after))
        after = given[-1].number
    return given


def _timecode(text: str, length_s: float) -> str:
    """HH:MM:SS:FF inside the film.

    Raises:
        InputError: it is none, or lies past the film's end.
    """
    match = _TIMECODE.fullmatch(text.strip())
    if match is None or int(match[4]) >= FRAMES_A_SECOND:
        raise InputError("timecode_wrong", where=text)
    seconds = int(match[1]) * 3600 + int(match[2]) * 60 + int(match[3]) + int(match[4]) / FRAMES_A_SECOND
    if length_s and seconds > length_s:
        raise InputError("timecode_past_end", where=text, end=smpte(length_s))
    return ":".join(match.groups())


def _text(text: str) -> str:
    if not text.strip() or len(text) > MOST_TEXT or printable(text) != text:
        raise InputError("note_wrong", most=MOST_TEXT)
    return text
