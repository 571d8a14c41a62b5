"""A film with subtitles and a poster of its own: what check says, and what becomes of them in the package."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree

from tests.conftest import Showcase

WORDS = """schema_version: 1
id: with-subtitles
title: 有字幕
languages: [zho]
media:
  - {file: film.mp4, role: main}
  - {file: film.zho.srt, role: subtitles, language: zho}
  - {file: film.mon.vtt, role: subtitles, language: mon}
  - {file: poster.png, role: poster}
"""
ZHO = "1\r\n00:00:00,200 --> 00:00:00,900\r\n你好\r\n\r\n2\r\n00:00:01,000 --> 00:00:01,800\r\n再见\r\n"
MON = "WEBVTT\n\n00:00.200 --> 00:01.000\nᠮᠣᠩᠭᠣᠯ\n"


@pytest.fixture
def handed_in(showcase: Showcase, small_film: Path, lavfi: Callable[..., Path]) -> Path:
    showcase.folder.joinpath("film.mp4").write_bytes(small_film.read_bytes())
    showcase.folder.joinpath("film.zho.srt").write_bytes(ZHO.encode("gb18030"))
    showcase.folder.joinpath("film.mon.vtt").write_text(MON, encoding="utf-8")
    red = lavfi("-f", "lavfi", "-i", "color=c=0xC02040:s=1280x720", "-frames:v", "1", suffix=".png")
    showcase.folder.joinpath("poster.png").write_bytes(red.read_bytes())
    submission = showcase.folder / "submission.yaml"
    submission.write_text(WORDS, encoding="utf-8")
    return submission


def lines(showcase: Showcase, *cues: str, encoding: str = "utf-8") -> Path:
    path = showcase.folder / "alone.srt"
    path.write_bytes("".join(f"{number}\n{cue}\n\n" for number, cue in enumerate(cues, 1)).encode(encoding))
    return path


@pytest.mark.acceptance
@pytest.mark.usefixtures("served")
def test_subtitles_are_in_stream_ladder_package_and_order(showcase: Showcase, handed_in: Path, ffmpeg: Path) -> None:
    made = showcase("run", handed_in, "--accept", "测试", "--json")
    assert made.code == 0, made.err
    package = Path(str(made.rows[-1]["package"]))
    manifest = json.loads((package / "package.json").read_text())
    beside = {item["path"]: item["language"] for item in manifest["files"] if item["role"] == "subtitles"}
    assert beside == {"subtitles/mon.vtt": "mon", "subtitles/zho.vtt": "zho"}
    assert "vertical:lr" in (package / "subtitles" / "mon.vtt").read_text()
    burnt = {item["name"]: item["burnt"] for item in manifest["renditions"] if item["form"] == "mpegts"}
    assert burnt == {"iptv-sd": None, "iptv-sd-zho": "zho"}
    assert [note["kind"] for note in manifest["parts"][0]["notes"]].count("not_burnt") == 1
    master = (package / "hls" / "master.m3u8").read_text()
    assert master.count("#EXT-X-MEDIA:TYPE=SUBTITLES") == 2
    assert 'LANGUAGE="mn-Mong"' in master
    order = etree.parse(str(package / "metadata" / "c2.xml"))
    assert order.xpath("//Property[@Name='Keywords']/text()") == ["中文字幕;蒙古语字幕"]
    assert order.xpath("//Property[@Name='ClosedCaptioning']/text()") == ["0", "1"]
    assert order.xpath("//Property[@Name='Reserve1']/text()") == ["zho=subtitles/zho.vtt;mon=subtitles/mon.vtt"]
    assert showcase("verify", package).code == 0
    raw = subprocess.run(
        [
            str(ffmpeg),
            "-v",
            "error",
            "-i",
            str(package / "images" / "poster.jpg"),
            "-f",
            "rawvideo",
            "-pix_fmt",
            "rgb24",
            "-",
        ],
        check=True,
        capture_output=True,
    ).stdout
    assert all(abs(a - b) <= 4 for a, b in zip(raw[:3], (0xC0, 0x20, 0x40), strict=True))
    # other words: the burnt stream is made anew, nothing else
    showcase.folder.joinpath("film.zho.srt").write_bytes(ZHO.replace("你好", "大家好").encode("gb18030"))
    again = showcase("run", handed_in, "--accept", "测试", "--json")
    assert again.code == 0, again.err
    encoded = [event["profiles"] for event in showcase.events() if event["event"] == "encode.started"]
    assert encoded[1] == ["iptv-sd-zho"]
    other = Path(str(again.rows[-1]["package"]))
    assert "大家好" in (other / "hls" / "subtitles-zho" / "00000.vtt").read_text()


def test_check_says_each_fault_with_cue_line_and_what_to_do(showcase: Showcase, handed_in: Path) -> None:
    showcase.folder.joinpath("film.zho.srt").write_bytes(
        ZHO.replace("00:00:00,900", "00:00:01,400").replace("00:00:01,800", "00:00:02,500").encode("gb18030")
    )
    said = showcase("check", handed_in, "--json")
    rows = {row["file"].rpartition(": ")[2]: row for row in said.rows}
    found = [(item["code"], item["cue"], item["line"]) for item in rows["film.zho.srt"]["findings"]]
    assert found == [
        ("subtitle.encoding", None, None),
        ("subtitle.overlap", 2, 6),
        ("subtitle.beyond_end", 2, 6),
    ]
    assert rows["film.mon.vtt"]["verdict"] == "accept"
    assert rows["poster.png"]["verdict"] == "accept"
    assert all(item["message"] and item["advice"] for row in said.rows for item in row["findings"])


@pytest.mark.parametrize(
    ("cues", "encoding", "code", "exit_code"),
    [
        (["00:00:01,000 --> 00:00:02,000\n你好"], "utf-8", None, 0),
        (["00:00:01,000 --> 00:00:02,000\n在希望的田野上"], "utf-16-le", "subtitle.encoding", 0),
        (["00:00:01,000 -> 00:00:02,000\n你好"], "utf-8", "subtitle.unreadable", 1),
        (["00:00:01,000 --> 00:00:02,000\n你好\ue123"], "utf-8", "subtitle.glyph_missing", 1),
        (["no times"], "utf-8", "subtitle.unreadable", 4),
    ],
)
def test_a_file_of_subtitles_alone(
    showcase: Showcase, cues: list[str], encoding: str, code: str | None, exit_code: int
) -> None:
    said = showcase("check", lines(showcase, *cues, encoding=encoding), "--json")
    assert said.code == exit_code, said.err
    assert [item["code"] for item in said.rows[0]["findings"]] == ([code] if code else [])


def test_a_malformed_cue_rejects_the_submission_and_nothing_is_made(showcase: Showcase, handed_in: Path) -> None:
    showcase.folder.joinpath("film.zho.srt").write_text(ZHO.replace("-->", "->", 1), encoding="utf-8", newline="")
    said = showcase("run", handed_in, "-n")
    assert said.code == 1
    assert "00:00:00,200 -> 00:00:00,900" in said.out + said.err


def test_a_poster_that_is_none(showcase: Showcase, handed_in: Path) -> None:
    showcase.folder.joinpath("poster.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"\x00" * 400)
    said = showcase("check", handed_in, "--json")
    assert said.code == 4
    assert [item["code"] for item in said.rows[-1]["findings"]] == ["poster.unreadable"]


def test_two_files_of_one_language_or_two_roles(showcase: Showcase, handed_in: Path) -> None:
    handed_in.write_text(WORDS + "  - {file: film.mp4, role: poster}\n")
    assert "a second time" in showcase("check", handed_in).err
    showcase.folder.joinpath("b.vtt").write_text(MON)
    handed_in.write_text(WORDS + "  - {file: b.vtt, role: subtitles, language: zho}\n")
    said = showcase("check", handed_in)
    assert said.code == 2
    assert "zho" in said.err
