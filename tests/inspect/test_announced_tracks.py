"""Tracks that are announced and not there, shut, end while another goes on, or are not the first that players take."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from pipeline.errors import Unsuitable
from pipeline.ffmpeg.runner import Runner
from pipeline.inspect import film, first_bytes, probe
from pipeline.model.inspection_request import InspectionRequest
from pipeline.model.media import Media
from tests.conftest import Showcase
from tests.ffmpeg.test_report import H264, MPEG2, PICTURE, SOUND, Lavfi

Look = Callable[[Path], Media]
TWO_SOUNDS = (
    "-map",
    "0",
    "-map",
    "1",
    "-map",
    "1",
    "-metadata:s:a:0",
    "language=zho",
    "-metadata:s:a:1",
    "language=uig",
)
PACKET = 188


@pytest.fixture
def look(ffmpeg: Path, tmp_path: Path) -> Look:
    return lambda path: probe.media(path, first_bytes.demuxer(path), Runner(ffmpeg, tmp_path, tmp_path / "ffmpeg.log"))


@pytest.fixture
def stream(lavfi: Lavfi) -> Path:
    return lavfi(*PICTURE, *SOUND, *TWO_SOUNDS, *MPEG2, suffix=".ts")


def emptied(lavfi: Lavfi, path: Path, stream: str, suffix: str) -> Path:
    """A copy in which a stream is announced and has no packets, as recorders leave it."""
    return lavfi("-i", str(path), "-map", "0", "-c", "copy", f"-bsf:{stream}", "noise=drop=1", suffix=suffix)


@pytest.mark.parametrize(("emptied_stream", "heard"), [("a:0", "uig"), ("a:1", "zho")])
def test_sound_that_is_announced_alone_is_left_out_and_told(
    emptied_stream: str, heard: str, stream: Path, lavfi: Lavfi, look: Look
) -> None:
    found = look(emptied(lavfi, stream, emptied_stream, ".ts"))
    assert [item.language for item in found.audio] == [heard]
    assert [(item.kind, item.empty) for item in found.unread] == [("audio", True)]


def test_a_picture_that_is_announced_alone_is_left_out(lavfi: Lavfi, look: Look) -> None:
    two = lavfi(*PICTURE, *SOUND, "-map", "0", "-map", "0", "-map", "1", *MPEG2, suffix=".ts")
    found = look(emptied(lavfi, two, "v:0", ".ts"))
    assert [(item.index, item.height) for item in found.video] == [(1, 240)]
    assert [(item.kind, item.empty) for item in found.unread] == [("video", True)]


@pytest.mark.parametrize("emptied_stream", ["a:0", pytest.param("a:1", marks=pytest.mark.acceptance)])
def test_a_header_with_all_that_a_decoder_needs_is_no_sound(
    emptied_stream: str, lavfi: Lavfi, showcase: Showcase
) -> None:
    two = lavfi(*PICTURE, *SOUND, *TWO_SOUNDS, *H264, suffix=".mkv")
    path = emptied(lavfi, two, emptied_stream, ".mkv")
    checked = showcase("check", path, "--json").rows[0]
    codes = [item["code"] for item in checked["findings"]]  # type: ignore[attr-defined]
    assert "file.empty_stream" in codes
    assert "file.unreadable" not in codes
    planned = showcase("transcode", path, "--profile", "iptv-sd", "-n", "-v", "-o", "out").out
    assert ("language=zho" in planned, "language=uig" in planned) == (emptied_stream == "a:1", emptied_stream == "a:0")


def test_two_full_sounds_are_two(stream: Path, look: Look) -> None:
    found = look(stream)
    assert [item.language for item in found.audio] == ["zho", "uig"]
    assert found.unread == ()


@pytest.mark.parametrize("moved", ["0:300", "1:301"])
def test_a_stream_that_goes_on_under_another_pid_is_refused(
    moved: str, lavfi: Lavfi, look: Look, tmp_path: Path
) -> None:
    first = lavfi(*PICTURE, *SOUND, *MPEG2, suffix=".ts")
    second = lavfi(*PICTURE, *SOUND, *MPEG2, "-streamid", moved, "-output_ts_offset", "0.5", suffix=".ts")
    joined = tmp_path / "joined.ts"
    joined.write_bytes(first.read_bytes() + second.read_bytes())
    with pytest.raises(Unsuitable) as caught:
        look(joined)
    kind = "video" if moved.startswith("0") else "audio"
    assert (caught.value.code, caught.value.reason) == (f"{kind}.changes", f"changes_stream_{kind}")
    twin = tmp_path / "twin.ts"
    again = lavfi(*PICTURE, *SOUND, *MPEG2, "-output_ts_offset", "0.5", suffix=".ts")
    twin.write_bytes(first.read_bytes() + again.read_bytes())
    assert len(look(twin).video) == 1


def scrambled(path: Path, pids: Sequence[int], first: float, last: float = 1.0) -> bytes:
    """Packets of some PIDs, in a part of the file, with garbage behind set scrambling bits."""
    data = bytearray(path.read_bytes())
    count = len(data) // PACKET
    for number in range(int(count * first), int(count * last)):
        at = number * PACKET
        if ((data[at + 1] & 0x1F) << 8 | data[at + 2]) in pids and data[at + 3] & 0x10 and not data[at + 3] & 0x20:
            data[at + 3] |= 0x80
            data[at + 4 : at + PACKET] = bytes((7 * number + place) % 251 for place in range(PACKET - 4))
    return bytes(data)


@pytest.mark.parametrize("pids", [(256, 257, 258), (256,), (257, 258)])
def test_what_is_scrambled_later_on_is_refused(pids: Sequence[int], stream: Path, look: Look, tmp_path: Path) -> None:
    path = tmp_path / "later.ts"
    path.write_bytes(scrambled(stream, pids, 0.6))
    with pytest.raises(Unsuitable) as caught:
        look(path)
    assert caught.value.code == "file.scrambled"


def test_a_further_sound_that_is_scrambled_is_left_out(stream: Path, look: Look, tmp_path: Path) -> None:
    path = tmp_path / "further.ts"
    path.write_bytes(scrambled(stream, (258,), 0.0))
    found = look(path)
    assert [item.language for item in found.audio] == ["zho"]
    assert [(item.id, item.protected, item.empty) for item in found.unread] == [(258, True, False)]


def test_bits_that_damage_sets_scramble_nothing(stream: Path, look: Look, tmp_path: Path) -> None:
    path = tmp_path / "damaged.ts"
    path.write_bytes(scrambled(stream, (256, 257, 258), 0.60, 0.61))
    assert len(look(path).video) == 1


def test_a_film_under_common_encryption_is_protected(lavfi: Lavfi, look: Look) -> None:
    """ISO 23001-7: the decoder shows the codings that they were before."""
    key = ("-encryption_scheme", "cenc-aes-ctr", "-encryption_key", "00112233445566778899aabbccddeeff")
    path = lavfi(*PICTURE, *SOUND, *H264, *key, "-encryption_kid", "000102030405060708090a0b0c0d0e0f", suffix=".mp4")
    with pytest.raises(Unsuitable) as caught:
        look(path)
    assert (caught.value.code, caught.value.reason) == ("video.codec", "protected")


@pytest.mark.parametrize(
    ("marks", "own"),
    [
        (("-disposition:a:0", "0", "-disposition:a:1", "default"), 2),
        (("-disposition:a:0", "default+visual_impaired", "-disposition:a:1", "0"), 2),
        (("-disposition:a:0", "comment", "-disposition:a:1", "0"), 2),
        (("-disposition:a:0", "default", "-disposition:a:1", "0"), 1),
        (("-disposition:a:0", "0", "-disposition:a:1", "0"), 1),
    ],
)
def test_the_programmes_sound_is_what_players_take(marks: Sequence[str], own: int, lavfi: Lavfi, look: Look) -> None:
    two = ("-map", "0", "-map", "1", "-map", "1")
    found = look(lavfi(*PICTURE, *SOUND, *two, *H264, *marks, suffix=".mkv"))
    assert [item.index for item in found.audio] == ([2, 1] if own == 2 else [1, 2])


def test_the_picture_is_the_default_one_and_the_other_is_told(lavfi: Lavfi, look: Look, showcase: Showcase) -> None:
    small = ("-f", "lavfi", "-i", "testsrc2=s=160x120:d=0.5")
    marks = ("-disposition:v:0", "0", "-disposition:v:1", "default")
    path = lavfi(*small, *PICTURE, "-map", "0", "-map", "1", *H264, *marks, suffix=".mkv")
    assert [item.width for item in look(path).video] == [320, 160]
    told = showcase("check", path, "--json").rows[0]["findings"]
    (unused,) = (item for item in told if item["code"] == "video.unused")  # type: ignore[attr-defined]
    assert unused["actual"] == "1"


def test_an_empty_track_is_found_by_its_packets(ffmpeg: Path, lavfi: Lavfi, tmp_path: Path) -> None:
    two = lavfi(*PICTURE, *SOUND, *TWO_SOUNDS, *H264, suffix=".mkv")
    runner = Runner(ffmpeg, tmp_path, tmp_path / "ffmpeg.log")
    found = film.inspect(emptied(lavfi, two, "a:0", ".mkv"), InspectionRequest(), runner, sha256="0" * 64)
    assert [item.language for item in found.media.audio] == ["uig"]
    assert [(item.index, item.empty) for item in found.media.unread] == [(1, True)]
