"""What is old in the bucket that machines share: films and stages that nothing younger names.

All of it can be put or made again. Unfinished uploads go by `unfinished`, as they do in every bucket.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from pipeline.errors import IntegrityError
from pipeline.model.stage_record import StageRecord
from pipeline.storage import layout
from pipeline.storage.bucket import MOST_KEYS, Bucket, ListedObject
from pipeline.storage.network.together import together
from pipeline.storage.place import parsed


@dataclass(frozen=True)
class Expired:
    """What may go.

    Args:
        stages: the objects of each, its marker first: without that the rest is nobody's.
    """

    sources: tuple[ListedObject, ...]
    stages: tuple[tuple[ListedObject, ...], ...]

    @property
    def size_bytes(self) -> int:
        """Of films and stages."""
        return sum(item.size_bytes for item in (*self.sources, *(item for stage in self.stages for item in stage)))


def expired(bucket: Bucket, before: datetime) -> Expired:
    """What was put before a time, but for the films that a stage of after it was made from.

    Raises:
        EnvironmentFault: this identity may not list there.
    """
    stages: dict[str, list[ListedObject]] = {}
    for item in _all(bucket, layout.STAGES):
        stages.setdefault("/".join(item.key.split("/")[:3]), []).append(item)
    old = {name: items for name, items in stages.items() if max(item.modified for item in items) < before}
    markers = [
        item
        for name, items in stages.items()
        if name not in old
        for item in items
        if item.key == f"{name}/{layout.STAGE}"
    ]
    wanted = {digest for found in together(_inputs, markers) for digest in found}
    return Expired(
        sources=tuple(
            item
            for item in _all(bucket, layout.SOURCES)
            if item.modified < before and item.key.removeprefix(layout.SOURCES) not in wanted
        ),
        stages=tuple(tuple(sorted(items, key=_marker_first)) for items in old.values()),
    )


def remove(found: Expired) -> None:
    """Remove it; what is gone already is fine.

    Raises:
        EnvironmentFault: this identity may not delete.
    """
    for stage in found.stages:
        for item in stage:
            item.bucket.delete(item.key)
    together(lambda item: item.bucket.delete(item.key), found.sources)


def _all(bucket: Bucket, prefix: str) -> Iterable[ListedObject]:
    return bucket.walk(prefix, lambda _: None, MOST_KEYS)


def _marker_first(item: ListedObject) -> tuple[bool, str]:
    return not item.key.endswith(f"/{layout.STAGE}"), item.key


def _inputs(marker: ListedObject) -> list[str]:
    """The digests that a stage was made from; a marker that is none names nothing."""
    content = marker.read()
    if content is None:
        return []
    try:
        return list(parsed(content, StageRecord, marker.where, {}).stage.inputs.values())
    except IntegrityError:
        return []
