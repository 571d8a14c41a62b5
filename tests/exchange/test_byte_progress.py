"""How far bytes are, as who watches is told."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest

from pipeline.exchange import progress
from pipeline.exchange.progress import COMPARE, DOWNLOAD, LINE, REUSE, UPLOAD, ByteProgress, Speed

Told = list[tuple[str, float | None, Speed]]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    return now


def test_the_share_never_goes_back_while_a_part_is_sent_again(clock: list[float]) -> None:
    told: Told = []
    counted = ByteProgress(lambda *given: told.append(given), 1000)
    count, same = counted.of(UPLOAD), counted.same(REUSE)
    same(300)
    for more in (100, 100, 100, -300, 100, 100, 100, 100, 300):
        clock[0] += 1
        count(more)
    counted.ended()
    shares = [share or 0.0 for _, share, _ in told]
    assert all(before <= after for before, after in pairwise(shares))
    assert shares[0] == 0.3  # what was there before counts
    assert shares[-1] == 1.0
    assert (counted.bytes_of(UPLOAD), counted.bytes_of(REUSE)) == (700, 300)


def test_rate_and_time_left_are_the_lines_own(clock: list[float]) -> None:
    told: Told = []
    counted = ByteProgress(lambda *given: told.append(given), 100_000)
    counted.same(REUSE)(50_000)  # at once: no rate of a line's
    for _ in range(20):
        clock[0] += 0.5
        counted.of(UPLOAD)(1000)
    speed = told[-1][2]
    assert isinstance(speed, tuple)
    assert speed[0] == pytest.approx(2000, rel=0.1)
    assert speed[1] == pytest.approx(15, rel=0.1)


def test_a_silent_line_is_said_to_be_waited_for(clock: list[float]) -> None:
    told: Told = []
    count = ByteProgress(lambda *given: told.append(given), 100).of(UPLOAD)
    count(40)
    for _ in range(40):
        clock[0] += 0.25
        count(0)
    assert told[-1] == (LINE, 0.4, 10.0)
    count(10)
    assert told[-1][:2] == (UPLOAD, 0.5)


def test_what_lies_here_of_a_download_is_of_the_share_not_of_the_rate(clock: list[float]) -> None:
    told: Told = []
    counted = ByteProgress(lambda *given: told.append(given), 100_000_000)
    for _ in range(8):
        clock[0] += 0.2
        counted.same(COMPARE)(10_000_000)
    assert told[-1] == (COMPARE, 0.8, None)
    for _ in range(20):
        clock[0] += 0.5
        counted.of(DOWNLOAD)(50_000)
    speed = told[-1][2]
    assert isinstance(speed, tuple)
    assert speed == pytest.approx((100_000, 190), rel=0.1)


def test_what_was_sent_is_not_all_there_before_the_other_end_has_said_so(clock: list[float]) -> None:
    told: Told = []
    counted = ByteProgress(lambda *given: told.append(given), 1000)
    count = counted.of(UPLOAD)
    for more in (500, 500, 0, 0):
        clock[0] += 1
        count(more)
    counted.same(REUSE)(0)
    assert max(share or 0.0 for _, share, _ in told) == 0.99
    counted.ended()
    counted.ended()
    assert [share for _, share, _ in told][-2:] == [0.99, 1.0]


def test_nothing_is_told_of_the_end_of_nothing() -> None:
    told: Told = []
    counted = ByteProgress(lambda *given: told.append(given), 0)
    counted.ended()
    assert told == []


def test_who_watches_is_not_told_of_each_block(clock: list[float]) -> None:
    told: Told = []
    count = progress.byte_progress(lambda *given: told.append(given), DOWNLOAD, 1000)
    for _ in range(1000):
        clock[0] += 0.001
        count(1)
    assert len(told) <= 12
    assert told[-1][1] == 1.0
