"""What a container announces, held against files that ffmpeg wrote to a disk, through a pipe, and that were cut."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from pipeline.media import announced
from tests.tiers import kept

VIDEO = ("-f", "lavfi", "-i", "testsrc2=s=320x180:r=25", "-t", "3")
SOUND = ("-f", "lavfi", "-i", "sine=r=48000", "-t", "3")
FORMS = {
    "matroska": ("matroska", *VIDEO, "-c:v", "libx264", "-preset", "ultrafast", "-g", "25", "-f", "matroska"),
    "webm": ("matroska", *VIDEO, "-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-f", "webm"),
    "live": ("matroska", *VIDEO, "-c:v", "libvpx", "-deadline", "realtime", "-f", "webm", "-live", "1"),
    "avi": ("avi", *VIDEO, "-c:v", "mpeg4", "-f", "avi"),
    "wav": ("wav", *SOUND, "-f", "wav"),
    "rf64": ("wav", *SOUND, "-f", "wav", "-rf64", "always"),
    "fragments": ("mov", *VIDEO, "-c:v", "mpeg4", "-f", "mp4", "-movflags", "frag_keyframe+empty_moov"),
    "mp4": ("mov", *VIDEO, "-c:v", "mpeg4", "-f", "mp4"),
}
SEEKS = [name for name in FORMS if name not in ("live", "fragments")]
PIPES = [name for name in FORMS if name not in ("mp4",)]


def piped(ffmpeg: Path, path: Path, argv: tuple[str, ...]) -> Path:
    """As a recorder writes that can't go back."""
    with path.open("wb") as out:
        command = [str(ffmpeg), "-nostdin", "-v", "error", *argv, "pipe:1"]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, timeout=60)
        out.write(done.stdout)
    return path


def verdict(path: Path, demuxer: str) -> bool | None:
    with path.open("rb") as file:
        return announced.is_cut_off(file, demuxer)


@pytest.mark.parametrize("form", kept(PIPES, "matroska", "wav", "fragments"))
def test_what_was_written_as_a_stream_is_whole(form: str, ffmpeg: Path, tmp_path: Path) -> None:
    demuxer, *argv = FORMS[form]
    assert verdict(piped(ffmpeg, tmp_path / "film", tuple(argv)), demuxer) is False


@pytest.mark.parametrize("form", kept(SEEKS, "matroska", "wav", "mp4"))
def test_a_whole_file_is_whole_and_a_cut_one_is_cut(form: str, ffmpeg: Path, tmp_path: Path) -> None:
    demuxer, *argv = FORMS[form]
    path = tmp_path / "film"
    subprocess.run([str(ffmpeg), "-nostdin", "-v", "error", *argv, str(path)], check=True, timeout=60)
    assert verdict(path, demuxer) is False
    content = path.read_bytes()
    path.write_bytes(content + b"\0" * 4096)  # what a copy left behind it
    assert verdict(path, demuxer) is False
    for share in (0.3, 0.7, 0.95):
        path.write_bytes(content[: int(len(content) * share)])
        assert verdict(path, demuxer) is True, share


@pytest.mark.parametrize(
    ("demuxer", "content"),
    [
        ("avi", b"RIFF\x00\x00\x00\x00AVI "),
        ("avi", b"RIFF\xff\xff\xff\xffAVI "),
        ("wav", b"RF64\xff\xff\xff\xffWAVEds64\x1c\x00\x00\x00" + bytes(8)),
        ("matroska", b"\x1aE\xdf\xa3\x80\x18S\x80g\xff\x1fC\xb6u\xff"),
        ("matroska", b"\x1aE\xdf\xa3\x80\x18S\x80g\x01\xff\xff\xff\xff\xff\xff\xff"),
        ("matroska", b"\x1aE\xdf\xa3"),
        ("matroska", b""),
        ("mov", b""),
        ("mov", b"\x00\x00\x00\x00mdat" + bytes(64)),
        ("mov", b"\x00\x00\x00\x01mdat\x7f\xff\xff\xff\xff\xff\xff\xff" + bytes(64)),
    ],
)
def test_zero_the_largest_number_or_nothing_announce_nothing(demuxer: str, content: bytes, tmp_path: Path) -> None:
    (tmp_path / "film").write_bytes(content)
    assert verdict(tmp_path / "film", demuxer) is False


def test_of_other_containers_nothing_is_said(tmp_path: Path) -> None:
    (tmp_path / "film").write_bytes(b"G" * 1880)
    assert verdict(tmp_path / "film", "mpegts") is None
