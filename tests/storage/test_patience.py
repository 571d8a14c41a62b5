"""How long a line that fails is held on to."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator

import pytest

from pipeline.errors import EnvironmentFault, IntegrityError, ShowcaseError, TransferError
from pipeline.storage.network import patience
from pipeline.storage.network.line import Line
from pipeline.storage.network.patience import Patience, is_transient

CUT = "ConnectionClosedError"


def failed(detail: str, status: int | None = None) -> TransferError:
    error = TransferError("transfer_failed", where="inbox/x", detail=detail)
    error.status = status
    return error


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Pauses, which are not slept."""
    found: list[float] = []
    monkeypatch.setattr(patience, "nap", found.append)
    return found


class Body:
    """What was sent of a stretch of 1000 bytes, of a line that it has to itself."""

    size_bytes, fault, is_alone = 1000, None, True
    sending_s = 20.0

    def __init__(self) -> None:
        self.sent, self.taken_back, self.is_changed = 0, 0, False

    def take_back(self) -> None:
        self.taken_back += self.sent
        self.sent = 0

    def refuse_changed(self) -> None:
        if self.is_changed:
            raise IntegrityError("file_differs")


def raising(errors: Iterator[ShowcaseError | None]) -> object:
    def attempt() -> str:
        if error := next(errors):
            raise error
        return "done"

    return attempt


def answered(wait_s: float = 900) -> Patience:
    made = Patience(Line(), wait_s)
    made.has_answered = True
    return made


def test_the_first_try_comes_within_a_second_and_later_ones_ever_later(slept: list[float]) -> None:
    errors = iter([*[failed(CUT)] * 8, None])
    assert answered().again(raising(errors)) == "done"  # type: ignore[arg-type]
    assert 0.2 <= slept[0] <= 1.0
    assert all(before / 2 <= after <= 30 for before, after in itertools.pairwise(slept[:5]))
    assert 15 <= slept[-1] <= 30
    assert len({round(pause, 6) for pause in slept}) == 8  # not all at once


@pytest.mark.parametrize(
    ("detail", "status"),
    [
        (CUT, None),
        ("EndpointConnectionError", None),  # names that are not found any more
        ("ReadTimeoutError", None),
        ("SlowDown", 503),
        ("InternalError", 500),
        ("ServiceUnavailable", 503),
        ("RequestTimeout", 400),
        ("429", 429),
        ("IncompleteBody", 400),
    ],
)
def test_what_passes_is_tried_until_the_time_is_over(detail: str, status: int | None, slept: list[float]) -> None:
    error = failed(detail, status)
    with pytest.raises(TransferError) as caught:
        answered(900).again(raising(itertools.repeat(error)))  # type: ignore[arg-type]
    assert caught.value is error
    assert sum(slept) == pytest.approx(900, abs=1)
    assert is_transient(TransferError("store_busy", detail=detail))
    assert error.waited_s == pytest.approx(900, abs=1)
    assert is_transient(error)


@pytest.mark.parametrize(
    ("detail", "status"),
    [
        ("NoSuchUpload", 404),
        ("PreconditionFailed", 412),
        ("EntityTooLarge", 400),
        ("QuotaExceeded", 403),
        ("404", 404),
        ("410", 410),
        ("MethodNotAllowed", 405),
    ],
)
def test_what_no_other_try_mends_is_told_at_once(detail: str, status: int, slept: list[float]) -> None:
    with pytest.raises(TransferError):
        answered().again(raising(itertools.repeat(failed(detail, status))))  # type: ignore[arg-type]
    assert slept == []


def test_a_store_that_never_answered_is_not_waited_for(slept: list[float]) -> None:
    with pytest.raises(TransferError):
        Patience(Line(), 900).again(raising(itertools.repeat(failed(CUT))))  # type: ignore[arg-type]
    assert sum(slept) < 10


def test_none_is_waited_for_where_that_is_said(slept: list[float]) -> None:
    with pytest.raises(TransferError):
        answered(0).again(raising(itertools.repeat(failed(CUT))))  # type: ignore[arg-type]
    assert slept == []


def test_a_store_that_asks_to_be_left_alone_is(slept: list[float]) -> None:
    error = failed("SlowDown", 503)
    error.retry_after_s = 77
    assert answered().again(raising(iter([error, None]))) == "done"  # type: ignore[arg-type]
    assert slept == [77]
    error.retry_after_s = 5000
    with pytest.raises(TransferError):
        answered(100).again(raising(itertools.repeat(error)))  # type: ignore[arg-type]
    assert slept == [77, pytest.approx(100, abs=0.1)]  # no longer than anything is waited for


def test_bytes_that_are_refused_are_sent_again_and_a_file_that_changed_is_not(slept: list[float]) -> None:
    body, damaged = Body(), IntegrityError("digest_refused")
    assert answered().again(raising(iter([damaged, damaged, None])), body) == "done"  # type: ignore[arg-type]
    with pytest.raises(IntegrityError, match="digest_refused"):
        answered().again(raising(itertools.repeat(damaged)), body)  # type: ignore[arg-type]
    before = len(slept)
    body.is_changed = True
    with pytest.raises(IntegrityError, match="file_differs"):
        answered().again(raising(itertools.repeat(damaged)), body)  # type: ignore[arg-type]
    assert len(slept) == before


def test_five_cuts_inside_one_body_are_enough(slept: list[float]) -> None:
    held, body = answered(), Body()
    tries = 0

    def cut() -> None:
        nonlocal tries
        tries += 1
        held.line.carry(400)
        body.sent = 400
        raise failed(CUT)

    with pytest.raises(TransferError) as caught:
        held.again(cut, body)
    assert (caught.value.key, tries, body.taken_back) == ("cut_within", 5, 2000)
    assert caught.value.values["cuts"] == 5
    assert not is_transient(caught.value)
    assert max(slept) <= 1.0


def test_a_line_whose_near_end_takes_all_and_drops_it_is_no_line_that_is_cut(slept: list[float]) -> None:
    held, body = answered(100), Body()
    body.sending_s = 0.5

    def drop() -> None:
        held.line.carry(400)
        body.sent = 400
        raise failed(CUT)

    with pytest.raises(TransferError) as caught:
        held.again(drop, body)
    assert caught.value.key == "transfer_failed"
    assert sum(slept) == pytest.approx(100, abs=1)


def test_a_cut_that_several_bodies_shared_tells_nothing_of_one_alone(slept: list[float]) -> None:
    held, body, tries = answered(), Body(), 0

    def cut() -> str:
        nonlocal tries
        tries += 1
        body.is_alone = tries > 3
        held.line.carry(400)
        body.sent = 400
        if tries < 8:
            raise failed(CUT)
        return "done"

    assert held.again(cut, body) == "done"


def test_a_line_that_stands_still_is_no_line_that_is_cut(slept: list[float], monkeypatch: pytest.MonkeyPatch) -> None:
    """What is handed over goes into buffers of whoever stands still; the clock is moved on instead of waiting."""
    held, body, now = answered(900), Body(), [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])

    def stalled() -> None:
        held.line.carry(400)
        body.sent = 400
        now[0] += 90
        raise failed("ReadTimeoutError")

    with pytest.raises(TransferError) as caught:
        held.again(stalled, body)
    assert caught.value.key == "transfer_failed"
    assert 900 <= now[0] - 1000 + sum(slept) <= 1100


def test_faults_of_the_machine_pass_through(slept: list[float]) -> None:
    with pytest.raises(EnvironmentFault):
        answered().again(raising(iter([EnvironmentFault("store_denied")])))  # type: ignore[arg-type]
    assert slept == []
