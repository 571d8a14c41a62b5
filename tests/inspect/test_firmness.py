"""The same sound on every place of the grid that BS.1770 lays over it."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.inspect.audio.gating import StepPowers, firmness
from pipeline.inspect.audio.samples import Array


def sound(seconds: float, *, level: float = 0.1, every: int = 0, length: int = 0, first: int = 0) -> Array:
    """The power of every 10 ms: steady, or beeps of `length` steps."""
    powers = np.full(round(seconds * 100), level)
    if every:
        powers[(np.arange(len(powers)) - first) % every >= length] = 0.0
    return powers


@pytest.mark.parametrize("first", range(0, 10, 3))
@pytest.mark.parametrize(("length", "every"), [(2, 50), (8, 200), (20, 200), (40, 500)])
def test_beeps_move_the_figure_wherever_they_begin(length: int, every: int, first: int) -> None:
    assert (firmness(StepPowers(sound(12, every=every, length=length, first=first))).spread_lu or 0) > 0.3


def test_steady_and_dense_sound_is_firm_at_any_gain() -> None:
    rising = sound(10) * np.linspace(0.2, 1.0, 1000)
    dense = sound(10, every=15, length=10)
    for powers in (sound(1), sound(10), rising, dense):
        assert firmness(StepPowers(powers), [-10.0, 20.0]).spread_lu is None


def test_the_middle_lies_between_the_figures() -> None:
    beeps = sound(12, every=200, length=8)
    figures = {firmness(StepPowers(beeps[shift:])).middle_lkfs for shift in (0, 3, 5)}
    assert max(item or 0 for item in figures) - min(item or 0 for item in figures) < 0.2


def test_a_gain_that_lifts_the_hum_over_the_absolute_gate_counts() -> None:
    """Sound at -13 LKFS with a floor at -71: 5 dB of gain make the floor count, so that the relative gate falls."""
    floor = 10 ** ((-71 + 0.691) / 10)
    powers = np.full(6000, floor)
    powers[1000:1200] = 0.06
    powers[3000:3400] = 0.06 / 40  # under the gate without the floor, over it with it
    assert firmness(StepPowers(powers)).spread_lu is None
    assert (firmness(StepPowers(powers), [5.0]).spread_lu or 0) > 0.3


@pytest.mark.parametrize("shift", [0, 3, 7])
def test_two_seconds_of_speech_are_short_but_not_sparse(shift: int) -> None:
    """Syllables of a fifth of a second, one louder than the other, between short pauses."""
    at = np.arange(200) + shift
    powers = 0.1 * np.abs(np.sin(at / 18 * np.pi)) * np.where(at // 18 % 3 == 2, 0.3, 1.0)
    assert firmness(StepPowers(powers)).spread_lu is None


def test_silence_has_nothing_to_be_firm() -> None:
    assert firmness(StepPowers(np.zeros(500))).spread_lu is None
    assert firmness(StepPowers(np.zeros(0))).spread_lu is None


def test_only_what_is_heard_counts() -> None:
    powers = np.concatenate((sound(5), sound(5, every=200, length=8)))
    assert firmness(StepPowers(powers, 2.0).within(0.0, 7.0)).spread_lu is None
    assert (firmness(StepPowers(powers, 2.0).within(7.5, 12.0)).spread_lu or 0) > 0.3
