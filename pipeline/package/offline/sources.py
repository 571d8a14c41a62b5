"""Where a package lies, for whoever takes files of it: a folder as `pull` left it, or a store (`exchange.offline`)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from pydantic import ValidationError

from pipeline import durable, regular
from pipeline.errors import InputError, IntegrityError, ShowcaseError
from pipeline.model.delivery import Withdrawal
from pipeline.model.package import Package
from pipeline.model.reference import SubmissionRef
from pipeline.model.rendition import StoredFile
from pipeline.package import checksums
from pipeline.package.build import MANIFEST
from pipeline.storage import layout

BLOCK_BYTES = 1 << 20
BytesCallback = Callable[[int], None]


class PackageSource(Protocol):
    """A package whose files can be had; each is held to its digest."""

    @property
    def package(self) -> Package:
        """Its manifest."""

    def read(self, item: StoredFile) -> bytes:
        """A small file."""

    def bring(self, item: StoredFile, target: Path, on_bytes: BytesCallback) -> None:
        """A file to `target`; what is there of it already may be gone on with."""

    def stream(self, item: StoredFile, start: int) -> Iterator[bytes]:
        """A file's bytes from `start` on, as they lie there: who takes them holds them to the digest."""

    def aside(self, name: str) -> bytes | None:
        """A file that the manifest does not list: itself, the list of digests, a marker; None where it is not there."""

    def differs(self, path: str) -> IntegrityError:
        """What is to be said where a file is not as listed."""


@dataclass(frozen=True)
class PackageInFolder:
    """A package on this machine."""

    root: Path
    package: Package

    def read(self, item: StoredFile) -> bytes:
        """All of a file.

        Raises:
            IntegrityError: it is missing, or not as listed.
        """
        content = regular.read(self._path(item))
        if hashlib.sha256(content).hexdigest() != item.sha256:
            raise IntegrityError("offline_differs", where=str(self.root / item.path))
        return content

    def bring(self, item: StoredFile, target: Path, on_bytes: BytesCallback) -> None:
        """A copy of a file.

        Raises:
            IntegrityError: it is missing, or not as listed; then there is no copy. EnvironmentFault: no space.
        """
        path, digest = self._path(item), hashlib.sha256()
        with regular.opened(path) as source, durable.space_is_an_environment_fault(target), target.open("wb") as out:
            while block := source.read(BLOCK_BYTES):
                out.write(block)
                digest.update(block)
                on_bytes(len(block))
        if digest.hexdigest() != item.sha256:
            target.unlink()
            raise IntegrityError("offline_differs", where=str(path))

    def stream(self, item: StoredFile, start: int) -> Iterator[bytes]:
        """A file's bytes from `start` on.

        Raises:
            IntegrityError: it is missing.
        """
        with regular.opened(self._path(item)) as source:
            source.seek(start)
            while block := source.read(BLOCK_BYTES):
                yield block

    def aside(self, name: str) -> bytes | None:
        """A file that the manifest does not list; None where it is not there."""
        path = self.root / name
        return regular.read(path) if path.is_file() and not path.is_symlink() else None

    def differs(self, path: str) -> IntegrityError:
        """That a file is not as listed, and how it is mended."""
        return IntegrityError("offline_differs", where=str(self.root / path))

    def _path(self, item: StoredFile) -> Path:
        path = self.root / item.path
        if path.is_symlink() or not path.exists():
            raise self.differs(item.path)
        return path


def in_folder(root: Path) -> PackageInFolder:
    """The package of a folder, its manifest held to the list beside it.

    Raises:
        InputError: it is none, or withdrawn. IntegrityError: the manifest is not the list's.
    """
    for name in (MANIFEST, checksums.NAME):
        if not (root / name).is_file():
            raise InputError("not_a_package", where=str(root))
    content = regular.read(root / MANIFEST)
    try:
        listed = checksums.parse(regular.read(root / checksums.NAME))
        if listed.get(MANIFEST) != hashlib.sha256(content).hexdigest():
            raise IntegrityError("offline_differs", where=str(root / MANIFEST))
        package = Package.model_validate_json(content)
    except (ValidationError, ValueError) as error:
        raise IntegrityError("manifest_unreadable", where=str(root / MANIFEST)) from error
    return PackageInFolder(root, package)


def is_withdrawn(root: Path) -> bool:
    """Whether `pull` has left the marker of a withdrawal beside the files."""
    return (root / layout.WITHDRAWN).exists()


def reason_of(root: Path) -> str | None:
    """Why it was withdrawn, by that marker; None where it does not say."""
    try:
        return Withdrawal.model_validate_json(regular.read(root / layout.WITHDRAWN)).reason
    except (ValidationError, ShowcaseError, OSError):
        return None


def ref_of(package: Package) -> SubmissionRef:
    """The submission that a package is of."""
    return SubmissionRef(package.prefecture, package.submission_id)
