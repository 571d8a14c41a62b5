"""Several pictures with one time: a fault of time stamps, not a rate that changes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from pipeline.inspect import shared_times
from pipeline.policy import load
from tests.factories import PROFILES, reported
from tests.inspect.conftest import Inspect

POLICY = load.policy("showcase-film", PROFILES)
PICTURE = ("-f", "lavfi", "-i", "testsrc2=s=320x180:r=25,scroll=h=0.01", "-t", "3")
STAMPS = {
    "three with one": ("floor(N/3)*120", 50, 0.04),
    "two with one": ("floor(N/2)*80", 37, 0.04),
    "one in ten": ("(N-eq(mod(N\\,10)\\,5))*40", 7, 0.04),
    "one in twenty goes back": ("if(eq(mod(N\\,20)\\,9)\\,N-3\\,N)*40", 4, 0.04),
}


@pytest.mark.parametrize(("stamps", "count", "period_s"), STAMPS.values(), ids=STAMPS)
def test_pictures_that_share_a_time_are_counted(
    stamps: str, count: int, period_s: float | None, lavfi: Callable[..., Path], inspect: Inspect
) -> None:
    plain = lavfi(*PICTURE, "-c:v", "mjpeg", "-q:v", "5", suffix=".mkv")
    film = inspect(lavfi("-i", str(plain), "-c", "copy", "-bsf:v", f"setts=ts='{stamps}'", suffix=".mkv"))
    assert film.measures is not None
    (found,) = film.measures.video.shared_times
    assert (found.value, found.period_s) == (count, period_s)
    for language in ("zh", "en"):
        report = reported(film, POLICY, language=language)  # type: ignore[arg-type]
        said = {item.code: item.message for item in report.findings}
        assert str(count) in said["content.shared_times"]
        assert not said.keys() & {"video.vfr", "video.frame_rate"}


def test_a_rate_that_varies_is_told_as_before(lavfi: Callable[..., Path], inspect: Inspect) -> None:
    plain = lavfi(*PICTURE, "-c:v", "mjpeg", "-q:v", "5", suffix=".mkv")
    film = inspect(lavfi("-i", str(plain), "-c", "copy", "-bsf:v", "setts=ts='(N+N*N/150)*40'", suffix=".mkv"))
    codes = {item.code for item in reported(film, POLICY).findings}
    assert "video.vfr" in codes
    assert "content.shared_times" not in codes
    constant = inspect(plain)
    assert constant.measures is not None
    assert constant.measures.video.shared_times == ()
    assert "shared_times" not in constant.measures.to_json()


def edges(times: list[float]) -> np.ndarray:
    return np.array([*times, times[-1] + 0.04])


def test_a_tick_apart_is_the_same_time() -> None:
    """MP4 can have no two pictures at one time."""
    times = [time for start in range(10) for time in (start * 0.08, start * 0.08 + 1 / 16000)]
    (found,) = shared_times.of(edges(times), 0.04)
    assert (found.value, found.start_s, found.period_s) == (10, 0.0, pytest.approx(0.04, abs=1e-4))


@pytest.mark.parametrize("rate", [23.976, 25, 29.97, 50, 60, 120, 240])
def test_times_in_whole_milliseconds_are_none(rate: float) -> None:
    assert shared_times.of(edges([round(number / rate, 3) for number in range(200)]), 1 / rate) == ()


def test_a_changing_rate_with_shared_times_is_uneven() -> None:
    times = [0.0, 0.0, 0.08, 0.12, 0.3, 0.34, 0.34, 0.9]
    (found,) = shared_times.of(edges(times), 0.04)
    assert (found.value, found.period_s) == (2, None)
