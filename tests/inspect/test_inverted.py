"""A pair of channels against itself, in music: single windows swing to either side, seconds tell."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.inspect.audio.levels import LevelAnalyzer
from pipeline.inspect.audio.pair import INVERTED, PairAnalyzer
from pipeline.inspect.audio.samples import Array, SampleFormat, in_windows
from pipeline.inspect.decoded import AudioFormat
from pipeline.inspect.stretches import Run

RATE = 48000
GIVEN = AudioFormat(SampleFormat(RATE, 2))


def music(seconds: int, *, seed: int = 5, hall: float = 0.12) -> Array:
    """Notes from left to right, three at a time, in a hall; every second a stroke whose two channels share nothing."""
    rng = np.random.default_rng(seed)
    sound = np.zeros((seconds * RATE, 2))
    note_s = 0.25
    at = np.arange(round(note_s * RATE)) / RATE
    shape = np.minimum(1, at * 100) * np.exp(-at * 4)
    for number in range(round(seconds / note_s)):
        start = round(number * note_s * RATE)
        for _ in range(3):
            wave = np.sin(2 * np.pi * rng.uniform(110, 1200) * at) * shape * 0.1
            pan = rng.uniform(0.25, 0.75)
            sound[start : start + len(at)] += np.stack((wave * (1 - pan), wave * pan), axis=1)
    sound += rng.standard_normal(sound.shape) * hall * np.sqrt(np.square(sound).mean())
    for second in range(seconds):
        start = round((second + rng.uniform(0.1, 0.9)) * 20) * RATE // 20
        sound[start : start + RATE // 20] += rng.standard_normal(sound[start : start + RATE // 20].shape) * 0.08
    return sound.astype(np.float32)


def turned(sound: Array, start_s: float, end_s: float) -> Array:
    """With the right channel turned over from one second to the other."""
    made = sound.copy()
    made[round(start_s * RATE) : round(end_s * RATE), 1] *= -1
    return made


def inverted(sound: Array, shortest_s: float = 2.8) -> list[Run]:
    levels, pair = LevelAnalyzer(GIVEN), PairAnalyzer(GIVEN)
    for start in range(0, len(sound), RATE):
        levels.process(sound[start : start + RATE])
        pair.process(sound[start : start + RATE])
    return pair.inverted(levels, shortest_s)


def swings(sound: Array) -> Array:
    """The correlation of each window of 50 ms."""
    left, right = np.moveaxis(in_windows(sound, RATE // 20), 2, 0)
    product = (left * right).mean(axis=1)
    correlation: Array = product / np.sqrt(np.square(left).mean(axis=1) * np.square(right).mean(axis=1))
    return correlation


def at(seconds: float) -> object:
    """That place, to a tenth of a second, in windows."""
    return pytest.approx(seconds * 20, abs=2)


@pytest.mark.parametrize("seed", [5, 6, 7])
def test_music_is_inverted_though_single_windows_of_it_are_not(seed: int) -> None:
    sound = turned(music(10, seed=seed), 3, 7)
    assert (swings(sound)[60:140] > INVERTED).sum() >= 4
    assert inverted(sound) == [(at(3), at(7))]
    assert inverted(turned(music(6, seed=seed), 0, 6)) == [(0, 120)]


def test_music_as_it_was_recorded_and_wide_stereo_are_clean() -> None:
    assert inverted(music(10), 1.0) == []
    wide = music(10, hall=3.0)
    assert abs(float(np.corrcoef(wide.T)[0, 1])) < 0.2
    assert (swings(wide) < 0).any()
    assert inverted(wide, 1.0) == []
    assert inverted(turned(wide, 0, 10), 1.0) == []
    one = music(11)
    assert inverted(np.stack((one[:-RATE, 0], one[RATE:, 1]), axis=1), 1.0) == []  # each channel something else


def test_a_window_that_is_against_itself_makes_no_stretch() -> None:
    sound = music(8)
    for start_s in (1.0, 2.5, 4.0, 5.5):
        sound = turned(sound, start_s, start_s + 0.05)
    assert inverted(sound, 1.0) == []


def test_a_second_that_is_not_inverted_parts_a_stretch() -> None:
    """Four seconds in six: over the whole stretch the pair runs against itself, but not in each second of it."""
    sound = turned(turned(music(10), 2, 4), 5.2, 7.2)
    assert inverted(sound) == []
    assert inverted(sound, 1.0) == [(at(2), at(4)), (at(5.2), at(7.2))]


def test_what_is_just_under_the_limit_is_inverted_and_what_is_just_above_is_not() -> None:
    rng = np.random.default_rng(1)
    for target, found in ((-0.55, [(0, 160)]), (-0.25, [])):
        left, other = rng.standard_normal((2, 8 * RATE)) * 0.1
        right = target * left + np.sqrt(1 - target**2) * other
        assert inverted(np.stack((left, right), axis=1).astype(np.float32)) == found


def test_a_pause_decides_nothing_and_a_long_one_ends_a_stretch() -> None:
    sound = turned(music(12), 0, 12)
    short, long = sound.copy(), sound.copy()
    hiss = np.random.default_rng(2).standard_normal((4 * RATE, 2)).astype(np.float32) * 1e-4
    short[6 * RATE : 7 * RATE] = hiss[:RATE]
    long[4 * RATE : 8 * RATE] = hiss
    assert inverted(short) == [(0, 240)]
    assert inverted(long) == [(0, at(4)), (at(8), 240)]


def test_a_quiet_stretch_beside_a_loud_one_keeps_its_edges() -> None:
    for loud_s, quiet_s in (((0, 4), (4, 8)), ((4, 8), (0, 4))):
        sound = music(8)
        sound[quiet_s[0] * RATE : quiet_s[1] * RATE] *= 0.1
        assert inverted(turned(sound, *quiet_s)) == [(at(quiet_s[0]), at(quiet_s[1]))]
        assert inverted(turned(sound, *loud_s)) == [(at(loud_s[0]), at(loud_s[1]))]


@pytest.mark.parametrize("samples", [100, 2400, RATE - 1])
def test_less_than_a_second_says_nothing(samples: int) -> None:
    assert inverted(turned(music(1), 0, 1)[:samples], 0.0) == []
