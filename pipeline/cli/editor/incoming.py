"""What was approved in the inbox, as a submission on this machine."""

from __future__ import annotations

import re
from dataclasses import replace

from pipeline.errors import InputError, IntegrityError
from pipeline.exchange import intake, review, status
from pipeline.exchange.intake import Intake
from pipeline.exchange.progress import byte_progress
from pipeline.execute.context import Context
from pipeline.model.inbox import Stage
from pipeline.storage import inbox
from pipeline.storage.s3 import Store

_READY = (Stage.APPROVED, Stage.DELIVERING, Stage.READY, Stage.ACCEPTED, Stage.REJECTED)


def is_id(text: str) -> bool:
    """Whether a word can be a submission's id."""
    return re.fullmatch(r"[a-z0-9][a-z0-9-]{0,23}", text) is not None


def fetch(context: Context, store: Store, wanted: str) -> Intake:
    """The approved revision of an id, fetched and checked; it keeps its number.

    Raises:
        InputError: nothing of it is in the inbox, or it is not approved.
        IntegrityError, TransferError: what came is not what was sent, or the line fails.
    """
    settings = context.workspace.settings
    found = status.submission_statuses(store, settings, wanted)
    if not found:
        raise InputError("path_missing", where=wanted)
    revision = review.revision_of(store, settings, found[0])
    if found[0].stage is Stage.WITHDRAWN:
        raise InputError("withdrawn", where=wanted)
    if found[0].stage not in _READY or revision.submitted is None:
        raise InputError("not_approved", where=wanted, id=wanted, stage=found[0].stage.value)
    folder = context.workspace.hidden / "inbox" / revision.prefecture / revision.submission_id / f"r{revision.number}"
    total = sum(item.size_bytes for item in revision.submitted.files)
    inbox.fetch(
        store, settings.inbox, revision.submitted, folder, byte_progress(context.on_progress, "download", total)
    )
    given = intake.read(folder / inbox.SUBMISSION, context.workspace)
    media = [(item.file, item.sha256) for item in revision.submitted.files]
    named = (given.submission.prefecture, given.identity) == (revision.prefecture, revision.submission_id)
    if not named or given.submission.content(media) != revision.claim.content_sha256:
        raise IntegrityError("manifest_differs", where=f"{wanted}: {inbox.SUBMISSION}")
    return replace(given, shown=wanted, revision=revision.number)
