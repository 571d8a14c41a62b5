"""Packages in the delivery bucket: put there with the marker last, found again, fetched."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from pipeline import durable
from pipeline.errors import InputError, IntegrityError
from pipeline.model.base import Noun, canonical
from pipeline.model.delivery import Acknowledgement, Decision, Delivery, Ready, State, Withdrawal
from pipeline.model.package import Package
from pipeline.model.rendition import StoredFile
from pipeline.storage import layout, transfer
from pipeline.storage.s3 import Store
from pipeline.storage.transfer import BytesCallback

Marked = TypeVar("Marked", bound=Noun)
MANIFEST, CHECKSUMS = "package.json", "checksums.sha256"
Unreadable = Callable[[IntegrityError], None]


def refuse(fault: IntegrityError) -> None:
    """What becomes of an object that is none where one thing alone is asked for."""
    raise fault


def next_revision(
    store: Store, bucket: str, prefecture: str, submission_id: str, package_id: str, at_least: int = 1
) -> int:
    """The revision of this package: its own when it is there, else the next one that nobody has reserved.

    A cut from the inbox keeps the number that it has there, unless that one is taken (`at_least`).

    `r<N>.json` names the package that has the revision: of two deliverers at once each gets its own number.
    """
    highest = at_least - 1
    for delivery in of_submission(store, bucket, prefecture, submission_id):
        if delivery.package_id == package_id and delivery.revision:
            return delivery.revision
        highest = max(highest, delivery.revision or 0)
    content = canonical({"package_id": package_id})
    while True:
        highest += 1
        key = layout.claim_key(prefecture, submission_id, highest)
        if store.put_if_absent(bucket, key, content):
            return highest


def deliver(
    store: Store,
    bucket: str,
    package: Package,
    root: Path,
    on_bytes: BytesCallback = lambda _: None,
    *,
    content_sha256: str | None = None,
) -> Delivery:
    """Upload what is missing, ask for everything again, then put the marker.

    `content_sha256` is the submission's that it was made of: the inbox knows its revisions by the same digest.

    Raises:
        IntegrityError: a package of this id is ready with other contents.
    """
    prefix = layout.package_prefix(package.prefecture, package.submission_id, package.package_id)
    manifest, listing = _stored(root, MANIFEST), _stored(root, CHECKSUMS)
    ready = Ready(
        package_id=package.package_id,
        submission_id=package.submission_id,
        title=package.submission.title_zh,
        revision=package.revision,
        content_sha256=content_sha256,
        manifest_sha256=manifest.sha256,
        files=len(package.files) + 2,
        size_bytes=sum(item.size_bytes for item in package.files) + manifest.size_bytes + listing.size_bytes,
    )
    there = read_marker(store, bucket, prefix + layout.READY, Ready)
    if there is not None:
        if there.manifest_sha256 != manifest.sha256:
            raise IntegrityError("delivered_differs", where=f"{bucket}/{prefix}")
        if read_marker(store, bucket, prefix + layout.WITHDRAWN, Withdrawal) is not None:
            raise InputError("withdrawn", where=package.package_id)
        return _delivery(store, bucket, package.prefecture, package.submission_id, package.package_id)
    files = sorted(package.files, key=lambda item: (layout.upload_rank(item.role), item.path))
    transfer.upload(store, bucket, prefix, root, files, on_bytes)
    transfer.upload(store, bucket, prefix, root, [listing], on_bytes)
    transfer.upload(store, bucket, prefix, root, [manifest], on_bytes)
    transfer.confirm(store, bucket, prefix, [*files, listing, manifest])
    content = ready.to_file()
    if not store.put_if_absent(bucket, prefix + layout.READY, content):
        raise IntegrityError("delivered_differs", where=f"{bucket}/{prefix}")
    return _delivery(store, bucket, package.prefecture, package.submission_id, package.package_id)


def is_ready(store: Store, bucket: str, package: Package, root: Path) -> bool:
    """Whether exactly this package is delivered already."""
    prefix = layout.package_prefix(package.prefecture, package.submission_id, package.package_id)
    there = read_marker(store, bucket, prefix + layout.READY, Ready)
    return there is not None and there.manifest_sha256 == _stored(root, MANIFEST).sha256


def has_marker(store: Store, bucket: str, prefecture: str, submission_id: str, package_id: str) -> bool:
    """Whether a package of this id is ready; the id is made of all that decides its bytes."""
    prefix = layout.package_prefix(prefecture, submission_id, package_id)
    return store.head(bucket, prefix + layout.READY) is not None


def packages(store: Store, bucket: str, prefecture: str, submission_id: str) -> list[str]:
    """Ids of the packages of one submission, ready or not; nothing is read."""
    prefix = layout.submission_prefix(prefecture, submission_id)
    return [name for name in store.folders(bucket, prefix) if name != layout.REVIEWS]


def of_submission(store: Store, bucket: str, prefecture: str, submission_id: str) -> list[Delivery]:
    """Every package of one submission.

    Raises:
        IntegrityError: a marker is none, or another's.
    """
    names = packages(store, bucket, prefecture, submission_id)
    return [_delivery(store, bucket, prefecture, submission_id, name) for name in names]


def every(store: Store, bucket: str, wanted: str | None = None, unreadable: Unreadable = refuse) -> list[Delivery]:
    """All deliveries, newest first; `wanted` is a submission's or a package's id, and only that is looked at."""
    found = []
    for prefecture in store.folders(bucket, ""):
        for submission_id in store.folders(bucket, f"{prefecture}/"):
            for name in packages(store, bucket, prefecture, submission_id):
                if wanted not in (None, submission_id, name):
                    continue
                try:
                    found.append(_delivery(store, bucket, prefecture, submission_id, name))
                except IntegrityError as fault:
                    unreadable(fault)
    return sorted(found, key=lambda item: str(item.ready_at or ""), reverse=True)


def pull(
    store: Store, bucket: str, delivery: Delivery, final: Path, on_bytes: BytesCallback = lambda _: None
) -> tuple[Package, bool]:
    """Fetch one ready package to the folder `final`; False when it was there already.

    Raises:
        IntegrityError: the manifest is not the marker's, or a file is not the manifest's.
    """
    prefix = layout.package_prefix(delivery.prefecture, delivery.submission_id, delivery.package_id)
    ready = read_marker(store, bucket, prefix + layout.READY, Ready)
    manifest = store.get(bucket, prefix + MANIFEST)
    if ready is None or manifest is None or _sha256(manifest) != ready.manifest_sha256:
        raise IntegrityError("manifest_differs", where=f"{bucket}/{prefix}{MANIFEST}")
    try:
        package = Package.model_validate_json(manifest)
    except ValidationError as error:
        raise IntegrityError("manifest_unreadable", where=f"{bucket}/{prefix}{MANIFEST}") from error
    if (package.package_id, package.submission_id) != (delivery.package_id, delivery.submission_id):
        raise IntegrityError("manifest_differs", where=f"{bucket}/{prefix}{MANIFEST}")
    if final.is_dir():
        return package, False
    listing = store.get(bucket, prefix + CHECKSUMS)
    if listing is None:
        raise IntegrityError("manifest_differs", where=f"{bucket}/{prefix}{CHECKSUMS}")
    partial = durable.make_folder(final.with_name(f".{final.name}.part"))
    transfer.download(store, bucket, prefix, package.files, partial, on_bytes)
    durable.write(partial / MANIFEST, manifest)
    durable.write(partial / CHECKSUMS, listing)
    durable.publish_folder(partial, final)
    return package, True


def acknowledge(store: Store, bucket: str, delivery: Delivery, answer: Acknowledgement) -> bool:
    """Put the operator's answer; False when one stands there already."""
    prefix = layout.package_prefix(delivery.prefecture, delivery.submission_id, delivery.package_id)
    return store.put_if_absent(bucket, prefix + layout.ACK, answer.to_file())


def withdraw(store: Store, bucket: str, delivery: Delivery, given: Withdrawal) -> bool:
    """Put the marker that ends a delivery; False when one stands there already."""
    prefix = layout.package_prefix(delivery.prefecture, delivery.submission_id, delivery.package_id)
    return store.put_if_absent(bucket, prefix + layout.WITHDRAWN, given.to_file())


def _delivery(store: Store, bucket: str, prefecture: str, submission_id: str, package_id: str) -> Delivery:
    prefix = layout.package_prefix(prefecture, submission_id, package_id)
    ready = read_marker(store, bucket, prefix + layout.READY, Ready, submission_id=submission_id, package_id=package_id)
    acknowledgement = withdrawal = None
    if ready:
        acknowledgement = read_marker(store, bucket, prefix + layout.ACK, Acknowledgement, package_id=package_id)
        withdrawal = read_marker(store, bucket, prefix + layout.WITHDRAWN, Withdrawal, package_id=package_id)
    state = State.READY if ready else State.UPLOADING
    if acknowledgement:
        state = State.ACCEPTED if acknowledgement.decision is Decision.ACCEPT else State.REJECTED
    if withdrawal:
        state = State.WITHDRAWN
    head = store.head(bucket, prefix + layout.READY) if ready else None
    return Delivery(
        prefecture=prefecture,
        submission_id=submission_id,
        package_id=package_id,
        title=ready.title if ready else "",
        revision=ready.revision if ready else None,
        state=state,
        ready_at=head.modified if head else None,
        acknowledgement=acknowledgement,
        withdrawal=withdrawal,
        size_bytes=ready.size_bytes if ready else None,
        files=ready.files if ready else None,
        content_sha256=ready.content_sha256 if ready else None,
    )


def read_marker(store: Store, bucket: str, key: str, model: type[Marked], **named: object) -> Marked | None:
    """A small object as its model; None when it is not there. `named` are the fields that its key says too.

    Raises:
        IntegrityError: what stands there is none, or it is another's.
    """
    content = store.get(bucket, key)
    if content is None:
        return None
    try:
        found = model.model_validate_json(content)
    except ValidationError as error:
        raise IntegrityError("marker_unreadable", where=f"{bucket}/{key}") from error
    if any(getattr(found, name) != value for name, value in named.items()):
        raise IntegrityError("marker_differs", where=f"{bucket}/{key}")
    return found


def _stored(root: Path, name: str) -> StoredFile:
    content = (root / name).read_bytes()
    return StoredFile(path=name, size_bytes=len(content), sha256=_sha256(content))


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
