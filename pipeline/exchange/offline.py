"""Packages for station computers: by folders as `pull` left them, or of the store, from which only what a viewer gets
is fetched, straight to where it goes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pipeline.errors import InputError, IntegrityError
from pipeline.exchange import selection, versions
from pipeline.exchange.selection import Unreadable
from pipeline.exchange.versions import Withdrawn
from pipeline.model.delivery import Delivery, State
from pipeline.model.package import Package
from pipeline.model.reference import SubmissionRef
from pipeline.model.rendition import StoredFile
from pipeline.package.build import MANIFEST
from pipeline.package.offline import sources
from pipeline.package.offline.sources import BytesCallback, PackageSource
from pipeline.storage.buckets import Buckets
from pipeline.storage.delivery import PackagePlace
from pipeline.storage.transfer import download


@dataclass(frozen=True)
class PackageInStore:
    """A ready package of the delivery bucket."""

    place: PackagePlace

    @cached_property
    def package(self) -> Package:
        """Its manifest, asked for once.

        Raises:
            IntegrityError: it is not the marker's, or none.
        """
        return self.place.manifest()[0]

    def read(self, item: StoredFile) -> bytes:
        """All of a small file.

        Raises:
            IntegrityError: it is missing, or not as listed.
        """
        content = self.place.place.get(item.path)
        if content is None or hashlib.sha256(content).hexdigest() != item.sha256:
            raise self.differs(item.path)
        return content

    def bring(self, item: StoredFile, target: Path, on_bytes: BytesCallback) -> None:
        """Fetch a file, going on where an earlier run stopped.

        Raises:
            IntegrityError: what came is not as listed. TransferError: the line fails.
        """
        download.download(self.place.place, [item], target.parent, on_bytes, names={item.path: target.name})

    def stream(self, item: StoredFile, start: int) -> Iterator[bytes]:
        """A file's bytes from `start` on; nothing of it is kept here.

        Raises:
            TransferError: the line fails.
        """
        if start < item.size_bytes:  # behind the end a store refuses the range
            yield from self.place.bucket.stream(self.place.place.prefix + item.path, start=start)

    def aside(self, name: str) -> bytes | None:
        """An object that the manifest does not list; None where it is not there."""
        return self.place.place.get(name)

    def differs(self, path: str) -> IntegrityError:
        """That an object is not as listed."""
        return IntegrityError("download_differs", where=self.place.place.where(path))


@dataclass(frozen=True)
class Found:
    """What an item of the command line means.

    Args:
        source: None where it is withdrawn: what was made of it is to go.
        instead_of: the newer version that was withdrawn, so that this one is taken.
    """

    ref: SubmissionRef
    title: str
    source: PackageSource | None
    instead_of: Withdrawn | None = None


def in_store(buckets: Buckets, wanted: str, unreadable: Unreadable) -> list[Found]:
    """The newest ready package of each submission that is meant, as `pull` takes them.

    Raises:
        InputError: there is no such delivery.
    """
    known = [item for item in selection.deliveries(buckets, wanted, unreadable) if item.state is not State.UPLOADING]
    if not known:
        raise InputError("no_such_delivery", where=wanted)
    of_each: dict[SubmissionRef, list[Delivery]] = {}
    for item in known:
        of_each.setdefault(item.ref, []).append(item)
    return [_newest(buckets, items) for items in of_each.values()]


def _newest(buckets: Buckets, items: Sequence[Delivery]) -> Found:
    given = versions.offered(items)
    if given is None:
        newest = max(items, key=lambda item: item.revision or 0)
        return Found(newest.ref, newest.title, None)
    place = buckets.place_of_delivery(given.ref).package(given.package_id)
    return Found(given.ref, given.title, PackageInStore(place), versions.withdrawn_over(given, items))


def in_folders(path: Path) -> list[Found]:
    """The package of a folder, or those of a folder of packages: of each submission the newest that is not withdrawn.

    Raises:
        InputError: there is none. IntegrityError: a manifest is not as listed.
    """
    packages = {root: sources.in_folder(root).package for root in _packages(path)}
    if not packages:
        raise InputError("not_a_package", where=str(path))
    of_each: dict[SubmissionRef, list[Path]] = {}
    for root, package in packages.items():
        of_each.setdefault(sources.ref_of(package), []).append(root)
    found = []
    for ref, roots in of_each.items():
        standing = [root for root in roots if not sources.is_withdrawn(root)]
        newest = max(standing or roots, key=lambda root: packages[root].revision)
        title = packages[newest].submission.title_zh
        last = max(roots, key=lambda root: packages[root].revision)
        instead_of = None
        if standing and packages[last].revision > packages[newest].revision:
            instead_of = Withdrawn(packages[last].package_id, packages[last].revision, sources.reason_of(last))
        found.append(Found(ref, title, sources.in_folder(newest) if standing else None, instead_of))
    return found


def _packages(path: Path) -> list[Path]:
    """The folder itself, or the packages below it; hidden ones are half fetched."""
    if (path / MANIFEST).is_file():
        return [path]
    below = sorted(found.parent for found in path.rglob(MANIFEST))
    return [root for root in below if not any(part.startswith(".") for part in root.relative_to(path).parts)]
