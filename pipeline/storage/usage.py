"""How much lies in the buckets of a season."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.errors import EnvironmentFault
from pipeline.storage import layout
from pipeline.storage.bucket import MOST_KEYS, Bucket
from pipeline.storage.buckets import Buckets
from pipeline.storage.s3.faults import DENIED


@dataclass(frozen=True)
class Usage:
    """A bucket, or a part of it that has keys of its own.

    Args:
        objects: how many; None where this identity may not list them.
    """

    bucket: str
    part: str = ""
    objects: int | None = None
    size_bytes: int | None = None


def usages(buckets: Buckets) -> Iterator[Usage]:
    """Inbox, deliveries, and the films and stages that machines share; a bucket that is not there holds nothing.

    Raises:
        TransferError: the store does not answer.
    """
    own = layout.prefecture_prefix(buckets.own) if buckets.own and not buckets.sees_others else ""
    for bucket, part in (
        (buckets.inbox, own),
        (buckets.delivery, own),
        (buckets.work, layout.SOURCES),
        (buckets.work, layout.STAGES),
    ):
        yield _usage(bucket, part)


def _usage(bucket: Bucket, part: str) -> Usage:
    objects = size_bytes = 0
    try:
        for item in bucket.walk(part, lambda _: None, MOST_KEYS):
            objects += 1
            size_bytes += item.size_bytes
    except EnvironmentFault as fault:
        if fault.key != DENIED:
            raise
        return Usage(bucket.name, part)
    return Usage(bucket.name, part, objects, size_bytes)
