"""Films for machines that work together: read where they are in the inbox, or put once by their digest."""

from __future__ import annotations

from pathlib import Path

from pipeline import durable
from pipeline.errors import InputError, TransferError
from pipeline.model.inbox import InboxFile
from pipeline.model.reference import SubmissionRef
from pipeline.model.rendition import StoredFile
from pipeline.model.source_place import SourceBucket, SourcePlace
from pipeline.storage import layout
from pipeline.storage.bucket import Bucket
from pipeline.storage.buckets import Buckets
from pipeline.storage.place import Place
from pipeline.storage.s3.faults import MISSING
from pipeline.storage.transfer import download, upload
from pipeline.storage.transfer.callbacks import BytesCallback, DigestCallback


def in_inbox(ref: SubmissionRef, revision: int, item: InboxFile) -> SourcePlace:
    """A film that a prefecture sent, where it lies."""
    key = layout.revision_prefix(ref, revision) + item.path
    return SourcePlace(bucket=SourceBucket.INBOX, key=key, size_bytes=item.size_bytes, sha256=item.sha256)


def put(
    buckets: Buckets,
    path: Path,
    sha256: str,
    on_bytes: BytesCallback = lambda _: None,
    *,
    on_same: BytesCallback | None = None,
) -> SourcePlace:
    """Bring a film of this machine to where others can read it; nothing is sent where it lies there already.

    Two who send the same one at once both end well, and what was sent of it before is taken up.

    Args:
        sha256: of the film (hex), as it was hashed here.
        on_bytes: is told of the bytes that were sent.
        on_same: is told of the bytes that were there before, else `on_bytes` is.

    Raises:
        IntegrityError: the film is no longer what was hashed, or the store holds other bytes afterwards.
        EnvironmentFault: this identity may not put there. TransferError: the line fails after retries.
    """
    item = StoredFile(path=sha256, size_bytes=path.stat().st_size, sha256=sha256)
    place = Place(buckets.work, layout.SOURCES)

    upload.upload(place, path.parent, [item], on_bytes, on_same=on_same, names={sha256: path.name})
    upload.confirm(place, [item])
    key = layout.SOURCES + sha256
    return SourcePlace(bucket=SourceBucket.WORK, key=key, size_bytes=item.size_bytes, sha256=sha256)


def is_there(buckets: Buckets, place: SourcePlace) -> bool:
    """Whether the film still lies there, in its size and said to have its digest: one request."""
    bucket, _, item = _of(buckets, place)
    head = bucket.head(place.key)
    return head is not None and head.holds(item)


def fetch(
    buckets: Buckets,
    place: SourcePlace,
    target: Path,
    on_bytes: BytesCallback = lambda _: None,
    *,
    on_same: BytesCallback | None = None,
    digest: DigestCallback = durable.digest,
) -> None:
    """Have the film at `target`: whole and of its digest, or nothing under that name; a half-fetched one goes on.

    Args:
        on_bytes: is told of the bytes that are fetched.
        on_same: is told of those that are there already, else `on_bytes` is.
        digest: SHA-256 of a file that is there; one that remembers spares reading it again.

    Raises:
        InputError: it lies there no longer.
        IntegrityError: what came is not the film. TransferError: the line fails after retries.
        EnvironmentFault: no space, or this identity may not read it.
    """
    bucket, prefix, item = _of(buckets, place)
    if target.is_file() and target.stat().st_size == item.size_bytes and digest(target) == item.sha256:
        (on_same or on_bytes)(item.size_bytes)
        return
    whole = durable.beside(target, "whole")
    try:
        download.download(
            Place(bucket, prefix),
            [item],
            target.parent,
            on_bytes,
            on_same=on_same,
            names={item.path: whole.name},
            digest=digest,
        )
    except TransferError as error:
        if error.detail in MISSING:
            raise InputError("source_missing", where=f"{bucket.name}/{place.key}") from error
        raise
    durable.publish_file(whole, target)


def _of(buckets: Buckets, place: SourcePlace) -> tuple[Bucket, str, StoredFile]:
    """The bucket as it is called here, the prefix with its slash, and the film by its name behind that."""
    bucket = buckets.inbox if place.bucket is SourceBucket.INBOX else buckets.work
    prefix, slash, name = place.key.rpartition("/")
    return bucket, prefix + slash, StoredFile(path=name, size_bytes=place.size_bytes, sha256=place.sha256)
