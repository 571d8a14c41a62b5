"""Files of packages and revisions removed: a record of it first, then what people fetch by, then the files.

However it ends, a record tells that it was begun; whoever does it again ends where it would have ended.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from pipeline.model.delivery import Clearable, Cleared, Ready
from pipeline.model.reference import SubmissionRef
from pipeline.storage import layout
from pipeline.storage.bucket import MOST_KEYS, Bucket, ListedObject
from pipeline.storage.network.together import together
from pipeline.storage.place import Place

AT_ONCE = 500  # objects that are held to be removed


@dataclass(frozen=True)
class Clearance:
    """The files of one package, revision or draft that may go.

    Args:
        rule: by which they may.
        ready, ready_at: of a package, its marker, and when the store had it.
        objects, size_bytes: of what is still there.
        is_begun: the record that they went is there.
    """

    kind: Clearable
    rule: str
    bucket: Bucket
    ref: SubmissionRef
    package_id: str | None = None
    revision: int | None = None
    ready: Ready | None = None
    ready_at: datetime | None = None
    objects: int = 0
    size_bytes: int = 0
    is_begun: bool = False

    @property
    def place(self) -> Place:
        """Where they lie."""
        if self.package_id is not None:
            return Place(self.bucket, layout.package_prefix(self.ref, self.package_id))
        return Place(self.bucket, layout.revision_prefix(self.ref, self.revision or 0))

    @property
    def record_name(self) -> str:
        """What the record is called that they went."""
        return layout.DRAFT_CLEARED if self.kind is Clearable.DRAFT else layout.CLEARED

    def files(self) -> Iterator[ListedObject]:
        """What is to go, as a listing tells of it now."""
        place = self.place
        for item in self.bucket.walk(place.prefix, lambda _: None, MOST_KEYS):
            if self.goes(item.key.removeprefix(place.prefix)):
                yield item

    def goes(self, name: str) -> bool:
        """Whether an object goes, by its name there."""
        if self.package_id is not None:
            return name == layout.READY or not layout.is_record(name)
        return layout.is_of_draft(name) if self.kind is Clearable.DRAFT else not layout.is_said(name)

    def record(self, by: str, at: datetime) -> Cleared:
        """What is put before the first file goes."""
        return Cleared(
            submission_id=self.ref.submission_id,
            package_id=self.package_id,
            revision=self.revision,
            kind=self.kind,
            rule=self.rule,
            objects=self.objects,
            size_bytes=self.size_bytes,
            by=by,
            at=at,
            ready=self.ready,
            ready_at=self.ready_at,
        )


def clear(item: Clearance, by: str, at: datetime, on_removed: Callable[[int], None] = lambda _: None) -> None:
    """Remove the files; what is gone already is fine.

    Args:
        on_removed: is told of bytes that went.

    Raises:
        EnvironmentFault: this identity may not. TransferError: the store does not answer.
    """
    place = item.place
    if not item.is_begun:  # another's record says the same
        place.put_if_absent(item.record_name, item.record(by, at))
    if item.package_id is not None:
        item.bucket.delete(place.prefix + layout.READY)

    def remove(listed: ListedObject) -> None:
        listed.bucket.delete(listed.key)
        on_removed(listed.size_bytes)

    files = item.files()
    while some := list(islice(files, AT_ONCE)):
        together(remove, some)
