"""How a simulated head-end misbehaves."""

from __future__ import annotations

from enum import StrEnum

LATE_S = 20.0  # that a late result is held back


class Fault(StrEnum):
    """What was seen of head-ends, or may happen to one."""

    LATE = "late"  # results come some time after
    TWICE = "twice"  # each result is told twice
    MALFORMED = "malformed"  # first answer and first notice are no SOAP
    REFUSE = "refuse"  # no order is taken
    PARTIAL = "partial"  # one movie, or else the last object, fails
    DIE = "die"  # it ends when the first order is on its disk, before it answers
    AXIS = "axis"  # values by reference, names that begin in lower case


def lower_first(name: str) -> str:
    """As Axis writes the names of operations."""
    return name[:1].lower() + name[1:]
