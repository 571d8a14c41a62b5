"""What changes on the way is delivered as it is: squares, tones and patches of each stretch, in what came out."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.transcode.conftest import FAST, Film, Transcode

Lavfi = Callable[..., Path]
Join = Callable[..., Path]
HALF_S = 1.6
RATE = 25
ENCODERS = {
    "mpeg2": ("-c:v", "mpeg2video", "-b:v", "6M", "-g", "12", "-bf", "2"),
    "h264": ("-c:v", "libx264", "-preset", "ultrafast", "-crf", "10", "-g", "10", "-pix_fmt", "yuv420p"),
    "hevc": (
        "-c:v",
        "libx265",
        "-preset",
        "ultrafast",
        "-crf",
        "10",
        "-x265-params",
        "log-level=none:keyint=10:bframes=0",
    ),
    "mpeg4": ("-c:v", "mpeg4", "-q:v", "2", "-g", "10"),
}
SOUND = ("-c:a", "mp2", "-b:a", "192k")


@pytest.fixture
def join(lavfi: Lavfi, tmp_path: Path) -> Join:
    """A film of parts on one clock: `join((picture filter, sound filter, options), …)`."""

    def make(*parts: tuple[str, str, tuple[str, ...]], suffix: str = ".ts") -> Path:
        made = [
            lavfi(
                *("-f", "lavfi", "-i", f"color=gray:s=720x576:r={RATE}:d={HALF_S},{picture}"),
                *("-f", "lavfi", "-i", f"{sound}:s=48000:d={HALF_S}"),
                *options,
                *("-output_ts_offset", f"{number * HALF_S}"),
                suffix=".ts",
            )
            for number, (picture, sound, options) in enumerate(parts)
        ]
        whole = tmp_path / "whole.ts"
        whole.write_bytes(b"".join(part.read_bytes() for part in made))
        if suffix == ".ts":
            return whole
        return lavfi("-i", str(whole), "-map", "0", "-c", "copy", "-metadata", f"comment={parts}", suffix=suffix)

    return make


def square(size: tuple[int, int], aspect: str, side: int = 200) -> str:
    """A white square, as it is shown, in the middle of a picture of this size with samples of this shape."""
    width, height = size
    across, down = (int(item) for item in aspect.split("/"))
    wide = round(side * down / across)
    box = f"drawbox={(width - wide) // 2}:{(height - side) // 2}:{wide}:{side}:white:fill"
    return f"scale={width}:{height},{box},setsar={aspect}"


def shown(film: Film) -> list[float]:
    """Width to height of the white square in every picture, as it is shown."""
    track = (film.rendition.media.video or film.rendition.media.images)[0]
    found = []
    for picture in film.pictures():
        white = picture[:, :, 0] > 190
        height, width = white[:, track.width // 2].sum(), white[track.height // 2].sum()
        found.append(float(width / height * track.pixel_aspect) if height else 0.0)
    return found


STEREO = "aevalsrc='0.1*sin(2*PI*500*t)|0.1*sin(2*PI*800*t)':c=stereo"
SOUND_440 = "aevalsrc=0.1*sin(2*PI*440*t)"
FOUR_THREE, WIDE = square((720, 576), "16/15"), square((720, 576), "64/45")


def in_suite(order: str, coder: str, suffix: str) -> bool:
    """One of each order; the others with the matrices."""
    return (order, coder, suffix) in (
        ("to wide", "mpeg2", ".ts"),
        ("from wide", "h264", ".mkv"),
    )


@pytest.mark.parametrize(
    ("order", "coder", "suffix"),
    [
        pytest.param(*case, marks=() if in_suite(*case) else pytest.mark.acceptance)
        for case in product(("to wide", "from wide"), ENCODERS, (".ts", ".mkv", ".mp4"))
    ],
)
def test_a_square_stays_square_where_the_shape_changes(
    order: str, coder: str, suffix: str, join: Join, transcode: Transcode
) -> None:
    shapes = (FOUR_THREE, WIDE) if order == "to wide" else (WIDE, FOUR_THREE)
    options = (*ENCODERS[coder], *SOUND)
    source = join(*((shape, SOUND_440, options) for shape in shapes), suffix=suffix)
    made = transcode(source, "iptv-sd", FAST)
    video = made.inspection.measures.video  # type: ignore[union-attr]
    assert [item.start_s for item in video.picture_stretches] == pytest.approx([0, HALF_S], abs=0.1)
    shapes_shown = shown(made)
    assert len(shapes_shown) == pytest.approx(2 * HALF_S * RATE, abs=1)
    assert shapes_shown == pytest.approx([1.0] * len(shapes_shown), abs=0.04)


@pytest.mark.acceptance
@pytest.mark.parametrize("suffix", [".dv", ".avi", ".mkv"])
def test_a_tape_that_changes_its_shape_keeps_squares(
    suffix: str, lavfi: Lavfi, tmp_path: Path, transcode: Transcode
) -> None:
    """Each frame of DV says its shape, no set of parameters does."""
    whole = tmp_path / "tape.dv"
    with whole.open("wb") as tape:
        for shape, aspect in ((FOUR_THREE, "4:3"), (WIDE, "16:9")):
            picture = ("-f", "lavfi", "-i", f"color=gray:s=720x576:r={RATE}:d={HALF_S},{shape}")
            sound = ("-f", "lavfi", "-i", f"{STEREO}:s=48000:d={HALF_S}")
            dv = ("-c:v", "dvvideo", "-pix_fmt", "yuv420p", "-aspect", aspect)
            tape.write(lavfi(*picture, *sound, *dv, suffix=".dv").read_bytes())
    source = whole
    if suffix != ".dv":
        source = lavfi("-i", str(whole), "-c", "copy", "-metadata", "comment=both shapes", suffix=suffix)
    made = transcode(source, "iptv-sd", FAST)
    assert shown(made) == pytest.approx([1.0] * 80, abs=0.04)
    told = made.inspection.measures.video.picture_stretches  # type: ignore[union-attr]
    assert [item.start_s for item in told] == [0, HALF_S]


@pytest.mark.acceptance
@pytest.mark.parametrize("tags", ["colorspace=ycgco", "colorspace=bt709:color_primaries=smpte432"])
def test_a_square_stays_square_in_rare_colours(tags: str, join: Join, transcode: Transcode) -> None:
    options = (*ENCODERS["h264"], *SOUND)
    parts = (f"{square(size, '1/1')},setparams={tags}" for size in ((720, 576), (1024, 576)))
    made = transcode(join(*((part, SOUND_440, options) for part in parts)), "iptv-sd", FAST)
    assert shown(made) == pytest.approx([1.0] * len(shown(made)), abs=0.04)
    for picture in made.pictures()[[10, -10]]:
        assert abs(picture[288, 360].astype(int) - (235, 128, 128)).max() <= 4


@pytest.mark.acceptance
@pytest.mark.parametrize(
    "profile",
    ["proxy", "poster", "mezzanine", "iptv-hd"],
)
def test_a_square_is_one_in_outputs_of_every_fitting(profile: str, join: Join, transcode: Transcode) -> None:
    options = (*ENCODERS["mpeg2"], *SOUND)
    source = join(*((shape, SOUND_440, options) for shape in (FOUR_THREE, WIDE, FOUR_THREE)))
    made = transcode(source, profile, FAST if profile.startswith("iptv") else "")
    assert shown(made) == pytest.approx([1.0] * len(shown(made)), abs=0.04)


@pytest.mark.acceptance
def test_each_size_is_delivered_in_the_frame_of_the_finest(join: Join, transcode: Transcode) -> None:
    """A conference: the line is bad at first, and the phone is turned at the end."""
    options = (*ENCODERS["h264"], *SOUND)
    sizes = ((320, 180), (1280, 720), (720, 1280))
    source = join(*((square(size, "1/1", size[1] // 3), SOUND_440, options) for size in sizes))
    made = transcode(source, "proxy")
    assert (made.rendition.media.video[0].width, made.rendition.media.video[0].height) == (640, 360)
    assert len(shown(made)) == pytest.approx(3 * HALF_S * RATE, abs=1)
    assert shown(made) == pytest.approx([1.0] * len(shown(made)), abs=0.05)


def red(size: str, matrix: str, span: str, pix_fmt: str = "yuv420p") -> tuple[str, str, tuple[str, ...]]:
    """One red, coded as it is said."""
    coded = f"scale=out_color_matrix={matrix}:out_range={span}:flags=accurate_rnd+full_chroma_int,format={pix_fmt}"
    said = ("-colorspace", {"bt601": "smpte170m", "bt709": "bt709"}[matrix], "-color_range", span)
    picture = f"scale={size},format=gbrp,drawbox=0:0:iw:ih:0xB43C28:fill,setsar=1,{coded}"
    own = (*ENCODERS["h264"][:-1], pix_fmt)
    return picture, SOUND_440, (*own, *said, *SOUND)


REDS = {
    "matrix": (red("1280:720", "bt601", "tv"), red("1280:720", "bt709", "tv")),
    "matrix of what comes as it goes": (red("640:360", "bt601", "tv"), red("640:360", "bt709", "tv")),
    "range of what comes as it goes": (red("640:360", "bt709", "pc"), red("640:360", "bt709", "tv")),
    "range": (red("640:360", "bt709", "tv"), red("640:360", "bt709", "pc")),
    "size and range": (red("320:180", "bt601", "tv"), red("640:360", "bt601", "pc")),
    "range and size": (red("640:360", "bt601", "pc"), red("320:180", "bt601", "tv")),
    "sampling in full range": (red("640:360", "bt601", "pc"), red("640:360", "bt601", "pc", "yuv422p")),
    "all of it": (red("320:180", "bt601", "pc"), red("640:360", "bt709", "tv"), red("640:360", "bt709", "pc")),
}


@pytest.mark.acceptance
@pytest.mark.parametrize("profile", ["iptv-sd", pytest.param("proxy", marks=pytest.mark.acceptance)])
@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name == "matrix" else pytest.mark.acceptance) for name in REDS]
)
def test_each_stretch_keeps_its_colours(name: str, profile: str, join: Join, transcode: Transcode) -> None:
    """One red throughout, however it is coded: within what coding moves it of that of a plain film."""
    plain = transcode(join(red("640:360", "bt709", "tv")), profile, FAST if profile == "iptv-sd" else "")
    made = transcode(join(*REDS[name]), profile, FAST if profile == "iptv-sd" else "")
    pictures, wanted = made.pictures().astype(int), plain.pictures()[10, 170, 300].astype(int)
    for at in (3, len(pictures) // 2 - 3, len(pictures) // 2 + 3, len(pictures) - 3):
        assert abs(pictures[at, 170, 300] - wanted).max() <= 3


def tone(samples: NDArray[np.float32], hertz: float, channel: int) -> float:
    """Level of a tone in dB."""
    window = np.hanning(len(samples))
    spectrum = np.abs(np.fft.rfft(samples[:, channel] * window)) / (window.sum() / 2)
    return float(20 * np.log10(spectrum[round(hertz * len(samples) / 48000)] + 1e-9))


SURROUND = (
    "aevalsrc='0.1*sin(2*PI*500*t)|0.1*sin(2*PI*800*t)|0.1*sin(2*PI*1100*t)|0|0|0.1*sin(2*PI*1700*t)':c=5.1(side)"
)
AC3 = (*ENCODERS["h264"], "-c:a", "ac3", "-b:a", "384k", "-center_mixlev", "0.707", "-surround_mixlev", "0.707")


@pytest.mark.acceptance
@pytest.mark.parametrize("suffix", [".ts", pytest.param(".mkv", marks=pytest.mark.acceptance)])
def test_each_layout_is_mixed_by_its_own_coefficients(suffix: str, join: Join, transcode: Transcode) -> None:
    """Left and right as they are throughout; the centre in both and the surround on its side, 3 dB lower, where they
    are."""
    source = join((WIDE, STEREO, AC3), (WIDE, SURROUND, AC3), (WIDE, STEREO, AC3), suffix=suffix)
    made = transcode(source, "mezzanine").samples()
    assert len(made) == pytest.approx(3 * HALF_S * 48000, abs=48000 / RATE)
    for number in range(3):
        begins = int((number * HALF_S + 0.4) * 48000)
        part = made[begins : begins + 38400]
        assert tone(part, 500, 0) == pytest.approx(-20, abs=0.5)
        assert tone(part, 800, 1) == pytest.approx(-20, abs=0.5)
        centre = -23 if number == 1 else -200
        for channel in (0, 1):
            assert (tone(part, 1100, channel) > -60) is (number == 1)
            if number == 1:
                assert tone(part, 1100, channel) == pytest.approx(centre, abs=0.5)
        assert (tone(part, 1700, 1) > -60) is (number == 1)


@pytest.mark.acceptance
@pytest.mark.parametrize(
    "coder", ["aac", pytest.param("mp2", marks=pytest.mark.acceptance)]
)  # AAC begins earlier: the second part overlaps the first
def test_a_rate_that_changes_keeps_pitch_and_length(coder: str, join: Join, transcode: Transcode) -> None:
    options = [(*ENCODERS["h264"], "-c:a", coder, "-ar", rate) for rate in ("48000", "32000")]
    source = join(*((WIDE, STEREO, own) for own in options))
    made = transcode(source, "mezzanine").samples()
    assert len(made) == pytest.approx(2 * HALF_S * 48000, abs=48000 / RATE)
    for begins_s in (0.4, HALF_S + 0.4):
        part = made[int(begins_s * 48000) : int(begins_s * 48000) + 38400]
        assert tone(part, 500, 0) == pytest.approx(-20, abs=0.5)


@pytest.mark.acceptance
def test_level_and_picture_change_together(join: Join, transcode: Transcode) -> None:
    """The loudness is of the whole film, not of its last stretch."""
    loud = "aevalsrc='0.3*sin(2*PI*500*t)|0.3*sin(2*PI*500*t)':c=stereo"
    source = join((FOUR_THREE, loud, AC3), (WIDE, SURROUND, AC3))
    made = transcode(source, "iptv-sd", FAST)
    assert made.rendition.loudness is not None
    assert made.rendition.loudness.integrated_lkfs == pytest.approx(-24, abs=0.5)
    assert shown(made) == pytest.approx([1.0] * len(shown(made)), abs=0.04)


def test_what_does_not_change_has_no_stretches(join: Join, transcode: Transcode) -> None:
    made = transcode(join((WIDE, STEREO, AC3), (WIDE, STEREO, AC3)), "iptv-sd", FAST)
    measures = made.inspection.measures
    assert measures is not None
    assert (measures.video.picture_stretches, measures.audio.sound_stretches) == ((), ())
