"""A pipe in the place of any file ends each command at once, with exit 2 and what it is."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.conftest import Showcase

LIMIT_S = 60.0  # a command that waits for a pipe never ends; `batch` starts a store first
HEAD = "schema_version: 1\ntitle: x\nprefecture: '653200'\nmedia:\n  - {file: film.mp4, role: main}\n"
ROLES = {
    "main": "schema_version: 1\ntitle: x\nprefecture: '653200'\nmedia:\n  - {file: pipe.mp4, role: main}\n",
    "audio": HEAD + "  - {file: pipe.wav, role: audio, language: uig}\n",
    "subtitles": HEAD + "  - {file: pipe.srt, role: subtitles, language: zho}\n",
    "poster": HEAD + "  - {file: pipe.png, role: poster}\n",
}
OUT = ("-o", "out")
COMMANDS = [
    ("check", "pipe.mp4"),
    ("check", "pipe.srt"),
    ("check", "pipe.yaml"),
    ("check", "film.mp4", "pipe.mp4"),
    ("run", "pipe.mp4"),
    ("run", "pipe.yaml", "-n"),
    ("submit", "pipe.mp4"),
    ("submit", "pipe.yaml", "--draft"),
    ("transcode", "pipe.mp4", "--profile", "proxy", *OUT),
    ("transcode", "film.mp4", "--profile", "pipe", *OUT),
    ("transcode", "film.mp4", "--profile", "above", *OUT),
    ("init", "pipe.mp4", "--prefecture", "653200"),
    ("init", "film.mp4", "--from-csv", "pipe.csv"),
    ("batch", "pipe.csv"),
    ("batch", "pipe.yaml"),
    ("verify", "pipe.ts"),
    ("verify", "pipe.m3u8"),
    ("verify", "pipe.M3U"),
    ("verify", "package"),
    ("profiles", "show", "pipe"),
    ("profiles", "validate", "pipe.yaml"),
    ("policies", "validate", "./pipe.yaml"),
]
IN_SUITE = [*COMMANDS[:1], *COMMANDS[9:11], *COMMANDS[12:16], COMMANDS[18], COMMANDS[20]]  # one of each kind of file


@pytest.fixture
def piped(showcase: Showcase, served: Path, small_film: Path) -> Showcase:
    """A folder with a film, and a pipe under every name that a command takes."""
    folder = showcase.folder
    (folder / "film.mp4").symlink_to(small_film)
    for name in ("profiles", "pipes", "package"):
        (folder / name).mkdir()
    names = [f"pipe.{end}" for end in ("mp4", "wav", "srt", "png", "csv", "yaml", "ts", "m3u8", "M3U")]
    for name in (*names, "profiles/pipe.yaml", "pipes/film.mp4", "package/package.json"):
        os.mkfifo(folder / name)
    (folder / "profiles" / "above.yaml").write_text("extends: pipe\n")
    (folder / "package" / "checksums.sha256").touch()
    return showcase


@pytest.mark.parametrize(
    "words",
    [pytest.param(words, marks=() if words in IN_SUITE else pytest.mark.acceptance) for words in COMMANDS],
    ids=" ".join,
)
def test_a_pipe_is_refused_by_what_it_is(words: tuple[str, ...], piped: Showcase) -> None:
    result = piped(*words, "--lang", "en", timeout=LIMIT_S)
    assert result.code == 2, result.err
    assert "this is a pipe" in result.out + result.err
    assert "Traceback" not in result.err


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(
    "command", ["check", *(pytest.param(name, marks=pytest.mark.acceptance) for name in ("run", "submit"))]
)
def test_a_pipe_in_a_submission_is_refused_with_its_line(command: str, role: str, piped: Showcase) -> None:
    film = piped.folder / "film.mp4"
    content = film.read_bytes()
    film.unlink()  # a link out of the folder is another fault
    film.write_bytes(content)
    (piped.folder / "s.yaml").write_text(ROLES[role])
    result = piped(command, "s.yaml", "--lang", "en", timeout=LIMIT_S)
    assert result.code == 2
    assert "this is a pipe" in result.err
    assert f"s.yaml:{5 if role == 'main' else 6}:" in result.err


def test_a_pipe_in_a_batch_fails_alone(piped: Showcase) -> None:
    result = piped("batch", "pipes", "-n", "--lang", "en", timeout=LIMIT_S)
    assert result.code == 7  # some of the items failed
    assert "this is a pipe" in result.out + result.err


def test_a_pipe_among_segments_is_a_file_that_is_not_there(piped: Showcase) -> None:
    text = "#EXTM3U\n#EXT-X-TARGETDURATION:6\n#EXTINF:6,\npipe.ts\n#EXT-X-ENDLIST\n"
    (piped.folder / "index.m3u8").write_text(text)
    result = piped("verify", "index.m3u8", "--lang", "en", timeout=LIMIT_S)
    assert result.code == 1
    assert "pipe.ts" in result.out + result.err


def test_settings_that_are_a_pipe_are_refused(showcase: Showcase) -> None:
    (showcase.folder / "showcase.toml").unlink()
    os.mkfifo(showcase.folder / "showcase.toml")
    result = showcase("doctor", "--lang", "zh", timeout=LIMIT_S)
    assert result.code == 2
    assert "管道" in result.err


def test_standard_input_is_a_pipe_too(showcase: Showcase) -> None:
    result = showcase("check", "/proc/self/fd/1", "--lang", "en", timeout=LIMIT_S)  # what the test reads is a pipe
    assert result.code == 2
    assert "this is a pipe" in result.err
