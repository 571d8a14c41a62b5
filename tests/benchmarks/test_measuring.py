"""The measuring of odd sources sees what is wrong with a delivery, and nothing where nothing is."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from benchmarks.sources import card, drive
from benchmarks.sources.card import Card
from benchmarks.sources.films.common import AAC, H264, words
from benchmarks.sources.make import Workshop
from benchmarks.sources.measure import part_of
from benchmarks.sources.source import Heard, Run, Shown, Source
from benchmarks.sources.tones import UIG, Tones
from tests.tiers import kept

INPUTS = (("card", Card(320, 180)), ("tone", Tones()), ("uig", Tones(UIG)), ("high", Tones((3000.0, 3000.0))))
TWO = (Heard("zho"), Heard("uig", (UIG[0], UIG[1])))
SHOWN = Shown(sound=TWO)
FILM = Source(
    "twin",
    "twin.mp4",
    "ffmpeg",
    (
        Run(
            "ffmpeg",
            (
                *words("-i {card} -i {tone} -i {uig} -map 0:v -map 1:a -map 2:a"),
                *H264,
                *AAC,
                *words("-metadata:s:a:0 language=zho -metadata:s:a:1 language=uig"),
                "{out}",
            ),
        ),
    ),
    INPUTS,
)
ALL = words("-map 0 -c copy")
AGAIN = words("-map 0 -c:a copy -c:v libx264 -preset superfast -crf 12")
# what is done to a right film, and a word of the fault that has to be told
WRONG = {
    "stretched": ((*AGAIN, "-vf", "scale=320:240,setsar=1"), "the square is 1.00 x 1."),
    "squeezed in its frame": ((*AGAIN, "-vf", "scale=240:180,pad=320:180:40:0,setsar=1"), "the square is 0.7"),
    "cropped": ((*AGAIN, "-vf", "crop=iw*0.8:ih*0.8,scale=320:180"), "the square is 1.2"),
    "moved": ((*AGAIN, "-vf", "crop=300:180:20:0,pad=320:180:0:0"), "the square's middle is at 0.4"),
    "mirrored": ((*AGAIN, "-vf", "hflip"), "the picture is mirrored"),
    "upside down": ((*AGAIN, "-vf", "hflip,vflip"), "the picture is turned by 180°"),
    "turned": ((*AGAIN, "-vf", "transpose=clock,scale=320:180,setsar=1"), "the square is"),
    "another matrix": (
        (*AGAIN, "-vf", "scale=in_color_matrix=bt601:out_color_matrix=bt709,setparams=colorspace=bt470bg"),
        "colours: ",
    ),
    "another range": ((*AGAIN, "-vf", "scale=in_range=tv:out_range=pc,setparams=range=tv"), "colours: "),
    "grey": ((*AGAIN, "-vf", "hue=s=0"), "colours: "),
    "without its end": ((*ALL, "-t", "2.4"), "ends at 2."),
    "without its start": ((*AGAIN, "-vf", "trim=start=0.4,setpts=PTS-STARTPTS"), "begins at 0.40"),
    "too fast": ((*AGAIN, "-vf", "setpts=PTS*0.8"), "the picture is 2."),
    "in another order": ((*AGAIN, "-vf", "shuffleframes=4 3 2 1 0"), "goes back in time"),
    "with every other picture": ((*AGAIN, "-vf", "select=not(mod(n\\,4)),fps=25"), "different pictures of 75"),
    "combed": ((*AGAIN, "-vf", "interlace=lowpass=off,fps=25,setpts=PTS*0.96"), "lines are combed"),
    "swapped languages": (
        words("-map 0:v -map 0:a:1 -map 0:a:0 -c copy -metadata:s:a:0 language=zho -metadata:s:a:1 language=uig"),
        "zho: start, middle, end: left is 2500 Hz, not 400",
    ),
    "another language's name": ((*ALL, *words("-metadata:s:a:0 language=eng")), "languages are ['eng', 'uig']"),
    "one language": (words("-map 0:v -map 0:a:0 -c copy"), "languages are ['zho']"),
    "swapped sides": (words("-map 0 -c:v copy -c:a aac -af pan=stereo|c0=c1|c1=c0"), "left is 500 Hz, not 400"),
    "late sound": (words("-map 0 -c:v copy -c:a aac -af adelay=delays=300:all=1,atrim=end=3"), "the sound is +"),
    "silence": (words("-map 0 -c:v copy -c:a aac -af volume=0"), "nothing is heard"),
    "sound that stops": (words("-map 0 -c:v copy -c:a aac -af volume=0:enable='gt(t,2.3)'"), "end: nothing is heard"),
}

# one of each kind: shape, colours, time, pictures, languages, sound
IN_SUITE = ("stretched", "another matrix", "without its end", "combed", "swapped languages", "late sound", "silence")


@pytest.fixture(scope="module")
def workshop(made_once: Callable[[str, Callable[[Path], object]], Path]) -> Workshop:
    return Workshop(made_once("measured", lambda folder: Workshop(folder).make(FILM)))


def changed(workshop: Workshop, target: Path, *options: str) -> Path:
    argv = [*workshop.program("ffmpeg"), "-i", str(workshop.make(FILM)), *options, str(target)]
    subprocess.run(argv, check=True, timeout=60)
    return target


def test_nothing_is_told_of_a_right_film(workshop: Workshop) -> None:
    assert drive.judge(workshop.make(FILM), SHOWN, own_shape=True) == []


@pytest.mark.acceptance
def test_nothing_is_told_of_the_same_film_coded_anew(workshop: Workshop, tmp_path: Path) -> None:
    wide = changed(workshop, tmp_path / "wide.ts", *AGAIN, "-vf", "scale=720:576,setsar=64/45")
    assert drive.judge(wide, SHOWN, own_shape=True) == []


def test_bars_beside_a_film_are_no_fault_in_a_frame_of_another_shape(workshop: Workshop, tmp_path: Path) -> None:
    barred = changed(workshop, tmp_path / "barred.mp4", *AGAIN, "-vf", "pad=320:240:0:30,setsar=1")
    assert drive.judge(barred, SHOWN, own_shape=False) == []
    assert drive.judge(barred, SHOWN, own_shape=True) != []


@pytest.mark.parametrize("name", kept(WRONG, *IN_SUITE))
def test_what_is_wrong_is_told(name: str, workshop: Workshop, tmp_path: Path) -> None:
    options, word = WRONG[name]
    found = drive.judge(changed(workshop, tmp_path / "wrong.mp4", *options), SHOWN, own_shape=False)
    assert any(word in fault for fault in found), found


def test_a_tone_that_must_not_be_heard_is_told(workshop: Workshop, tmp_path: Path) -> None:
    high = str(workshop.input(INPUTS[3][1]))
    options = (
        "-i",
        high,
        "-filter_complex",
        "[0:a:0][1:a]amix=weights=1 0.05[a]",
        *words("-map 0:v -map [a] -c:v copy"),
    )
    mixed = changed(workshop, tmp_path / "mixed.mp4", *options)
    shown = replace(SHOWN, sound=(Heard(),), unheard_hz=(3000.0,))
    found = drive.judge(mixed, shown, own_shape=True)
    assert any("has 3000 Hz" in fault for fault in found), found
    assert drive.judge(mixed, replace(shown, unheard_hz=()), own_shape=True) == []


def test_cells_count() -> None:
    assert [card.number_of(card.gray_code(number)) for number in range(600)] == list(range(600))


def test_a_picture_stands_in_the_middle_of_a_frame_of_another_shape() -> None:
    assert part_of(16 / 9, 4 / 3) == pytest.approx((0.125, 0.0, 0.875, 1.0))
    assert part_of(4 / 3, float(Fraction(16, 9))) == pytest.approx((0.0, 0.125, 1.0, 0.875))
