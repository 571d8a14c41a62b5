"""Bytes that the store has already, brought to a new key inside it: no line carries them twice.

A source is held to what is wanted before it is copied, the copy to its source afterwards. Whatever is amiss, or is
refused, is no error: the bytes are sent instead.
"""

from __future__ import annotations

import base64
import hashlib
import re
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.errors import EnvironmentFault, IntegrityError, TransferError
from pipeline.model.rendition import StoredFile
from pipeline.storage import layout
from pipeline.storage.bucket import Bucket
from pipeline.storage.head import SHA256_KEY, Head
from pipeline.storage.network.sent_body import READ_BYTES
from pipeline.storage.s3.store import Pace
from pipeline.storage.transfer import multipart, part_sizes
from pipeline.storage.transfer.multipart import Multipart, UploadPart
from pipeline.storage.transfer.part_sizes import Grid

WHOLE_BYTES = 5 << 30  # the largest object that CopyObject takes (S3); larger ones are copied in parts
LEAST_BYTES = 4 << 10  # to ask about what is smaller costs as much as to send it
_MD5 = re.compile("[0-9a-f]{32}")
_REFUSALS = (EnvironmentFault, IntegrityError, TransferError)


@dataclass(frozen=True)
class Earlier:
    """Keys of a bucket that markers or manifests list: by size and digest, those of the newest first."""

    keys: Mapping[tuple[int, str], tuple[str, ...]] = field(default_factory=dict)

    def of(self, item: StoredFile) -> tuple[str, ...]:
        """Where the bytes of a file are said to lie."""
        return self.keys.get((item.size_bytes, item.sha256), ()) if item.size_bytes >= LEAST_BYTES else ()


NOTHING = Earlier()


def listed(folders: Iterable[tuple[str, Sequence[StoredFile]]]) -> Earlier:
    """What lies in some prefixes, as it is listed; the newest comes first."""
    keys: dict[tuple[int, str], tuple[str, ...]] = {}
    for prefix, files in folders:
        for item in files:
            named = (item.size_bytes, item.sha256)
            keys[named] = (*keys.get(named, ()), prefix + item.path)
    return Earlier(keys)


@dataclass(frozen=True)
class Source:
    """An object that holds the bytes of a file, as far as the store tells."""

    bucket: Bucket
    key: str
    head: Head

    def copy_to(self, key: str, item: StoredFile) -> str:
        """Copy it whole, if it still is what was looked at; gives the copy's ETag. Tried once."""
        answer = self.bucket.store.ask_once(
            f"{self.bucket.name}/{key}",
            lambda client: client.copy_object(
                Bucket=self.bucket.name,
                Key=key,
                CopySource={"Bucket": self.bucket.name, "Key": self.key},
                CopySourceIfMatch=self.head.etag,
                MetadataDirective="REPLACE",
                Metadata={SHA256_KEY: item.sha256},
                ContentType=layout.media_type(item.path),
                ChecksumAlgorithm="SHA256",
            ),
            pace=Pace.COPY if item.size_bytes > part_sizes.OVER_BYTES else Pace.QUESTION,
        )
        return answer["CopyObjectResult"].get("ETag", "").strip('"')


def copied(bucket: Bucket, key: str, item: StoredFile, path: Path, earlier: Earlier) -> bool:
    """Bring a file to its key inside the store, in one request; False where that can't be.

    Args:
        path: the file here, against which the store's own digests are held where they are those of parts.
    """
    if item.size_bytes >= WHOLE_BYTES:
        return False
    return any(_is_copied(source, key, item, path) for source in sources(bucket, key, item, path, earlier))


def _is_copied(source: Source, key: str, item: StoredFile, path: Path) -> bool:
    try:
        if source.copy_to(key, item) == source.head.etag:
            return True
        made = source.bucket.head(key)
    except _REFUSALS:
        return False
    return made is not None and made.holds(item) and agrees(made, item, path)


def sources(bucket: Bucket, key: str, item: StoredFile, path: Path, earlier: Earlier) -> Iterator[Source]:
    """The objects that may be copied to a key: there, and as they are listed; none where the store copies nothing."""
    if not bucket.store.preset.copies:
        return
    for other in earlier.of(item):
        if other == key:
            continue
        try:
            head = bucket.head(other)
        except _REFUSALS:
            continue
        if head is not None and head.holds(item) and agrees(head, item, path):
            yield Source(bucket, other, head)


def agrees(head: Head, item: StoredFile, path: Path) -> bool:
    """Whether what the store itself found out of an object's bytes speaks for a file's; so does silence.

    In this order: SHA-256 of the whole, SHA-256 of our parts' SHA-256 (composite), ETags that are MD5 or such of parts.
    An ETag that looks like these and is none says no: then the bytes are sent. Of objects under keys of a key service
    it says nothing: their size and our digest have been compared.
    """
    said = head.checksum or ""
    if said and "-" not in said:
        return said == base64.b64encode(bytes.fromhex(item.sha256)).decode()
    grid = _grid(head, said or head.etag)
    if said and grid:
        return said == multipart.composite(_of_parts(path, grid, hashlib.sha256))
    if not head.has_md5:
        return True
    if _MD5.fullmatch(head.etag):
        with path.open("rb") as whole:
            return head.etag == hashlib.file_digest(whole, _md5).hexdigest()
    if grid:
        digests = b"".join(_of_parts(path, grid, _md5))
        return head.etag == f"{_md5(digests).hexdigest()}-{grid.count}"
    return True


def _grid(head: Head, told: str) -> Grid | None:
    """The parts that an object was joined of, where what the store tells of it (`…-N`) says as many."""
    sizes = (head.part_bytes, part_sizes.former(head.size_bytes).part_bytes)
    grids = (Grid(head.size_bytes, size) for size in sizes if size)
    return next((grid for grid in grids if told.endswith(f"-{grid.count}")), None)


def _of_parts(path: Path, grid: Grid, new: Callable[[], hashlib._Hash]) -> Iterator[bytes]:
    """The digest of each part of a file."""
    return (digest_of(path, grid.span(number), new).digest() for number in range(1, grid.count + 1))


def _md5(content: bytes = b"") -> hashlib._Hash:
    return hashlib.md5(content, usedforsecurity=False)


class PartSource:
    """Where the parts of one upload are taken from, until the store refuses one or gives other bytes."""

    def __init__(self, source: Source | None):
        self._source = source
        self._refused = threading.Event()

    def copied(self, upload: Multipart, number: int, span: range, checksum: str, path: Path) -> UploadPart | None:
        """Copy one part; None where it must be sent.

        Args:
            span: the part's bytes, of the source and of the file here (`path`), against which the copy's are held.
            checksum: their SHA-256 in base64.
        """
        if self._source is None or self._refused.is_set():
            return None
        part = self._copied(self._source, upload, number, span, checksum, path)
        if part is None:
            self._refused.set()
        return part

    def _copied(
        self, source: Source, upload: Multipart, number: int, span: range, checksum: str, path: Path
    ) -> UploadPart | None:
        try:
            part = upload.copy(number, source.key, source.head.etag, span)
        except _REFUSALS:
            return None
        is_right = part.checksum == checksum if part.checksum else part.etag == md5_of(path, span)
        return UploadPart(number, len(span), part.etag, checksum) if is_right else None


def md5_of(path: Path, span: range) -> str:
    """Of a stretch of a file (hex): what a store's ETag of a part is."""
    return digest_of(path, span, _md5).hexdigest()


def digest_of(path: Path, span: range, new: Callable[[], hashlib._Hash]) -> hashlib._Hash:
    """Of a stretch of a file, read in small blocks."""
    digest, left = new(), len(span)
    with path.open("rb") as source:
        source.seek(span.start)
        while left and (block := source.read(min(READ_BYTES, left))):
            digest.update(block)
            left -= len(block)
    return digest
