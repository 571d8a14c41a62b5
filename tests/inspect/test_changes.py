"""What changes on the way is told with its place, or refused with it; what only looks like a joint is neither."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.errors import Unsuitable
from pipeline.ffmpeg.runner import Runner
from pipeline.inspect import film
from pipeline.model.inspection import Inspection
from pipeline.model.inspection_request import InspectionRequest
from tests.conftest import Showcase

Lavfi = Callable[..., Path]
Inspect = Callable[[Path], Inspection]
LENGTH_S = 1.6  # of each half
H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-g", "10", "-bf", "0")


@pytest.fixture
def inspect(ffmpeg: Path, tmp_path: Path) -> Inspect:
    return lambda path: film.inspect(
        path, InspectionRequest(), Runner(ffmpeg, tmp_path, tmp_path / "ffmpeg.log"), sha256="0"
    )


@pytest.fixture
def halves(lavfi: Lavfi, tmp_path: Path) -> Callable[..., Path]:
    """A transport stream of two halves, each made with options of its own, one clock through both."""

    def join(*options: tuple[str, ...], suffix: str = ".ts") -> Path:
        parts = []
        for number, own in enumerate(options):
            source = (
                "-f",
                "lavfi",
                "-i",
                f"testsrc2=s=320x240:d={LENGTH_S}",
                "-f",
                "lavfi",
                "-i",
                f"sine=d={LENGTH_S}",
            )
            offset = ("-output_ts_offset", f"{number * LENGTH_S}")
            parts.append(lavfi(*source, *H264, "-pix_fmt", "yuv420p", "-c:a", "ac3", *own, *offset, suffix=".ts"))
        whole = tmp_path / "whole.ts"
        whole.write_bytes(b"".join(part.read_bytes() for part in parts))
        return whole if suffix == ".ts" else lavfi("-i", str(whole), "-map", "0", "-c", "copy", suffix=suffix)

    return join


CHANGES = {
    "size": (("-s", "320x240"), ("-s", "640x480"), "video"),
    "smaller": (("-s", "640x480"), ("-s", "320x240"), "video"),
    "sampling": (("-pix_fmt", "yuv420p"), ("-pix_fmt", "yuv422p"), "video"),
    "matrix": (("-colorspace", "bt709"), ("-colorspace", "smpte170m"), "video"),
    "shape": (("-aspect", "4:3"), ("-aspect", "16:9"), "video"),
    "range": (("-color_range", "tv"), ("-color_range", "pc"), "video"),
    "channels": (("-ac", "2"), ("-ac", "6"), "audio"),
    "fewer channels": (("-ac", "6"), ("-ac", "2"), "audio"),
    "rate": (("-ar", "48000"), ("-ar", "32000"), "audio"),
}


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=() if name in ("size", "channels") else pytest.mark.acceptance) for name in CHANGES],
)
def test_a_change_is_told_with_its_place(name: str, halves: Callable[..., Path], inspect: Inspect) -> None:
    first, second, kind = CHANGES[name]
    found = inspect(halves(first, second))
    assert found.measures is not None
    video, audio = found.measures.video, found.measures.audio
    told = video.picture_stretches if kind == "video" else audio.sound_stretches
    other = audio.sound_stretches if kind == "video" else video.picture_stretches
    assert (len(told), other) == (2, ())
    assert told[1].start_s == pytest.approx(LENGTH_S, abs=0.1)
    # measured from beginning to end, not from the change on
    assert video.timeline is not None
    assert video.timeline.duration_s == pytest.approx(2 * LENGTH_S, abs=0.1)
    assert audio.audio_duration_s == pytest.approx(2 * LENGTH_S, abs=0.1)


@pytest.mark.acceptance
def test_a_change_in_another_container_is_one_too(halves: Callable[..., Path], inspect: Inspect) -> None:
    found = inspect(halves(("-s", "320x240"), ("-s", "640x480"), suffix=".mkv"))
    assert found.measures is not None
    assert [item.width for item in found.measures.video.picture_stretches] == [320, 640]


@pytest.fixture
def toggling(lavfi: Lavfi, ffmpeg: Path, tmp_path: Path) -> Callable[..., Path]:
    """`toggling(times, one, other)`: 0.4 s of each in turn, on one clock."""

    def make(times: int, *options: tuple[str, ...]) -> Path:
        whole = tmp_path / "toggling.ts"
        with whole.open("wb") as stream:
            for number in range(times):
                source = ("-f", "lavfi", "-i", "testsrc2=s=320x240:d=0.4", "-f", "lavfi", "-i", "sine=d=0.4")
                own = (*options[number % 2], *H264, "-pix_fmt", "yuv420p", "-c:a", "mp2")
                stream.write(lavfi(*source, *own, "-output_ts_offset", f"{number * 0.4:g}", suffix=".ts").read_bytes())
        return whole

    return make


@pytest.mark.acceptance
def test_a_size_that_toggles_is_told_once(toggling: Callable[..., Path], showcase: Showcase) -> None:
    film = toggling(8, ("-s", "320x240"), ("-s", "640x480"))
    checked = showcase("check", film, "--json").rows[0]
    (told,) = (item for item in checked["findings"] if item["code"] == "video.changes")  # type: ignore[attr-defined]
    assert "× 7" in told["actual"]
    planned = showcase("transcode", film, "--profile", "proxy", "-n", "-o", "out")
    assert "concat" not in planned.out  # all of it is shown alike


@pytest.mark.acceptance
def test_a_shape_that_toggles_without_end_is_refused(toggling: Callable[..., Path], inspect: Inspect) -> None:
    with pytest.raises(Unsuitable) as caught:
        inspect(toggling(32, ("-aspect", "4:3"), ("-aspect", "16:9")))
    assert caught.value.code == "video.changes"


HLG = ("-vf", "setparams=color_trc=arib-std-b67:color_primaries=bt2020:colorspace=bt2020nc")
SDR = ("-vf", "setparams=color_trc=bt709:color_primaries=bt709:colorspace=bt709")
P3 = ("-vf", "setparams=color_trc=bt709:color_primaries=smpte432:colorspace=bt709")
YCGCO = ("-vf", "setparams=color_trc=bt709:color_primaries=bt709:colorspace=ycgco")
TURNED = ("-bsf:v", "h264_metadata=display_orientation=insert:rotate={}")
REFUSED = {
    "turn": (tuple(word.format(90) for word in TURNED), tuple(word.format(180) for word in TURNED)),
    "light": (HLG, SDR),
    "light of primaries": (SDR, P3),
    "colours": (YCGCO, SDR),
    "lines of fields": (("-s", "720x480", "-flags", "+ildct+ilme"), ("-s", "720x576", "-flags", "+ildct+ilme")),
}


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name == "turn" else pytest.mark.acceptance) for name in REFUSED]
)
def test_what_can_not_be_one_film_is_refused_with_its_place(
    name: str, halves: Callable[..., Path], inspect: Inspect
) -> None:
    with pytest.raises(Unsuitable) as caught:
        inspect(halves(*REFUSED[name]))
    assert (caught.value.code, caught.value.track) == ("video.changes", "video:0")
    assert caught.value.reason == f"changes_{name.split(maxsplit=1)[0]}"
    place = str(caught.value.detail).split(" ")[0]
    assert re.fullmatch(r"00:00:\d\d:\d\d", place)
    assert int(place[6:8]) + int(place[9:]) / 25 == pytest.approx(LENGTH_S, abs=0.1)


def test_a_turn_that_key_pictures_say_holds_for_all(halves: Callable[..., Path], inspect: Inspect) -> None:
    """The stream says it with each key picture, the decoder of that picture alone: ffmpeg begins anew at each."""
    turned = tuple(word.format(90) for word in TURNED)
    found = inspect(halves(turned, turned))
    assert found.media.video[0].rotation == 270
    assert found.measures is not None
    (stretch,) = found.measures.video.picture_stretches  # one graph for all of it
    assert stretch.duration_s == pytest.approx(2 * LENGTH_S, abs=0.1)
    assert found.measures.audio.audio_duration_s == pytest.approx(2 * LENGTH_S, abs=0.1)


@pytest.mark.acceptance
def test_a_downmix_that_changes_does_not_begin_the_sound_anew(halves: Callable[..., Path], inspect: Inspect) -> None:
    surround = [("-ac", "6", "-center_mixlev", level) for level in ("0.595", "0.707")]
    found = inspect(halves(*surround))
    assert found.measures is not None
    assert len(found.measures.audio.sound_stretches) == 1
    assert found.measures.audio.audio_duration_s == pytest.approx(2 * LENGTH_S, abs=0.1)


@pytest.mark.parametrize("second", [(), ("-g", "5"), ("-b:a", "96k"), ("-crf", "40")])
def test_halves_of_one_kind_are_one_film(
    second: tuple[str, ...], halves: Callable[..., Path], inspect: Inspect
) -> None:
    found = inspect(halves((), second))
    assert found.measures is not None
    assert found.measures.video.timeline is not None
    assert found.measures.video.timeline.duration_s == pytest.approx(2 * LENGTH_S, abs=0.1)


@pytest.mark.acceptance  # the suite sees it of other faults in tests/execute/test_examination.py
def test_every_command_gives_one_answer(halves: Callable[..., Path], showcase: Showcase) -> None:
    path = halves(*REFUSED["light"])
    checked, planned = showcase("check", path, "--lang", "en"), showcase("run", "-n", path, "--lang", "en")
    made = showcase("transcode", path, "--profile", "proxy", "-o", "out", "--lang", "en")
    assert (checked.code, planned.code, made.code) == (1, 1, 4)
    for said in (checked.out, planned.out, made.err):
        assert "the picture changes at 00:00:01:14 (320x240, yuv420p, BT.709) between HDR and SDR" in said


@pytest.mark.parametrize("coding", [("msmpeg4", ".avi"), ("msmpeg4v2", ".avi"), ("wmv2", ".wmv"), ("h263", ".avi")])
def test_codings_that_keep_no_sets_are_read(coding: tuple[str, str], lavfi: Lavfi, inspect: Inspect) -> None:
    encoder, suffix = coding
    film = lavfi("-f", "lavfi", "-i", "testsrc2=s=352x288:d=0.5", "-c:v", encoder, suffix=suffix)
    found = inspect(film).measures
    assert found is not None
    assert found.video.timeline is not None
    assert found.video.picture_stretches == ()
