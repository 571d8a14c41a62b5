"""What was approved in the inbox, as a submission on this machine."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from pipeline.errors import InputError, IntegrityError
from pipeline.exchange import decisions, intake, review, selection, status
from pipeline.exchange.intake import Intake
from pipeline.exchange.progress import ProgressCallback, byte_progress
from pipeline.model import states
from pipeline.model.inbox import Stage, SubmissionStatus
from pipeline.model.states import Move
from pipeline.storage import inbox
from pipeline.storage.buckets import Buckets
from pipeline.workspace import Workspace


def approved(buckets: Buckets, unreadable: selection.Unreadable) -> list[SubmissionStatus]:
    """Every submission that is approved and not delivered yet; of one that was altered since, `fetch` says so."""
    listed = status.submission_statuses(buckets, unreadable=unreadable)
    return [item for item in listed if item.stage in (Stage.APPROVED, Stage.ALTERED)]


def fetch(
    buckets: Buckets, workspace: Workspace, wanted: str, on_progress: ProgressCallback, shown: str | None = None
) -> Intake:
    """The approved revision of what is meant, fetched and checked; it keeps its number.

    `shown` is what people are to read instead of `wanted`.

    Raises:
        InputError: nothing of it is in the inbox, it is not approved, or several submissions are meant.
        IntegrityError, TransferError: what came is not what was sent, or the line fails.
    """
    shown = shown or wanted
    found = status.submission_statuses(buckets, wanted)
    if not found:
        raise InputError("is_folder" if Path(shown).is_dir() else "path_missing", where=shown)
    status.refuse_several(wanted, found)
    ref, stage = found[0].ref, found[0].stage
    revision = review.newest_revision(buckets, ref)
    if stage is Stage.WITHDRAWN:
        raise InputError("withdrawn", where=shown, id=ref.typed)
    if stage is Stage.ALTERED:
        raise IntegrityError("approved_differs", where=shown, id=shown)
    delivered = found[0].delivery
    is_delivered = delivered is not None and delivered.content_sha256 == revision.claim.content_sha256
    is_good = is_delivered or decisions.is_approved(revision, found[0].notes)
    if not (states.allows(Move.DELIVER, stage) and is_good) or revision.submitted is None:
        raise InputError("not_approved", where=shown, id=shown, stage=stage.value)
    folder = workspace.hidden / "inbox" / ref.prefecture / ref.submission_id / f"r{revision.number}"
    total = sum(item.size_bytes for item in revision.submitted.files)
    place = buckets.place_in_inbox(ref).revision(revision.number)
    place.fetch(revision.submitted, folder, byte_progress(on_progress, "download", total))
    given = intake.read(folder / inbox.SUBMISSION, workspace)
    media = [(item.file, item.sha256) for item in revision.submitted.files]
    named = (given.submission.prefecture, given.identity) == (ref.prefecture, ref.submission_id)
    contents = {given.submission.content(media), revision.claim.content_sha256, revision.submitted.content_sha256}
    if not named or len(contents) > 1:
        raise IntegrityError("manifest_differs", where=f"{shown}: {inbox.SUBMISSION}")
    return replace(given, shown=shown, revision=revision.number)
