"""What will be asked for next is got ready meanwhile."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from pipeline.errors import Interrupted, TransferError
from pipeline.exchange.intake import Intake
from pipeline.exchange.progress import UPLOAD, ProgressCallback
from pipeline.execute.batch_source import BatchSource
from pipeline.execute.cluster.described_ahead import DescribedAhead
from pipeline.execute.film_tasks import FilmDescription
from pipeline.model.submission import bare


def opened() -> Intake:
    raise AssertionError("nobody opens it here")


def source(name: str) -> BatchSource:
    return BatchSource(name, None, opened)


@dataclass
class Line:
    """A line to the store that waits to be let through."""

    is_free: threading.Event = field(default_factory=threading.Event)
    begun: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)

    def describe(self, given: BatchSource, on_progress: ProgressCallback) -> FilmDescription:
        self.begun.append(given.shown)
        while not self.is_free.wait(0.01):
            try:
                on_progress(UPLOAD, 0.5, None)
            except Interrupted:
                self.ended.append(given.shown)
                raise
        if given.shown == "broken":
            raise TransferError("upload_failed", where=given.shown)
        return FilmDescription(
            shown=given.shown,
            submission=bare("a.mp4", "a"),
            files=(),
            revision=None,
            set_name="s",
            own_rules={},
            same_film=False,
        )


@pytest.fixture
def line() -> Line:
    return Line()


@pytest.fixture
def ahead(line: Line) -> Iterator[DescribedAhead]:
    made = DescribedAhead(line.describe)
    yield made
    line.is_free.set()
    made.close()


def untold(_stage: str, _fraction: float | None, _speed: float | None) -> None:
    pass


def test_one_film_is_described_while_nobody_waits_for_it(line: Line, ahead: DescribedAhead) -> None:
    for name in ("a", "a", "b"):
        ahead.expect(source(name))
    line.is_free.set()
    told = ahead.take(source("a"), untold)
    assert told is not None
    assert told.shown == "a"
    assert ahead.take(source("b"), untold) is not None
    assert line.begun == ["a", "b"]
    assert ahead.take(source("a"), untold) is None  # whoever took it has it


def test_what_was_not_expected_or_went_wrong_is_left_to_whoever_asks(line: Line, ahead: DescribedAhead) -> None:
    line.is_free.set()
    ahead.expect(source("broken"))
    assert ahead.take(source("broken"), untold) is None
    assert ahead.take(source("other"), untold) is None


def test_a_stop_ends_the_wait_and_the_line(line: Line, ahead: DescribedAhead) -> None:
    def stopped(_stage: str, _fraction: float | None, _speed: float | None) -> None:
        raise Interrupted("interrupted")

    ahead.expect(source("a"))
    ahead.expect(source("b"))
    with pytest.raises(Interrupted):
        ahead.take(source("a"), stopped)
    ahead.close()
    ahead.expect(source("c"))
    until = time.monotonic() + 5
    while not line.ended and time.monotonic() < until:
        time.sleep(0.01)
    assert (line.begun, line.ended) == (["a"], ["a"])
    assert ahead.take(source("b"), untold) is None
