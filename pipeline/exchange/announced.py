"""What the store says of a package that lies in a folder: its marker, and whether it still stands."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.exchange import versions
from pipeline.model.delivery import Cleared, Delivery, Ready, State
from pipeline.model.reference import SubmissionRef
from pipeline.storage.buckets import Buckets


@dataclass(frozen=True)
class Announced:
    """A package as the store has it.

    Args:
        ready: its marker, or that which it had before it was cleared; None where the store has no such package.
        delivery: where it stands; None likewise.
        newer: the version that took its place, where there is one.
    """

    ready: Ready | None = None
    delivery: Delivery | None = None
    newer: Delivery | None = None

    @property
    def is_withdrawn(self) -> bool:
        """Whether it must not be aired any more."""
        return self.delivery is not None and self.delivery.state is State.WITHDRAWN

    @property
    def reason(self) -> str:
        """Why it was withdrawn."""
        withdrawal = self.delivery.withdrawal if self.delivery else None
        return withdrawal.reason or "" if withdrawal else ""

    @property
    def cleared(self) -> Cleared | None:
        """That the store no longer has its files."""
        return self.delivery.cleared if self.delivery else None


def announced(buckets: Buckets, ref: SubmissionRef, package_id: str) -> Announced:
    """Ask the store for one package; few requests, none for what is in it.

    Raises:
        IntegrityError: a marker of the submission is none. EnvironmentFault, TransferError: the store does not answer.
    """
    place = buckets.place_of_delivery(ref)
    ready = place.package(package_id).ready()
    if ready is None:
        cleared = place.package(package_id).cleared()
        ready = cleared.ready if cleared else None
    if ready is None:
        return Announced()
    found = place.deliveries()
    own = next((item for item in found if item.package_id == package_id), None)
    given = versions.offered(found)
    is_newer = own is not None and given is not None and (given.revision or 0) > (own.revision or 0)
    return Announced(ready, own, given if is_newer else None)
