"""What is tried again from the same bytes, and what another try would not mend."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from pipeline.errors import IntegrityError, TransferError
from pipeline.storage.s3.faults import MISSING

Result = TypeVar("Result")
_PERMANENT = {
    *("PreconditionFailed", "412", "NoSuchUpload", "EntityTooSmall", "InvalidPart"),
    *("NotImplemented", "501", "MethodNotAllowed", "405", "InvalidArgument", "InvalidRequest", "400"),
    *MISSING,
}


def again(attempt: Callable[[], Result]) -> Result:
    """botocore does not retry a refused digest or a body cut short; those are tried anew from the same bytes."""
    try:
        return attempt()
    except (IntegrityError, TransferError) as error:
        failed = [error]  # the first of the attempts that are counted, and waited after
    import stamina

    for trial in stamina.retry_context(on=is_transient, attempts=4, timeout=120.0, wait_initial=0.3, wait_max=5.0):
        with trial:
            if failed:
                raise failed.pop()
            return attempt()
    raise AssertionError("stamina raises the last error")


def is_transient(error: Exception) -> bool:
    """Whether the same bytes may come through at another try."""
    if isinstance(error, IntegrityError):
        return True
    return isinstance(error, TransferError) and error.detail not in _PERMANENT
