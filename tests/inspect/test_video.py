"""What moves, what is dark, what has bars: on small pictures made by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from pipeline.inspect import stretches
from pipeline.inspect.analyzer import Frames, Others
from pipeline.inspect.decoded import DecodedVideo, VideoFormat
from pipeline.inspect.summary import timeline_of
from pipeline.inspect.video import bars, colour_bars
from pipeline.inspect.video.bars import BarsAnalyzer
from pipeline.inspect.video.colour import Colour
from pipeline.inspect.video.frames import HEIGHT, WIDTH, Array, FrameBatch
from pipeline.inspect.video.levels import VideoLevelAnalyzer
from pipeline.inspect.video.light import LightAnalyzer
from pipeline.inspect.video.motion import MotionAnalyzer
from pipeline.inspect.video.poster_candidates import PosterCandidateAnalyzer
from pipeline.model.inspection import Segment, VideoMeasures
from tests.factories import video

GIVEN = VideoFormat(25.0, "bt709", 1080)
RNG = np.random.default_rng(7)
SCENE = np.clip(np.kron(RNG.integers(40, 200, (HEIGHT // 6, WIDTH // 4)), np.ones((6, 4))), 0, 255).astype(np.uint8)


def film(y: Array, u: Array | None = None, v: Array | None = None) -> FrameBatch:
    chroma = np.full((len(y), HEIGHT // 2, WIDTH // 2), 128, np.uint8)
    return FrameBatch(0, np.clip(y, 0, 255).astype(np.uint8), chroma if u is None else u, chroma if v is None else v)


def moving(count: int, step: int = 4) -> Array:
    return np.stack([np.roll(SCENE, number * step, axis=1) for number in range(count)])


def shown(batch: FrameBatch, *analyzers: Any) -> None:
    """Show a film to analysers, sixteen frames at a time."""
    for start in range(0, len(batch), 16):
        part = slice(start, start + 16)
        some = FrameBatch(start, batch.y[part], batch.u[part], batch.v[part])
        for analyzer in analyzers:
            analyzer.process(Frames(some, Colour(some, "bt709")))


def seen(y: Array) -> MotionAnalyzer:
    analyzer = MotionAnalyzer(GIVEN)
    shown(film(y), analyzer)
    return analyzer


def still(y: Array) -> list[stretches.Run]:
    return seen(y).frozen()


def repeats(y: Array) -> list[tuple[int, int, int]]:
    return seen(y).repeated(len(y))


def held(first: int, count: int, total: int = 150) -> Array:
    y = moving(total)
    y[first : first + count] = y[first]
    return y


def test_a_held_picture_is_still_from_its_first_to_its_last() -> None:
    assert still(held(40, 60)) == [(40, 100)]
    assert still(held(90, 60)) == [(90, 150)]
    assert still(moving(100)) == []


def test_a_coders_pumping_breaks_no_frozen() -> None:
    y = held(40, 60).astype(np.int16)
    for number in range(40, 100, 12):
        y[number : number + 12] += RNG.integers(-1, 2, y[0].shape)
    assert still(y) == [(40, 100)]


def test_a_clock_and_grain_move() -> None:
    clock = held(0, 150)
    for second in range(6):
        clock[second * 25 : second * 25 + 25, 80:92, 100 + second : 102 + second] = 255
    assert all(end - start <= 25 for start, end in still(clock))
    grain = held(0, 150).astype(np.int16) + RNG.integers(-2, 3, (150, HEIGHT, WIDTH))
    assert still(grain) == []


def test_slow_movement_adds_up() -> None:
    slow = np.stack([np.roll(SCENE, number // 12, axis=1) for number in range(150)])
    assert still(slow) == []
    fade = SCENE[None].astype(np.float32) * np.linspace(1, 0.8, 150)[:, None, None]
    assert all(end - start < 50 for start, end in still(fade))


@pytest.mark.parametrize(("every", "dropped"), [(2, True), (5, True), (6, True), (25, False)])
def test_one_repeat_in_six_is_a_fault_and_one_in_twenty_five_is_none(every: int, dropped: bool) -> None:
    y = moving(150)
    for number in range(every - 1, 150, every):
        y[number] = y[number - 1]
    assert bool(repeats(y)) is dropped
    if dropped:
        assert repeats(y)[0][0] <= 2
        assert repeats(y)[-1][1] >= 150 - every


def test_stills_cuts_and_lights_are_no_repeats() -> None:
    assert repeats(held(40, 60)) == []
    slides = np.concatenate([np.repeat(np.roll(SCENE, 50 * n, axis=1)[None], 30, axis=0) for n in range(5)])
    assert repeats(slides) == []
    strobe = np.where(np.arange(150) // 3 % 2, 235, 16)[:, None, None] * np.ones((1, HEIGHT, WIDTH))
    assert repeats(np.concatenate((moving(60), strobe, moving(60)))) == []


def test_a_hiccup_in_movement_is_a_cluster_of_repeats() -> None:
    assert repeats(held(60, 8))[0][:2] == (61, 68)


def test_black_is_a_share_of_pixels_and_credits_are_none() -> None:
    analyzer = LightAnalyzer(GIVEN)
    dark = np.full((5, HEIGHT, WIDTH), 20, np.uint8)
    dark[1] += RNG.integers(0, 10, dark[1].shape).astype(np.uint8)  # grain
    dark[2, 90:94, 100:220] = 220  # a line of credits
    dark[3, 5:15, 300:315] = 200  # a mark in a corner
    dark[4, :20] = 120  # a lit part
    shown(film(dark), analyzer)
    assert analyzer.black.tolist() == [True, True, False, True, False]


def test_levels_outside_r103_need_a_hundredth_of_the_picture() -> None:
    analyzer = VideoLevelAnalyzer(GIVEN)
    y = np.full((4, HEIGHT, WIDTH), 128, np.uint8)
    y[1, 40:44, 60:160] = 254  # 0.7 %
    y[2, 40:60, 60:160] = 254
    y[3, :, :8] = 0  # analogue blanking
    shown(film(y), analyzer)
    assert [value > 0.01 for value in analyzer.outside.tolist()] == [False, False, True, False]


def test_red_green_and_blue_can_be_outside_where_luma_is_not() -> None:
    y = np.full((1, HEIGHT, WIDTH), 180, np.uint8)
    v = np.full((1, HEIGHT // 2, WIDTH // 2), 235, np.uint8)
    analyzer = VideoLevelAnalyzer(GIVEN)
    shown(film(y, None, v), analyzer)
    assert analyzer.outside[0] > 0.01


def boxes(y: Array) -> list[bars.LitArea | None]:
    analyzer = BarsAnalyzer(GIVEN)
    shown(film(y), analyzer)
    return analyzer.boxes()


def test_bars_are_told_to_the_line_and_darkness_is_none() -> None:
    y = moving(24)
    y[:, :, :40] = y[:, :, 280:] = 16
    assert boxes(y) == [(0, HEIGHT, 40, 280)] * 2
    lamp = np.full((24, HEIGHT, WIDTH), 18, np.uint8)
    lamp[:, 60:90, 150:180] = 200
    assert boxes(lamp) == [None, None]
    assert boxes(moving(24)) == [(0, HEIGHT, 0, WIDTH)] * 2


def test_colour_bars_are_known_by_their_order() -> None:
    # 75 % bars of BT.709: white, yellow, cyan, green, magenta, red, blue, black
    luma = [180, 168, 145, 133, 63, 51, 28, 16]
    blue = [128, 44, 147, 63, 193, 109, 212, 128]
    red = [128, 136, 44, 52, 204, 212, 120, 128]
    y = np.repeat(np.array(luma), WIDTH // 8)[None, None] * np.ones((2, HEIGHT, 1))
    u, v = (
        (np.repeat(np.array(plane), WIDTH // 16)[None, None] * np.ones((2, HEIGHT // 2, 1))).astype(np.uint8)
        for plane in (blue, red)
    )
    assert colour_bars.is_line_up(film(y, u, v)).tolist() == [True, True]
    assert colour_bars.is_line_up(film(y, u[:, :, ::-1].copy(), v[:, :, ::-1].copy())).tolist() == [False, False]
    assert colour_bars.is_line_up(film(moving(2))).tolist() == [False, False]


def test_stretches_without_others() -> None:
    found = (Segment(start_s=0, end_s=10),)
    black = (Segment(start_s=4, end_s=6),)
    left = stretches.without(found, black, 1.0)
    assert [(item.start_s, item.end_s) for item in left] == [(0, 4), (6, 10)]
    assert stretches.without(found, (Segment(start_s=0.5, end_s=9.5),), 1.0) == ()
    assert stretches.runs(np.array([1, 1, 0, 1, 0, 0, 1], bool), gap=1) == [(0, 4), (6, 7)]


def best(y: Array) -> list[float]:
    """When the pictures are that could stand for a film of 25 a second, best first."""
    light, motion, posters = LightAnalyzer(GIVEN), seen(y), PosterCandidateAnalyzer(GIVEN)
    shown(film(y), light, posters)
    timeline = timeline_of(np.arange(len(y)) / 25)
    assert timeline is not None
    decoded = DecodedVideo(video(), timeline, np.arange(len(y) + 1) / 25, np.zeros(len(y)))
    others = Others({LightAnalyzer: (light, VideoMeasures()), MotionAnalyzer: (motion, VideoMeasures())})
    return [still.at_s for still in posters.finish(decoded, others).stills]


def softened(picture: Array) -> Array:
    for axis in (0, 1):
        picture = np.stack([np.roll(picture, shift, axis) for shift in range(-6, 7)]).mean(axis=0)
    return picture


def lettered(picture: Array) -> Array:
    """Strokes of letters, white with a black outline, where subtitles stand."""
    made = picture.copy()
    for column in range(90, 230, 7):
        made[158:170, column : column + 5] = 0
        made[160:168, column + 1 : column + 3] = 255
    return made


@pytest.mark.parametrize("spoilt", ["black", "fade", "soft", "letters", "busy"])
def test_a_poster_is_neither_black_nor_a_fade_nor_soft_nor_lettered(spoilt: str) -> None:
    """Four seconds: only the third is as it should be."""
    good = np.stack([SCENE] * 25).astype(float)
    bad = {
        "black": np.full_like(good, 16),
        "fade": good * np.linspace(0.05, 1, 25)[:, None, None],
        "soft": np.stack([softened(SCENE.astype(float))] * 25),
        "letters": np.stack([lettered(SCENE)] * 25),
        "busy": np.stack([np.roll(SCENE, 40 * number, axis=1) for number in range(25)]),
    }[spoilt]
    assert best(np.concatenate([bad, bad, good, bad]))[0] == 2.48


def test_a_film_of_a_picture_or_two_has_no_best_one() -> None:
    assert best(np.stack([SCENE] * 5)) == []
