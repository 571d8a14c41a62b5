"""What is handed over: files in their order, and their bytes from any place on, held to their digests."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from pipeline.errors import IntegrityError
from pipeline.media import fat
from pipeline.model.package import Package
from pipeline.model.rendition import StoredFile
from pipeline.package.offline.sources import PackageSource

Blocks = Callable[[int], Iterator[bytes]]  # the bytes from this place on


@dataclass(frozen=True)
class ShippedFile:
    """A file that is to be there.

    Args:
        path: below the shipment's folder.
        differs: what is raised where the bytes are not as listed.
    """

    path: str
    size_bytes: int
    sha256: str
    blocks: Blocks
    differs: Callable[[], IntegrityError]


@dataclass(frozen=True)
class Shipment:
    """A package as it will lie there; the files are in the order in which they go, the marker last.

    Raises:
        IntegrityError: two files have one path, where case tells none apart: the later would take the other's place.
    """

    package: Package
    folder: str
    files: tuple[ShippedFile, ...]

    def __post_init__(self) -> None:
        taken: dict[str, ShippedFile] = {}
        for item in self.files:
            if taken.setdefault(fat.key(item.path), item) is not item:
                raise taken[fat.key(item.path)].differs()

    @property
    def size_bytes(self) -> int:
        return sum(item.size_bytes for item in self.files)


def of_package(source: PackageSource, file: StoredFile, path: str | None = None) -> ShippedFile:
    """A file of a package, there under another path where one is given."""
    return ShippedFile(
        path=path or file.path,
        size_bytes=file.size_bytes,
        sha256=file.sha256,
        blocks=partial(source.stream, file),
        differs=partial(source.differs, file.path),
    )


def of_bytes(path: str, content: bytes) -> ShippedFile:
    """A file that was made here."""
    return ShippedFile(
        path=path,
        size_bytes=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        blocks=lambda start: iter([content[start:]] if start < len(content) else []),
        differs=lambda: IntegrityError("file_differs", where=path),
    )


class HeldReading:
    """The bytes of one file, as often as they are wanted, from any place on: what was read before is read again from
    the last block at most, since the digest's state is kept at each."""

    def __init__(self, file: ShippedFile):
        self.file = file
        self._marks = {0: (hashlib.sha256(), hashlib.md5(usedforsecurity=False))}
        self._md5: str | None = None

    def blocks(self, start: int = 0) -> Iterator[bytes]:
        """The bytes from `start` on; whoever has taken them all knows that all of the file is as listed.

        Raises:
            IntegrityError: it is not; what was given out is worth nothing.
        """
        at = max(mark for mark in self._marks if mark <= start)
        sha256, md5 = (digest.copy() for digest in self._marks[at])
        for block in self.file.blocks(at):
            sha256.update(block)
            md5.update(block)
            begins, at = at, at + len(block)
            self._marks[at] = (sha256.copy(), md5.copy())
            if at > self.file.size_bytes:
                break
            if at > start:
                yield block[max(0, start - begins) :]
        if at != self.file.size_bytes or sha256.hexdigest() != self.file.sha256:
            self._marks = {0: self._marks[0]}
            raise self.file.differs()
        self._md5 = md5.hexdigest()

    def md5(self) -> str:
        """The MD5 of all of it, for servers that know no better digest.

        Raises:
            IntegrityError: the bytes are not as listed.
        """
        if self._md5 is None:
            for _ in self.blocks(self.file.size_bytes):
                pass
        return self._md5 or ""
