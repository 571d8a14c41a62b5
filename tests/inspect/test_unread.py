"""What can't be decoded, and what nobody names, beside a film and instead of it; ordinary side data is no fault."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.errors import Unsuitable
from pipeline.ffmpeg.runner import Runner
from pipeline.inspect import first_bytes, probe
from pipeline.media.mpegts.rates import rates
from pipeline.media.mpegts.tables import crc32
from pipeline.model.inspection import Inspection
from pipeline.model.media import Media
from tests.conftest import Showcase
from tests.ffmpeg.test_report import H264, MPEG2, PICTURE, SOUND, Lavfi
from tests.inspect.test_suitable import mp4_with

Inspect = Callable[[Path], Inspection]
NOISE = ("-f", "lavfi", "-i", "anoisesrc=d=0.5:r=48000")
SILENCE = ("-f", "lavfi", "-i", "anullsrc=r=48000:d=0.5")
FLAC = ("-c:a", "flac", "-strict", "-2")  # nothing in a transport stream says that it is one
VP9 = ("-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "1M")
PMT_PID = 0x1000


@pytest.fixture
def look(ffmpeg: Path, tmp_path: Path) -> Callable[[Path], Media]:
    return lambda path: probe.media(path, first_bytes.demuxer(path), Runner(ffmpeg, tmp_path, tmp_path / "ffmpeg.log"))


def with_table(stream: bytes, pid: int, stream_type: int, descriptors: bytes) -> bytes:
    """The transport stream with another entry for a PID in its PMT."""
    made = bytearray(stream)
    for at in range(0, len(made), 188):
        if (made[at + 1] & 0x1F) << 8 | made[at + 2] != PMT_PID:
            continue
        begin = at + 5
        size = 3 + ((made[begin + 1] & 0x0F) << 8 | made[begin + 2])
        section = bytearray(made[begin : begin + size - 4])
        entry = 12 + ((section[10] & 0x0F) << 8 | section[11])
        while (section[entry + 1] & 0x1F) << 8 | section[entry + 2] != pid:
            entry += 5 + ((section[entry + 3] & 0x0F) << 8 | section[entry + 4])
        end = entry + 5 + ((section[entry + 3] & 0x0F) << 8 | section[entry + 4])
        head = bytes([stream_type, *section[entry + 1 : entry + 3], 0xF0 | len(descriptors) >> 8, len(descriptors)])
        section[entry:end] = head + descriptors
        length = len(section) + 4 - 3
        section[1:3] = bytes([0xB0 | length >> 8, length & 0xFF])
        whole = bytes(section) + crc32(bytes(section)).to_bytes(4, "big")
        made[begin : at + 188] = whole.ljust(183, b"\xff")
    return bytes(made)


@pytest.mark.parametrize(("first", "number"), [(True, 2), pytest.param(False, 3, marks=pytest.mark.acceptance)])
def test_a_track_that_can_not_be_decoded_is_left_out_and_told_once(
    first: bool, number: int, lavfi: Lavfi, tmp_path: Path, showcase: Showcase
) -> None:
    twice = ("-map", "0", "-map", "1", "-map", "1")
    film_of = lavfi(*PICTURE, *SOUND, *twice, *H264, suffix=".mp4").read_bytes()
    plain = lavfi(*PICTURE, *SOUND, *H264, suffix=".mp4")
    at = film_of.index(b"mp4a") if first else film_of.rindex(b"mp4a")
    path = tmp_path / "phone.mp4"
    path.write_bytes(film_of[: at - 16] + mp4_with(film_of[at - 16 :], mp4a="apac"))
    said, twin = showcase("check", path, "--json").rows[0], showcase("check", plain, "--json").rows[0]
    told = [item for item in said["findings"] if item["code"] == "audio.unread"]  # type: ignore[attr-defined]
    assert [(item["severity"], item["actual"]) for item in told] == [("info", "APAC")]
    assert f"track {number} " in told[0]["message"]
    others = [item["code"] for item in said["findings"] if item["code"] != "audio.unread"]  # type: ignore[attr-defined]
    assert others == [item["code"] for item in twin["findings"]]  # type: ignore[attr-defined]
    assert said["media"]["audio"][0]["codec"] == "AAC"  # type: ignore[index]


def test_a_picture_that_nobody_names_is_told_with_its_rate(lavfi: Lavfi, showcase: Showcase) -> None:
    path = lavfi(*PICTURE, *SOUND, *VP9, "-c:a", "mp2", suffix=".ts")
    checked, planned = showcase("check", path, "--lang", "en"), showcase("run", "-n", path, "--lang", "en")
    made = showcase("transcode", path, "--profile", "proxy", "-o", "out", "--lang", "en")
    assert (checked.code, planned.code, made.code) == (1, 1, 4)
    for said in (checked.out, planned.out, made.err):
        assert "there is no picture; what may be it does not say how it is coded: PID 256 (0x100), " in said
        assert " kbit/s" in said


def test_letters_that_the_table_gives_are_its_name(lavfi: Lavfi, tmp_path: Path, inspect: Inspect) -> None:
    plain = lavfi(*PICTURE, *SOUND, *VP9, "-c:a", "mp2", suffix=".ts")
    path = tmp_path / "named.ts"
    path.write_bytes(with_table(plain.read_bytes(), 0x100, 0x06, b"\x05\x04VP09"))
    with pytest.raises(Unsuitable) as caught:
        inspect(path)
    assert (caught.value.code, caught.value.reason) == ("video.missing", "unnamed_video")
    assert str(caught.value.detail).startswith("PID 256 (0x100), VP09, ")


def test_sound_that_nobody_names_is_told_where_there_is_none(lavfi: Lavfi, showcase: Showcase) -> None:
    path = lavfi(*PICTURE, *NOISE, "-c:v", "mpeg2video", *FLAC, suffix=".ts")
    said = showcase("check", path, "--lang", "en")
    assert said.code == 1
    assert "there is no sound track; what may be it does not say how it is coded: PID 257 (0x101), " in said.out
    silent = lavfi(*PICTURE, "-c:v", "mpeg2video", suffix=".ts")
    assert "there is no sound track\n" in showcase("check", silent, "--lang", "en").out


@pytest.mark.parametrize(("source", "count"), [(NOISE, 1), (SILENCE, 0)])
def test_a_stream_beside_a_film_counts_by_what_it_carries(
    source: tuple[str, ...], count: int, lavfi: Lavfi, look: Callable[[Path], Media]
) -> None:
    maps = ("-map", "0", "-map", "1", "-map", "2")
    found = look(lavfi(*PICTURE, *SOUND, *source, *maps, *MPEG2, "-c:a:1", "flac", "-strict", "-2", suffix=".ts"))
    assert [item.id for item in found.unread] == [258]
    assert len(found.unnamed) == count


def test_a_carousel_is_no_stream_of_pictures_or_sound(
    lavfi: Lavfi, tmp_path: Path, look: Callable[[Path], Media]
) -> None:
    maps = ("-map", "0", "-map", "1", "-map", "2")
    plain = lavfi(*PICTURE, *SOUND, *NOISE, *maps, *MPEG2, "-c:a:1", "flac", "-strict", "-2", suffix=".ts")
    path = tmp_path / "carousel.ts"
    path.write_bytes(with_table(plain.read_bytes(), 0x102, 0x0B, b""))
    assert look(path).unread == ()


def test_named_side_data_is_no_fault(lavfi: Lavfi, tmp_path: Path, look: Callable[[Path], Media]) -> None:
    timecode = lavfi(*PICTURE, *SOUND, *H264, "-timecode", "10:00:00:00", suffix=".mov")
    assert look(timecode).unread == ()
    maps = ("-map", "0", "-map", "1", "-map", "2")
    plain = lavfi(*PICTURE, *SOUND, *NOISE, *maps, *MPEG2, "-c:a:1", "flac", "-strict", "-2", suffix=".ts")
    path = tmp_path / "klv.ts"
    path.write_bytes(with_table(plain.read_bytes(), 0x102, 0x06, b"\x05\x04KLVA"))
    assert look(path).unread == ()


def test_rates_are_those_of_the_packets(lavfi: Lavfi, tmp_path: Path) -> None:
    path = lavfi(*PICTURE, *SOUND, *MPEG2, "-b:a", "192k", "-muxrate", "4M", suffix=".ts")
    found = rates(path, (0x101, 0x1FFE))
    assert found[0x101].kbps == pytest.approx(230, rel=0.25)  # with the packets' heads
    assert found[0x1FFE].kbps == 0
    other = tmp_path / "other"
    other.write_bytes(bytes(4000))
    assert rates(other, (0x101,)) == {}


@pytest.mark.parametrize("suffix", [".ts", ".mkv"])
def test_a_coding_that_mediainfo_does_not_know_is_told_as_ffmpeg_has_it(
    suffix: str, lavfi: Lavfi, look: Callable[[Path], Media]
) -> None:
    track = look(lavfi(*PICTURE, *SOUND, "-c:v", "libxavs2", "-b:v", "1M", "-c:a", "mp2", suffix=suffix)).video[0]
    assert (track.codec, track.width, track.height) == ("AVS2", 320, 240)
    assert (track.frame_rate, track.scan, track.chroma, track.bit_depth) == (25.0, "progressive", "4:2:0", 8)
