"""What is sent under an id that is known: the same cut again, a new cut of the film, or by its looks another film."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from pipeline.errors import InputError
from pipeline.exchange import notes, status
from pipeline.exchange.spoken_id import spoken_id
from pipeline.exchange.submit import SubmissionUpload
from pipeline.model import states
from pipeline.model.delivery import Delivery, State
from pipeline.model.finding import Report
from pipeline.model.inbox import Answer, InboxMarker, Review, ReviewKind, Stage, SubmissionStatus
from pipeline.model.reference import SubmissionRef
from pipeline.model.states import Move
from pipeline.model.submission import ID_LENGTH, SHOWN, Kind, Submission
from pipeline.storage import reviews
from pipeline.storage.buckets import Buckets, contents_of
from pipeline.storage.delivery import package_cleared
from pipeline.storage.revision_record import Revision

_UNCHANGED = {Stage.REJECTED: "unchanged_rejected", Stage.WITHDRAWN: "unchanged_withdrawn"}
_SHOWN = re.compile(rf"media/([^/]+)/(?:{'|'.join(SHOWN)})-")  # keys of what a part is made of
LEAST, MOST = 0.5, 2.0  # of a cut's length: a new one outside of that is asked about


@dataclass(frozen=True)
class Known:
    """What the store knows under an upload's id: where it stands, and its newest revision in the inbox."""

    item: SubmissionStatus | None = None
    newest: Revision | None = None
    packages: tuple[Delivery, ...] = ()

    def is_content(self, upload: SubmissionUpload) -> bool:
        """Whether the newest revision is of the upload's content."""
        return self.newest is not None and self.newest.claim.content_sha256 == upload.content


def known(buckets: Buckets, upload: SubmissionUpload) -> Known:
    """Asked once for all that is to be decided.

    Raises:
        IntegrityError: a record can't be read.
    """
    found = buckets.records((), _ref(upload.submission))
    if not found:
        return Known()
    contents = contents_of(found)
    revisions = found[0].read_revisions(contents)
    packages = tuple(found[0].read_packages(contents))
    return Known(status.status_in(found[0], contents), revisions[-1] if revisions else None, packages)


def refuse_unchanged(there: Known, upload: SubmissionUpload, move: Move) -> None:
    """Let pass what is new, or goes on with what was begun.

    Raises:
        InputError: the same was returned, rejected or withdrawn: sending it again would tell nobody anything; or it was
            delivered, and a newer cut after it.
    """
    same = [item for item in there.packages if item.content_sha256 == upload.content]
    if same:
        refuse_superseded(there.packages, max(same, key=lambda item: item.revision or 0))
    item = there.item
    if item is None or not there.is_content(upload) or states.allows(move, item.stage):
        return
    key = _UNCHANGED.get(item.stage, "unchanged_returned")
    raise InputError(key, where=str(item.ref), id=item.ref.typed, reason=item.reason or "-")


def refuse_superseded(packages: Sequence[Delivery], there: Delivery) -> None:
    """A package is made of its content: what was delivered once is the same package for ever, however often it is sent.

    Raises:
        InputError: a newer one stands after it, and the way back is to withdraw that; or its files were cleared since.
    """
    newer = [item for item in packages if item.state not in (State.UPLOADING, State.WITHDRAWN, State.CLEARED)]
    newest = max(newer, key=lambda item: item.revision or 0, default=there)
    if (newest.revision or 0) > (there.revision or 0):
        raise InputError(
            "superseded", where=str(there.ref), id=there.ref.typed, revision=there.revision, newer=newest.revision
        )
    if there.state is State.CLEARED and there.cleared:
        raise package_cleared(there.ref, there.cleared)


def doubt(buckets: Buckets, there: Known, upload: SubmissionUpload) -> InputError | None:
    """Why what is sent may be another film than the one whose id it has; None where it is a cut of it by its looks.

    Raises:
        IntegrityError: a record of the newest revision can't be read.
    """
    newest = there.newest
    if newest is None or newest.marker is None or there.is_content(upload):
        return None
    if gone := parts_gone(newest.ref, _shown_of(newest.submitted), _shown_now(upload)):
        return gone
    place = buckets.place_in_inbox(newest.ref).revision(newest.number)
    before = place.reports(draft=newest.submitted is None)
    old = lengths(before.reports if before else ())
    return of(upload.submission, lengths(upload.reports), newest.marker.title, old)


def of(submission: Submission, now: Mapping[str, float], title: str, before: Mapping[str, float]) -> InputError | None:
    """The same, pure.

    Args:
        now: seconds of each part by its file's name.
        title: what the film of this id was called.
        before: its parts likewise.
    """
    if _plain(submission.title_zh) != _plain(title):
        spoken = spoken_id(submission.prefecture, submission.title_zh)
        hashed = submission.model_copy(update={"id": None}).identity()
        other = spoken if spoken and spoken != submission.identity() else hashed
        return _another("another_title", submission, other, before=title, now=submission.title_zh)
    for name, old_s, new_s in _pairs(before, now):
        if old_s and not LEAST <= new_s / old_s <= MOST:
            other = f"{submission.identity()[: ID_LENGTH - 2]}-2"
            return _another("another_length", submission, other, file=name, before=round(old_s, 1), now=round(new_s, 1))
    return None


def parts_gone(ref: SubmissionRef, before: Iterable[str], now: Iterable[str]) -> InputError | None:
    """Why a course may not be meant to be as it is: parts of the revision before are not in it.

    Args:
        before: ids of the parts that could be shown.
        now: likewise.
    """
    gone = sorted(set(before) - set(now))
    return InputError("parts_gone", where=str(ref), id=ref.typed, parts=", ".join(gone)) if gone else None


def lengths(reports: Iterable[Report]) -> dict[str, float]:
    """Seconds of each film among what was checked, by its file's name."""
    return {report.file: notes.duration_of(report) for report in reports if report.media and report.media.video}


def answer(buckets: Buckets, upload: SubmissionUpload, words: str, by: str) -> Answer:
    """Put the producer's words on a return beside the film, which stays as it is.

    Raises:
        InputError: it is another cut, or nothing of it was returned.
    """
    newest, returned = refuse_answer(known(buckets, upload), upload)
    at = datetime.now(UTC).replace(microsecond=0)
    make = partial(_answer, newest, returned.number, words, by, at)
    return reviews.add(buckets.inbox, newest.ref, make, 0)


def refuse_answer(there: Known, upload: SubmissionUpload) -> tuple[Revision, Review]:
    """The revision that is answered for, and the return that is answered. Raises as `answer`."""
    item, newest = there.item, there.newest
    if item is None or newest is None or not there.is_content(upload):
        raise InputError("not_unchanged", where=str(_ref(upload.submission)))
    returned = next((note for note in reversed(item.notes) if note.kind is ReviewKind.RETURN), None)
    if not states.allows(Move.ANSWER, item.stage) or returned is None:
        raise InputError("nothing_to_answer", where=str(item.ref), stage=item.stage.value)
    return newest, returned


def _answer(newest: Revision, to_review: int, words: str, by: str, at: datetime, number: int) -> Answer:
    return Answer(
        submission_id=newest.ref.submission_id,
        revision=newest.number,
        number=number,
        to_review=to_review,
        text=words,
        by=by,
        at=at,
    )


def _ref(submission: Submission) -> SubmissionRef:
    return SubmissionRef(submission.prefecture, submission.identity())


def _another(key: str, submission: Submission, other: str, **values: Any) -> InputError:
    return InputError(key, where=str(_ref(submission)), id=submission.identity(), other=other, **values)


def _pairs(before: Mapping[str, float], now: Mapping[str, float]) -> list[tuple[str, float, float]]:
    """Parts that are one and the same: of one name, or the only one on both sides."""
    if len(before) == len(now) == 1:
        (old_s,), ((name, new_s),) = before.values(), now.items()
        return [(name, old_s, new_s)]
    return [(name, before[name], now[name]) for name in now if name in before]


def _shown_of(marker: InboxMarker | None) -> set[str]:
    """The parts of a course that could be shown of a revision; of a film none."""
    if marker is None or marker.kind is not Kind.COURSE:
        return set()
    return {match[1] for item in marker.files if (match := _SHOWN.match(item.path))}


def _shown_now(upload: SubmissionUpload) -> set[str]:
    return {str(item.part) for item in upload.media if item.role in SHOWN}


def _plain(title: str) -> str:
    return "".join(unicodedata.normalize("NFKC", title).split())
