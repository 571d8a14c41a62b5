"""A lecture with its slides: what stands where in the pictures that came out, and from which picture on."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Sequence
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.model.chapter import Chapter
from pipeline.model.course import Corner, Layout
from tests.transcode.conftest import FAST, Film, Transcode

Lavfi = Callable[..., Path]
MORE = pytest.mark.acceptance
# each page is of one colour, none of which is a lecturer's or the ground's
PAGES = {1: "0x2060c0", 2: "0xc0a020", 3: "0x20a060"}
ENDS = {1: 13, 2: 20, 3: 31}  # the picture that each page is gone with
LOSSLESS = ("-c:v", "libx264", "-preset", "ultrafast", "-qp", "0", "-fflags", "+bitexact")
SIDE, PIP = (Layout.SIDE, Corner.BOTTOM_RIGHT), (Layout.PIP, Corner.BOTTOM_RIGHT)
GROUND = (0, 0, 0)
LECTURER = (0xC0, 0x30, 0x30)  # what he wears


@pytest.fixture
def deck(lavfi: Lavfi) -> Path:
    """Three pages, 31 pictures in all."""
    begins = [0, *ENDS.values()]
    parts = [
        f"color={colour}:s=1920x1080:r=25:d={(end - begin) / 25},trim=end_frame={end - begin}[p{page}]"
        for begin, (page, colour), end in zip(begins, PAGES.items(), ENDS.values(), strict=False)
    ]
    said = "scale=out_color_matrix=bt709:out_range=tv,format=yuv420p,setparams=range=tv:colorspace=bt709"
    graph = f"{';'.join(parts)};{''.join(f'[p{page}]' for page in PAGES)}concat=n={len(PAGES)},{said}"
    tags = ("-color_primaries", "bt709", "-color_trc", "bt709")
    return lavfi("-filter_complex", graph, *LOSSLESS, *tags, suffix=".mkv")


def rgb(picture: NDArray[np.uint8], matrix: str) -> NDArray[np.float64]:
    """(height, width, 3): R, G and B of limited range Y, U, V (ITU-R BT.601, BT.709)."""
    red, blue = {"bt709": (0.2126, 0.0722), "bt601": (0.299, 0.114)}[matrix]
    y, u, v = np.moveaxis(picture.astype(float), 2, 0)
    y, u, v = (y - 16) / 219, (u - 128) / 224, (v - 128) / 224
    r, b = y + 2 * (1 - red) * v, y + 2 * (1 - blue) * u
    return np.stack([r, (y - red * r - blue * b) / (1 - red - blue), b], axis=2) * 255


def code(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[at : at + 2], 16) for at in (2, 4, 6))


def box_of(picture: NDArray[np.float64], colours: Sequence[tuple[int, ...]]) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of what has one of these colours, as shares of the picture."""
    near = np.zeros(picture.shape[:2], bool)
    for colour in colours:
        near |= np.abs(picture - colour).max(axis=2) < 24
    rows, columns = np.flatnonzero(near.mean(axis=1) > 0.03), np.flatnonzero(near.mean(axis=0) > 0.03)
    height, width = near.shape
    return columns[0] / width, rows[0] / height, (columns[-1] + 1) / width, (rows[-1] + 1) / height


def seen(film: Film, number: int) -> NDArray[np.float64]:
    return rgb(film.pictures()[number], "bt601" if film.path.stem == "iptv-sd" else "bt709")


def pages(film: Film, left: float, top: float) -> list[int]:
    """The page that each picture shows at this place."""
    found = []
    for picture in film.pictures():
        height, width = picture.shape[:2]
        spot = picture[int(top * height) : int(top * height) + 8, int(left * width) : int(left * width) + 8]
        mean = rgb(spot, "bt601" if film.path.stem == "iptv-sd" else "bt709").mean(axis=(0, 1))
        found.append(min(PAGES, key=lambda page: float(np.abs(mean - code(PAGES[page])).max())))
    return found


def lecturer(
    lavfi: Lavfi, size: str = "640x360", aspect: str = "1", rate: int = 25, more: str = "", **how: str
) -> Path:
    """40 pictures at 25 a second of a man in red, and his voice where it is not left out."""
    red = "0x{:02x}{:02x}{:02x}".format(*LECTURER)
    sound = () if how.get("sound") == "no" else ("-f", "lavfi", "-i", "sine=440:r=48000:d=1.6")
    coder = ("-c:v", "libx264", "-preset", "ultrafast", "-qp", "4", "-pix_fmt", "yuv420p")
    if more == "fields":
        coder = ("-c:v", "mpeg2video", "-q:v", "2", "-flags", "+ildct+ilme", "-pix_fmt", "yuv420p")
    fields = ",interlace=scan=tff" if more == "fields" else ""
    picture = f"color={red}:s={size}:r={rate}:d=1.6{fields},setsar={aspect}"
    return lavfi("-f", "lavfi", "-i", picture, *sound, *coder, "-c:a", "aac" if not fields else "mp2", suffix=".mkv")


# where both stand, as shares of the picture: of 1920x1080 slides 1344x756 at 48, 162, a lecturer in 480x756 beside them
SLIDES_BESIDE = (48 / 1920, 162 / 1080, 1392 / 1920, 918 / 1080)
BESIDE = {
    "wide": (1392 / 1920, 405 / 1080, 1872 / 1920, 675 / 1080),
    "4:3": (1392 / 1920, 360 / 1080, 1872 / 1920, 720 / 1080),
    "upright": (1419.4 / 1920, 162 / 1080, 1844.6 / 1920, 918 / 1080),
}
LECTURERS: dict[str, tuple[str, dict[str, object]]] = {
    "wide": ("wide", {}),
    "mute": ("wide", {"sound": "no"}),
    "50p": ("wide", {"rate": 50}),
    "4:3 in fields": ("4:3", {"size": "720x576", "aspect": "16/15", "rate": 50, "more": "fields"}),
    "anamorphic": ("wide", {"size": "720x576", "aspect": "64/45"}),
    "upright": ("upright", {"size": "360x640"}),
}


IN_SUITE = (("4:3 in fields", "iptv-sd"),)


@pytest.mark.parametrize(
    ("name", "profile"),
    [
        pytest.param(*case, marks=() if case in IN_SUITE else MORE)
        for case in product(LECTURERS, ("iptv-hd", "iptv-sd", "projector"))
    ],
)
def test_slides_and_lecturer_stand_side_by_side(
    name: str, profile: str, deck: Path, lavfi: Lavfi, transcode: Transcode
) -> None:
    """Within 95 % of the picture, neither distorted, each page from its own picture on, the last one to the end."""
    shape, how = LECTURERS[name]
    made = transcode(lecturer(lavfi, **how), profile, FAST, slides=(deck, *SIDE))  # type: ignore[arg-type]
    assert made.rendition.frames == 40
    picture = seen(made, 30)
    lines = made.rendition.media.video[0].height
    assert box_of(picture, [code(PAGES[3])]) == pytest.approx(SLIDES_BESIDE, abs=2.5 / lines)
    assert box_of(picture, [LECTURER]) == pytest.approx(BESIDE[shape], abs=2.5 / lines)
    assert np.abs(picture[: lines // 8] - GROUND).max() < 8
    assert pages(made, 0.1, 0.3) == [1] * 13 + [2] * 7 + [3] * 20


@pytest.mark.parametrize(
    ("corner", "profile"),
    [
        (Corner.BOTTOM_RIGHT, "iptv-sd"),
        *(pytest.param(corner, profile, marks=MORE) for corner in Corner for profile in ("iptv-hd", "proxy")),
    ],
)
def test_a_lecturer_stands_in_his_corner(
    corner: Corner, profile: str, deck: Path, lavfi: Lavfi, transcode: Transcode
) -> None:
    made = transcode(lecturer(lavfi), profile, FAST, slides=(deck, Layout.PIP, corner))
    picture, lines = seen(made, 30), made.rendition.media.video[0].height
    left = 0.025 if "left" in corner else 0.775
    top = 0.025 if "top" in corner else 0.775
    assert box_of(picture, [LECTURER]) == pytest.approx((left, top, left + 0.2, top + 0.2), abs=2.5 / lines)
    assert box_of(picture, [code(PAGES[3])]) == (0, 0, 1, 1)
    assert pages(made, 0.5, 0.5) == [1] * 13 + [2] * 7 + [3] * 20


def test_slides_alone_have_the_lecturers_voice_in_step(deck: Path, lavfi: Lavfi, transcode: Transcode) -> None:
    """His sound begins 0.2 s behind his pictures, which nobody sees: it is not heard sooner for that."""
    picture, click = (
        "color=red:s=640x360:r=25:d=1.6",
        "aevalsrc='0.5*between(t,0.4,0.42)*sin(2*PI*1000*t)':s=48000:d=1.4",
    )
    coder = ("-c:v", "libx264", "-preset", "ultrafast", "-c:a", "pcm_s16le")
    late = lavfi(
        *("-f", "lavfi", "-i", picture, "-itsoffset", "0.2", "-f", "lavfi", "-i", click, *coder), suffix=".mkv"
    )
    made = transcode(late, "proxy", slides=(deck, Layout.SLIDES, Corner.BOTTOM_RIGHT))
    assert made.rendition.frames == 40
    assert pages(made, 0.5, 0.5) == [1] * 13 + [2] * 7 + [3] * 20
    heard = np.flatnonzero(np.abs(made.samples()[:, 0]) > 0.05)
    assert heard[0] / 48000 == pytest.approx(0.6, abs=0.005)


def test_sound_alone_goes_with_slides(deck: Path, lavfi: Lavfi, transcode: Transcode) -> None:
    """A deck that is longer is cut where the sound ends."""
    voice = lavfi("-f", "lavfi", "-i", "sine=440:r=48000:d=1", "-c:a", "pcm_s16le", suffix=".wav")
    made = transcode(voice, "iptv-sd", FAST, slides=(deck, Layout.SLIDES, Corner.BOTTOM_RIGHT))
    assert made.rendition.frames == 25
    assert pages(made, 0.5, 0.5) == [1] * 13 + [2] * 7 + [3] * 5


@pytest.mark.acceptance
def test_small_letters_are_as_sharp_as_from_the_deck_alone(lavfi: Lavfi, transcode: Transcode) -> None:
    """Lines 6 samples wide, on SD beside a lecturer: as dark as scaling them once to that size leaves them."""
    columns = "format=yuv420p,geq=lum='if(lt(mod(X\\,12)\\,6)\\,235\\,16)':cb=128:cr=128"
    grid = f"color=white:s=1920x4:r=25:d=0.4,{columns},scale=1920:1080:flags=neighbor,setsar=1"
    deck = lavfi("-f", "lavfi", "-i", grid, *LOSSLESS, suffix=".mkv")
    made = transcode(lecturer(lavfi), "iptv-sd", FAST, slides=(deck, *SIDE))
    area = made.pictures()[20, 200:400, 40:500, 0].astype(float)
    assert area.max(axis=1).mean() - area.min(axis=1).mean() > 150


@pytest.mark.acceptance
def test_what_a_page_leaves_free_is_what_the_layout_leaves_free(lavfi: Lavfi, transcode: Transcode) -> None:
    """A page of 4:3 has no frame of its own: its sides and the ground are of one colour."""
    page = "color=white:s=1440x1080:r=25:d=0.4,format=yuv420p,pad=1920:1080:240:0:black,setparams=range=tv"
    deck = lavfi("-f", "lavfi", "-i", page, *LOSSLESS, suffix=".mkv")
    luma = transcode(lecturer(lavfi), "iptv-sd", FAST, slides=(deck, *SIDE)).pictures()[20, :, :, 0].astype(int)
    paper = np.flatnonzero(luma[288] > 200)
    assert paper[0] == pytest.approx(18 + 504 / 8, abs=3)
    beside = luma[60:516, : paper[0] - 8]
    assert beside.max() - beside.min() <= 2


@pytest.mark.acceptance
def test_the_poster_shows_both(deck: Path, lavfi: Lavfi, transcode: Transcode) -> None:
    made = transcode(lecturer(lavfi), "poster", slides=(deck, *SIDE))
    (picture,) = made.pictures()
    red = np.abs(picture[:, :, 2].astype(float) - picture[:, :, 2].min()) > 60  # red wears V high; the page does not
    assert red[360, 1000]
    assert not red[360, 400]
    assert np.abs(picture[20:60, 20:1200].astype(float) - (0, 128, 128)).max() <= 3  # full range, as JPEG is


CHAPTERS = (
    Chapter(start_s=0.0, title="播种；=;#\\x", page=1),
    Chapter(start_s=0.52, title="كېۋەز", page=2),
    Chapter(start_s=0.8, title="播种；=;#\\x", page=1),
)


@pytest.mark.parametrize(
    "profile", ["proxy", *(pytest.param(name, marks=MORE) for name in ("audio-only", "audio-mp3"))]
)
def test_chapters_stand_in_files_with_their_titles(
    profile: str, deck: Path, lavfi: Lavfi, transcode: Transcode
) -> None:
    """`transcode` reads them back, and refuses what differs."""
    made = transcode(lecturer(lavfi), profile, chapters=CHAPTERS, slides=(deck, *SIDE))
    assert made.plan.outputs[0].expected.chapters == CHAPTERS
    command = [
        str(made.ffmpeg),
        "-hide_banner",
        "-i",
        str(made.path),
        "-map_chapters",
        "-1",
        "-t",
        "0",
        "-f",
        "null",
        "-",
    ]
    said = subprocess.run(command, check=True, capture_output=True, timeout=60)
    told = re.findall(
        r"Chapter #0:\d: start ([0-9.]+), end ([0-9.]+)\s+Metadata:\s+title +: (.*)", said.stderr.decode()
    )
    assert [(float(start), title) for start, _, title in told] == [(item.start_s, item.title) for item in CHAPTERS]
    assert float(told[-1][1]) == pytest.approx(1.6, abs=0.03)
    assert made.rendition.media.text == ()  # they are no subtitles


@pytest.mark.acceptance
@pytest.mark.parametrize(
    "profile", ["proxy", *(pytest.param(name, marks=MORE) for name in ("audio-only", "audio-mp3"))]
)
def test_chapters_have_the_same_bytes_each_time(profile: str, lavfi: Lavfi, transcode: Transcode) -> None:
    many = tuple(
        Chapter(start_s=round(number * 0.004, 3), title=f"第{number}页", page=number + 1) for number in range(300)
    )
    made, again = (transcode(lecturer(lavfi), profile, chapters=many) for _ in range(2))
    assert made.plan.outputs[0].expected.chapters == many
    assert made.path.read_bytes() == again.path.read_bytes()


@pytest.mark.acceptance
@pytest.mark.parametrize("layout", [Layout.SIDE, pytest.param(Layout.PIP, marks=MORE)])
def test_a_lecturer_who_changes_his_shape_on_the_way_stays_in_his_place(
    layout: Layout, deck: Path, lavfi: Lavfi, tmp_path: Path, transcode: Transcode
) -> None:
    whole = tmp_path / "whole.ts"
    with whole.open("wb") as joined:
        for number, aspect in enumerate(("64/45", "16/15")):
            picture = f"color=0xc03030:s=720x576:r=25:d=0.8,setsar={aspect}"
            sound = ("-f", "lavfi", "-i", "sine=440:r=48000:d=0.8", "-c:a", "mp2")
            coder = ("-c:v", "mpeg2video", "-q:v", "2", "-g", "12", "-output_ts_offset", str(number * 0.8))
            joined.write(lavfi("-f", "lavfi", "-i", picture, *sound, *coder, suffix=".ts").read_bytes())
    made = transcode(whole, "iptv-sd", FAST, slides=(deck, layout, Corner.TOP_RIGHT))
    frames = made.rendition.frames or 0
    assert frames == pytest.approx(40, abs=1)
    assert pages(made, 0.1, 0.3) == [1] * 13 + [2] * 7 + [3] * (frames - 20)
    for number in (5, 30):
        left, top, right, bottom = box_of(seen(made, number), [LECTURER])
        assert left >= 0.72
        assert right <= 0.976
        assert (right - left) / (bottom - top) == pytest.approx((1.0, 0.75)[number == 30], abs=0.04)
