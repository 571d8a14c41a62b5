"""What was found of one thing that the pipeline asks of a store."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pipeline.errors import EnvironmentFault, ShowcaseError
from pipeline.storage.s3.faults import DENIED, LINE_FAULTS

_BUSY = ("SlowDown", "ServiceUnavailable", "503", "TooManyRequests", "429", "RequestLimitExceeded")


class State(StrEnum):
    """Whether a store does what is asked."""

    HOLDS = "holds"
    EMULATED = "emulated"  # it does not, and the same is reached otherwise
    MISSING = "missing"
    NOT_SEEN = "not_seen"  # these keys may not look


@dataclass(frozen=True)
class Feature:
    """One of them.

    Args:
        name: as the catalogue has words for it (`check_…`).
        detail: a figure, a code of the store's, or what stands in for it.
        is_needed: without it nothing is delivered.
    """

    name: str
    state: State
    detail: str = ""
    is_needed: bool = False

    @property
    def is_fatal(self) -> bool:
        """Whether the pipeline can't work with this store as it is set."""
        return self.is_needed and self.state is State.MISSING

    def facts(self) -> dict[str, object]:
        """What programs are told."""
        return {"feature": self.name, "state": self.state.value, "detail": self.detail, "needed": self.is_needed}


def holds(name: str, detail: str = "", *, is_needed: bool = False) -> Feature:
    """One that the store does."""
    return Feature(name, State.HOLDS, detail, is_needed)


def emulated(name: str, detail: str = "", *, is_needed: bool = False) -> Feature:
    """One that is reached otherwise."""
    return Feature(name, State.EMULATED, detail, is_needed)


def missing(name: str, detail: str = "", *, is_needed: bool = False) -> Feature:
    """One that it does not."""
    return Feature(name, State.MISSING, detail, is_needed)


def answered(error: ShowcaseError) -> str:
    """What the store said where it refused.

    Raises:
        ShowcaseError: it said nothing: it is the line, or the store has no time, which tells nothing of what it does.
    """
    if error.detail in LINE_FAULTS or error.detail in _BUSY:
        raise error
    return error.detail or error.key


def failed(name: str, error: ShowcaseError, *, is_needed: bool = False) -> Feature:
    """One that the store refused; raises as `answered`."""
    said = answered(error)
    is_denied = isinstance(error, EnvironmentFault) and error.key == DENIED
    return Feature(name, State.NOT_SEEN if is_denied and not is_needed else State.MISSING, said, is_needed)
