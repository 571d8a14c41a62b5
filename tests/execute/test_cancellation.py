"""A stop that was asked for."""

from __future__ import annotations

import time

import pytest

from pipeline.errors import Interrupted
from pipeline.execute import cancellation
from pipeline.execute.cancellation import Cancellation


def quiet(_stage: str, _fraction: float | None, _speed: float | None) -> None:
    return


def test_nothing_is_broken_off_before_it_is_asked() -> None:
    stop = Cancellation()
    told = stop.cancellable(quiet)
    told("encode", 0.1, None)
    assert not stop.requested


def test_what_is_dear_is_broken_off_and_what_is_cheap_is_not() -> None:
    stop = Cancellation()
    told = stop.cancellable(quiet)
    told("encode", 0.1, None)
    told("upload", 0.1, None)
    stop.request()
    told("upload", 0.2, None)
    with pytest.raises(Interrupted):
        told("encode", 0.2, None)


def test_what_is_nearly_done_is_finished(monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.monotonic()
    monkeypatch.setattr(cancellation.time, "monotonic", lambda: now)
    stop = Cancellation()
    told = stop.cancellable(quiet)
    told("encode", 0.0, None)
    now += 20.0
    stop.request()
    told("encode", 0.9, None)  # two seconds are left
    with pytest.raises(Interrupted):
        told("encode", 0.5, None)


def test_even_what_is_cheap_ends_when_the_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.monotonic()
    monkeypatch.setattr(cancellation.time, "monotonic", lambda: now)
    stop = Cancellation()
    told = stop.cancellable(quiet)
    stop.request()
    told("upload", 0.1, None)
    now += cancellation.GRACE_S + 0.1
    with pytest.raises(Interrupted):
        told("upload", 0.2, None)
