"""What the pinned ffmpeg says of a file, as a noun: goldens of real reports, and lines that lie or are torn."""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from pipeline.errors import MediaError
from pipeline.ffmpeg import stderr
from pipeline.ffmpeg.report import SourceReport, StreamKind, read, report
from pipeline.ffmpeg.runner import Runner
from pipeline.inspect import first_bytes

Lavfi = Callable[..., Path]
Ask = Callable[[Path], SourceReport]

GOLDEN = Path(__file__).parent / "golden"
PICTURE = ("-f", "lavfi", "-i", "testsrc2=s=320x240:d=0.5")
SOUND = ("-f", "lavfi", "-i", "sine=d=0.5:r=48000")
# eight channels of which nothing says what they are
EIGHT = ("-f", "lavfi", "-i", "aevalsrc=exprs=sin(1000*t)|sin(1000*t)|0|0|0|0|0|0:s=48000:d=0.5")
MPEG2 = ("-c:v", "mpeg2video", "-c:a", "mp2")
H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac")
# how each file is made, and its suffix: one for each thing that a report can tell
FILES: dict[str, tuple[str, str]] = {
    "mp4": ("{picture} {sound} {h264} -metadata:s:a:0 language=uig", ".mp4"),
    "sound alone": ("{sound} -c:a pcm_s16le", ".wav"),
    "two programmes": (
        "{picture} {sound} -map 0 -map 1 -map 0 -map 1 {mpeg2}"
        " -program program_num=7:st=0:st=1 -program program_num=9:st=2:st=3:st=1",
        ".ts",
    ),
    "substreams": (
        "{picture} {sound} -map 0 -map 1 -map 1 -c:v mpeg2video -c:a:0 mp2 -c:a:1 ac3 -f vob",
        ".mpg",
    ),
    "sound first": ("{sound} {picture} -map 0 -map 1 {mpeg2}", ".avi"),
    "ogg": ("{picture} {sound} -c:v libtheora -c:a libvorbis", ".ogv"),
    "channels without a layout": ("{picture} {eight} -c:v mpeg2video -c:a pcm_s16le", ".mxf"),
    "5.1": ("{sound} -af aformat=channel_layouts=5.1(side) -c:a ac3", ".mkv"),
    "timecode": ("{picture} {sound} {h264} -timecode 10:00:00:00", ".mov"),
    "3D": ("{picture} {h264} -x264-params frame-packing=3", ".ts"),
    "flat by its own word": ("{picture} {h264} -x264-params frame-packing=6", ".ts"),
    "wide samples": ("{picture} -vf setsar=16/11 {h264}", ".mkv"),
    "HLG": (
        "{picture} -c:v libx265 -preset ultrafast -pix_fmt yuv420p10le -x265-params log-level=none"
        " -color_primaries bt2020 -color_trc arib-std-b67 -colorspace bt2020nc",
        ".mov",
    ),
}
# what a container can say of one flat film
TURNS: dict[str, tuple[str, ...]] = {
    "clockwise": ("-display_rotation", "-90"),
    "counter-clockwise": ("-display_rotation", "90"),
    "upside down": ("-display_rotation", "180"),
    "mirrored": ("-display_rotation", "0", "-display_hflip"),
    "mirrored upside down": ("-display_rotation", "0", "-display_vflip"),
    "mirrored clockwise": ("-display_rotation", "-90", "-display_hflip"),
    "mirrored counter-clockwise": ("-display_rotation", "90", "-display_hflip"),
    "askew": ("-display_rotation", "45"),
}


def words(recipe: str) -> list[str]:
    """A recipe as arguments of ffmpeg."""
    known = {"picture": PICTURE, "sound": SOUND, "eight": EIGHT, "mpeg2": MPEG2, "h264": H264}
    return [part for word in recipe.split() for part in known.get(word.strip("{}"), (word,))]


@pytest.fixture
def ask(ffmpeg: Path, tmp_path: Path) -> Ask:
    return lambda path: report(path, first_bytes.demuxer(path), Runner(ffmpeg, tmp_path, tmp_path / "ffmpeg.log"))


@pytest.fixture
def flat(lavfi: Lavfi) -> Path:
    return lavfi(*PICTURE, *H264, suffix=".mp4")


def as_json(found: object) -> object:
    return json.loads(json.dumps(dataclasses.asdict(found), default=str))  # type: ignore[call-overload]


def held(name: str, found: object) -> None:
    """`found` is what the golden of this name holds."""
    path = GOLDEN / f"{name.replace(' ', '-')}.json"
    if os.environ.get("GOLDEN") == "write":
        path.write_text(json.dumps(as_json(found), indent=1) + "\n")
    assert as_json(found) == json.loads(path.read_text())


@pytest.mark.parametrize("name", FILES)
def test_a_report_is_read_as_reviewed(name: str, lavfi: Lavfi, ask: Ask) -> None:
    recipe, suffix = FILES[name]
    held(name, ask(lavfi(*words(recipe), suffix=suffix)))


@pytest.mark.parametrize("name", TURNS)
def test_a_turn_is_read_as_a_player_applies_it(name: str, flat: Path, lavfi: Lavfi, ask: Ask) -> None:
    picture = ask(lavfi(*TURNS[name], "-i", str(flat), "-c", "copy", suffix=".mp4")).picture
    assert picture is not None
    held(f"turn {name}", picture)


def test_one_picture_of_a_named_stream_is_decoded(lavfi: Lavfi, ffmpeg: Path, tmp_path: Path) -> None:
    small = ("-f", "lavfi", "-i", "testsrc2=s=160x120:d=0.5")
    path = lavfi(*PICTURE, *small, "-map", "0", "-map", "1", *H264, suffix=".mkv")
    found = report(path, "matroska", Runner(ffmpeg, tmp_path, tmp_path / "ffmpeg.log"), stream=1)
    assert found.picture is not None
    assert (found.picture.index, found.picture.size) == (1, (160, 120))


def test_a_file_without_pictures_has_streams_and_no_picture(lavfi: Lavfi, ask: Ask) -> None:
    found = ask(lavfi(*SOUND, "-c:a", "flac", suffix=".flac"))
    assert [item.kind for item in found.streams] == [StreamKind.AUDIO]
    assert found.picture is None


@pytest.mark.parametrize(
    "language", ["zho\n[info]   Stream #0:3[0x9](eng): Audio: mp2", "zho\n[info]   Stream #0:1[0x9](eng): Audio: mp2"]
)
def test_a_language_tag_that_forges_a_stream_is_refused(language: str, lavfi: Lavfi, ask: Ask) -> None:
    path = lavfi(*PICTURE, *SOUND, *H264, "-metadata:s:a:0", f"language={language}", suffix=".mkv")
    with pytest.raises(MediaError) as caught:
        ask(path)
    assert caught.value.key == "unreadable"


def lines(*texts: str) -> list[stderr.Line]:
    return [stderr.parse(text) for text in texts]


HEAD = "[info] Input #0, mov, from 'x.mp4':"
STREAM = "[info]   Stream #0:{}[0x1](und): Video: h264 (High) (avc1 / 0x31637661), yuv420p, 320x240, 25 fps (default)"
SHOWN = (
    "[Parsed_showinfo_0 @ 0x1] [info] n:   0 pts:      0 pts_time:0 duration: 1 duration_time:0.04 fmt:yuv420p cl:left"
    " sar:1/1 s:320x240 i:P iskey:1 type:I checksum:0 plane_checksum:[0] mean:[1] stdev:[1]"
)
COLOURS = "[Parsed_showinfo_0 @ 0x1] [info] color_range:{} color_space:bt709 color_primaries:bt709 color_trc:bt709"


def test_a_tag_of_the_file_forges_no_stream(lavfi: Lavfi, ask: Ask) -> None:
    """What stands as deep as the streams of a group, without one."""
    tag = ("-metadata", "Stream #0:1: Audio: aac=x")
    found = ask(lavfi(*PICTURE, *H264, *tag, suffix=".mkv"))
    assert [item.kind for item in found.streams] == [StreamKind.VIDEO]


@pytest.mark.parametrize("numbers", [(0, 2), (1,), (0, 1, 3)])
def test_numbers_with_a_gap_are_refused(numbers: Sequence[int]) -> None:
    with pytest.raises(MediaError):
        read(lines(HEAD, *(STREAM.format(number) for number in numbers)), (), where="x.mp4")


def test_a_stream_of_two_programmes_is_one_stream() -> None:
    found = read(
        lines(HEAD, "[info]   Program 1 ", STREAM.format(0), "[info]   Program 2 ", STREAM.format(0)), (), where="x.ts"
    )
    assert found is not None
    assert (len(found.streams), found.programmes) == (1, ((1, (0,)), (2, (0,))))


@pytest.mark.parametrize(
    ("colours", "filters"),
    [(COLOURS.format("unknownEncoder thread received EOF"), ()), (COLOURS.format("tv"), ("transpose",))],
)
def test_a_torn_picture_is_asked_for_again(colours: str, filters: Sequence[str]) -> None:
    assert read(lines(HEAD, STREAM.format(0), SHOWN, colours), filters, where="x.mp4") is None


@pytest.mark.parametrize(("mapping", "immersive"), [("equirectangular ", "360°"), ("rectilinear ", None)])
def test_a_sphere_is_told(mapping: str, immersive: str | None) -> None:
    told = f"[Parsed_showinfo_0 @ 0x1] [info]   side data - Spherical Mapping: {mapping}"
    found = read(lines(HEAD, STREAM.format(0), SHOWN, told, COLOURS.format("tv")), (), where="x.mp4")
    assert found is not None
    assert found.picture is not None
    assert found.picture.immersive == immersive


def test_what_is_told_of_an_output_is_not_taken_for_the_input() -> None:
    found = read(lines(HEAD, STREAM.format(0), "[info] Output #0, null, to 'pipe:':", STREAM.format(1)), (), where="x")
    assert found is not None
    assert len(found.streams) == 1
