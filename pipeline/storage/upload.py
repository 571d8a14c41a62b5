"""Files to the store: resumable, each byte checked on the way, nothing trusted by name.

Files of up to PART_BYTES in one request, larger ones in parts that a later run takes up again. What the store is
said to have under another key is copied there (`copying`).
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from pipeline import durable
from pipeline.errors import IntegrityError, TransferError
from pipeline.model.rendition import StoredFile
from pipeline.storage import copying, layout, multipart
from pipeline.storage.bucket import Bucket
from pipeline.storage.copying import Earlier, PartSource
from pipeline.storage.multipart import Multipart, UploadPart
from pipeline.storage.place import Place
from pipeline.storage.sent_body import SentBody
from pipeline.storage.transfer import BytesCallback, Told

AT_ONCE = 3
SMALL_AT_ONCE = 6


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


def _put_small(place: Place, path: Path, item: StoredFile, earlier: Earlier, told: Told) -> bool:
    key = place.prefix + item.path
    if durable.digest(path) != item.sha256:
        raise IntegrityError("file_differs", where=str(path))
    is_new = not _is_there(place.bucket, key, item)
    if not is_new or copying.copied(place.bucket, key, item, path, earlier):
        told.of_same(item.size_bytes)
    else:
        line = place.bucket.store.line
        with line.gate.passed(), SentBody(path, 0, item.size_bytes, line, told.of_sent) as body:
            place.bucket.put_file(key, body, sha256=item.sha256, media_type=layout.media_type(item.path))
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
    waiting: list[Future[UploadPart]] = []
    line = place.bucket.store.line

    def bring(number: int, content: bytes, checksum: str) -> UploadPart:
        if part := elsewhere.copied(upload, number, content, checksum):
            told.of_same(len(content))
            return part
        stretch = SentBody(path, (number - 1) * size, len(content), line, told.of_sent)
        with line.gate.passed(), stretch as body:
            return upload.send(number, body, checksum)

    with path.open("rb") as source, ThreadPoolExecutor(AT_ONCE, thread_name_prefix="parts") as pool:
        for number, content in enumerate(iter(lambda: source.read(size), b""), start=1):
            digest.update(content)
            checksum = base64.b64encode(hashlib.sha256(content).digest()).decode()
            known = there.get(number)
            if known and known.is_of(content, checksum, has_md5=place.bucket.store.has_md5):
                parts.append(UploadPart(number, len(content), known.etag, checksum))
                told.of_same(len(content))
                continue
            while len(waiting) >= AT_ONCE:
                parts.append(waiting.pop(0).result())
            waiting.append(pool.submit(bring, number, content, checksum))
        parts += [future.result() for future in waiting]
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
