"""A capture begins inside a group of pictures: its head is told as what it is, damage behind it as damage."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.inspect import damage
from pipeline.media.codecs.start_codes import is_key_picture
from pipeline.model.inspection import Measures
from pipeline.policy import load
from tests.conftest import MOVING, TONE
from tests.factories import PROFILES, reported
from tests.inspect.conftest import Inspect

POLICY = load.policy("showcase-film", PROFILES)
PACKET = 188
PICTURE = MOVING.replace("640x360", "320x180")
GIVEN = ("-f", "lavfi", "-i", PICTURE, "-f", "lavfi", "-i", TONE, "-t", "4")
SOUND = ("-c:a", "mp2", "-f", "mpegts")
CODED = {
    "H.264": ("-c:v", "libx264", "-preset", "veryfast", "-g", "50", "-x264-params", "scenecut=0"),
    "H.264, open groups": ("-c:v", "libx264", "-preset", "veryfast", "-g", "50", "-x264-params", "open-gop=1"),
    "H.264, intra refresh": ("-c:v", "libx264", "-preset", "veryfast", "-g", "25", "-x264-params", "intra-refresh=1"),
    "MPEG-2": ("-c:v", "mpeg2video", "-b:v", "2M", "-g", "25", "-bf", "2"),
    "HEVC": ("-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "keyint=50:open-gop=1:log-level=none"),
}


@pytest.fixture(
    params=[
        pytest.param(coded, id=name, marks=() if name in ("H.264", "MPEG-2") else pytest.mark.acceptance)
        for name, coded in CODED.items()
    ]
)
def stream(request: pytest.FixtureRequest, lavfi: Callable[..., Path]) -> Path:
    """4 s of a transport stream in whole groups."""
    return lavfi(*GIVEN, *request.param, *SOUND, suffix=".ts")


@pytest.fixture
def avc(lavfi: Callable[..., Path]) -> Path:
    return lavfi(*GIVEN, *CODED["H.264"], *SOUND, suffix=".ts")


def cut(stream: Path, folder: Path, *, torn: int = 0) -> Path:
    """Without its first tenth, from a packet on or from inside one."""
    raw = stream.read_bytes()
    made = folder / "cut.ts"
    made.write_bytes(raw[len(raw) // PACKET // 10 * PACKET + torn :])
    return made


def measured(path: Path, inspect: Inspect) -> tuple[Measures, set[str]]:
    """The measures, and the codes of what is found."""
    made = inspect(path)
    assert made.measures is not None
    return made.measures, {item.code for item in reported(made, POLICY).findings}


@pytest.mark.parametrize("torn", [78, pytest.param(0, marks=pytest.mark.acceptance)])
def test_what_lies_before_the_first_key_picture_is_no_damage(
    torn: int, stream: Path, tmp_path: Path, inspect: Inspect
) -> None:
    measures, codes = measured(cut(stream, tmp_path, torn=torn), inspect)
    assert (measures.decode_errors, measures.video.damage) == (0, ())
    (head,) = measures.video.undecoded_head
    assert measures.video.timeline is not None
    lost = 100 - measures.video.timeline.frames
    assert 0 < (head.value or 0) <= lost  # some lie in front of the cut
    assert head.end_s == 0
    assert head.duration_s == pytest.approx((head.value or 0) / 25, abs=0.13)  # leading pictures are shown before it
    assert "content.begins_inside" in codes
    assert not codes & {"content.decode_errors", "av.duration_mismatch", "content.timestamps"}


def test_whole_groups_have_no_such_head(stream: Path, inspect: Inspect) -> None:
    measures, codes = measured(stream, inspect)
    assert measures.video.undecoded_head == ()
    assert "undecoded_head" not in measures.to_json()
    assert not codes & {"content.begins_inside", "content.decode_errors"}


def broken(path: Path, first: int, count: int) -> Path:
    """With the payload of some packets of the picture destroyed, from that one on."""
    raw, done = bytearray(path.read_bytes()), 0
    start = next(at for at in range(PACKET) if raw[at : at + 5 * PACKET : PACKET] == b"G" * 5)
    for number, at in enumerate(range(start, len(raw) - PACKET, PACKET)):
        if number >= first and raw[at + 1] & 0x5F == 1 and raw[at + 2] == 0 and done < count:
            raw[at + 20 : at + PACKET] = bytes(byte ^ 0x5A for byte in raw[at + 20 : at + PACKET])
            done += 1
    path.write_bytes(raw)
    return path


def test_damage_behind_the_head_is_found(avc: Path, tmp_path: Path, inspect: Inspect) -> None:
    path = cut(avc, tmp_path)
    measures, codes = measured(broken(path, path.stat().st_size // PACKET // 2, 12), inspect)
    assert measures.video.damage
    assert {"content.begins_inside", "content.decode_errors"} <= codes


def test_a_key_picture_that_is_damaged_is_damage(avc: Path, tmp_path: Path, inspect: Inspect) -> None:
    path = tmp_path / "first.ts"
    path.write_bytes(avc.read_bytes())
    measures, codes = measured(broken(path, 4, 8), inspect)
    assert measures.video.undecoded_head == ()
    assert "content.decode_errors" in codes


@pytest.mark.parametrize(
    "suffix", [".mkv", *(pytest.param(suffix, marks=pytest.mark.acceptance) for suffix in (".flv", ".mp4"))]
)
def test_a_container_says_itself_which_picture_is_a_key(
    suffix: str, ffmpeg: Path, film_of: Callable[..., Path], tmp_path: Path, inspect: Inspect
) -> None:
    """As recorders of live streams leave it: copied from inside a group on."""
    path = tmp_path / f"film{suffix}"
    coded = ("-c:v", "libx264", "-preset", "veryfast", "-g", "50", "-c:a", "aac", "-f", "matroska")
    whole = tmp_path / "whole.mka"
    run = [str(ffmpeg), "-nostdin", "-v", "error"]
    subprocess.run([*run, *GIVEN, *coded, str(whole)], check=True, timeout=60)
    drop = ("-c", "copy", "-copyinkf", "-bsf:v", "noise=drop=lt(n\\,20)")
    subprocess.run([*run, "-i", str(whole), *drop, str(path)], check=True, timeout=60)
    measures, codes = measured(path, inspect)
    assert [item.value for item in measures.video.undecoded_head] == [30.0]
    assert "content.begins_inside" in codes
    assert "content.decode_errors" not in codes


@pytest.mark.parametrize(
    ("codec", "unit", "is_key"),
    [
        ("AVC", b"\0\0\0\1\x09\xf0\0\0\1\x67\x64", True),
        ("AVC", b"\0\0\0\1\x09\xf0\0\0\1\x41\x9a\0\0\1\x41\x9a", False),
        ("AVC", b"\0\0\1\x65\x88", True),
        ("HEVC", b"\0\0\1\x46\x01\0\0\1\x40\x01\0\0\1\x42\x01", True),
        ("HEVC", b"\0\0\1\x02\x01", False),
        ("HEVC", b"\0\0\1\x2a\x01", True),
        ("MPEG-2 Video", b"\0\0\1\xb3\x2d", True),
        ("MPEG-2 Video", b"\0\0\1\0\x00\x0f", False),
        ("AVS3", b"\0\0\1\xb0", None),
        ("AVC", b"\0\0\1", False),
        ("AVC", b"", False),
    ],
)
def test_start_codes_tell_a_key_picture(codec: str, unit: bytes, is_key: bool | None) -> None:
    assert is_key_picture(codec, unit) is is_key


def test_pictures_without_a_time_count_when_they_stand_in_front(tmp_path: Path) -> None:
    """Program streams do not give every picture a time."""
    packets = tmp_path / "packets.txt"
    none = -(1 << 63)
    rows = [f"0, 0, {pts}, 3600, 10, 0x0" for pts in (3600, none, 7200, none, 14400, 10800, none)]
    packets.write_text("#tb 0: 1/90000\n" + "\n".join(rows) + "\n")
    assert damage._head(damage._listed(packets), 14400 / 90000) == damage.UndecodedHead(5, 0.12)
    assert damage._head(damage._listed(packets), 3600 / 90000) is None
