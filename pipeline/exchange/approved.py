"""What was approved in the inbox, as a submission on this machine."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from pipeline import locks, yamlio
from pipeline.errors import InputError, IntegrityError
from pipeline.exchange import decisions, progress, review_copy, selection, status
from pipeline.exchange.intake import Intake
from pipeline.exchange.progress import ByteProgress, ProgressCallback
from pipeline.model import states
from pipeline.model.inbox import InboxMarker, Stage, SubmissionStatus
from pipeline.model.reference import SubmissionRef
from pipeline.model.states import Move
from pipeline.model.submission import Submission
from pipeline.storage.buckets import Buckets
from pipeline.storage.inbox import SUBMISSION, RevisionPlace
from pipeline.storage.revision_record import Revision
from pipeline.workspace import Workspace

_APPROVED = (Stage.APPROVED, Stage.ALTERED, Stage.WITHDRAWN)
_WAITS_FOR = {
    Stage.SENDING: "not_sent_yet",
    Stage.RETURNED: "cut_awaited",
    Stage.APPROVED_DRAFT: "master_awaited",
}


def approved(buckets: Buckets, unreadable: selection.Unreadable) -> list[SubmissionStatus]:
    """Every submission that is approved and not delivered, and those that were delivered and withdrawn.

    Of one that was altered since it was approved, `fetch` says so.
    """
    listed = status.submission_statuses(buckets, unreadable=unreadable)
    return [item for item in listed if item.stage in _APPROVED]


@dataclass(frozen=True)
class Approved:
    """The approved revision of one submission, as it lies in the inbox."""

    ref: SubmissionRef
    revision: Revision
    marker: InboxMarker
    place: RevisionPlace


def revision_of(buckets: Buckets, wanted: str, shown: str | None = None) -> Approved:
    """The approved revision of what is meant; `shown` is what people are to read instead of `wanted`.

    Raises:
        InputError: nothing of it is in the inbox, it is not approved, or several submissions are meant; a folder is
            here that is called so, and no submission has exactly this id.
        IntegrityError: it is not what was approved.
    """
    shown = shown or wanted
    found = status.submission_statuses(buckets, wanted)
    if is_folder := Path(shown).is_dir():
        found = [item for item in found if selection.with_code(shown) in (item.submission_id, str(item.ref))]
    if not found:
        raise InputError("is_folder" if is_folder else "path_missing", where=shown)
    status.refuse_several(wanted, found)
    ref, stage, title = found[0].ref, found[0].stage, found[0].title or ""
    known = buckets.place_in_inbox(ref).revisions()
    if not known and is_folder:
        raise InputError("is_folder", where=shown)
    if stage is Stage.WITHDRAWN:
        raise InputError("delivery_withdrawn", where=shown, id=ref.typed, title=title)
    if not known:
        raise InputError("not_in_inbox", where=ref.typed)
    revision = known[-1]
    if stage is Stage.ALTERED:
        raise IntegrityError("approved_differs", where=shown, id=ref.typed)
    delivered = found[0].delivery
    is_delivered = delivered is not None and delivered.content_sha256 == revision.claim.content_sha256
    is_good = is_delivered or decisions.is_approved(revision, found[0].notes)
    if not (states.allows(Move.DELIVER, stage) and is_good) or revision.submitted is None:
        key = _WAITS_FOR.get(stage, "not_approved")
        raise InputError(key, where=shown, id=ref.typed, title=title, stage=stage.value)
    return Approved(ref, revision, revision.submitted, buckets.place_in_inbox(ref).revision(revision.number))


def fetch(
    buckets: Buckets, workspace: Workspace, wanted: str, on_progress: ProgressCallback, shown: str | None = None
) -> Intake:
    """The approved revision of what is meant, fetched and checked; it keeps its number.

    Raises:
        InputError, IntegrityError: as `revision_of`; what came is not what was sent. TransferError: the line fails.
    """
    found = revision_of(buckets, wanted, shown)
    ref, number, marker = found.ref, found.revision.number, found.marker
    folder = workspace.hidden / "inbox" / ref.prefecture / ref.submission_id / f"r{number}"
    counted = ByteProgress(on_progress, sum(item.size_bytes for item in marker.files))
    with locks.held(folder, counted.wait):
        found.place.fetch(marker, folder, counted.of(progress.DOWNLOAD), on_same=counted.same(progress.COMPARE))
    given = review_copy.read_fetched(found.place, marker, folder, workspace)
    if given.ref != ref or found.revision.claim.content_sha256 != marker.content_sha256:
        raise IntegrityError("inbox_differs", where=found.place.place.where(), id=ref.typed)
    return replace(given, shown=shown or wanted, revision=number)


def submission_of(found: Approved, scratch: Path) -> Submission:
    """Its words, without its media: `scratch` is a folder for them.

    Raises:
        IntegrityError: they are others than the marker's, or none: somebody changed them in the inbox.
    """
    differs = IntegrityError("inbox_differs", where=found.place.place.where(SUBMISSION), id=found.ref.typed)
    text = found.place.place.get(SUBMISSION)
    if text is None:
        raise differs
    (scratch / SUBMISSION).write_bytes(text)
    try:
        submission = yamlio.load_as(Submission, scratch / SUBMISSION)
    except InputError as error:
        raise differs from error
    content = submission.content([(item.file, item.sha256) for item in found.marker.files])
    if content != found.marker.content_sha256 or found.revision.claim.content_sha256 != content:
        raise differs
    return submission
