"""Packages to the store and back: resumable, each byte checked on the way, nothing trusted by name.

Up: files of up to PART_BYTES in one request, larger ones in parts that a later run takes up again. Down: into a
folder beside the final one, by ranges where a file is half there, renamed when every digest is right. Memory is
bounded by (AT_ONCE + 1) × PART_BYTES.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from pathlib import Path

from pipeline import durable
from pipeline.errors import IntegrityError, TransferError
from pipeline.model.rendition import StoredFile
from pipeline.storage import layout, multipart
from pipeline.storage.bucket import Bucket
from pipeline.storage.multipart import Multipart, UploadPart
from pipeline.storage.place import Place
from pipeline.storage.s3 import again

PART_BYTES = 16 << 20
AT_ONCE = 3
SMALL_AT_ONCE = 6
# bytes that are there now, also those of an earlier run; less than 0 where a retry takes some back
BytesCallback = Callable[[int], None]
DigestCallback = Callable[[Path], str]


def upload(
    place: Place,
    root: Path,
    files: Sequence[StoredFile],
    on_bytes: BytesCallback = lambda _: None,
    *,
    names: Mapping[str, str] | None = None,
) -> int:
    """Bring every file to its place; gives how many had to be sent.

    `names` says what a key is called in `root`, where that is not the key itself.

    Raises:
        IntegrityError: a local file is not what its record says, or the store holds other bytes afterwards.
        TransferError: the store does not take it after retries.
    """
    small = [item for item in files if item.size_bytes <= PART_BYTES]
    large = [item for item in files if item.size_bytes > PART_BYTES]
    sent = 0

    def local(item: StoredFile) -> Path:
        return root / (names or {}).get(item.path, item.path)

    with ThreadPoolExecutor(SMALL_AT_ONCE, thread_name_prefix="upload") as pool:
        results = [pool.submit(_put_small, place, local(item), item, on_bytes) for item in small]
        try:
            sent += sum(_put_large(place, local(item), item, on_bytes) for item in large)
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


def _put_small(place: Place, path: Path, item: StoredFile, on_bytes: BytesCallback) -> bool:
    key = place.prefix + item.path
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != item.sha256:
        raise IntegrityError("file_differs", where=str(path))
    if is_new := not _is_there(place.bucket, key, item):
        place.bucket.put(key, content, sha256=item.sha256, media_type=layout.media_type(item.path))
    on_bytes(item.size_bytes)
    return is_new


def _put_large(place: Place, path: Path, item: StoredFile, on_bytes: BytesCallback) -> bool:
    key = place.prefix + item.path
    if _is_there(place.bucket, key, item):
        on_bytes(item.size_bytes)
        return False
    upload, there = _resumed(place.bucket, key, item)
    size = part_bytes(item.size_bytes)
    digest = hashlib.sha256()
    parts: list[UploadPart] = []
    waiting: list[Future[UploadPart]] = []
    with path.open("rb") as source, ThreadPoolExecutor(AT_ONCE, thread_name_prefix="parts") as pool:
        for number, content in enumerate(iter(lambda: source.read(size), b""), start=1):
            digest.update(content)
            checksum = base64.b64encode(hashlib.sha256(content).digest()).decode()
            known = there.get(number)
            if known and known.size_bytes == len(content) and known.etag == _md5(content):
                parts.append(UploadPart(number, len(content), known.etag, checksum))
                on_bytes(len(content))
                continue
            while len(waiting) >= AT_ONCE:
                parts.append(waiting.pop(0).result())
                on_bytes(parts[-1].size_bytes)
            waiting.append(pool.submit(upload.send, number, content, checksum))
        for future in waiting:
            parts.append(future.result())
            on_bytes(parts[-1].size_bytes)
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
    digests = b"".join(base64.b64decode(part.checksum) for part in sorted(parts, key=lambda part: part.number))
    composite = f"{base64.b64encode(hashlib.sha256(digests).digest()).decode()}-{len(parts)}"
    if head is None or (head.checksum and head.checksum != composite):
        raise IntegrityError("object_differs", where=upload.where)


def _resumed(bucket: Bucket, key: str, item: StoredFile) -> tuple[Multipart, dict[int, UploadPart]]:
    """The youngest unfinished upload is taken up, the others are dropped."""
    begun = [Multipart(bucket, key, upload) for upload in multipart.open_uploads(bucket, key)]
    for stale in begun[:-1]:
        stale.abort()
    if begun:
        return begun[-1], begun[-1].parts()
    return multipart.begin(bucket, key, sha256=item.sha256, media_type=layout.media_type(item.path)), {}


def _is_there(bucket: Bucket, key: str, item: StoredFile) -> bool:
    head = bucket.head(key)
    return head is not None and head.size_bytes == item.size_bytes and head.sha256 == item.sha256


def part_bytes(size_bytes: int) -> int:
    """16 MiB, more only where that would make over 9,000 parts (S3 takes 10,000)."""
    return max(PART_BYTES, -(-size_bytes // 9000 >> 20) << 20)


def _md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()
