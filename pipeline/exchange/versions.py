"""The versions of one submission that were delivered: which one people are given, and what was withdrawn over it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.model.delivery import Delivery, State


@dataclass(frozen=True)
class Withdrawn:
    """A version that was withdrawn, so that an older one is given out in its place."""

    package_id: str
    revision: int
    reason: str | None

    def row(self) -> dict[str, object]:
        """What --json says of it."""
        return {"package_id": self.package_id, "revision": self.revision, "reason": self.reason}


def offered(versions: Iterable[Delivery]) -> Delivery | None:
    """The one that is given out: the highest revision of those that are there, not withdrawn and not cleared."""
    standing = (item for item in versions if item.state not in (State.UPLOADING, State.WITHDRAWN, State.CLEARED))
    return max(standing, key=lambda item: item.revision or 0, default=None)


def withdrawn_over(given: Delivery, versions: Iterable[Delivery]) -> Withdrawn | None:
    """The newest version of the same submission that is newer than `given` and withdrawn."""
    newer = [
        item
        for item in versions
        if item.ref == given.ref and item.state is State.WITHDRAWN and (item.revision or 0) > (given.revision or 0)
    ]
    last = max(newer, key=lambda item: item.revision or 0, default=None)
    if last is None:
        return None
    return Withdrawn(last.package_id, last.revision or 0, last.withdrawal.reason if last.withdrawal else None)
