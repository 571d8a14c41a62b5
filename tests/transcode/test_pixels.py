"""Known pictures in, measured pictures out: every claim about pictures is checked on decoded samples."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.transcode.conftest import Transcode

Lavfi = Callable[..., Path]
MORE = pytest.mark.acceptance  # what another case of the suite shows too
LOSSLESS = ("-c:v", "ffv1", "-level", "3")
FAST = "video: {preset: veryfast}"


def still(picture: str, pictures: int) -> str:
    """One picture from a generator, so often: to draw it once is enough."""
    return f"{picture},loop=loop={pictures - 1}:size=1,setpts=N/25/TB"


# --- colours -------------------------------------------------------------------------------------------------------

PATCHES = (
    np.array(
        [
            [191, 191, 191],
            [191, 191, 0],
            [0, 191, 191],
            [0, 191, 0],
            [191, 0, 191],
            [191, 0, 0],
            [0, 0, 191],
            [32, 32, 32],
        ]
    )
    / 255.0
)
WEIGHTS = {"bt601": (0.299, 0.114), "bt709": (0.2126, 0.0722), "bt2020": (0.2627, 0.0593)}
TAGS = {
    "bt601": "color_primaries=bt470bg:color_trc=smpte170m:colorspace=bt470bg",
    "bt709": "color_primaries=bt709:color_trc=bt709:colorspace=bt709",
    "bt2020": "color_primaries=bt2020:color_trc=bt2020-10:colorspace=bt2020nc",
    "hlg": "color_primaries=bt2020:color_trc=arib-std-b67:colorspace=bt2020nc",
    "pq": "color_primaries=bt2020:color_trc=smpte2084:colorspace=bt2020nc",
}


def codes(rgb: NDArray[np.float64], matrix: str, *, full: bool = False, depth: int = 8) -> NDArray[np.float64]:
    """Y, U, V code values of R'G'B' (ITU-R BT.601, BT.709, BT.2020: E'Y = Kr R + (1 − Kr − Kb) G + Kb B)."""
    kr, kb = WEIGHTS[matrix]
    y = kr * rgb[:, 0] + (1 - kr - kb) * rgb[:, 1] + kb * rgb[:, 2]
    u, v = (rgb[:, 2] - y) / (2 * (1 - kb)), (rgb[:, 0] - y) / (2 * (1 - kr))
    scale = 1 << (depth - 8)
    if full:
        most = (1 << depth) - 1
        return np.stack([y * most, u * most + 128 * scale, v * most + 128 * scale], axis=1)
    return np.stack([16 + 219 * y, 128 + 224 * u, 128 + 224 * v], axis=1) * scale


def patches(
    values: NDArray[np.float64], width: int, height: int, pix_fmt: str, tags: str, lavfi: Lavfi, *options: str
) -> Path:
    """Eight upright patches of these code values, ten pictures of them."""
    step = width // 8
    words = {}
    for plane, name in enumerate(("lum", "cb", "cr")):
        # geq sees coarser planes by their own width
        share = f"floor(X*{width}/W/{step})"
        words[name] = "+".join(f"{round(value)}*eq({share}\\,{index})" for index, value in enumerate(values[:, plane]))
    geq = ":".join(f"{name}='{word}'" for name, word in words.items())
    sample = "64/45" if height == 576 else "1"
    return lavfi(
        "-f",
        "lavfi",
        "-i",
        still(f"color=black:s={width}x{height}:r=25:d=0.04,format={pix_fmt},geq={geq}", 10)
        + f",setsar={sample},setparams={tags}",
        *(options or LOSSLESS),
        suffix=".mkv",
    )


def seen(pictures: NDArray[np.uint8]) -> NDArray[np.float64]:
    """Means of the eight patches' middles in a picture."""
    _, height, width, _ = pictures.shape
    step = width // 8
    middle = pictures[len(pictures) // 2]
    rows = slice(height * 3 // 8, height * 5 // 8)
    return np.array(
        [
            middle[rows, index * step + step // 3 : index * step + 2 * step // 3].reshape(-1, 3).mean(axis=0)
            for index in range(8)
        ]
    )


CONVERSIONS = [
    pytest.param("iptv-sd", "bt709", False, "yuv420p", 640, 360, marks=MORE),
    pytest.param("iptv-sd", "bt709", True, "yuv420p", 640, 360, marks=MORE),
    ("iptv-sd", "bt709", False, "yuv422p10le", 640, 360),
    pytest.param("iptv-sd", "bt601", False, "yuv420p", 720, 576, marks=MORE),
    ("iptv-sd", "bt601", True, "yuv444p", 720, 576),
    pytest.param("projector", "bt601", False, "yuv420p", 720, 576, marks=MORE),
    pytest.param("projector", "bt601", True, "yuv420p10le", 640, 480, marks=MORE),
    pytest.param("mezzanine", "bt709", False, "yuv422p10le", 640, 360, marks=MORE),
]


@pytest.mark.parametrize(("profile", "matrix", "full", "pix_fmt", "width", "height"), CONVERSIONS)
def test_colour_patches_keep_their_colours(
    profile: str, matrix: str, full: bool, pix_fmt: str, width: int, height: int, lavfi: Lavfi, transcode: Transcode
) -> None:
    depth = 10 if "10" in pix_fmt else 8
    span = ":range=pc" if full else ":range=tv"
    source = patches(codes(PATCHES, matrix, full=full, depth=depth), width, height, pix_fmt, TAGS[matrix] + span, lavfi)
    made = transcode(source, profile, "" if profile == "mezzanine" else FAST)
    target = "bt601" if profile == "iptv-sd" else "bt709"
    assert abs(seen(made.pictures()) - codes(PATCHES, target)).max() <= 2
    track = made.rendition.media.video[0]
    assert (track.matrix, track.colour_range) == (target, "limited" if profile != "mezzanine" else track.colour_range)


def test_colours_of_bt2020_become_those_of_bt709(lavfi: Lavfi, transcode: Transcode) -> None:
    """Colours that both can show: linear light by the primaries of BT.2087, gamma as it was."""
    muted = 0.3 + 0.4 * PATCHES
    to_709 = np.array([[1.6605, -0.5876, -0.0728], [-0.1246, 1.1329, -0.0083], [-0.0182, -0.1006, 1.1187]])
    linear = np.clip((np.where(muted < 0.081, muted / 4.5, ((muted + 0.099) / 1.099) ** (1 / 0.45))) @ to_709.T, 0, 1)
    wanted = np.where(linear < 0.018, 4.5 * linear, 1.099 * linear**0.45 - 0.099)
    display = np.clip(np.clip(muted**2.4 @ to_709.T, 0, 1) ** (1 / 2.4), 0, 1)
    source = patches(
        codes(muted, "bt2020", depth=10),
        640,
        360,
        "yuv420p10le",
        TAGS["bt2020"] + ":range=tv",
        lavfi,
        "-c:v",
        "libx265",
        "-x265-params",
        "lossless=1:log-level=error:colorprim=bt2020:transfer=bt2020-10:colormatrix=bt2020nc",
        "-pix_fmt",
        "yuv420p10le",
    )
    made = seen(transcode(source, "projector", FAST).pictures())
    by_scene, by_display = codes(wanted, "bt709"), codes(display, "bt709")
    assert min(abs(made - by_scene).max(), abs(made - by_display).max()) <= 2


@pytest.mark.parametrize(("transfer", "white"), [("hlg", 721), pytest.param("pq", 573, marks=MORE)])
def test_hdr_is_tone_mapped(transfer: str, white: int, lavfi: Lavfi, transcode: Transcode) -> None:
    """Greys stay grey and in order, nothing is clipped, and the reference white of BT.2408 (203 cd/m²) is bright."""
    greys = np.array([[value, 512, 512] for value in (64, 200, 300, 420, 500, white, 800, 940)], dtype=float)
    greys = greys[np.argsort(greys[:, 0])]
    name = {"hlg": "arib-std-b67", "pq": "smpte2084"}[transfer]
    source = patches(
        greys,
        640,
        360,
        "yuv420p10le",
        TAGS[transfer] + ":range=tv",
        lavfi,
        "-c:v",
        "libx265",
        "-x265-params",
        f"lossless=1:log-level=error:colorprim=bt2020:transfer={name}:colormatrix=bt2020nc",
        "-pix_fmt",
        "yuv420p10le",
    )
    made = seen(transcode(source, "iptv-sd", FAST).pictures())
    assert abs(made[:, 1:] - 128).max() <= 1.5
    steps = np.diff(made[:, 0])
    below = greys[1:, 0] <= (1023 if transfer == "hlg" else 770)  # PQ above 1000 cd/m² is white
    assert (steps[below] > 1).all()
    assert 210 <= made[list(greys[:, 0]).index(white), 0] <= 228
    assert made[0, 0] == pytest.approx(16, abs=1)
    assert 230 <= made[-1, 0] <= 238  # PQ goes on to 10 000 cd/m²


@pytest.mark.acceptance
def test_a_mezzanine_keeps_hdr(lavfi: Lavfi, transcode: Transcode) -> None:
    source = patches(
        codes(PATCHES, "bt2020", depth=10),
        640,
        360,
        "yuv420p10le",
        TAGS["hlg"] + ":range=tv",
        lavfi,
        "-c:v",
        "libx265",
        "-x265-params",
        "lossless=1:log-level=error:colorprim=bt2020:transfer=arib-std-b67:colormatrix=bt2020nc",
        "-pix_fmt",
        "yuv420p10le",
    )
    made = transcode(source, "mezzanine")
    track = made.rendition.media.video[0]
    assert (track.transfer, track.matrix) == ("HLG", "bt2020")
    assert abs(seen(made.pictures()) - codes(PATCHES, "bt2020")).max() <= 2


# --- movement ------------------------------------------------------------------------------------------------------

STEP = 8  # samples that the edge moves from picture to picture of a 50p original


def edge(rate: str, seconds: float, size: str = "720x576", aspect: str = "64/45") -> str:
    """White comes in from the left, STEP samples every fiftieth of a second, whatever the rate."""
    # a picture of numbered time: position is a function of t; all lines are alike, so few are drawn
    width, height = size.split("x")
    return (
        f"color=black:s={width}x4:r={rate}:d={seconds},format=yuv420p,"
        f"geq=cb=128:cr=128:lum='if(lt(X\\,8+{STEP}*50*T)\\,235\\,16)',"
        f"scale={width}:{height}:flags=neighbor,setsar={aspect}"
    )


def positions(pictures: NDArray[np.uint8], rows: slice = slice(None)) -> NDArray[np.float64]:
    """Where the edge is in each picture, in samples of a 720 wide one."""
    luma = pictures[:, rows, :, 0].astype(float).mean(axis=1)
    bright = ((luma - 16) / 219).clip(0, 1).sum(axis=1)
    return bright * 720 / luma.shape[1]


def where(times: NDArray[np.float64]) -> NDArray[np.float64]:
    return 8 + STEP * 50 * times


@pytest.mark.parametrize("order", ["tff", pytest.param("bff", marks=MORE)])
def test_fields_become_whole_pictures(order: str, lavfi: Lavfi, transcode: Transcode) -> None:
    """One picture of each two fields, at the time of the first: no comb, the edge where it was then."""
    source = lavfi(
        "-f",
        "lavfi",
        "-i",
        edge("50", 1.6),
        "-vf",
        f"interlace=scan={order}:lowpass=off,setfield={order}",
        *LOSSLESS,
        "-field_order",
        {"tff": "tt", "bff": "bb"}[order],
        suffix=".mkv",
    )
    pictures = transcode(source, "iptv-sd", FAST + "\naspect: source").pictures()
    times = np.arange(len(pictures)) / 25
    assert abs(positions(pictures) - where(times)).max() < 3
    for field in (slice(0, None, 2), slice(1, None, 2)):  # both halves of a picture show one moment
        assert abs(positions(pictures, field) - positions(pictures)).max() < 3


@pytest.mark.parametrize("order", [pytest.param("tff", marks=MORE), "bff"])
def test_fields_are_kept_top_first(order: str, lavfi: Lavfi, transcode: Transcode) -> None:
    source = lavfi(
        "-f",
        "lavfi",
        "-i",
        edge("50", 1.6),
        "-vf",
        f"interlace=scan={order}:lowpass=off,setfield={order}",
        *LOSSLESS,
        "-field_order",
        {"tff": "tt", "bff": "bb"}[order],
        suffix=".mkv",
    )
    made = transcode(source, "iptv-sd", FAST + "\nscan: source\naspect: source")
    pictures = made.pictures()
    times = np.arange(len(pictures)) / 25
    top, bottom = positions(pictures, slice(0, None, 2)), positions(pictures, slice(1, None, 2))
    assert abs(top - where(times)).max() < 3
    assert abs(bottom - where(times + 0.02)).max() < 3
    assert made.rendition.media.video[0].scan.value == "interlaced"


@pytest.mark.acceptance
def test_fields_are_scaled_as_fields(lavfi: Lavfi, transcode: Transcode) -> None:
    source = lavfi(
        "-f",
        "lavfi",
        "-i",
        edge("50", 1),
        "-vf",
        "interlace=scan=tff:lowpass=off,setfield=tff",
        *LOSSLESS,
        "-field_order",
        "tt",
        suffix=".mkv",
    )
    pictures = transcode(source, "iptv-hd", FAST + "\nscan: source\naspect: crop").pictures()
    top, bottom = positions(pictures, slice(0, None, 2)), positions(pictures, slice(1, None, 2))
    assert pictures.shape[1:3] == (1080, 1920)
    assert (bottom - top).min() > STEP / 2  # a blend of both would stand still between


def test_fields_are_made_of_twice_the_pictures(lavfi: Lavfi, transcode: Transcode) -> None:
    source = lavfi("-f", "lavfi", "-i", edge("50", 1.6), *LOSSLESS, suffix=".mkv")
    made = transcode(source, "iptv-sd", FAST + "\nscan: interlaced\naspect: source")
    pictures = made.pictures()
    times = np.arange(len(pictures)) / 25
    assert abs(positions(pictures, slice(0, None, 2)) - where(times)).max() < 3
    assert abs(positions(pictures, slice(1, None, 2)) - where(times + 0.02)).max() < 3
    assert made.rendition.media.video[0].scan.value == "interlaced"


@pytest.mark.acceptance
def test_whole_pictures_in_an_interlaced_profile_are_psf(lavfi: Lavfi, transcode: Transcode) -> None:
    source = lavfi("-f", "lavfi", "-i", edge("25", 1.6), *LOSSLESS, suffix=".mkv")
    made = transcode(source, "iptv-sd", FAST + "\nscan: interlaced\naspect: source")
    pictures = made.pictures()
    for field in (slice(0, None, 2), slice(1, None, 2)):
        assert abs(positions(pictures, field) - where(np.arange(len(pictures)) / 25)).max() < 3


RATES = [
    "30000/1001",
    pytest.param("25", marks=MORE),
    pytest.param("50", marks=MORE),
    pytest.param("24000/1001", marks=MORE),
    pytest.param("60", marks=MORE),
    pytest.param("24", marks=MORE),
    pytest.param("30", marks=MORE),
    pytest.param("60000/1001", marks=MORE),
]


@pytest.mark.parametrize("rate", RATES)
def test_every_rate_becomes_25_by_the_nearest_picture(rate: str, lavfi: Lavfi, transcode: Transcode) -> None:
    source = lavfi("-f", "lavfi", "-i", edge(rate, 1.6), *LOSSLESS, suffix=".mkv")
    pictures = transcode(source, "iptv-sd", FAST + "\naspect: source").pictures()
    times = np.arange(len(pictures)) / 25
    away = positions(pictures) - where(times)
    assert abs(away).max() <= STEP * 50 * float(1 / Fraction(rate)) / 2 + 5  # half a source picture
    steps = np.diff(positions(pictures))
    doubles = int((steps < STEP / 2).sum())
    assert doubles <= (2 if Fraction(rate) < 25 else 0)


def test_a_varying_rate_becomes_25(lavfi: Lavfi, transcode: Transcode) -> None:
    """A phone: 29.97 with pictures left out where it was dark."""
    source = lavfi(
        "-f",
        "lavfi",
        "-i",
        edge("30000/1001", 1.6),
        "-vf",
        "select='not(between(n,10,13)+eq(n,20))'",
        "-fps_mode",
        "vfr",
        *LOSSLESS,
        suffix=".mkv",
    )
    pictures = transcode(source, "iptv-sd", FAST + "\naspect: source").pictures()
    away = positions(pictures) - where(np.arange(len(pictures)) / 25)
    inside = np.ones(len(away), bool)
    inside[[7, 8, 9, 10, 11, 17]] = False  # there the film has no pictures
    assert abs(away[inside]).max() <= STEP * 50 / 30 + 4


@pytest.mark.parametrize(("text", "rate"), [pytest.param("rate: source", 24000 / 1001, marks=MORE), ("", 25.0)])
def test_pulldown_is_taken_out(text: str, rate: float, lavfi: Lavfi, transcode: Transcode) -> None:
    """29.97 made of 23.976 by 2:3: what comes out has whole pictures only, one for each of the film's."""
    source = lavfi(
        "-f",
        "lavfi",
        "-i",
        edge("24000/1001", 3, "720x480", "1").replace(f"{STEP}*50", "200"),
        "-vf",
        "telecine=pattern=23,setfield=tff",
        *LOSSLESS,
        "-field_order",
        "tt",
        suffix=".mkv",
    )
    made = transcode(source, "projector", f"{text}\nvideo: {{preset: veryfast, level: '4.2'}}")
    pictures = made.pictures()
    assert made.rendition.media.video[0].frame_rate == pytest.approx(rate, abs=0.01)
    assert len(pictures) == (72 if rate < 24 else 75)  # none is lost at the end
    for field in (slice(0, None, 2), slice(1, None, 2)):
        assert abs(positions(pictures, field) - positions(pictures)).max() < 3
    inner = np.diff(positions(pictures))[2:-2]
    if rate < 24:
        assert inner.min() > 4
    else:
        assert int((inner < 4).sum()) <= 3  # 24 to 25: one in a second


@pytest.mark.acceptance
def test_a_film_may_run_faster_when_it_is_asked_for(lavfi: Lavfi, transcode: Transcode) -> None:
    source = lavfi(
        "-f",
        "lavfi",
        "-i",
        edge("24", 3),
        "-f",
        "lavfi",
        "-i",
        "sine=1000:r=48000:d=3",
        *LOSSLESS,
        "-c:a",
        "pcm_s16le",
        suffix=".mkv",
    )
    made = transcode(source, "projector", FAST + "\nrate_by: speed")
    pictures, sound = made.pictures(), made.samples()
    assert len(pictures) == 72
    assert np.diff(positions(pictures))[: 720 // 17].min() > STEP / 2
    assert len(sound) / 48000 == pytest.approx(72 / 25, abs=0.05)
    middle = sound[48000:96000, 0]
    peak = np.argmax(abs(np.fft.rfft(middle)))  # the pitch is kept
    assert peak == pytest.approx(1000, abs=8)


@pytest.mark.acceptance
def test_other_rates_may_be_blended(lavfi: Lavfi, transcode: Transcode) -> None:
    source = lavfi("-f", "lavfi", "-i", edge("30", 1.6), *LOSSLESS, suffix=".mkv")
    pictures = transcode(source, "projector", FAST + "\nrate_by: blend").pictures()
    steps = np.diff(positions(pictures))
    assert steps[:30].min() > STEP * 1.2  # no jump, no stop
    assert steps[:30].max() < STEP * 2.8


# --- shape ---------------------------------------------------------------------------------------------------------


def disc(width: int, height: int, aspect: Fraction) -> str:
    """A white disc, round as it is shown, on grey."""
    sample = float(aspect * height / width)
    round_it = f"hypot((X-{width}/2)*{sample}\\,Y-{height}/2)"
    return (
        still(
            f"color=black:s={width}x{height}:r=25:d=0.04,format=yuv420p,geq=cb=128:cr=128:lum='if(lt({round_it}\\,"
            f"{min(width, height)}*0.3)\\,235\\,80)'",
            15,
        )
        + f",setsar={Fraction(sample).limit_denominator(99)}"
    )


def disc_box(picture: NDArray[np.uint8]) -> tuple[int, int]:
    white = picture[:, :, 0] > 160
    return int(white.any(axis=0).sum()), int(white.any(axis=1).sum())


SHAPES = [
    (720, 576, Fraction(4, 3), "pad", Fraction(64, 45)),
    pytest.param(720, 576, Fraction(16, 9), "pad", Fraction(64, 45), marks=MORE),
    pytest.param(720, 576, Fraction(4, 3), "crop", Fraction(64, 45), marks=MORE),
    pytest.param(720, 576, Fraction(4, 3), "source", Fraction(16, 15), marks=MORE),
    pytest.param(1280, 720, Fraction(16, 9), "source", Fraction(64, 45), marks=MORE),
    (853, 481, Fraction(853, 481), "pad", Fraction(64, 45)),
    pytest.param(1920, 800, Fraction(12, 5), "pad", Fraction(64, 45), marks=MORE),
    pytest.param(540, 960, Fraction(9, 16), "pad", Fraction(64, 45), marks=MORE),
]


@pytest.mark.parametrize(("width", "height", "aspect", "over", "sample"), SHAPES)
def test_what_is_round_stays_round(
    width: int, height: int, aspect: Fraction, over: str, sample: Fraction, lavfi: Lavfi, transcode: Transcode
) -> None:
    source = lavfi("-f", "lavfi", "-i", disc(width, height, aspect), *LOSSLESS, suffix=".mkv")
    made = transcode(source, "iptv-sd", FAST + f"\naspect: {over}")
    picture = made.pictures()[5]
    across, down = disc_box(picture)
    assert across * float(sample) / down == pytest.approx(1, abs=0.02)
    edges = picture[288, [2, -3], 0].astype(int)
    barred = over == "pad" and aspect < Fraction(16, 9) - Fraction(1, 50)
    assert (edges < 30).all() == barred


@pytest.mark.parametrize("height", [pytest.param(1078, marks=MORE), 358])
def test_a_mezzanine_is_never_scaled(height: int, lavfi: Lavfi, transcode: Transcode) -> None:
    """Nearly 16:9 is not 16:9: no bars, no sample moved."""
    width = 1920 if height > 1000 else 640
    source = lavfi("-f", "lavfi", "-i", f"color=0x909090:s={width}x{height}:r=25:d=0.4", *LOSSLESS, suffix=".mkv")
    made = transcode(source, "mezzanine")
    picture = made.pictures()[3]
    assert picture.shape[:2] == (height, width)
    assert picture[:, :, 0].min() > 100
    assert "zscale=w" not in " ".join(made.plan.processes[0].argv) or f"w={width}" in " ".join(
        made.plan.processes[0].argv
    )


def test_rotation_is_applied(lavfi: Lavfi, transcode: Transcode) -> None:
    """A phone held upright: what was recorded at the left side is shown on top."""
    flat = lavfi(
        "-f",
        "lavfi",
        "-i",
        "color=black:s=640x360:r=25:d=0.6,format=yuv420p,geq=cb=128:cr=128:lum="
        "'if(lt(X\\,W/2)\\,235\\,if(lt(Y\\,H/2)\\,120\\,16))'",
        "-c:v",
        "libx264",
        "-qp",
        "4",
    )
    turned = lavfi("-display_rotation:v:0", "-90", "-i", str(flat), "-c", "copy")
    made = transcode(turned, "projector", FAST)
    picture = made.pictures()[3][:, :, 0]
    assert picture.shape == (640, 360)
    assert picture[160].mean() == pytest.approx(235, abs=3)
    assert sorted([picture[480, 90].item() // 20, picture[480, 270].item() // 20]) == [0, 6]


@pytest.mark.acceptance
def test_the_line_up_is_left_out_when_asked(lavfi: Lavfi, transcode: Transcode) -> None:
    """Bars and tone, black, then the programme: its first picture is the output's first, the tone is gone."""
    parts = (
        "-f",
        "lavfi",
        "-i",
        "pal75bars=s=720x576:r=25:d=4,format=yuv420p,setsar=64/45",
        "-f",
        "lavfi",
        "-i",
        "color=black:s=720x576:r=25:d=1,format=yuv420p,setsar=64/45",
        "-f",
        "lavfi",
        "-i",
        edge("25", 1.6),
        "-f",
        "lavfi",
        "-i",
        "sine=1000:r=48000:d=4,volume=-10dB",
        "-f",
        "lavfi",
        "-i",
        "sine=300:r=48000:d=1.6,adelay=1000,volume=-20dB",
    )
    joined = lavfi(
        *parts,
        "-filter_complex",
        "[0:v][1:v][2:v]concat=n=3[v];[3:a][4:a]concat=n=2:v=0:a=1[a]",
        "-map",
        "[v]",
        "-map",
        "[a]",
        *LOSSLESS,
        "-c:a",
        "pcm_s16le",
        suffix=".mkv",
    )
    made = transcode(joined, "projector", FAST, trim_line_up=True)
    pictures, sound = made.pictures(), made.samples()
    assert made.inspection.start_s == pytest.approx(5.0, abs=0.001)
    assert len(pictures) == 40
    assert positions(pictures)[0] == pytest.approx(8, abs=3)
    assert positions(pictures)[10] == pytest.approx(where(np.array([0.4]))[0], abs=3)
    assert np.argmax(abs(np.fft.rfft(sound[4800:52800, 0]))) == pytest.approx(300, abs=3)
    whole = transcode(joined, "projector", FAST)
    assert len(whole.pictures()) == 165
