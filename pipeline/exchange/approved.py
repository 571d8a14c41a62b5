"""What was approved in the inbox, as a submission on this machine."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from pipeline import locks
from pipeline.errors import InputError, IntegrityError
from pipeline.exchange import decisions, progress, review_copy, selection, status
from pipeline.exchange.intake import Intake
from pipeline.exchange.progress import ByteProgress, ProgressCallback
from pipeline.model import states
from pipeline.model.inbox import Stage, SubmissionStatus
from pipeline.model.states import Move
from pipeline.storage.buckets import Buckets
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


def fetch(
    buckets: Buckets, workspace: Workspace, wanted: str, on_progress: ProgressCallback, shown: str | None = None
) -> Intake:
    """The approved revision of what is meant, fetched and checked; it keeps its number.

    `shown` is what people are to read instead of `wanted`.

    Raises:
        InputError: nothing of it is in the inbox, it is not approved, or several submissions are meant; a folder is
            here that is called so, and no submission has exactly this id.
        IntegrityError, TransferError: what came is not what was sent, or the line fails.
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
    folder = workspace.hidden / "inbox" / ref.prefecture / ref.submission_id / f"r{revision.number}"
    total = sum(item.size_bytes for item in revision.submitted.files)
    place = buckets.place_in_inbox(ref).revision(revision.number)
    counted = ByteProgress(on_progress, total)
    with locks.held(folder, counted.wait):
        place.fetch(revision.submitted, folder, counted.of(progress.DOWNLOAD))
    given = review_copy.read_fetched(place, revision.submitted, folder, workspace)
    if given.ref != ref or revision.claim.content_sha256 != revision.submitted.content_sha256:
        raise IntegrityError("inbox_differs", where=place.place.where(), id=ref.typed)
    return replace(given, shown=shown, revision=revision.number)
