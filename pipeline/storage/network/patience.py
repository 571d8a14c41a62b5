"""How long a line that fails is held on to: what is tried again from the same bytes, after which pause, and what no
other try would mend."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from pipeline import quantities
from pipeline.errors import IntegrityError, Interrupted, ShowcaseError, TransferError
from pipeline.storage.network.line import Line, nap
from pipeline.storage.s3.faults import BUSY, COME_AGAIN, LINE_FAULTS, MISSING, NO_UPLOAD, PAGE

Result = TypeVar("Result")
WAIT_S = 60.0  # of a command that asks; who sends or fetches films waits longer
FIRST_S = 3.0  # a store that has not answered yet is not waited for
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 30.0
LONGEST_TRY_S = 120.0  # that counts: a machine that slept meanwhile has not tried for as long as that
SILENT_S = 10.0  # after which a line counts as still, whatever was handed to it before
CARRIED_S = 4.0  # of a body that is sent, after which the line itself has carried some of it
SAME_BYTES = 5  # tries whose bytes were refused, or cut off before their end
# codes of such answers that speak of the moment, not of the request
_PASSING = {
    *("RequestTimeout", "RequestTimeoutException", "IncompleteBody", "OperationAborted", "ConditionalRequestConflict"),
    *("SlowDown", "Throttling", "ThrottlingException", "RequestLimitExceeded", "TooManyRequests"),
}
_REFUSAL = re.compile(r"4\d\d")  # without words
_PERMANENT = {
    *("PreconditionFailed", "412", NO_UPLOAD, "EntityTooSmall", "InvalidPart"),
    "InvalidObjectState",  # in an archive
    *("NotImplemented", "501", "MethodNotAllowed", "405", "InvalidArgument", "InvalidRequest", "400"),
    *("BucketAlreadyOwnedByYou", "BucketAlreadyExists", "FileAlreadyExists", "ObjectAlreadyExists"),
    *MISSING,
}


class Body(Protocol):
    """What a request carries."""

    size_bytes: int
    sent: int
    is_alone: bool
    fault: BaseException | None

    @property
    def sending_s(self) -> float:
        """For how long this try has been sent."""

    def take_back(self) -> None:
        """What was sent came to nothing."""

    def refuse_changed(self) -> None:
        """Let pass what still is what was hashed. Raises IntegrityError: it was changed meanwhile."""


class Patience:
    """Of all requests to one store.

    Args:
        wait_s: for so long without a byte a store is waited for that has answered before.
    """

    def __init__(self, line: Line, wait_s: float = WAIT_S):
        self.line, self.wait_s = line, wait_s
        self.has_answered = False

    def again(self, attempt: Callable[[], Result], body: Body | None = None) -> Result:
        """What `attempt` gives, tried until it does or the line was still for too long.

        Raises:
            TransferError, IntegrityError: of the last try; `cut_within` where the line is cut each time before the
                body is through.
        """
        idle_s, refused, tries = 0.0, 0, 0
        cuts: list[Cut] = []
        while True:
            began, carried = time.monotonic(), self.line.carried
            try:
                result = attempt()
            except (IntegrityError, TransferError) as error:
                took_s = time.monotonic() - began
                sending_s = body.sending_s if body else 0.0
                self._refuse(error, body)
                silent_s = min(took_s, self.line.silent_s, LONGEST_TRY_S)
                # what was handed over before a long silence, or within a moment, may lie in buffers of whoever is near
                is_carried = self.line.carried != carried and silent_s < SILENT_S
                is_alive = is_carried and error.detail in LINE_FAULTS and (body is None or sending_s >= CARRIED_S)
                idle_s = 0.0 if is_alive else idle_s + silent_s
                tries = 1 if is_alive else tries + 1
                refused += isinstance(error, IntegrityError)
                if body:
                    if is_alive and body.sent and body.is_alone:
                        cuts.append(Cut(body.sent, sending_s))
                    body.take_back()
                    if len(cuts) >= SAME_BYTES:
                        raise _cut_within(error, body, cuts) from error
                if refused >= SAME_BYTES:
                    raise
                if idle_s >= (self.wait_s if self.has_answered else FIRST_S):
                    if isinstance(error, TransferError):
                        error.waited_s = idle_s
                    raise
                idle_s += self._pause(tries, error, idle_s)
            except Interrupted:
                if body:
                    body.take_back()
                raise
            else:
                self.has_answered = True
                return result

    def _refuse(self, error: ShowcaseError, body: Body | None) -> None:
        """End it where another try mends nothing, or whoever is told of the bytes has ended it."""
        if body and body.fault:
            body.take_back()
            raise body.fault from error
        is_page = error.detail == PAGE  # of who stands in front: no store where none has answered before
        self.has_answered = self.has_answered or not (is_page or error.detail in LINE_FAULTS)
        if not is_transient(error) or (is_page and not self.has_answered):
            if body:
                body.take_back()
            raise error
        if body and isinstance(error, IntegrityError):
            try:
                body.refuse_changed()
            except IntegrityError:
                body.take_back()
                raise

    def _pause(self, tries: int, error: ShowcaseError, idle_s: float) -> float:
        """Sleep; the first try after a cut follows within a second. Jitter between half of it and the whole."""
        longest = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2 ** (min(tries, 10) - 1))
        pause_s = random.uniform(longest / 2, longest)  # noqa: S311 - so that many do not come back at once
        if isinstance(error, TransferError) and error.retry_after_s is not None:
            pause_s = max(pause_s, error.retry_after_s)
        if self.has_answered:  # the last try is made at the end of the time, not long after it
            pause_s = min(pause_s, max(self.wait_s - idle_s, 0.0))
        nap(pause_s)
        return pause_s


@dataclass(frozen=True)
class Cut:
    """A try that was cut while it was sent."""

    sent_bytes: int
    took_s: float


def _cut_within(error: ShowcaseError, body: Body, cuts: Sequence[Cut]) -> TransferError:
    sent, took_s = sum(cut.sent_bytes for cut in cuts), sum(cut.took_s for cut in cuts)
    return TransferError(
        "cut_within",
        where=error.where,
        cuts=len(cuts),
        size=quantities.size(body.size_bytes),
        seconds=round(took_s / len(cuts)),
        rate=quantities.pace(sent / max(took_s, 1e-3)),
        there=quantities.size(0),
        all=quantities.size(body.size_bytes),
        percent=0,
    )


def is_transient(error: Exception) -> bool:
    """Whether the same bytes may come through at another try."""
    if isinstance(error, IntegrityError):
        return True
    if not isinstance(error, TransferError) or error.key not in ("transfer_failed", BUSY):
        return False
    told = error.detail or ""
    if told in _PERMANENT:
        return False
    if told in _PASSING:
        return True
    status = int(told) if _REFUSAL.fullmatch(told) else error.status
    return status is None or not 400 <= status < 500 or status in COME_AGAIN
