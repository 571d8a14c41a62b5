"""What lies right below a prefix: objects, and «folders» with all that is in them added up as a listing goes by."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pipeline.storage.bucket import MOST_KEYS, Bucket, ListedObject, unless_missing
from pipeline.storage.upkeep.kinds import BucketRole, ObjectKind, kind_of

if TYPE_CHECKING:
    from mypy_boto3_s3.type_defs import ListObjectsV2OutputTypeDef


@dataclass(frozen=True)
class Child:
    """An object, or a folder (its name ends with a slash).

    Args:
        kind: of a folder that which takes most of it.
        modified: of a folder its newest object's.
    """

    bucket: str
    prefix: str
    name: str
    objects: int
    size_bytes: int
    modified: datetime
    kind: ObjectKind

    @property
    def path(self) -> str:
        """As it is asked for: the bucket and the key."""
        return f"{self.bucket}/{self.prefix}{self.name}"


class _Folder:
    """One that is being added up."""

    def __init__(self, name: str, modified: datetime):
        self.name, self.modified, self.objects = name, modified, 0
        self.sizes: Counter[ObjectKind] = Counter()

    def add(self, kind: ObjectKind, size_bytes: int, modified: datetime) -> None:
        self.objects += 1
        self.sizes[kind] += size_bytes
        self.modified = max(self.modified, modified)

    def child(self, bucket: str, prefix: str) -> Child:
        kind = max(self.sizes, key=lambda kind: self.sizes[kind])
        return Child(bucket, prefix, self.name, self.objects, self.sizes.total(), self.modified, kind)


def below(role: BucketRole, bucket: Bucket, path: str) -> Iterator[Child]:
    """What lies below a path, in the store's order; nothing is kept of what went by.

    Args:
        path: a folder, with or without its slash, or the beginning of names.

    Raises:
        EnvironmentFault: this identity may not list there. TransferError: the store does not answer.
    """
    if path and not path.endswith("/") and bucket.has(f"{path}/"):
        path += "/"
    base = path[: path.rfind("/") + 1]
    folder: _Folder | None = None  # a store lists all of a folder in one go, by bytes and by folders alike
    for item in bucket.walk(path, lambda _: None, MOST_KEYS):
        name, slash, _ = item.key[len(base) :].partition("/")
        kind = kind_of(role, item.key)
        if folder and not (slash and folder.name == f"{name}/"):
            yield folder.child(bucket.name, base)
            folder = None
        if not slash:
            yield Child(bucket.name, base, name, 1, item.size_bytes, item.modified, kind)
            continue
        folder = folder or _Folder(f"{name}/", item.modified)
        folder.add(kind, item.size_bytes, item.modified)
    if folder:
        yield folder.child(bucket.name, base)


def whole(role: BucketRole, bucket: Bucket, prefix: str) -> Child | None:
    """All of a bucket, or of what may be seen of it, as one row; None where nothing is there. Raises as `below`."""
    folder: _Folder | None = None
    for item in bucket.walk(prefix, lambda _: None, MOST_KEYS):
        folder = folder or _Folder(prefix, item.modified)
        folder.add(kind_of(role, item.key), item.size_bytes, item.modified)
    return folder.child(bucket.name, "") if folder else None


def level(bucket: Bucket, prefix: str) -> tuple[list[str], list[ListedObject]]:
    """Names of the folders right below a prefix, and the objects beside them. Raises as `below`."""
    names: list[str] = []
    loose: list[ListedObject] = []
    further: dict[str, Any] = {}
    while True:
        page = _level_page(bucket, prefix, further)
        names += [item["Prefix"][len(prefix) : -1] for item in page.get("CommonPrefixes", [])]
        for row in page.get("Contents", []):
            etag = row.get("ETag", "").strip('"')
            loose.append(ListedObject(bucket, row["Key"], etag, row["LastModified"], row.get("Size", 0)))
        if not page.get("IsTruncated"):
            return names, loose
        further = {"ContinuationToken": page["NextContinuationToken"]}


def _level_page(bucket: Bucket, prefix: str, further: dict[str, Any]) -> ListObjectsV2OutputTypeDef:
    def ask() -> ListObjectsV2OutputTypeDef:
        return bucket.store.ask(
            f"{bucket.name}/{prefix}",
            lambda client: client.list_objects_v2(Bucket=bucket.name, Prefix=prefix, Delimiter="/", **further),
        )

    return unless_missing(ask) or {}  # type: ignore[return-value]  # an answer without rows
