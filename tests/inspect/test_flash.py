"""Flashes on films whose truth is known: the seven of the house's sheet, and what a film may do."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pytest

from pipeline.inspect.analyzer import Frames
from pipeline.inspect.decoded import VideoFormat
from pipeline.inspect.video import flash, frames
from pipeline.inspect.video.colour import Colour
from pipeline.inspect.video.flash import FlashAnalyzer
from pipeline.inspect.video.frames import HEIGHT, WIDTH, Array, FrameBatch

SECONDS, RATE = 4, 25


def pictures(y: Array, u: Array | None = None, v: Array | None = None) -> FrameBatch:
    chroma = np.full((len(y), HEIGHT // 2, WIDTH // 2), 128, np.uint8)
    return FrameBatch(0, y.astype(np.uint8), chroma if u is None else u, chroma if v is None else v)


def worst(film: FrameBatch) -> int:
    """Most transitions of one second over more than a quarter of the picture."""
    return int(analyzed(film).transitions()[0].max())


def analyzed(film: FrameBatch) -> FlashAnalyzer:
    """A detector that has seen the film, sixteen frames at a time."""
    analyzer = FlashAnalyzer(VideoFormat(RATE, "bt709", HEIGHT))
    for start in range(0, len(film), 16):
        part = slice(start, start + 16)
        batch = FrameBatch(start, film.y[part], film.u[part], film.v[part])
        analyzer.process(Frames(batch, Colour(batch, "bt709")))
    return analyzer


def squares(
    hz: float, light: int, dark: int, area: float = 1.0, *, counterphase: bool = False, noise: int = 0
) -> Array:
    """A picture of middle grey with a part that goes on and off."""
    times = np.arange(SECONDS * RATE) / RATE
    on = (times * hz + 1e-6) % 1 < 0.5
    y = np.full((len(times), HEIGHT, WIDTH), 100, np.int16)
    width = round(WIDTH * area)
    y[:, :, :width] = np.where(on, light, dark)[:, None, None]
    if counterphase:
        y[:, :, WIDTH // 2 :] = np.where(on, dark, light)[:, None, None]
    if noise:
        y += np.random.default_rng(1).integers(-noise, noise + 1, y.shape)
    return np.clip(y, 0, 255)


@pytest.mark.parametrize(
    ("film", "fails"),
    [
        (squares(5, 235, 16), True),
        (squares(2, 235, 16), False),
        (squares(5, 235, 16, 0.30), True),
        (squares(5, 128, 16, 0.30), True),
        (squares(5, 235, 16, counterphase=True), True),
        (squares(5, 255, 16, 0.15), False),
        (squares(5, 255, 16, 0.15, noise=2), False),
    ],
    ids=["full", "2 Hz", "30 %", "30 % to 128", "counterphase", "15 %", "15 % with noise"],
)
def test_the_seven_clips_of_the_sheet_come_out_right(film: Array, fails: bool) -> None:
    assert (worst(pictures(film)) > flash.MOST_TRANSITIONS) is fails


@pytest.mark.parametrize(("hz", "fails"), [(2.5, False), (25 / 9, False), (4, True), (12.5, True)])
def test_more_than_three_flashes_in_a_second_fail(hz: float, fails: bool) -> None:
    assert (worst(pictures(squares(hz, 235, 16))) > flash.MOST_TRANSITIONS) is fails


def test_three_flashes_on_their_own_pass_and_a_fourth_fails() -> None:
    def burst(count: int) -> int:
        y = np.full((75, HEIGHT, WIDTH), 60, np.uint8)
        for number in range(count):
            y[30 + 6 * number : 33 + 6 * number] = 235
        return worst(pictures(y))

    assert burst(3) == 6
    assert burst(4) == 8


def test_small_steps_and_very_light_ones_are_no_flashes() -> None:
    assert worst(pictures(squares(5, 60, 40))) == 0  # under a tenth of white
    assert worst(pictures(squares(5, 235, 222))) == 0  # the darker side is above 160 cd/m²


def test_saturated_red_counts_though_it_is_dark() -> None:
    times = np.arange(SECONDS * RATE) / RATE
    on = (times * 5 + 1e-6) % 1 < 0.5
    shape = (len(times), HEIGHT // 2, WIDTH // 2)
    y = np.where(on, 40, 38)[:, None, None] * np.ones((1, HEIGHT, WIDTH))
    v = np.where(on, 190, 128)[:, None, None] * np.ones(shape)
    u = np.where(on, 118, 128)[:, None, None] * np.ones(shape)
    assert worst(pictures(y, u.astype(np.uint8), v.astype(np.uint8))) > flash.MOST_TRANSITIONS
    green = worst(pictures(y, (256 - v).astype(np.uint8), (256 - v).astype(np.uint8)))
    assert green <= flash.MOST_TRANSITIONS


def test_cuts_pans_and_slow_fades_are_no_flashes() -> None:
    cuts = np.repeat(np.array([30, 200, 60, 220, 40, 180, 50, 210], np.uint8), 13)[:, None, None]
    assert worst(pictures(cuts * np.ones((1, HEIGHT, WIDTH), np.uint8))) <= flash.MOST_TRANSITIONS
    stripes = (np.arange(4 * WIDTH) // 40 % 2 * 180 + 30).astype(np.uint8)
    pan = np.stack([np.tile(stripes[step * 2 : step * 2 + WIDTH], (HEIGHT, 1)) for step in range(100)])
    assert worst(pictures(pan)) <= flash.MOST_TRANSITIONS
    fade = (110 + 100 * np.sin(np.arange(100) / RATE * 2 * np.pi)).astype(np.uint8)[:, None, None]
    assert worst(pictures(fade * np.ones((1, HEIGHT, WIDTH), np.uint8))) <= flash.MOST_TRANSITIONS


def test_a_stretch_goes_from_the_first_flash_to_the_last() -> None:
    y = np.full((150, HEIGHT, WIDTH), 60, np.uint8)
    for start in range(50, 100, 4):
        y[start : start + 2] = 220
    found = flash.runs(*analyzed(pictures(y)).transitions(), RATE, flash.MOST_TRANSITIONS)
    assert [(first, last) for first, last, _ in found] == [(50, 100)]


def test_small_pictures_come_whole_through_a_pipe(ffmpeg: Path, tmp_path: Path) -> None:
    with (tmp_path / "raw").open("wb") as out:
        subprocess.run(
            [
                ffmpeg,
                "-v",
                "error",
                "-f",
                "lavfi",
                "-i",
                f"testsrc2=s={WIDTH}x{HEIGHT}:r=25:d=1.4,format=yuv420p",
                "-f",
                "rawvideo",
                "-",
            ],
            stdout=out,
            check=True,
        )
    with (tmp_path / "raw").open("rb") as pipe:
        got = [(part.first, len(part), part.y.shape[1:]) for part in frames.read(pipe)]
    assert got == [(0, 16, (180, 320)), (16, 16, (180, 320)), (32, 3, (180, 320))]
