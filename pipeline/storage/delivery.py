"""Packages in the delivery bucket: put there with the marker last, found again, fetched."""

from __future__ import annotations

import contextlib
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from pipeline import durable
from pipeline.errors import InputError, IntegrityError
from pipeline.model.base import canonical
from pipeline.model.delivery import Acknowledgement, Cleared, Delivery, Ready, State, Withdrawal
from pipeline.model.package import Package
from pipeline.model.reference import SubmissionRef
from pipeline.model.rendition import StoredFile
from pipeline.storage import bounds, kept_marker, layout
from pipeline.storage.bounds import Tally
from pipeline.storage.bucket import Bucket
from pipeline.storage.package_record import PackageRecord, package_records
from pipeline.storage.place import Contents, Place
from pipeline.storage.transfer import copying, download, upload
from pipeline.storage.transfer.callbacks import BytesCallback, DigestCallback
from pipeline.storage.transfer.copying import Earlier

MANIFEST, CHECKSUMS = "package.json", "checksums.sha256"
MOST_EARLIER = 4  # packages whose manifests are read for what they share with a new one; one may have 64 MB


@dataclass(frozen=True)
class Pulled:
    """A package in its folder.

    Args:
        manifest_sha256: of its manifest, by which it is known what was done with it here.
        new: it was not there before.
        mended: files of a folder that was there which lacked or differed, and were fetched.
        extra: files of such a folder that are none of the package's; they stay.
    """

    package: Package
    manifest_sha256: str
    new: bool
    mended: tuple[str, ...] = ()
    extra: tuple[str, ...] = ()


@dataclass(frozen=True)
class DeliveryPlace:
    """A submission's place in the delivery bucket."""

    bucket: Bucket
    ref: SubmissionRef

    @property
    def place(self) -> Place:
        """All of it."""
        return Place(self.bucket, layout.submission_prefix(self.ref))

    def package(self, package_id: str) -> PackagePlace:
        """The place of one of its packages."""
        return PackagePlace(self.bucket, self.ref, package_id)

    def deliveries(self) -> list[Delivery]:
        """Every package of it.

        Raises:
            IntegrityError: a marker is none, or another's.
        """
        tally = Tally(self.bucket.name)
        found = list(self.bucket.walk(self.place.prefix, tally.skipped, layout.DELIVERY_KEYS))
        tally.refuse(self.ref)
        records = package_records(self.ref, found)
        contents = Contents(listed for record in records for listed in record.objects())
        return [record.delivery(contents) for record in records]

    def next_revision(self, package_id: str, at_least: int = 1) -> int:
        """The revision of a package: its own when it is there, else the next one that nobody has reserved.

        A cut from the inbox keeps the number that it has there, unless that one is taken (`at_least`).

        `r<N>.json` names the package that has the revision: of two deliverers at once each gets its own number.
        """
        highest = at_least - 1
        for delivery in self.deliveries():
            if delivery.package_id == package_id and delivery.revision:
                return delivery.revision
            highest = max(highest, delivery.revision or 0)
        content = canonical({"package_id": package_id})
        while True:
            highest += 1
            key = self.place.prefix + layout.claim_name(highest)
            if self.bucket.put_if_absent(key, content) or self.bucket.get(key) == content:
                return highest


@dataclass(frozen=True)
class PackagePlace:
    """A package's place in the delivery bucket."""

    bucket: Bucket
    ref: SubmissionRef
    package_id: str

    @property
    def place(self) -> Place:
        """All of it."""
        return Place(self.bucket, layout.package_prefix(self.ref, self.package_id))

    def delivery(self) -> Delivery:
        """Where it stands, asked anew.

        Raises:
            IntegrityError: a marker is none, or another's.
        """
        record = self.record()
        return record.delivery(Contents(record.objects()))

    def record(self) -> PackageRecord:
        """Its markers, asked anew."""
        markers = {}
        tally = Tally(self.bucket.name)
        for listed in self.bucket.walk(self.place.prefix, tally.skipped, layout.DELIVERY_KEYS):
            if layout.without_media(listed.key):
                break
            markers[listed.key.removeprefix(self.place.prefix)] = listed
        tally.refuse(self.ref)
        return PackageRecord(self.ref, self.package_id, markers)

    def is_ready(self, root: Path) -> bool:
        """Whether exactly the package in the folder `root` is delivered already."""
        there = self.place.marker(layout.READY, Ready)
        return there is not None and there.manifest_sha256 == _stored(root, MANIFEST).sha256

    def deliver(
        self,
        package: Package,
        root: Path,
        on_bytes: BytesCallback = lambda _: None,
        *,
        on_same: BytesCallback | None = None,
        content_sha256: str | None = None,
    ) -> Delivery:
        """Upload what is missing, ask for everything again, then put the marker.

        Args:
            on_same: as `upload.upload` has it: what the packages before it hold is not sent.
            content_sha256: the submission's that it was made of: the inbox knows its revisions by the same digest.

        Raises:
            IntegrityError: a package of this id is ready with other contents.
            InputError: it was withdrawn.
        """
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
            column=package.submission.column or "",
        )
        there = self.place.marker(layout.READY, Ready)
        if there is not None:
            if there.manifest_sha256 != manifest.sha256:
                raise IntegrityError("delivered_differs", where=self.place.where())
            delivered = self.delivery()
            if delivered.state is State.WITHDRAWN:
                raise InputError("withdrawn", where=package.package_id, id=self.ref.typed)
            if delivered.cleared:
                raise package_cleared(self.ref, delivered.cleared)
            return delivered
        self._refuse_cleared()
        files = sorted(package.files, key=lambda item: (layout.upload_rank(item.role), item.path))
        upload.upload(self.place, root, files, on_bytes, on_same=on_same, earlier=self._earlier())
        upload.upload(self.place, root, [listing], on_bytes)
        upload.upload(self.place, root, [manifest], on_bytes)
        upload.confirm(self.place, [*files, listing, manifest])
        if not self.place.put_if_absent(layout.READY, ready):
            raise IntegrityError("delivered_differs", where=self.place.where())
        return self.delivery()

    def _earlier(self) -> Earlier:
        """The files of the packages before this one that are ready; what can't be read of them is no source."""
        others = DeliveryPlace(self.bucket, self.ref)
        found = []
        try:
            there = [item for item in others.deliveries() if item.package_id != self.package_id]
        except IntegrityError:
            return copying.NOTHING
        standing = [item for item in there if item.revision and item.cleared is None]
        newest = sorted(standing, key=lambda item: item.revision or 0, reverse=True)[:MOST_EARLIER]
        for package_id in (item.package_id for item in newest):
            with contextlib.suppress(IntegrityError):
                package, _ = others.package(package_id).manifest()
                found.append((layout.package_prefix(self.ref, package_id), package.files))
        return copying.listed(found)

    def manifest(self) -> tuple[Package, bytes]:
        """What a ready package holds, and the bytes that say so.

        Raises:
            IntegrityError: it is not the marker's, or none. InputError: it was cleared.
        """
        ready, content = self.ready(), self.place.get(MANIFEST)
        if ready is None:
            self._refuse_cleared()
        if content is not None and bounds.is_bomb(content):
            raise IntegrityError("manifest_unreadable", where=self.place.where(MANIFEST))
        if ready is None or content is None or _sha256(content) != ready.manifest_sha256:
            raise IntegrityError("manifest_differs", where=self.place.where(MANIFEST))
        try:
            package = Package.model_validate_json(content)
        except ValidationError:
            raise IntegrityError("manifest_unreadable", where=self.place.where(MANIFEST)) from None
        named = SubmissionRef(package.prefecture, package.submission_id)
        if (package.package_id, named) != (self.package_id, self.ref):
            raise IntegrityError("manifest_differs", where=self.place.where(MANIFEST))
        return package, content

    def pull(
        self,
        final: Path,
        on_bytes: BytesCallback = lambda _: None,
        *,
        on_same: BytesCallback | None = None,
        digest: DigestCallback = durable.digest,
    ) -> Pulled:
        """Fetch it, ready as it is, to the folder `final`; of one that is there what lacks or differs.

        The marker comes with it, byte for byte: without the store the folder can then be held to what was announced.

        Raises:
            IntegrityError: the manifest is not the marker's, or a file is not the manifest's.
        """
        package, manifest = self.manifest()
        listing, marker = self.place.get(CHECKSUMS), self.place.get(layout.READY)
        if listing is None or marker is None:
            raise IntegrityError(
                "manifest_differs", where=self.place.where(CHECKSUMS if listing is None else layout.READY)
            )
        is_new = not final.is_dir()
        folder = durable.make_folder(final.with_name(f".{final.name}.part")) if is_new else final
        fetched = download.download(self.place, package.files, folder, on_bytes, on_same=on_same, digest=digest)
        mended = [item.path for item in fetched]
        for name, content in ((MANIFEST, manifest), (CHECKSUMS, listing)):
            path = folder / name
            if not (path.is_file() and path.read_bytes() == content):
                durable.write(path, content)
                mended.append(name)
        if kept_marker.keep(folder / layout.READY, marker, must=is_new):
            mended.append(layout.READY)
        if is_new:
            durable.publish_folder(folder, final)
            return Pulled(package, _sha256(manifest), new=True)
        known = {MANIFEST, CHECKSUMS, *layout.LEFT_BY_PULL, *(item.path for item in package.files)}
        there = (path.relative_to(final).as_posix() for path in sorted(final.rglob("*")) if not path.is_dir())
        extra = tuple(name for name in there if name not in known)
        return Pulled(package, _sha256(manifest), new=False, mended=tuple(mended), extra=extra)

    def cleared(self) -> Cleared | None:
        """That its files were removed by a rule, asked anew; None where they were not."""
        named: dict[str, Any] = {"submission_id": self.ref.submission_id, "package_id": self.package_id}
        return self.place.marker(layout.CLEARED, Cleared, **named)

    def _refuse_cleared(self) -> None:
        if cleared := self.cleared():
            raise package_cleared(self.ref, cleared)

    def ready(self) -> Ready | None:
        """The marker of what is delivered, asked anew; None where it is not ready."""
        return self.place.marker(layout.READY, Ready, package_id=self.package_id)

    def acknowledge(self, answer: Acknowledgement) -> bool:
        """Put an answer of the operator after those that stand; False when somebody else was first."""
        return self._put_next(layout.ACK, answer)

    def withdraw(self, given: Withdrawal) -> bool:
        """Put an end of the delivery, or an undo, after those that stand; False when somebody else was first."""
        return self._put_next(layout.WITHDRAWN, given)

    def _put_next(self, name: str, marker: Acknowledgement | Withdrawal) -> bool:
        number = len(self.record().series(name)) + 1
        return self.place.put_if_absent(layout.numbered(name, number), marker)


def package_cleared(ref: SubmissionRef, cleared: Cleared) -> InputError:
    """What is said where the files of a package are wanted that were removed by a rule."""
    return InputError(
        "package_cleared",
        where=f"{ref}/{cleared.package_id}",
        id=ref.typed,
        date=cleared.day,
        rule=cleared.rule,
    )


def _stored(root: Path, name: str) -> StoredFile:
    content = (root / name).read_bytes()
    return StoredFile(path=name, size_bytes=len(content), sha256=_sha256(content))


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
