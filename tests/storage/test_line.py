"""What all transfers of a process share."""

from __future__ import annotations

import base64
import hashlib
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from pipeline.children import ChildGroup
from pipeline.errors import IntegrityError, Interrupted
from pipeline.storage.network.line import BLOCK_BYTES, KEPT_S, SMALL_BYTES, Gate, Line, nap
from pipeline.storage.network.line_memory import LineMemory
from pipeline.storage.network.sent_body import SentBody
from pipeline.storage.network.together import together, unless_ended

FILM = b"0123456789" * 1000
CHECKSUM = base64.b64encode(hashlib.sha256(FILM[100:8100]).digest()).decode()


def in_threads(count: int, act: Callable[[], None]) -> None:
    threads = [threading.Thread(target=act) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_a_limit_holds_for_all_threads_together() -> None:
    line = Line(400_000)

    def send() -> None:
        for _ in range(8):
            line.carry(line.block_bytes // 2)

    began = time.monotonic()
    in_threads(3, send)
    took_s = time.monotonic() - began
    assert line.carried == 24 * 25_000
    assert 0.95 < took_s * 400_000 / (line.carried - 40_000) < 1.3  # a tenth of a second goes ahead


def test_a_line_without_limit_carries_large_blocks_and_a_slow_one_small_ones() -> None:
    assert Line().block_bytes == BLOCK_BYTES
    assert Line(8_000).block_bytes == 1000
    assert Line(3).block_bytes == 1


def test_one_goes_at_a_time_while_one_takes_long_four_else_and_eight_that_are_small() -> None:
    gate, most, under_way, lock = Gate(slow_s=0.05), [0], [0], threading.Lock()

    def pass_through(lasts_s: float) -> None:
        with gate.passed(1000):
            with lock:
                under_way[0] += 1
                most[0] = max(most[0], under_way[0])
            time.sleep(lasts_s)
            with lock:
                under_way[0] -= 1

    in_threads(3, lambda: pass_through(0.06))
    assert most == [1]
    with gate.passed(10):  # of what is tiny the answer takes the time
        time.sleep(0.001)
    in_threads(3, lambda: pass_through(0.06))
    assert most == [1]
    with gate.passed(1000):
        pass
    assert gate.allowed(1000) == 8  # small and quick
    assert gate.allowed(SMALL_BYTES + 1) in (1, 4)
    in_threads(12, lambda: pass_through(0.02))
    assert 2 <= most[0] <= 8
    with pytest.raises(IntegrityError), gate.passed(1000):
        raise IntegrityError("x")  # tells nothing of the line, and gives its place up
    assert gate.allowed(1000) == 4
    with suppress(IntegrityError), gate.passed(1000):
        time.sleep(0.06)
        raise IntegrityError("x")  # but how long it was tried
    assert gate.allowed(1000) == 1
    pass_through(0.0)


def test_who_was_cut_off_has_the_next_turn_and_not_for_long() -> None:
    gate, who = Gate(slow_s=0.01), object()
    order: list[str] = []
    threads: list[threading.Thread] = []

    def pass_through(name: str) -> None:
        with gate.passed(1000):
            order.append(name)
            time.sleep(0.02)

    def be_cut_off() -> None:
        with suppress(IntegrityError), gate.passed(1000, who):
            for name in ("second", "third"):
                threads.append(threading.Thread(target=pass_through, args=(name,)))
                threads[-1].start()
            time.sleep(0.1)
            raise IntegrityError("x")

    be_cut_off()
    time.sleep(0.4)  # the pause before another try
    with gate.passed(1000, who):
        order.append("cut off")
    for item in threads:
        item.join()
    assert order == ["cut off", "second", "third"]
    order.clear()
    be_cut_off()
    began = time.monotonic()
    for item in threads:
        item.join()
    assert KEPT_S - 0.1 < time.monotonic() - began < KEPT_S + 1  # who does not come back holds up nobody
    assert order == ["second", "third"]


def test_a_line_learns_how_fast_it_is_and_remembers(tmp_path: Path) -> None:
    line = Line()
    assert line.found_per_s is None
    with line.sending(1 << 20):
        line.carry(1 << 20)
        time.sleep(0.3)
    found = line.found_per_s
    assert found is not None
    assert 2e6 < found < 3.6e6
    memory = LineMemory(tmp_path, "https://a.test")
    assert memory.rate() is None
    memory.keep_rate(found)
    assert memory.rate() == pytest.approx(found, rel=1e-3)
    assert LineMemory(tmp_path, "https://b.test").rate() is None
    for kept in tmp_path.iterdir():
        kept.write_bytes(b"{")
    assert memory.rate() is None
    assert Line(1000, 5e6).found_per_s == 1000  # no faster than it may be
    assert Line(None, 5e6).found_per_s == 5e6


def test_a_memory_that_can_not_be_kept_is_none(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    memory = LineMemory(tmp_path / "file" / "lines", "x")
    memory.keep_rate(1.0)
    assert memory.rate() is None


def test_who_waits_ends_soon_where_the_work_is_ended() -> None:
    with ChildGroup() as group:
        threading.Timer(0.1, group.kill).start()
        began = time.monotonic()
        with pytest.raises(Interrupted):
            nap(30)
        with pytest.raises(Interrupted):
            unless_ended(lambda: time.sleep(5))
        assert time.monotonic() - began < 1


def test_a_request_on_a_silent_line_is_left_where_the_work_is_ended() -> None:
    began = time.monotonic()
    with ChildGroup() as group:
        threading.Timer(0.1, group.kill).start()
        with pytest.raises(Interrupted):
            together(lambda _: unless_ended(lambda: time.sleep(3)), [1, 2, 3], 2)
    assert time.monotonic() - began < 1


def test_the_first_error_ends_what_is_done_together() -> None:
    done: list[int] = []

    def act(number: int) -> int:
        if number == 2:
            raise IntegrityError("x")
        time.sleep(0.01)
        done.append(number)
        return number

    with pytest.raises(IntegrityError):
        together(act, list(range(100)), 2)
    assert len(done) < 100
    assert sorted(together(lambda number: number, [3, 1, 2], 2)) == [1, 2, 3]
    ticks: list[int] = []
    together(lambda _: time.sleep(0.6), [1], 1, lambda: ticks.append(1))
    assert len(ticks) >= 2


@pytest.fixture
def film(tmp_path: Path) -> Path:
    path = tmp_path / "film.mov"
    path.write_bytes(FILM)
    return path


def body_of(film: Path, told: list[int]) -> SentBody:
    return SentBody(film, range(100, 8100), CHECKSUM, Line(16_000), told.append)


def test_only_what_is_sent_counts_and_a_try_that_fails_takes_it_back(film: Path) -> None:
    told: list[int] = []
    with body_of(film, told) as body:
        assert len(body) == 8000
        assert b"".join(iter(lambda: body.read(3000), b"")) == FILM[100:8100]  # for the signature
        assert told == []
        body.begin_sending()
        assert body.read(3000) == FILM[100:2100]  # a block of the line's
        body.begin_sending()
        assert b"".join(iter(lambda: body.read(16), b"")) == FILM[100:8100]
        assert told == [2000, -2000, 2000, 2000, 2000, 2000]
        body.take_back()
        body.take_back()
        assert sum(told) == 0
        assert body.tell() == 0
        body.seek(-10, 2)
        assert body.read() == FILM[8090:8100]


def test_what_who_is_told_raises_ends_the_request_and_is_kept(film: Path) -> None:
    def stop(_: int) -> None:
        raise Interrupted("interrupted")

    with SentBody(film, range(100), CHECKSUM, Line(), stop) as body:
        body.begin_sending()
        with pytest.raises(Interrupted):
            body.read(10)
        assert isinstance(body.fault, Interrupted)


def test_a_file_that_changed_or_shrank_is_told(film: Path) -> None:
    told: list[int] = []
    with body_of(film, told) as body:
        body.refuse_changed()
        film.write_bytes(FILM[1:])
        with pytest.raises(IntegrityError, match="file_differs"):
            body.refuse_changed()
    with body_of(film, told) as body:
        film.write_bytes(FILM[:5000])
        with pytest.raises(IntegrityError, match="file_differs"):
            b"".join(iter(lambda: body.read(3000), b""))
        assert isinstance(body.fault, IntegrityError)
