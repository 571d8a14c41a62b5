"""What editor and producer said of one revision, as it counts: what was taken back is gone, approvals hold a digest."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.model.inbox import Answer, Review, ReviewKind
from pipeline.storage.revision_record import Revision


def standing(said: Sequence[Review]) -> tuple[Review, ...]:
    """Notes and decisions that nobody took back, in their order."""
    gone = {item.retracts for item in said if item.kind is ReviewKind.RETRACT}
    return tuple(item for item in said if item.kind is not ReviewKind.RETRACT and item.number not in gone)


def decision(said: Sequence[Review]) -> Review | None:
    """The newest one that stands. An approval that does not say of what, as they once were, asks anew: none."""
    newest = next((item for item in reversed(standing(said)) if item.kind is not ReviewKind.NOTE), None)
    if newest and newest.kind is ReviewKind.APPROVE and newest.marker_sha256 is None:
        return None
    return newest


def reply(returned: Review, answers: Sequence[Answer]) -> Answer | None:
    """The producer's words on a return."""
    return next((item for item in reversed(answers) if item.to_review == returned.number), None)


def is_approved(revision: Revision, said: Sequence[Review]) -> bool:
    """Whether the master that lies there is what was approved: as the master, not as the draft that was before it."""
    newest, master = decision(said), revision.submitted
    if newest is None or newest.kind is not ReviewKind.APPROVE or newest.of_draft or master is None:
        return False
    return newest.marker_sha256 == master.digest()
