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
from pathlib import Path

from pipeline import durable
from pipeline.errors import IntegrityError, TransferError
from pipeline.model.rendition import StoredFile
from pipeline.storage import layout
from pipeline.storage.s3 import Store, UploadPart, again

PART_BYTES = 16 << 20
AT_ONCE = 3
SMALL_AT_ONCE = 6
BytesCallback = Callable[[int], None]


def upload(
    store: Store,
    bucket: str,
    prefix: str,
    root: Path,
    files: Sequence[StoredFile],
    on_bytes: BytesCallback = lambda _: None,
    *,
    names: Mapping[str, str] | None = None,
) -> int:
    """Bring every file under `prefix`; gives how many had to be sent.

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
        results = [pool.submit(_put_small, store, bucket, prefix, local(item), item, on_bytes) for item in small]
        try:
            sent += sum(_put_large(store, bucket, prefix, local(item), item, on_bytes) for item in large)
            sent += sum(result.result() for result in results)
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return sent


def confirm(store: Store, bucket: str, prefix: str, files: Sequence[StoredFile]) -> None:
    """Ask the store for each object again: the markers go up only after this.

    Raises:
        IntegrityError: size or digest differ.
    """

    def check(item: StoredFile) -> None:
        head = store.head(bucket, prefix + item.path)
        if head is None or head.size_bytes != item.size_bytes or head.sha256 != item.sha256:
            raise IntegrityError("object_differs", where=f"{bucket}/{prefix}{item.path}")

    with ThreadPoolExecutor(SMALL_AT_ONCE, thread_name_prefix="confirm") as pool:
        list(pool.map(check, files))


def download(
    store: Store,
    bucket: str,
    prefix: str,
    files: Sequence[StoredFile],
    folder: Path,
    on_bytes: BytesCallback = lambda _: None,
    *,
    names: Mapping[str, str] | None = None,
) -> int:
    """Fetch every file into `folder`, taking up half-fetched ones; gives how many were fetched.

    `names` says what a key is called in `folder`, where that is not the key itself.

    Raises:
        IntegrityError: what came is not what the manifest lists.
        TransferError: an object is missing or the line fails after retries.
    """
    fetched = 0
    for item in files:
        path = folder / (names or {}).get(item.path, item.path)
        if path.is_file() and path.stat().st_size == item.size_bytes and durable.digest(path) == item.sha256:
            on_bytes(item.size_bytes)
            continue
        durable.make_folder(path.parent)
        again(lambda item=item, path=path: _fetch(store, bucket, prefix + item.path, item, path, on_bytes))  # type: ignore[misc]
        fetched += 1
    return fetched


def _fetch(store: Store, bucket: str, key: str, item: StoredFile, path: Path, on_bytes: BytesCallback) -> None:
    partial = durable.beside(path, "part")
    digest = hashlib.sha256()
    start = 0
    if partial.is_file() and partial.stat().st_size < item.size_bytes:
        start = partial.stat().st_size
        with partial.open("rb") as there:
            while block := there.read(1 << 20):
                digest.update(block)
    with durable.space_is_an_environment_fault(partial), partial.open("ab" if start else "wb") as out:
        for block in store.stream(bucket, key, start=start):
            out.write(block)
            digest.update(block)
            on_bytes(len(block))
            if out.tell() > item.size_bytes:
                break
    if digest.hexdigest() != item.sha256:
        partial.unlink()
        raise IntegrityError("download_differs", where=f"{bucket}/{key}")
    partial.replace(path)


def _put_small(store: Store, bucket: str, prefix: str, path: Path, item: StoredFile, on_bytes: BytesCallback) -> bool:
    key = prefix + item.path
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != item.sha256:
        raise IntegrityError("file_differs", where=str(path))
    if is_there := _is_there(store, bucket, key, item):
        on_bytes(item.size_bytes)
        return not is_there
    store.put(bucket, key, content, sha256=item.sha256, media_type=layout.media_type(item.path))
    on_bytes(item.size_bytes)
    return True


def _put_large(store: Store, bucket: str, prefix: str, path: Path, item: StoredFile, on_bytes: BytesCallback) -> bool:
    key = prefix + item.path
    if _is_there(store, bucket, key, item):
        on_bytes(item.size_bytes)
        return False
    upload_id, there = _resumed(store, bucket, key, item)
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
            waiting.append(pool.submit(store.send_part, bucket, key, upload_id, number, content, checksum))
        for future in waiting:
            parts.append(future.result())
            on_bytes(parts[-1].size_bytes)
    if digest.hexdigest() != item.sha256:
        store.abort(bucket, key, upload_id)
        raise IntegrityError("file_differs", where=str(path))
    _complete(store, bucket, key, upload_id, parts, item)
    return True


def _complete(store: Store, bucket: str, key: str, upload_id: str, parts: list[UploadPart], item: StoredFile) -> None:
    """A lost reply looks like a missing upload on the second try: the object tells."""
    try:
        store.complete(bucket, key, upload_id, parts)
    except TransferError:
        if not _is_there(store, bucket, key, item):
            raise
    head = store.head(bucket, key)
    digests = b"".join(base64.b64decode(part.checksum) for part in sorted(parts, key=lambda part: part.number))
    composite = f"{base64.b64encode(hashlib.sha256(digests).digest()).decode()}-{len(parts)}"
    if head is None or (head.checksum and head.checksum != composite):
        raise IntegrityError("object_differs", where=f"{bucket}/{key}")


def _resumed(store: Store, bucket: str, key: str, item: StoredFile) -> tuple[str, dict[int, UploadPart]]:
    """The youngest unfinished upload with parts is taken up, the others are dropped."""
    open_ids = store.open_uploads(bucket, key)
    for stale in open_ids[:-1]:
        store.abort(bucket, key, stale)
    if open_ids:
        return open_ids[-1], store.parts(bucket, key, open_ids[-1])
    return store.begin(bucket, key, sha256=item.sha256, media_type=layout.media_type(item.path)), {}


def _is_there(store: Store, bucket: str, key: str, item: StoredFile) -> bool:
    head = store.head(bucket, key)
    return head is not None and head.size_bytes == item.size_bytes and head.sha256 == item.sha256


def part_bytes(size_bytes: int) -> int:
    """16 MiB, more only where that would make over 9,000 parts (S3 takes 10,000)."""
    return max(PART_BYTES, -(-size_bytes // 9000 >> 20) << 20)


def _md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()
