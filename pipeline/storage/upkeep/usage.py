"""Who fills a store: by prefecture, by what it is, and by age."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pipeline.errors import EnvironmentFault
from pipeline.storage import layout
from pipeline.storage.bucket import MOST_KEYS, Bucket
from pipeline.storage.buckets import Buckets
from pipeline.storage.s3.faults import DENIED
from pipeline.storage.upkeep.kinds import BucketRole, ObjectKind, kind_of, prefecture_of
from pipeline.storage.upkeep.unfinished import unfinished

AGES_DAYS = (7, 30)  # younger than the first, than the second, older


@dataclass
class Usage:
    """What lies there of one kind of one prefecture.

    Args:
        bucket: where this identity may not look; then nothing else is known.
        ages_bytes: of the size, what is younger than each of `AGES_DAYS`, and what is older.
    """

    prefecture: str = ""
    kind: ObjectKind | None = None
    bucket: str | None = None
    objects: int = 0
    size_bytes: int = 0
    ages_bytes: list[int] = field(default_factory=lambda: [0] * (len(AGES_DAYS) + 1))

    def add(self, size_bytes: int, age: timedelta) -> None:
        """Count one object, or one unfinished upload."""
        self.objects += 1
        self.size_bytes += size_bytes
        self.ages_bytes[sum(age >= timedelta(days=days) for days in AGES_DAYS)] += size_bytes


def roles(buckets: Buckets) -> Iterator[tuple[BucketRole, Bucket, str]]:
    """Each bucket, what it is for, and the prefix that this identity may see of it."""
    own = layout.prefecture_prefix(buckets.own) if buckets.own and not buckets.sees_others else ""
    yield BucketRole.INBOX, buckets.inbox, own
    yield BucketRole.DELIVERY, buckets.delivery, own
    yield BucketRole.WORK, buckets.work, ""


def usages(buckets: Buckets, now: datetime) -> list[Usage]:
    """What lies in the buckets, prefectures by their codes, what is nobody's last; single objects are not kept.

    Raises:
        TransferError: the store does not answer.
    """
    found: dict[tuple[str, ObjectKind], Usage] = {}
    unseen: list[Usage] = []
    for role, bucket, prefix in roles(buckets):
        for things in (_objects(role, bucket, prefix), _uploads(bucket, prefix)):
            try:
                for key, kind, size_bytes, at in things:
                    of = (prefecture_of(role, key), kind)
                    found.setdefault(of, Usage(*of)).add(size_bytes, now - at)
            except EnvironmentFault as fault:
                if fault.key != DENIED:
                    raise
                unseen.append(Usage(bucket=bucket.name))
                break
    order = list(ObjectKind)
    rows = sorted(
        found.values(), key=lambda row: (not row.prefecture, row.prefecture, order.index(row.kind or order[0]))
    )
    return [*rows, *unseen]


_Thing = tuple[str, ObjectKind, int, datetime]


def _objects(role: BucketRole, bucket: Bucket, prefix: str) -> Iterable[_Thing]:
    for item in bucket.walk(prefix, lambda _: None, MOST_KEYS):
        yield item.key, kind_of(role, item.key), item.size_bytes, item.modified


def _uploads(bucket: Bucket, prefix: str) -> Iterable[_Thing]:
    for item in unfinished(bucket, prefix):
        yield item.key, ObjectKind.UNFINISHED, item.size_bytes, item.touched
