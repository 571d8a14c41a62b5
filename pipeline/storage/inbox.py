"""Revisions in the inbox: claimed, sent with the marker last, found again, fetched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pipeline import durable
from pipeline.errors import InputError, IntegrityError
from pipeline.model.inbox import Claim, InboxFile, InboxMarker, Reports
from pipeline.model.rendition import StoredFile
from pipeline.storage import layout, transfer
from pipeline.storage.delivery import read_marker
from pipeline.storage.s3 import Store
from pipeline.storage.transfer import BytesCallback

SUBMISSION, INSPECTION, DRAFT_INSPECTION = "submission.yaml", "inspection.json", "draft-inspection.json"


@dataclass(frozen=True)
class Revision:
    """What is known of one revision; a marker that is not there yet is None."""

    prefecture: str
    submission_id: str
    number: int
    claim: Claim
    claimed_at: datetime
    draft: InboxMarker | None = None
    draft_at: datetime | None = None
    submitted: InboxMarker | None = None
    submitted_at: datetime | None = None

    @property
    def marker(self) -> InboxMarker | None:
        return self.submitted or self.draft


def submissions(store: Store, bucket: str, prefectures: Sequence[str] | None = None) -> list[tuple[str, str]]:
    """Prefecture and id of everything in the inbox; only of some prefectures where no more may be seen."""
    shown = store.folders(bucket, "") if prefectures is None else prefectures
    return [(prefecture, name) for prefecture in shown for name in store.folders(bucket, f"{prefecture}/")]


def revisions(store: Store, bucket: str, prefecture: str, submission_id: str) -> list[Revision]:
    """Every revision of a submission, the oldest first.

    Raises:
        IntegrityError: a marker is none, or another's.
    """
    there = store.listing(bucket, layout.submission_prefix(prefecture, submission_id))
    found = []
    number = 1
    while (key := layout.claim_key(prefecture, submission_id, number)) in there:
        prefix = layout.revision_prefix(prefecture, submission_id, number)
        draft, submitted = prefix + layout.DRAFT, prefix + layout.SUBMITTED
        claim = read_marker(store, bucket, key, Claim)
        named = {"prefecture": prefecture, "submission_id": submission_id, "revision": number}
        if claim is not None:
            found.append(
                Revision(
                    prefecture,
                    submission_id,
                    number,
                    claim,
                    there[key],
                    read_marker(store, bucket, draft, InboxMarker, **named) if draft in there else None,
                    there.get(draft),
                    read_marker(store, bucket, submitted, InboxMarker, **named) if submitted in there else None,
                    there.get(submitted),
                )
            )
        number += 1
    return found


def claim(store: Store, bucket: str, prefecture: str, submission_id: str, content_sha256: str) -> int:
    """The revision of this content: the newest one where it is the same, else the next.

    Raises:
        InputError: somebody else took that number at the same moment.
    """
    known = revisions(store, bucket, prefecture, submission_id)
    if known and known[-1].claim.content_sha256 == content_sha256:
        return known[-1].number
    number = len(known) + 1
    key = layout.claim_key(prefecture, submission_id, number)
    if not store.put_if_absent(bucket, key, Claim(content_sha256=content_sha256).to_file()):
        raise InputError("revision_taken", where=submission_id, revision=number)
    return number


def send(
    store: Store,
    bucket: str,
    marker: InboxMarker,
    name: str,
    root: Path,
    extra: Sequence[StoredFile],
    extra_root: Path,
    on_bytes: BytesCallback = lambda _: None,
) -> bool:
    """Upload what is missing, ask for everything again, then put the marker `name`; False when it stood there.

    `extra` are small files of the revision that the marker does not list; they lie in `extra_root`.

    Raises:
        IntegrityError: the marker stands there with other contents. TransferError: the line fails after retries.
    """
    prefix = layout.revision_prefix(marker.prefecture, marker.submission_id, marker.revision)
    there = read_marker(store, bucket, prefix + name, InboxMarker)
    if there is not None:
        if there.content_sha256 != marker.content_sha256:
            raise IntegrityError("delivered_differs", where=f"{bucket}/{prefix}")
        return False
    names = {item.path: item.file for item in marker.files}
    transfer.upload(store, bucket, prefix, extra_root, extra, on_bytes)
    transfer.upload(store, bucket, prefix, root, marker.files, on_bytes, names=names)
    transfer.confirm(store, bucket, prefix, [*extra, *marker.files])
    if not store.put_if_absent(bucket, prefix + name, marker.to_file()):
        raise IntegrityError("delivered_differs", where=f"{bucket}/{prefix}")
    return True


def fetch(
    store: Store, bucket: str, marker: InboxMarker, folder: Path, on_bytes: BytesCallback = lambda _: None
) -> None:
    """Every file of a revision into `folder` under the submission's names, with its `submission.yaml`.

    Raises:
        IntegrityError: what came is not what the marker lists. TransferError: the line fails after retries.
    """
    prefix = layout.revision_prefix(marker.prefecture, marker.submission_id, marker.revision)
    called = {item.path: item.file for item in marker.files}
    transfer.download(store, bucket, prefix, marker.files, durable.make_folder(folder), on_bytes, names=called)
    text = store.get(bucket, prefix + SUBMISSION)
    if text is None:
        raise IntegrityError("manifest_unreadable", where=f"{bucket}/{prefix}{SUBMISSION}")
    durable.write(folder / SUBMISSION, text)


def reports(store: Store, bucket: str, revision: Revision) -> Reports | None:
    """What the check said of the newest form of a revision."""
    prefix = layout.revision_prefix(revision.prefecture, revision.submission_id, revision.number)
    name = INSPECTION if revision.submitted else DRAFT_INSPECTION
    return read_marker(store, bucket, prefix + name, Reports)


def file_of(path: Path, key: str, name: str, sha256: str) -> InboxFile:
    """A local file as the marker lists it."""
    return InboxFile(path=key, file=name, size_bytes=path.stat().st_size, sha256=sha256)
