"""Tracks of two readers: joined by the container's numbers, never by position; shown as the container says."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.ffmpeg import graph
from pipeline.ffmpeg.invocation import Invocation
from pipeline.ffmpeg.report import report
from pipeline.ffmpeg.runner import Runner
from pipeline.ffmpeg.source import Source
from pipeline.inspect import changes, first_bytes, mediainfo, probe, tracks
from pipeline.model.media import Crop, Media
from tests.ffmpeg.test_report import EIGHT, H264, MPEG2, PICTURE, SOUND, TURNS, Lavfi
from tests.tiers import kept

Look = Callable[[Path], Media]


@pytest.fixture
def look(ffmpeg: Path, tmp_path: Path) -> Look:
    return lambda path: probe.media(path, first_bytes.demuxer(path), Runner(ffmpeg, tmp_path, tmp_path / "ffmpeg.log"))


def shown(path: Path, ffmpeg: Path, *options: str) -> str:
    """The digest of the first picture as ffmpeg shows it."""
    argv = [ffmpeg, "-v", "error", *options, "-i", path, "-frames:v", "1", "-map", "0:V:0", "-f", "md5", "-"]
    return subprocess.run([str(word) for word in argv], capture_output=True, text=True, check=True).stdout.strip()


def made_upright(path: Path, media: Media, ffmpeg: Path, folder: Path) -> str:
    """The digest of the first picture as our own graph makes it of the coded one."""
    source = Source(path, first_bytes.demuxer(path), media)
    written = graph.Written((source.picture(),), "{out.md5}", ("-frames:v", "1", "-f", "md5"))
    argv = graph.argv([source.input()], [written])
    runner = Runner(ffmpeg, folder, folder / "ffmpeg.log")
    (folder / "md5.txt").unlink(missing_ok=True)
    runner.run(Invocation(argv, inputs=source.paths, outputs={"{out.md5}": "md5.txt"}))
    return (folder / "md5.txt").read_text().strip()


@pytest.mark.parametrize("name", kept([name for name in TURNS if name != "askew"], "clockwise", "mirrored"))
def test_each_turn_and_mirror_is_shown_as_players_show_it(
    name: str, lavfi: Lavfi, look: Look, ffmpeg: Path, tmp_path: Path
) -> None:
    flat = lavfi(*PICTURE, *H264, suffix=".mp4")
    turned = lavfi(*TURNS[name], "-i", str(flat), "-c", "copy", suffix=".mp4")
    found = made_upright(turned, look(turned), ffmpeg, tmp_path)
    assert found == shown(turned, ffmpeg)
    assert found != shown(turned, ffmpeg, "-noautorotate")


def test_a_plain_film_is_neither_turned_nor_cropped(lavfi: Lavfi, look: Look, ffmpeg: Path, tmp_path: Path) -> None:
    flat = lavfi(*PICTURE, *H264, suffix=".mp4")
    track = look(flat).video[0]
    assert (track.rotation, track.mirrored, track.crop) == (0, False, None)
    assert made_upright(flat, look(flat), ffmpeg, tmp_path) == shown(flat, ffmpeg)


def test_a_containers_crop_is_applied_once_and_counts_for_the_size(
    lavfi: Lavfi, look: Look, ffmpeg: Path, tmp_path: Path
) -> None:
    tall = ("-f", "lavfi", "-i", "testsrc2=s=320x260:d=0.5,setsar=16/15")
    cropped = tmp_path / "cropped.mkv"
    cropped.write_bytes(with_crop(lavfi(*tall, *H264, suffix=".mkv").read_bytes()))
    media = look(cropped)
    track = media.video[0]
    assert (track.width, track.height, track.crop) == (310, 180, Crop(left=10, top=80))
    assert track.display_aspect == pytest.approx(310 * 16 / 15 / 180, abs=0.001)  # the samples keep their shape
    assert made_upright(cropped, media, ffmpeg, tmp_path) == shown(cropped, ffmpeg)


def test_a_codecs_own_crop_is_part_of_the_picture(lavfi: Lavfi, look: Look, ffmpeg: Path, tmp_path: Path) -> None:
    odd = ("-f", "lavfi", "-i", "testsrc2=s=322x182:d=0.5")
    path = lavfi(*odd, *H264, suffix=".mp4")
    track = look(path).video[0]
    assert (track.width, track.height, track.crop) == (322, 182, None)
    assert made_upright(path, look(path), ffmpeg, tmp_path) == shown(path, ffmpeg)


def with_crop(data: bytes) -> bytes:
    """A Matroska film with PixelCropTop 80 and PixelCropLeft 10 in place of its DisplayWidth and DisplayHeight."""
    for display, crop, value in ((b"\x54\xb0", b"\x54\xbb", 80), (b"\x54\xba", b"\x54\xcc", 10)):
        at = data.index(display)
        size = data[at + 2] & 0x7F
        data = data[:at] + crop + data[at + 2 : at + 3] + value.to_bytes(size, "big") + data[at + 3 + size :]
    return data


def test_a_language_stays_with_its_own_track_whatever_its_pid(lavfi: Lavfi, look: Look) -> None:
    sounds = ("-f", "lavfi", "-i", "sine=f=2500:d=0.5:r=48000")
    path = lavfi(
        *(*PICTURE, *SOUND, *sounds, "-map", "0", "-map", "1", "-map", "2", *MPEG2),
        *("-ac:a:0", "2", "-metadata:s:a:0", "language=zho", "-metadata:s:a:1", "language=uig"),
        *("-streamid", "1:769", "-streamid", "2:768"),
        suffix=".ts",
    )
    media = look(path)
    assert [(item.index, item.language, item.channels) for item in media.audio] == [(1, "zho", 2), (2, "uig", 1)]


def test_sound_in_front_of_the_picture_keeps_its_own_facts(lavfi: Lavfi, look: Look) -> None:
    path = lavfi(
        *(*SOUND, *PICTURE, "-map", "0", "-map", "1", "-map", "0", "-c:v", "mpeg4"),
        *("-c:a:0", "mp2", "-c:a:1", "ac3", "-ar:a:1", "32000"),
        suffix=".avi",
    )
    media = look(path)
    assert media.video[0].index == 1
    assert [(item.index, item.codec, item.sample_rate_hz) for item in media.audio] == [
        (0, "MPEG Audio", 48000),
        (2, "AC-3", 32000),
    ]


def test_a_program_streams_substreams_are_found_by_their_numbers(lavfi: Lavfi, look: Look) -> None:
    path = lavfi(
        *(*PICTURE, *SOUND, "-map", "0", "-map", "1", "-map", "1", "-c:v", "mpeg2video"),
        *("-c:a:0", "mp2", "-c:a:1", "ac3", "-f", "vob"),
        suffix=".mpg",
    )
    assert [(item.index, item.codec) for item in look(path).audio] == [(1, "MPEG Audio"), (2, "AC-3")]


def test_the_first_programme_with_picture_and_sound_is_read(lavfi: Lavfi, look: Look) -> None:
    small = ("-f", "lavfi", "-i", "testsrc2=s=160x120:d=0.5")
    path = lavfi(
        *(*PICTURE, *small, *SOUND, "-map", "0", "-map", "1", "-map", "2", *MPEG2),
        *("-program", "program_num=7:st=0", "-program", "program_num=9:st=1:st=2"),
        suffix=".ts",
    )
    media = look(path)
    assert (media.programmes, media.programme) == (2, 9)
    assert [(item.index, item.width, item.height, item.chroma) for item in media.video] == [(1, 160, 120, "4:2:0")]
    assert [item.index for item in media.audio] == [2]


def test_what_is_told_of_no_key_is_joined_only_where_one_can_be_no_other(lavfi: Lavfi, look: Look) -> None:
    one = lavfi(*PICTURE, *SOUND, "-c:v", "libtheora", "-c:a", "libvorbis", suffix=".ogv")
    assert look(one).audio[0].bitrate_bps is not None  # MediaInfo's
    two = lavfi(
        *(*PICTURE, *SOUND, "-map", "0", "-map", "1", "-map", "1", "-c:v", "libtheora", "-c:a", "libvorbis"),
        *("-ar:a:1", "44100"),
        suffix=".ogv",
    )
    assert [(item.codec, item.sample_rate_hz, item.bitrate_bps) for item in look(two).audio] == [
        ("Vorbis", 48000, None),
        ("Vorbis", 44100, None),
    ]


def test_channels_without_a_layout_are_told_from_those_with_one(lavfi: Lavfi, look: Look) -> None:
    discrete = lavfi(*PICTURE, *EIGHT, "-c:v", "mpeg2video", "-c:a", "pcm_s16le", suffix=".mxf")
    surround = lavfi(*SOUND, "-af", "aformat=channel_layouts=5.1(side)", "-c:a", "ac3", suffix=".mkv")
    single = lavfi(*SOUND, "-c:a", "pcm_s16le", suffix=".wav")
    found = [look(path).audio[0] for path in (discrete, surround, single)]
    assert [(item.channels, item.layout_guessed) for item in found] == [(8, True), (6, False), (1, False)]


def test_a_picture_that_says_hlg_itself_is_hdr_whatever_the_container_says(lavfi: Lavfi, look: Look) -> None:
    coded = ("-c:v", "libx265", "-preset", "ultrafast", "-pix_fmt", "yuv420p10le")
    colours = "colorprim=bt2020:transfer=bt2020-10:colormatrix=bt2020nc:atc-sei=18:log-level=none"
    plain = "colorprim=bt2020:transfer=bt2020-10:colormatrix=bt2020nc:log-level=none"
    hidden = lavfi(*PICTURE, *coded, "-x265-params", colours, suffix=".mp4")
    ordinary = lavfi(*PICTURE, *coded, "-x265-params", plain, suffix=".mp4")
    assert [look(path).video[0].hdr for path in (hidden, ordinary)] == ["HLG", None]


def test_a_coding_is_what_the_decoder_says_that_it_is(lavfi: Lavfi, look: Look) -> None:
    """To MediaInfo Microsoft's codings are those that they came from."""
    path = lavfi(*PICTURE, "-c:v", "msmpeg4", "-vtag", "MP43", suffix=".avi")
    assert mediainfo.look(path).media.video[0].codec == "MPEG-4 Visual"
    assert look(path).video[0].codec == "MS-MPEG4 v3"


def test_windows_media_is_not_vc1(lavfi: Lavfi, ffmpeg: Path, tmp_path: Path) -> None:
    """Which of two codings a file says has no encoder here: two readers of one file, one of which says another word."""
    path = lavfi(*PICTURE, "-c:v", "wmv2", suffix=".wmv")
    found = report(path, "asf", Runner(ffmpeg, tmp_path, tmp_path / "ffmpeg.log"))
    told = mediainfo.look(path)
    ((key, track),) = told.video
    as_vc1 = replace(told, video=((key, track.model_copy(update={"codec": "VC-1"})),))
    as_wmv3 = replace(found, streams=tuple(replace(item, codec="wmv3") for item in found.streams))
    (joined,) = tracks.joined(as_wmv3, as_vc1, "asf", None).video
    assert joined.codec == "WMV3"
    assert changes.listed_sets("picture", joined) == []


@pytest.mark.parametrize("coding", ["pcm_alaw", "pcm_mulaw"])
def test_companded_sound_has_eight_bits(coding: str, lavfi: Lavfi, look: Look) -> None:
    """As many as are equal at the top of a wave: what is decoded has sixteen."""
    path = lavfi(*PICTURE, *SOUND, "-c:v", "mpeg4", "-c:a", coding, suffix=".avi")
    assert look(path).audio[0].bit_depth == 8
