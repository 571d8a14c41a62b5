"""HLS as it is delivered: a good ladder passes every clause, and each damage of it is found by its clause alone."""

from __future__ import annotations

import io
import re
import shutil
import struct
import subprocess
from collections.abc import Callable
from pathlib import Path

import m3u8
import pytest

from pipeline.media.hls import validator
from pipeline.media.isobmff import boxes
from pipeline.model.capability import Capability
from pipeline.model.stream import Check, LadderReport, Status
from tests.ladders import FAST, made

LONG_S = 15
Once = Callable[[str, Callable[[Path], object]], Path]


@pytest.fixture(scope="session")
def source(lavfi: Callable[..., Path]) -> Path:
    return lavfi(
        "-f",
        "lavfi",
        "-i",
        f"testsrc2=s=640x360:r=25:d={LONG_S}",
        "-f",
        "lavfi",
        "-i",
        f"sine=f=500:r=48000:d={LONG_S}",
        "-c:v",
        "libx264",
        "-preset",
        "ultrafast",
        "-threads",
        "1",
        "-c:a",
        "aac",
    )


@pytest.fixture(scope="session")
def short(lavfi: Callable[..., Path]) -> Path:
    """Where one segment shows it."""
    return lavfi(
        "-f",
        "lavfi",
        "-i",
        "testsrc2=s=640x360:r=25:d=5",
        "-f",
        "lavfi",
        "-i",
        "anoisesrc=a=0.1:d=5:seed=1",
        "-c:v",
        "libx264",
        "-preset",
        "ultrafast",
        "-c:a",
        "aac",
    )


@pytest.fixture(scope="session")
def ladder(source: Path, ffmpeg: Path, able: Capability, made_once: Once) -> Path:
    languages = ("zho", "uig")
    return made_once("ladder", lambda it: made(source, it, ffmpeg, able, "hls", FAST, languages)) / "outputs" / "hls"


@pytest.fixture(scope="session")
def ts_ladder(source: Path, ffmpeg: Path, able: Capability, made_once: Once) -> Path:
    return made_once("ts_ladder", lambda it: made(source, it, ffmpeg, able, "hls-ts", FAST)) / "outputs" / "hls-ts"


def broken(report: LadderReport) -> set[str]:
    return {check.id for check in report.errors}


def checked(report: LadderReport, clause: str) -> Check:
    return next(check for check in report.checks if check.id == clause)


@pytest.mark.parametrize("name", ["ladder", pytest.param("ts_ladder", marks=pytest.mark.acceptance)])
def test_what_is_delivered_passes_every_clause(name: str, request: pytest.FixtureRequest) -> None:
    folder: Path = request.getfixturevalue(name)
    report = validator.validate(folder / "master.m3u8")
    assert [check.id for check in report.findings] == ["A9.10"]
    assert report.duration_s == LONG_S
    assert {check.id for check in report.checks if check.status is Status.NOT_APPLICABLE} == {"A5.3", "A5.5", "A9.21"}
    for playlist in folder.rglob("*.m3u8"):
        assert not validator.validate(playlist).errors, playlist


def test_another_reader_of_playlists_reads_the_same(ladder: Path) -> None:
    top = m3u8.load(str(ladder / "master.m3u8"))
    assert [item.stream_info.resolution for item in top.playlists] == [(640, 360), (416, 234)]
    assert [item.stream_info.frame_rate for item in top.playlists] == [25.0, 25.0]
    assert [item.iframe_stream_info.resolution for item in top.iframe_playlists] == [(640, 360), (416, 234)]
    assert [(item.language, item.default) for item in top.media] == [("zh", "YES"), ("ug", "NO")]
    rung = m3u8.load(str(ladder / "360" / "index.m3u8"))
    assert [segment.duration for segment in rung.segments] == [6.0, 6.0, 3.0]
    assert rung.is_endlist
    keys = m3u8.load(str(ladder / "360" / "iframes.m3u8"))
    assert keys.is_i_frames_only
    assert len(keys.segments) == 8


def test_every_key_picture_can_be_fetched_alone(ladder: Path, ffmpeg: Path) -> None:
    for segment in m3u8.load(str(ladder / "360" / "iframes.m3u8")).segments:
        length, at = (int(word) for word in segment.byterange.split("@"))
        alone = (ladder / "360" / "init.mp4").read_bytes()
        alone += (ladder / "360" / segment.uri).read_bytes()[at : at + length]
        done = subprocess.run(
            [ffmpeg, "-v", "warning", "-f", "mov", "-i", "-", "-f", "rawvideo", "-"],
            input=alone,
            capture_output=True,
            timeout=30,
            check=True,
        )
        assert len(done.stdout) == 640 * 360 * 3 // 2


def edit(path: Path, pattern: str, by: str) -> None:
    text = path.read_text()
    changed = re.sub(pattern, by, text)
    assert changed != text
    path.write_text(changed)


def fragments_of(path: Path) -> list[bytes]:
    data = path.read_bytes()
    heads = [box.at for box in boxes.top(io.BytesIO(data)) if box.name == b"moof"]
    return [data[at:end] for at, end in zip(heads, [*heads[1:], len(data)], strict=True)]


def cut_apart(folder: Path) -> None:
    """One variant is cut at 4 s as well."""
    parts = fragments_of(folder / "234" / "00000.m4s")
    (folder / "234" / "a.m4s").write_bytes(b"".join(parts[:2]))
    (folder / "234" / "b.m4s").write_bytes(parts[2])
    edit(
        folder / "234" / "index.m3u8",
        r"#EXTINF:6.000000,\n00000.m4s",
        "#EXTINF:4.000000,\na.m4s\n#EXTINF:2.000000,\nb.m4s",
    )
    shutil.copy(folder / "234" / "00000.m4s", folder / "234" / "whole.m4s")


def no_key(folder: Path) -> None:
    """A segment whose first picture refers to others."""
    path = folder / "360" / "00001.m4s"
    data = bytearray(path.read_bytes())
    body = next(box.body for box in boxes.top(io.BytesIO(bytes(data))) if box.name == b"mdat")
    at = body
    while data[at + 4] & 0x1F != 5:
        at += 4 + int.from_bytes(data[at : at + 4], "big")
    data[at + 4] = data[at + 4] & 0xE0 | 1
    path.write_bytes(data)


def too_long(folder: Path) -> None:
    """Every rendition in one piece of 12 s and one of 3."""
    for index in [*folder.glob("[0-9]*/index.m3u8"), *folder.glob("audio*/index.m3u8")]:
        text = index.read_text()
        first, second = re.findall(r"#EXTINF:([0-9.]+),\n", text)[:2]
        (index.parent / "00000.m4s").write_bytes(
            (index.parent / "00000.m4s").read_bytes() + (index.parent / "00001.m4s").read_bytes()
        )
        joined = f"#EXTINF:{float(first) + float(second):.6f},\n00000.m4s"
        index.write_text(re.sub(r"#EXTINF:[0-9.]+,\n00000.m4s\n#EXTINF:[0-9.]+,\n00001.m4s", joined, text))


def hole(folder: Path) -> None:
    """A segment is left out of one variant, playlist and all."""
    edit(folder / "234" / "index.m3u8", r"#EXTINF:6.000000,\n00001.m4s\n", "")
    edit(folder / "234" / "iframes.m3u8", r"(#EXTINF:2.000000,\n#EXT-X-BYTERANGE:[0-9@]+\n00001.m4s\n){3}", "")


def later(folder: Path) -> None:
    """The decoding times of the last segment of one variant are a second late."""
    path = folder / "234" / "00002.m4s"
    data = path.read_bytes()
    track = 12_800
    for match in list(re.finditer(b"tfdt", data)):
        at = match.end() + 4
        (time,) = struct.unpack_from(">Q", data, at)
        data = data[:at] + struct.pack(">Q", time + track) + data[at + 8 :]
    path.write_bytes(data)


MASTER, RUNG, SOUND = "master.m3u8", "234/index.m3u8", "audio/index.m3u8"
DAMAGES: dict[str, tuple[Callable[[Path], None], set[str]]] = {
    "misaligned cut": (cut_apart, {"A8.22"}),
    "BANDWIDTH": (lambda f: edit(f / MASTER, r":BANDWIDTH=([0-9]+)", r":BANDWIDTH=9\1"), {"A1.27"}),
    "no BANDWIDTH": (lambda f: edit(f / MASTER, r":BANDWIDTH=[0-9]+,", ":"), {"A9.13"}),
    "AVERAGE-BANDWIDTH": (lambda f: edit(f / MASTER, r"(AVERAGE-BANDWIDTH=)[0-9]+", r"\g<1>1000"), {"A1.26"}),
    "no AVERAGE": (lambda f: edit(f / MASTER, r"AVERAGE-BANDWIDTH=[0-9]+,", ""), {"A9.14"}),
    "missing IDR": (no_key, {"A7.4", "A6.10"}),
    "too long": (too_long, {"R4.3.3.1"}),
    "CODECS": (lambda f: edit(f / MASTER, "avc1[.]64", "avc1.4d"), {"A9.1-4.codecs"}),
    "RESOLUTION": (lambda f: edit(f / MASTER, "416x234", "426x240"), {"A9.1-4.resolution"}),
    "FRAME-RATE": (lambda f: edit(f / MASTER, "FRAME-RATE=25.000", "FRAME-RATE=30.000"), {"A9.15"}),
    "VIDEO-RANGE": (lambda f: edit(f / MASTER, "(FRAME-RATE=25.000)", r"\1,VIDEO-RANGE=PQ"), {"A9.16"}),
    "LANGUAGE": (lambda f: edit(f / MASTER, 'LANGUAGE="ug",', ""), {"A8.9"}),
    "two defaults": (lambda f: edit(f / MASTER, "DEFAULT=NO", "DEFAULT=YES"), {"R4.3.4.1"}),
    "no such group": (lambda f: edit(f / MASTER, ',AUDIO="[^"]+"', ',AUDIO="gone"'), {"R4.3.4.1"}),
    "no I-frame playlists": (lambda f: edit(f / MASTER, "#EXT-X-I-FRAME-STREAM-INF:.*\n", ""), {"A6.1"}),
    "I-frame range": (lambda f: edit(f / "234/iframes.m3u8", r"(BYTERANGE:[0-9]+)@0\n", r"\1@5\n"), {"A6.10"}),
    "not I-FRAMES-ONLY": (lambda f: edit(f / "234/iframes.m3u8", "#EXT-X-I-FRAMES-ONLY\n", ""), {"A6.8"}),
    "hole": (hole, {"A7.2", "A8.3", "A8.22"}),
    "a file is missing": (lambda f: (f / "234/00001.m4s").unlink(), {"files", "A6.10"}),
    "a file is cut": (lambda f: (f / "234/00001.m4s").write_bytes((f / "234/00001.m4s").read_bytes()[:-50]), {"files"}),
    "a playlist is missing": (lambda f: (f / RUNG).unlink(), {"files"}),
    "outside": (lambda f: edit(f / RUNG, "00001.m4s", "../../../etc/passwd"), {"files"}),
    "a time line": (later, {"A7.2", "A8.22", "A6.10"}),
    "EXTINF": (lambda f: edit(f / RUNG, "#EXTINF:3.000000", "#EXTINF:2.500000"), {"A8.1"}),
    "sound shorter": (lambda f: edit(f / SOUND, r"#EXTINF:[0-9.]+,\n00002.m4s\n", ""), {"A8.3"}),
    "ENDLIST": (lambda f: edit(f / RUNG, "#EXT-X-ENDLIST\n", ""), {"R4.3.3.4"}),
    "VOD": (lambda f: edit(f / RUNG, "#EXT-X-PLAYLIST-TYPE:VOD\n", ""), {"A8.6"}),
    "version": (lambda f: edit(f / RUNG, "VERSION:7", "VERSION:3"), {"R7"}),
    "TARGETDURATION": (lambda f: edit(f / RUNG, "TARGETDURATION:6", "TARGETDURATION:5"), {"R4.3.3.1", "A8.2"}),
    "another target": (lambda f: edit(f / SOUND, "TARGETDURATION:6", "TARGETDURATION:7"), {"A8.2"}),
    "attribute": (lambda f: edit(f / MASTER, "FRAME-RATE=25.000,", "FRAME-RATE = 25,"), {"R4"}),
    "no EXT-X-MAP": (lambda f: edit(f / RUNG, "#EXT-X-MAP:.*\n", ""), {"A8.20"}),
    "byte order mark": (lambda f: (f / RUNG).write_bytes(b"\xef\xbb\xbf" + (f / RUNG).read_bytes()), {"R4"}),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_each_damage_is_found_by_its_clause(name: str, ladder: Path, tmp_path: Path) -> None:
    damage, clauses = DAMAGES[name]
    shutil.copytree(ladder, tmp_path / "hls")
    damage(tmp_path / "hls")
    report = validator.validate(tmp_path / "hls" / "master.m3u8")
    assert broken(report) == clauses
    assert all(check.places for check in report.errors)


CUE = "WEBVTT\nX-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:0\n\n00:00:0{0}.000 --> 00:00:0{1}.500\n你好\n"


def subtitled(folder: Path) -> None:
    """A ladder with subtitles in two segments."""
    (folder / "text").mkdir()
    (folder / "text" / "0.vtt").write_text(CUE.format(1, 3))
    (folder / "text" / "1.vtt").write_text(CUE.format(7, 9))
    (folder / "text" / "index.m3u8").write_text(
        "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:9\n#EXT-X-PLAYLIST-TYPE:VOD\n"
        "#EXTINF:6,\n0.vtt\n#EXTINF:9,\n1.vtt\n#EXT-X-ENDLIST\n"
    )
    group = '#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="text",NAME="中文",LANGUAGE="zh",URI="text/index.m3u8"'
    edit(folder / MASTER, "(#EXT-X-INDEPENDENT-SEGMENTS)", rf"\1\n{group}")
    edit(folder / MASTER, "(CLOSED-CAPTIONS=NONE)", r'SUBTITLES="text",\1')


@pytest.mark.parametrize(
    ("name", "pattern", "by", "clauses"),
    [
        ("text/0.vtt", "never", "", set()),
        ("text/0.vtt", "X-TIMESTAMP-MAP.*\n", "", {"A5.3"}),
        ("text/0.vtt", "WEBVTT", "WEBVT", {"A5.3"}),
        ("text/1.vtt", "00:00:07.000", "00:00:7.000", {"A5.3"}),
        ("text/1.vtt", "MPEGTS:0", "MPEGTS:900000", {"A5.3"}),
        ("text/index.m3u8", "#EXTINF:9,\n1.vtt\n", "", {"A5.5"}),
        ("master.m3u8", 'NAME="中文",LANGUAGE="zh",URI="text', 'NAME="中文",URI="text', {"A8.9"}),
    ],
)
def test_subtitles_are_judged_too(
    name: str, pattern: str, by: str, clauses: set[str], ladder: Path, tmp_path: Path
) -> None:
    shutil.copytree(ladder, tmp_path / "hls")
    subtitled(tmp_path / "hls")
    if pattern != "never":
        edit(tmp_path / "hls" / name, pattern, by)
    assert broken(validator.validate(tmp_path / "hls" / "master.m3u8")) == clauses


@pytest.mark.parametrize("profile", ["hls", pytest.param("hls-ts", marks=pytest.mark.acceptance)])
def test_subtitles_that_we_write_pass_their_clauses(
    profile: str, short: Path, ffmpeg: Path, able: Capability, tmp_path: Path
) -> None:
    words = {"zho": "你好 <b>", "uig": "ياخشىمۇسىز", "kaz": "اۋىل"}
    folder = made(short, tmp_path, ffmpeg, able, profile, FAST, words=words)
    report = validator.validate(folder / "master.m3u8")
    assert [check.id for check in report.findings] == ["A9.10"]
    assert {checked(report, clause).status for clause in ("A5.3", "A5.5")} == {Status.PASS}
    listed = m3u8.load(str(folder / "master.m3u8"))
    texts = [item for item in listed.media if item.type == "SUBTITLES"]
    assert [(item.language, item.name) for item in texts] == [
        ("zh", "中文"),
        ("ug", "ئۇيغۇرچە"),
        ("kk-Arab", "قازاقشا"),
    ]
    assert {item.stream_info.subtitles for item in listed.playlists} == {"subtitles"}
    assert "你好 &lt;b&gt;" in (folder / "subtitles-zho" / "00000.vtt").read_text()


@pytest.mark.acceptance
def test_counters_of_a_transport_stream_run_on(ts_ladder: Path, tmp_path: Path) -> None:
    shutil.copytree(ts_ladder, tmp_path / "hls")
    path = tmp_path / "hls" / "234" / "00001.ts"
    packets = bytearray(path.read_bytes())
    del packets[20 * 188 : 22 * 188]
    path.write_bytes(packets)
    report = validator.validate(tmp_path / "hls" / "master.m3u8")
    assert "A7.2" in broken(report)
    assert checked(report, "A7.2").places[0].segment == 2


@pytest.fixture(scope="session")
def hevc_ladder(short: Path, ffmpeg: Path, able: Capability, made_once: Once) -> Path:
    return made_once("hevc", lambda it: made(short, it, ffmpeg, able, "hls-hevc", FAST)) / "outputs" / "hls-hevc"


@pytest.mark.acceptance
def test_hevc_stands_in_fmp4_as_hvc1(hevc_ladder: Path) -> None:
    report = validator.validate(hevc_ladder / "master.m3u8")
    assert [check.id for check in report.findings] == ["A9.10"]
    assert {item.codecs for item in report.rungs if item.kind == "variant"} == {"hvc1.1.6.L63.90", "hvc1.1.6.L60.90"}
    assert checked(report, "A1.6").status is Status.PASS
    assert checked(report, "A1.6").text == "main@2.0 main, main@2.1 main"
    assert checked(report, "A1.3").status is Status.NOT_APPLICABLE


def told(folder: Path, profile: int, tier: int, level: int) -> None:
    """The rung of 360 lines says another profile, tier and level, in its sets and in the multivariant playlist."""
    init = folder / "360" / "init.mp4"
    data = init.read_bytes()
    first, last = bytes([tier << 5 | profile]), bytes([level])
    # as in the record, and as in the sets, where zeros are escaped
    for flags in (b"\x60\0\0\0\x90\0\0\0\0\0", b"\x60\0\0\x03\0\x90\0\0\x03\0\0\x03\0"):
        assert b"\x01" + flags + b"\x3f" in data
        data = data.replace(b"\x01" + flags + b"\x3f", first + flags + last)
    init.write_bytes(data)
    edit(folder / MASTER, r"hvc1\.1\.6\.L63", f"hvc1.{profile}.6.{'H' if tier else 'L'}{level}")


# profile, tier and level of 640x360p25 in H.265, and what is found
HEVC_TOLD: dict[str, tuple[tuple[int, int, int], set[str], set[str]]] = {
    "a level that does not hold the frames": ((1, 0, 60), {"A1.1"}, set()),
    "a level that there is not": ((1, 0, 70), {"A1.1"}, set()),
    "High tier where the level has none": ((1, 1, 63), {"A1.1"}, set()),
    "High tier where there is one": ((1, 1, 120), set(), set()),
    "Main 10": ((2, 0, 63), set(), set()),
    "a profile that no device decodes": ((4, 0, 63), {"A1.6"}, set()),
    "a level higher than needed": ((1, 0, 123), set(), {"A1.11"}),
    "a level that no device decodes": ((1, 0, 156), {"A1.6"}, {"A1.11"}),
}


@pytest.mark.acceptance
@pytest.mark.parametrize("name", HEVC_TOLD)
def test_what_a_rung_of_hevc_says_is_checked(name: str, hevc_ladder: Path, tmp_path: Path) -> None:
    said, errors, warnings = HEVC_TOLD[name]
    shutil.copytree(hevc_ladder, tmp_path / "hls")
    told(tmp_path / "hls", *said)
    report = validator.validate(tmp_path / "hls" / "master.m3u8")
    assert broken(report) == errors
    assert {check.id for check in report.findings} - errors == {"A9.10", *warnings}
    alone = validator.validate(tmp_path / "hls" / "360" / "index.m3u8")
    assert broken(alone) == errors


@pytest.mark.acceptance
def test_some_rung_should_play_on_every_device(hevc_ladder: Path, tmp_path: Path) -> None:
    shutil.copytree(hevc_ladder, tmp_path / "hls")
    told(tmp_path / "hls", 1, 0, 123)
    report = validator.validate(tmp_path / "hls" / "360" / "index.m3u8")
    assert checked(report, "A1.6a").status is Status.WARNING


def test_a_level_of_h264_that_does_not_hold_the_frames(ladder: Path, tmp_path: Path) -> None:
    shutil.copytree(ladder, tmp_path / "hls")
    init = tmp_path / "hls" / "360" / "init.mp4"
    whole = init.read_bytes()
    assert whole.count(b"\x64\0\x1e") == 2  # in the record and in its set
    init.write_bytes(whole.replace(b"\x64\0\x1e", b"\x64\0\x14"))
    edit(tmp_path / "hls" / MASTER, "avc1.64001e", "avc1.640014")
    assert broken(validator.validate(tmp_path / "hls" / "master.m3u8")) == {"A1.1"}


@pytest.mark.acceptance
def test_a_rung_for_mobile_data_has_sound_of_its_own(
    source: Path, ffmpeg: Path, able: Capability, tmp_path: Path
) -> None:
    text = "preset: veryfast\nrungs:\n" + "".join(f'  - {{name: "{name}", drop: true}}\n' for name in (1080, 720, 540))
    folder = made(source, tmp_path, ffmpeg, able, "hls-cellular", text)
    report = validator.validate(folder / "master.m3u8")
    assert broken(report) == set()
    assert checked(report, "A9.21").status is Status.PASS
    top = m3u8.load(str(folder / "master.m3u8"))
    assert {item.stream_info.audio for item in top.playlists} == {"aac-128", "aac-48"}
