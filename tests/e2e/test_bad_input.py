"""Everything that can be wrong: one exit code, one clear message, no traceback, nothing under a final name."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from tests.conftest import Result, Showcase


def finished(showcase: Showcase) -> list[Path]:
    work = showcase.folder / ".showcase" / "work"
    return [path for stage in ("transcode", "package") for path in (work / stage).glob("*")]


def clear(result: Result) -> None:
    assert "Traceback" not in result.out + result.err
    assert 1 <= len(result.err.splitlines()) <= 6 or result.out


@pytest.mark.usefixtures("served")
def test_a_text_file_named_mp4(showcase: Showcase) -> None:
    (showcase.folder / "letter.mp4").write_text("dear editor")
    for command in ("check", "run"):
        result = showcase(command, "letter.mp4", "--json")
        assert result.code == 4
        assert result.rows[0]["findings"][0]["code"] == "file.suspicious"  # type: ignore[index]
        clear(result)


def test_a_playlist_named_mp4_sends_no_request(showcase: Showcase) -> None:
    asked: list[str] = []

    class Server(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

    server = HTTPServer(("127.0.0.1", 0), Server)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        where = f"http://127.0.0.1:{server.server_port}"
        bodies = {
            "a.mp4": f"#EXTM3U\n#EXT-X-TARGETDURATION:6\n#EXTINF:6,\n{where}/a.ts\n#EXT-X-ENDLIST\n",
            "b.mp4": f'<?xml version="1.0"?><MPD><BaseURL>{where}/b</BaseURL></MPD>',
            "c.mov": f"<!--free-->\n<MPD><BaseURL>{where}/c</BaseURL></MPD>",
            "d.ts": f"ffconcat version 1.0\nfile {where}/d.ts\n",
        }
        for name, body in bodies.items():
            (showcase.folder / name).write_text(body)
        result = showcase("check", *bodies)
        assert result.code == 4
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
    assert asked == []


@pytest.mark.usefixtures("served")
def test_an_empty_and_a_truncated_film(showcase: Showcase, small_film: Path) -> None:
    (showcase.folder / "empty.mp4").touch()
    (showcase.folder / "cut.mp4").write_bytes(small_film.read_bytes()[:50_000])
    result = showcase("check", "empty.mp4", "cut.mp4", "--json")
    assert result.code == 4
    found = [row["findings"][0]["code"] for row in result.rows]  # type: ignore[index]
    assert found == ["file.empty", "file.truncated"]
    assert showcase("run", "cut.mp4").code == 4
    assert finished(showcase) == []


@pytest.mark.usefixtures("served")
def test_a_wrong_submission_names_the_line(showcase: Showcase) -> None:
    (showcase.folder / "s.yaml").write_text("schema_version: 1\ntitle: x\ntitle: y\n")
    result = showcase("run", "s.yaml")
    assert result.code == 2
    assert "s.yaml:3:1" in result.err
    clear(result)


def test_a_submission_can_not_reach_out_of_its_folder(showcase: Showcase, small_film: Path) -> None:
    folder = showcase.folder / "sub"
    folder.mkdir()
    (folder / "link.mp4").symlink_to(small_film)
    (folder / "s.yaml").write_text("schema_version: 1\ntitle: x\nmedia:\n  - {file: link.mp4, role: main}\n")
    result = showcase("check", "sub/s.yaml", "--json")
    assert result.code == 2
    assert result.rows[0]["error"]["key"] == "outside_folder"  # type: ignore[index]


@pytest.mark.usefixtures("served")
def test_a_role_that_is_not_handled_is_said_not_dropped(showcase: Showcase, small_film: Path) -> None:
    (showcase.folder / "film.mp4").write_bytes(small_film.read_bytes())
    (showcase.folder / "film.srt").write_text("1\n")
    (showcase.folder / "s.yaml").write_text(
        "schema_version: 1\ntitle: x\nmedia:\n  - {file: film.mp4, role: main}\n  - {file: film.srt, role: subtitles}\n"
    )
    result = showcase("run", "s.yaml")
    assert result.code == 2
    assert "s.yaml:5:" in result.err


def test_paths_that_are_not_there(showcase: Showcase) -> None:
    for command in (("check", "none.mp4"), ("run", "none.mp4"), ("verify", "none"), ("run", "none.yaml")):
        result = showcase(*command)
        assert result.code == 2
        clear(result)
    assert showcase("run").code == 2
    assert showcase("nonsense").code == 2
    assert showcase("check", "--lang", "fr", "x").code == 2


def test_a_dead_endpoint_is_said_before_anything_is_encoded(showcase: Showcase, small_film: Path) -> None:
    showcase.environment = {
        "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
        "AWS_ACCESS_KEY_ID": "a",
        "AWS_SECRET_ACCESS_KEY": "b",
    }
    result = showcase("run", small_film)
    assert result.code == 3
    assert "127.0.0.1:1" in result.err
    assert finished(showcase) == []
    clear(result)


def test_an_endpoint_without_credentials_says_what_to_set(showcase: Showcase, small_film: Path) -> None:
    (showcase.folder / "showcase.toml").write_text('[store]\nendpoint = "http://user:secret@127.0.0.1:1"\n')
    result = showcase("status")
    assert result.code == 3
    assert "AWS_ACCESS_KEY_ID" in result.err
    assert "secret" not in result.err


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)], check=False, capture_output=True
    )
    if mounted.returncode != 0:
        pytest.skip("mounting needs root")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_a_full_disk_is_said_and_leaves_nothing_half(showcase: Showcase, small_film: Path, tiny_disk: Path) -> None:
    result = showcase("run", small_film, cwd=tiny_disk)
    assert result.code == 3, result.out + result.err
    clear(result)
    assert not list((tiny_disk / ".showcase").glob("work/transcode/*"))
    (tiny_disk / "fill").write_bytes(b"x" * 100_000)
    while True:  # to the last byte
        try:
            with (tiny_disk / "fill").open("ab") as out:
                out.write(b"x" * 65536)
        except OSError:
            break
    result = showcase("run", small_film, cwd=tiny_disk)
    assert result.code == 3, result.out + result.err
    clear(result)


@pytest.mark.acceptance
def test_a_read_only_folder_is_a_fine_source_but_no_workspace(
    showcase: Showcase, small_film: Path, tiny_disk: Path
) -> None:
    film = tiny_disk / "film.mp4"
    film.write_bytes(small_film.read_bytes())
    subprocess.run(["mount", "-o", "remount,ro", str(tiny_disk)], check=True)
    assert showcase("check", film, cwd=tiny_disk).code == 0
    refused = showcase("run", film, cwd=tiny_disk)
    assert refused.code == 3
    clear(refused)
    assert showcase("run", film).code == 0


def test_settings_with_mistakes(showcase: Showcase) -> None:
    for text in ("[store]\nendpont = 'x'\n", "= broken", "prefecture = 5\n"):
        (showcase.folder / "showcase.toml").write_text(text)
        result = showcase("status")
        assert result.code == 2
        assert "showcase.toml" in result.err
        clear(result)


def test_a_faulty_item_does_not_keep_the_next_from_being_made(showcase: Showcase, small_film: Path) -> None:
    odd = showcase.folder / "a\\b:c.mp4"
    odd.write_bytes(small_film.read_bytes())
    result = showcase("run", "-n", odd, small_film, "--json")
    assert result.code == 0, result.err
    assert len(result.rows) == 4


@pytest.mark.acceptance
def test_a_name_that_would_be_too_long_is_told_before_the_encode(showcase: Showcase, small_film: Path) -> None:
    longest = showcase.folder / f"{'a' * 246}.mp4"  # 250 bytes: a film may be called so, its outputs not
    shutil.copy(small_film, longest)
    refused = showcase("transcode", longest.name, "--profile", "audio-only", "--profile", "iptv-sd", "-o", "out")
    assert refused.code == 2
    assert "255" in refused.err
    assert not any(event["event"] == "encode.started" for event in showcase.events())
    fits = showcase.folder / f"{'村' * 78}.mp4"  # 238 bytes, its sound 249
    shutil.copy(small_film, fits)
    assert showcase("transcode", fits.name, "--profile", "audio-only", "-o", "out").code == 0
    taken = showcase("transcode", fits.name, "--profile", "proxy", "-o", small_film)
    assert taken.code == 2
    assert "folder" in taken.err


def test_a_name_that_can_not_sign_is_told(showcase: Showcase) -> None:
    (showcase.folder / "showcase.toml").write_text(f"user = '{'名' * 200}'\n")
    refused = showcase("review", "x", "--approve")
    assert refused.code == 2


def test_a_profile_in_another_encoding_is_told_with_its_place(showcase: Showcase) -> None:
    (showcase.folder / "profiles").mkdir()
    (showcase.folder / "profiles" / "own.yaml").write_bytes("extends: proxy\nabout: {zh: 样片}\n".encode("gb18030"))
    refused = showcase("profiles", "show", "own")
    assert refused.code == 2
    assert "own.yaml:2:13" in refused.err


def test_wrong_values_are_usage_errors(showcase: Showcase, small_film: Path) -> None:
    (showcase.folder / "s.yaml").write_text(f"schema_version: {'9' * 5000}\n")
    assert showcase("check", "s.yaml").code == 2
    (showcase.folder / "s.yaml").write_text('schema_version: 1\ntitle: x\nsynopsis: "a\\u0001b"\n')
    refused = showcase("check", "s.yaml")
    assert refused.code == 2
    assert "s.yaml:3:" in refused.err
    showcase.environment = {"SHOWCASE_PREFECTURE": "Nowhere"}
    assert showcase("run", "-n", small_film).code == 2
    showcase.environment = {}
    assert showcase("run", "-n", small_film, "--accept", " ").code == 2


def test_no_secret_is_printed(showcase: Showcase) -> None:
    showcase.environment = {
        "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:9",
        "AWS_ACCESS_KEY_ID": "AKEY",
        "AWS_SECRET_ACCESS_KEY": "S3CRET",
        "AWS_SESSION_TOKEN": "T0KEN",
    }
    result = showcase("status", "-vv", "--debug")
    assert result.code == 3
    assert not {word for word in ("S3CRET", "T0KEN") if word in result.out + result.err}
    showcase.environment["AWS_ENDPOINT_URL_S3"] = "http://user:hunter2@bad host:99999/"
    result = showcase("status")
    assert result.code == 2
    assert "hunter2" not in result.out + result.err


@pytest.mark.usefixtures("served")
def test_escape_sequences_in_names_do_not_reach_the_terminal(showcase: Showcase, silent_film: Path) -> None:
    name = "a\x1b[31mred.mp4"
    (showcase.folder / name).write_text("text")
    silent = showcase.folder / "b\x1b[31m.mp4"
    silent.write_bytes(silent_film.read_bytes())
    assert "\x1b" not in showcase("run", silent).err
    result = showcase("check", name)
    assert "\x1b" not in result.out + result.err
    raw = os.fsencode(showcase.folder) + b"/\xff\xfe.mp4"
    Path(os.fsdecode(raw)).write_text("text")
    assert showcase("check", os.fsdecode(raw)).code == 4
