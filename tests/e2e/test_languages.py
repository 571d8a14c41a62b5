"""A film with more languages in files of their own: by hand, and through the inbox."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.media.mpegts import analysis
from tests.conftest import Showcase

Lavfi = Callable[..., Path]
WORDS = """schema_version: 1
id: two-languages
title: 两种语言
languages: [zho]
media:
  - {file: film.mp4, role: main}
  - {file: film.uig.wav, role: audio, language: uig}
"""


@pytest.fixture
def handed_in(showcase: Showcase, small_film: Path, lavfi: Lavfi) -> Path:
    showcase.folder.joinpath("film.mp4").write_bytes(small_film.read_bytes())
    dub = lavfi("-f", "lavfi", "-i", "sine=700:r=48000:d=2,volume=-15dB", suffix=".wav")
    showcase.folder.joinpath("film.uig.wav").write_bytes(dub.read_bytes())
    submission = showcase.folder / "submission.yaml"
    submission.write_text(WORDS)
    return submission


def languages(package: Path) -> list[str | None]:
    stream = next((package / "ts").glob("*.ts"))
    report = analysis.analyse(stream)
    assert report.findings == ()
    return [track.language for track in report.tracks]


@pytest.mark.acceptance
@pytest.mark.usefixtures("served")
def test_each_language_has_its_track_in_stream_ladder_and_manifest(showcase: Showcase, handed_in: Path) -> None:
    made = showcase("run", handed_in, "--accept", "测试", "--json")
    assert made.code == 0, made.err
    package = Path(str(made.rows[-1]["package"]))
    assert languages(package) == [None, "zho", "uig"]
    playlist = (package / "hls" / "master.m3u8").read_text()
    assert playlist.count("#EXT-X-MEDIA:TYPE=AUDIO") == 2
    assert 'URI="audio-uig/index.m3u8"' in playlist
    assert (package / "hls" / "audio-uig" / "index.m3u8").is_file()
    manifest = json.loads((package / "package.json").read_text())
    stream = next(item for item in manifest["renditions"] if item["form"] == "mpegts")
    assert [track["language"] for track in stream["media"]["audio"]] == ["zho", "uig"]
    assert showcase("verify", package).code == 0
    again = showcase("run", handed_in, "--accept", "测试", "--json")
    assert again.code == 0
    assert [event["event"] for event in showcase.events()].count("encode.started") == 1


def test_another_dub_is_another_plan(showcase: Showcase, handed_in: Path, lavfi: Lavfi) -> None:
    first = showcase("run", handed_in, "--accept", "测试", "-n", "--json")
    assert first.code == 0, first.err
    other = lavfi("-f", "lavfi", "-i", "sine=900:r=48000:d=2,volume=-15dB", suffix=".wav")
    showcase.folder.joinpath("film.uig.wav").write_bytes(other.read_bytes())
    second = showcase("run", handed_in, "--accept", "测试", "-n", "--json")
    assert second.code == 0, second.err
    assert '"beside_sha256"' in first.out
    assert first.out != second.out


def test_a_silent_film_has_the_sound_of_its_file(showcase: Showcase, handed_in: Path, silent_film: Path) -> None:
    showcase.folder.joinpath("film.mp4").write_bytes(silent_film.read_bytes())
    handed_in.write_text(WORDS.replace("language: uig", "language: zho"))
    for command in (("check", handed_in), ("run", handed_in, "-n")):
        said = showcase(*command)
        assert "no sound" not in said.out + said.err


def test_one_file_for_a_language(showcase: Showcase, handed_in: Path) -> None:
    showcase.folder.joinpath("other.wav").write_bytes(showcase.folder.joinpath("film.uig.wav").read_bytes())
    handed_in.write_text(WORDS + "  - {file: other.wav, role: audio, language: uig}\n")
    said = showcase("check", handed_in)
    assert said.code == 2
    assert "uig" in said.err


def test_a_file_of_sound_needs_a_language(showcase: Showcase, handed_in: Path) -> None:
    handed_in.write_text(WORDS.replace(", language: uig", ""))
    said = showcase("run", handed_in, "-n")
    assert said.code == 2
    assert "film.uig.wav" in said.err
    assert "submission.yaml:7" in said.err
