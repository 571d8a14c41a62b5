"""A stop that was asked for."""

from __future__ import annotations

import time

import pytest

from pipeline.errors import Interrupted
from pipeline.execute import stopping
from pipeline.execute.stopping import Stop


def quiet(_stage: str, _fraction: float | None, _speed: float | None) -> None:
    return


def test_nothing_is_broken_off_before_it_is_asked() -> None:
    stop = Stop()
    told = stop.watching(quiet)
    told("encode", 0.1, None)
    assert not stop.asked


def test_what_is_dear_is_broken_off_and_what_is_cheap_is_not() -> None:
    stop = Stop()
    told = stop.watching(quiet)
    told("encode", 0.1, None)
    told("upload", 0.1, None)
    stop.ask()
    told("upload", 0.2, None)
    with pytest.raises(Interrupted):
        told("encode", 0.2, None)


def test_what_is_nearly_done_is_finished(monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.monotonic()
    monkeypatch.setattr(stopping.time, "monotonic", lambda: now)
    stop = Stop()
    told = stop.watching(quiet)
    told("encode", 0.0, None)
    now += 20.0
    stop.ask()
    told("encode", 0.9, None)  # two seconds are left
    with pytest.raises(Interrupted):
        told("encode", 0.5, None)


def test_even_what_is_cheap_ends_when_the_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.monotonic()
    monkeypatch.setattr(stopping.time, "monotonic", lambda: now)
    stop = Stop()
    told = stop.watching(quiet)
    stop.ask()
    told("upload", 0.1, None)
    now += stopping.GRACE_S + 0.1
    with pytest.raises(Interrupted):
        told("upload", 0.2, None)
