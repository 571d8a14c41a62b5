"""What becomes of one of many."""

from __future__ import annotations

from enum import StrEnum


class Outcome(StrEnum):
    """What became of an item, or will."""

    PLANNED = "planned"
    DELIVERED = "delivered"
    ALREADY = "already"
    WITHDRAWN = "withdrawn"
    REJECTED = "rejected"
    UNREADABLE = "unreadable"
    FAILED = "failed"
    FAILED_BEFORE = "failed_before"
    BUSY = "busy"
    STOPPED = "stopped"
    NO_TIME = "no_time"
    NOT_BEGUN = "not_begun"


GOOD = (Outcome.DELIVERED, Outcome.ALREADY)
SETTLED = (*GOOD, Outcome.WITHDRAWN)  # nothing is left to do
