"""Packages to the store and back: resumable, each byte checked on the way, nothing trusted by name.

Up: files of up to PART_BYTES in one request, larger ones in parts that a later run takes up again. Down: into a
folder beside the final one, by ranges where a file is half there, renamed when every digest is right. Memory is
bounded by (AT_ONCE + 1) × PART_BYTES. What the store is said to have under another key is copied there (`copying`).
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from pipeline import durable
from pipeline.errors import IntegrityError, TransferError
from pipeline.model.rendition import StoredFile
from pipeline.storage import copying, layout, multipart
from pipeline.storage.bucket import Bucket
from pipeline.storage.copying import Earlier, PartSource
from pipeline.storage.multipart import Multipart, UploadPart
from pipeline.storage.place import Place
from pipeline.storage.retries import again

AT_ONCE = 3
SMALL_AT_ONCE = 6
# bytes that are there now, also those of an earlier run; less than 0 where a retry takes some back
BytesCallback = Callable[[int], None]
DigestCallback = Callable[[Path], str]


@dataclass(frozen=True)
class Told:
    """Who is told of bytes: `of_sent` of those that were sent, `of_same` of those that the store had before."""

    of_sent: BytesCallback
    of_same: BytesCallback


def upload(  # noqa: PLR0913 - where to, what, from where else it may come, under which names, and who is told
    place: Place,
    root: Path,
    files: Sequence[StoredFile],
    on_bytes: BytesCallback = lambda _: None,
    *,
    on_same: BytesCallback | None = None,
    names: Mapping[str, str] | None = None,
    earlier: Earlier = copying.NOTHING,
) -> int:
    """Bring every file to its place; gives how many were not there.

    Args:
        on_same: is told of the bytes that the store had before, there or under another key, else `on_bytes` is.
        names: what a key is called in `root`, where that is not the key itself.
        earlier: where else in the bucket the same bytes are said to lie.

    Raises:
        IntegrityError: a local file is not what its record says, or the store holds other bytes afterwards.
        TransferError: the store does not take it after retries.
    """
    small = [item for item in files if item.size_bytes <= multipart.PART_BYTES]
    large = [item for item in files if item.size_bytes > multipart.PART_BYTES]
    sent = 0
    told = Told(on_bytes, on_same or on_bytes)

    def local(item: StoredFile) -> Path:
        return root / (names or {}).get(item.path, item.path)

    with ThreadPoolExecutor(SMALL_AT_ONCE, thread_name_prefix="upload") as pool:
        results = [pool.submit(_put_small, place, local(item), item, earlier, told) for item in small]
        try:
            sent += sum(_put_large(place, local(item), item, earlier, told) for item in large)
            sent += sum(result.result() for result in results)
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return sent


def confirm(place: Place, files: Sequence[StoredFile]) -> None:
    """Ask the store for each object again: the markers go up only after this.

    Raises:
        IntegrityError: size or digest differ.
    """

    def check(item: StoredFile) -> None:
        if not _is_there(place.bucket, place.prefix + item.path, item):
            raise IntegrityError("object_differs", where=place.where(item.path))

    with ThreadPoolExecutor(SMALL_AT_ONCE, thread_name_prefix="confirm") as pool:
        list(pool.map(check, files))


def download(  # noqa: PLR0913 - what, where to, under which names, and who is told
    place: Place,
    files: Sequence[StoredFile],
    folder: Path,
    on_bytes: BytesCallback = lambda _: None,
    *,
    on_same: BytesCallback | None = None,
    names: Mapping[str, str] | None = None,
    digest: DigestCallback = durable.digest,
) -> list[StoredFile]:
    """Fetch every file into `folder` that is not there as listed, taking up half-fetched ones; gives those fetched.

    Args:
        on_same: is told of the bytes of files that are there as listed, else `on_bytes` is.
        names: what a key is called in `folder`, where that is not the key itself.
        digest: SHA-256 of a file that is there; one that remembers spares reading it again.

    Raises:
        IntegrityError: what came is not what the manifest lists.
        TransferError: an object is missing or the line fails after retries.
    """
    fetched = []
    for item in files:
        path = folder / (names or {}).get(item.path, item.path)
        if _is_here(path, item, digest):
            (on_same or on_bytes)(item.size_bytes)
            continue
        durable.make_folder(path.parent)
        again(partial(_fetch, place, item, path, on_bytes))
        fetched.append(item)
    return fetched


def _is_here(path: Path, item: StoredFile, digest: DigestCallback) -> bool:
    is_file = path.is_file() and not path.is_symlink()
    return is_file and path.stat().st_size == item.size_bytes and digest(path) == item.sha256


def _fetch(place: Place, item: StoredFile, path: Path, on_bytes: BytesCallback) -> None:
    """One file; what is told to `on_bytes` is what is there of it, and is taken back where that is worth nothing."""
    there = durable.beside(path, "part")
    digest = hashlib.sha256()
    start = there.stat().st_size if there.is_file() else 0
    start = start if start <= item.size_bytes else 0
    if start:
        with there.open("rb") as begun:
            while block := begun.read(1 << 20):
                digest.update(block)
        on_bytes(start)
    counted = start
    try:
        with durable.space_is_an_environment_fault(there), there.open("ab" if start else "wb") as out:
            is_whole = 0 < start == item.size_bytes
            blocks = () if is_whole else place.bucket.stream(place.prefix + item.path, start=start)
            for block in blocks:
                out.write(block)
                digest.update(block)
                on_bytes(len(block))
                counted += len(block)
                if out.tell() > item.size_bytes:
                    break
        if digest.hexdigest() != item.sha256:
            there.unlink()
            raise IntegrityError("download_differs", where=place.where(item.path))
    except BaseException:
        on_bytes(-counted)
        raise
    there.replace(path)


def _put_small(place: Place, path: Path, item: StoredFile, earlier: Earlier, told: Told) -> bool:
    key = place.prefix + item.path
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != item.sha256:
        raise IntegrityError("file_differs", where=str(path))
    is_new = not _is_there(place.bucket, key, item)
    if not is_new or copying.copied(place.bucket, key, item, path, earlier):
        told.of_same(item.size_bytes)
    else:
        place.bucket.put(key, content, sha256=item.sha256, media_type=layout.media_type(item.path))
        told.of_sent(item.size_bytes)
    return is_new


def _put_large(place: Place, path: Path, item: StoredFile, earlier: Earlier, told: Told) -> bool:
    key = place.prefix + item.path
    if _is_there(place.bucket, key, item):
        told.of_same(item.size_bytes)
        return False
    begun = [Multipart(place.bucket, key, upload) for upload in multipart.open_uploads(place.bucket, key)]
    if not begun and copying.copied(place.bucket, key, item, path, earlier):
        told.of_same(item.size_bytes)
        return True
    upload, there = _resumed(place.bucket, key, item, begun)
    elsewhere = PartSource(next(copying.sources(place.bucket, key, item, path, earlier), None))
    size = multipart.part_bytes(item.size_bytes)
    digest = hashlib.sha256()
    parts: list[UploadPart] = []
    waiting: list[Future[tuple[UploadPart, bool]]] = []

    def take(done: Future[tuple[UploadPart, bool]]) -> None:
        part, is_copied = done.result()
        parts.append(part)
        (told.of_same if is_copied else told.of_sent)(part.size_bytes)

    with path.open("rb") as source, ThreadPoolExecutor(AT_ONCE, thread_name_prefix="parts") as pool:
        for number, content in enumerate(iter(lambda: source.read(size), b""), start=1):
            digest.update(content)
            checksum = base64.b64encode(hashlib.sha256(content).digest()).decode()
            known = there.get(number)
            if known and known.size_bytes == len(content) and known.etag == _md5(content):
                parts.append(UploadPart(number, len(content), known.etag, checksum))
                told.of_same(len(content))
                continue
            while len(waiting) >= AT_ONCE:
                take(waiting.pop(0))
            waiting.append(pool.submit(elsewhere.bring, upload, number, content, checksum))
        for future in waiting:
            take(future)
    if digest.hexdigest() != item.sha256:
        upload.abort()
        raise IntegrityError("file_differs", where=str(path))
    _complete(upload, parts, item)
    return True


def _complete(upload: Multipart, parts: list[UploadPart], item: StoredFile) -> None:
    """A lost reply looks like a missing upload on the second try: the object tells."""
    try:
        upload.complete(parts)
    except TransferError:
        if not _is_there(upload.bucket, upload.key, item):
            raise
    head = upload.bucket.head(upload.key)
    in_order = sorted(parts, key=lambda part: part.number)
    composite = multipart.composite(base64.b64decode(part.checksum) for part in in_order)
    if head is None or (head.checksum and head.checksum != composite):
        raise IntegrityError("object_differs", where=upload.where)


def _resumed(
    bucket: Bucket, key: str, item: StoredFile, begun: Sequence[Multipart]
) -> tuple[Multipart, dict[int, UploadPart]]:
    """The youngest unfinished upload is taken up, the others are dropped."""
    for stale in begun[:-1]:
        stale.abort()
    if begun:
        return begun[-1], begun[-1].parts()
    return multipart.begin(bucket, key, sha256=item.sha256, media_type=layout.media_type(item.path)), {}


def _is_there(bucket: Bucket, key: str, item: StoredFile) -> bool:
    head = bucket.head(key)
    return head is not None and head.holds(item)


def _md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()
