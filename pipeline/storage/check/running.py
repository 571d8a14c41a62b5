"""The whole trial, one feature after the other, and the scratch gone however it ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pipeline.storage.bucket import Bucket
from pipeline.storage.check import objects, parts, scratch, surroundings
from pipeline.storage.check.feature import Feature
from pipeline.storage.check.scratch import Scratch

STEPS: tuple[Callable[[Scratch], Iterator[Feature]], ...] = (
    surroundings.line,
    surroundings.encryption,
    objects.put_and_read,
    objects.digests,
    objects.put_once,
    objects.reads,
    objects.copies,
    objects.listing,
    parts.uploads,
    surroundings.presigned,
    surroundings.lifecycle,
    objects.removal,
)
_FIRST = ("put", "sse")  # without which nothing else can be tried


def tried(bucket: Bucket, own: str | None, on_left: Callable[[Scratch, list[str]], None]) -> Iterator[Feature]:
    """Every feature as soon as it is known.

    Args:
        own: the prefix («653200/») that these keys may write, where that is not the whole bucket.
        on_left: is told of the scratch and of the keys in it that stay.

    Raises:
        EnvironmentFault, TransferError: the store does not answer, or nothing may be put there.
    """
    with scratch.opened(bucket, own) as place:
        try:
            for step in STEPS:
                for found in step(place):
                    yield found
                    if found.is_fatal and found.name in _FIRST:
                        return
        finally:
            on_left(place, place.clear())
