"""Files to the store: resumable, each byte checked on the way, nothing trusted by name.

Small files go in one request, larger ones in parts that a later run takes up again (`part_upload`). What the store is
said to have under another key is copied there (`copying`).
"""

from __future__ import annotations

import base64
from collections.abc import Container, Mapping, Sequence
from itertools import islice
from pathlib import Path

from pipeline import durable
from pipeline.errors import EnvironmentFault, IntegrityError, TransferError
from pipeline.model.rendition import StoredFile
from pipeline.storage import layout
from pipeline.storage.bucket import MOST_KEYS, Bucket
from pipeline.storage.network.sent_body import SentBody
from pipeline.storage.network.together import together
from pipeline.storage.place import Place
from pipeline.storage.transfer import copying, part_sizes
from pipeline.storage.transfer.callbacks import BytesCallback, Told
from pipeline.storage.transfer.copying import Earlier
from pipeline.storage.transfer.given_up import given_up
from pipeline.storage.transfer.part_upload import CHANGED, PartUpload

MANY = 8  # files of which one listing costs less than a question each
MOST_LISTED = 10_000  # keys below a prefix
SMALL_AT_ONCE = 8  # that are asked for; how many are sent at once is the line's gate's to say


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
    """Bring every file to its place, small ones first; gives how many were not there.

    Args:
        on_same: is told of the bytes that the store had before, there or under another key, else `on_bytes` is.
        names: what a key is called in `root`, where that is not the key itself.
        earlier: where else in the bucket the same bytes are said to lie.

    Raises:
        IntegrityError: a local file is not what its record says, or the store holds other bytes afterwards.
        TransferError: the store does not take it after retries; `upload_…` where it was waited for in vain.
        Interrupted: the work was ended.
    """
    small = [item for item in files if item.size_bytes <= part_sizes.OVER_BYTES]
    large = [item for item in files if item.size_bytes > part_sizes.OVER_BYTES]
    store = place.bucket.store
    told = Told(on_bytes, on_same or on_bytes)
    under_way: PartUpload | None = None

    def local(item: StoredFile) -> Path:
        return root / (names or {}).get(item.path, item.path)

    try:
        there = _listed(place, small)
        new = together(
            lambda item: _put_small(place, local(item), item, earlier, told, is_known=item.path in there),
            small,
            SMALL_AT_ONCE,
            told.tick,
        )
        for item in large:
            under_way = PartUpload(place, local(item), item, earlier, told)
            new.append(under_way.bring())
    except TransferError as error:
        raise given_up(error, told.count, sum(item.size_bytes for item in files), under_way) from error
    finally:
        store.keep_rate()
    return sum(new)


def confirm(place: Place, files: Sequence[StoredFile]) -> None:
    """Ask the store for each object again: the markers go up only after this.

    Raises:
        IntegrityError: size or digest differ.
    """

    def check(item: StoredFile) -> None:
        if not is_there(place.bucket, place.prefix + item.path, item):
            raise IntegrityError("object_differs", where=place.where(item.path))

    together(check, files, SMALL_AT_ONCE)


def is_there(bucket: Bucket, key: str, item: StoredFile) -> bool:
    """Whether the store says that it has this file there."""
    head = bucket.head(key)
    return head is not None and head.holds(item)


def _listed(place: Place, files: Sequence[StoredFile]) -> Container[str]:
    """What may be there of many files: what is not listed need not be asked for one by one."""
    named = [item.path for item in files]
    if len(named) < MANY:
        return named
    try:
        rows = islice(place.bucket.walk(place.prefix, lambda _: None, MOST_KEYS), MOST_LISTED + 1)
        found = {row.key.removeprefix(place.prefix) for row in rows}
    except EnvironmentFault:  # these keys may not list
        return named
    return found if len(found) <= MOST_LISTED else named


def _put_small(place: Place, path: Path, item: StoredFile, earlier: Earlier, told: Told, *, is_known: bool) -> bool:
    key, bucket = place.prefix + item.path, place.bucket
    if durable.digest(path) != item.sha256:
        raise IntegrityError(CHANGED, where=str(path))
    is_new = not (is_known and is_there(bucket, key, item))
    if not is_new or copying.copied(bucket, key, item, path, earlier):
        told.of_same(item.size_bytes)
        return is_new
    checksum = base64.b64encode(bytes.fromhex(item.sha256)).decode()
    with SentBody(path, range(item.size_bytes), checksum, bucket.store.line, told.of_sent) as body:
        bucket.put_file(key, body, sha256=item.sha256, media_type=layout.media_type(item.path))
    return True
