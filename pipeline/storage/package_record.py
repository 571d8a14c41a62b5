"""A package as listings tell of it: its markers, and where it stands by them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.model.delivery import Acknowledgement, Cleared, Decision, Delivery, Ready, State, Withdrawal
from pipeline.model.reference import SubmissionRef
from pipeline.storage import bounds, layout
from pipeline.storage.bucket import ListedObject
from pipeline.storage.place import Contents


@dataclass(frozen=True)
class PackageRecord:
    """One package of which a listing tells: its markers by their names."""

    ref: SubmissionRef
    package_id: str
    markers: Mapping[str, ListedObject]

    def objects(self) -> list[ListedObject]:
        """What must be read; nothing of a package that is not ready."""
        announced = self.markers.get(layout.CLEARED) or self.markers.get(layout.READY)
        newest = (self.series(name)[-1:] for name in (layout.ACK, layout.WITHDRAWN))
        return [announced, *(listed for last in newest for listed in last)] if announced else []

    @property
    def is_half_cleared(self) -> bool:
        """Whether it was cleared, and not everything is gone that was to go."""
        return layout.CLEARED in self.markers and any(
            name == layout.READY or not layout.is_record(name) for name in self.markers
        )

    def series(self, name: str) -> list[ListedObject]:
        """A marker and those that came after it, the oldest first: the newest counts."""
        found: list[ListedObject] = []
        while listed := self.markers.get(layout.numbered(name, len(found) + 1)):
            found.append(listed)
        return found

    def delivery(self, contents: Contents) -> Delivery:
        """Where it stands.

        Raises:
            IntegrityError: a marker is none, or another's.
        """
        named = {"package_id": self.package_id}
        of_it = {"submission_id": self.ref.submission_id, **named}
        cleared = contents.marker(self.markers.get(layout.CLEARED), Cleared, **of_it)
        ready: Ready | None
        if cleared:  # the marker may still be there where the clearing was broken off
            ready, ready_at = cleared.ready, cleared.ready_at
        else:
            at = self.markers.get(layout.READY)
            ready = contents.marker(at, Ready, **of_it)
            ready_at = at.modified if at else None
        acknowledgement = withdrawal = None
        if ready:
            acknowledgement = contents.marker(_last(self.series(layout.ACK)), Acknowledgement, **named)
            withdrawal = contents.marker(_last(self.series(layout.WITHDRAWN)), Withdrawal, **named)
            withdrawal = None if withdrawal and withdrawal.undo else withdrawal
        state = State.READY if ready else State.UPLOADING
        if acknowledgement:
            state = State.ACCEPTED if acknowledgement.decision is Decision.ACCEPT else State.REJECTED
        if cleared and ready:
            state = State.CLEARED
        if withdrawal:
            state = State.WITHDRAWN
        return Delivery(
            prefecture=self.ref.prefecture,
            submission_id=self.ref.submission_id,
            package_id=self.package_id,
            title=ready.title if ready else "",
            revision=ready.revision if ready else None,
            state=state,
            ready_at=ready_at if ready else None,
            acknowledgement=acknowledgement,
            withdrawal=withdrawal,
            size_bytes=ready.size_bytes if ready else None,
            files=ready.files if ready else None,
            content_sha256=ready.content_sha256 if ready else None,
            cleared=cleared if ready else None,
            column=ready.column if ready else None,
            manifest_sha256=ready.manifest_sha256 if ready else None,
        )


def package_records(ref: SubmissionRef, objects: Sequence[ListedObject]) -> tuple[PackageRecord, ...]:
    """The packages, ready or not, among the objects of one submission, by their ids.

    Raises:
        IntegrityError: there are more than anybody reads.
    """
    prefix = layout.submission_prefix(ref)
    found: dict[str, dict[str, ListedObject]] = {}
    for listed in objects:
        name, slash, rest = listed.key.removeprefix(prefix).partition("/")
        if slash and name != layout.REVIEWS and layout.is_ours(name):
            found.setdefault(name, {})[rest] = listed
    if len(found) > bounds.MOST_PACKAGES:
        raise bounds.overfull(f"{objects[0].bucket.name}/{prefix}", bounds.MOST_PACKAGES, ref)
    return tuple(PackageRecord(ref, name, found[name]) for name in sorted(found))


def _last(series: Sequence[ListedObject]) -> ListedObject | None:
    return series[-1] if series else None
