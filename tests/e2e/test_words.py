"""Errors as people meet them: raised by a command, in Chinese, with no English but names, and a way out."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import shutil
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.conftest import MEANT, Showcase

# names of formats, programs, settings and keys; everything else is Chinese
_NAMES = """showcase toml yaml csv excel html ebu wps samples submission schema media role language languages main audio
subtitles poster title file kind film course prefecture column synopsis credits licence from until programme channels
mono stereo quad embedded true false store endpoint inbox delivery addressing profile user producer editor operator
administrator keys access_key_id secret_access_key package json checksums sha256 schema_version batch http https"""
NAMES = set(_NAMES.split())
HEAD = "schema_version: 1\ntitle: 片\n"
FILM = "media: [{file: film.mp4, role: main}]\n"
TOML = "showcase.toml"

# name: files, command, key, exit
CASES: dict[str, tuple[Mapping[str, str | bytes], tuple[str, ...], str, int]] = {
    "no file": ({}, ("check", "none.mp4"), "path_missing", 2),
    "a folder to check": ({"d/x": ""}, ("check", "d"), "is_folder", 2),
    "a folder to run": ({"d/x": ""}, ("run", "d"), "is_folder", 2),
    "a folder to run, by path": ({"d/x": ""}, ("run", "./d"), "is_folder", 2),
    "a folder to submit": ({"d/x": ""}, ("submit", "d"), "nothing_to_send", 2),
    "pull to a file": ({"f": "x"}, ("pull", "--to", "f"), "not_a_folder", 2),
    "pull below a file": ({"f": "x"}, ("pull", "--to", "f/in"), "not_a_folder", 2),
    "transcode to a file": ({"f": "x"}, ("transcode", "film.mp4", "--profile", "proxy", "-o", "f"), "not_a_folder", 2),
    "a demo in a file": ({"f": "x"}, ("demo", "f"), "not_a_folder", 2),
    "a report below a file": ({"f": "x"}, ("check", "film.mp4", "--report", "f/r.html"), "not_a_folder", 2),
    "a report of no kind": ({}, ("check", "film.mp4", "--report", "r.doc"), "report_kind", 2),
    "a report over the film": ({}, ("check", "film.html", "--report", "film.html"), "in_the_way", 2),
    "yaml: a bracket": ({"s.yaml": HEAD + "languages: [zho\n"}, ("check", "s.yaml"), "yaml_syntax", 2),
    "yaml: a tab": ({"s.yaml": HEAD + "\tkind: film\n"}, ("check", "s.yaml"), "yaml_syntax", 2),
    "yaml: a colon": ({"s.yaml": HEAD + "synopsis: a: b\n"}, ("check", "s.yaml"), "yaml_syntax", 2),
    "yaml: an at sign": ({"s.yaml": HEAD + "synopsis: @b\n"}, ("check", "s.yaml"), "yaml_syntax", 2),
    "yaml: a backslash": ({"s.yaml": HEAD + 'synopsis: "\\q"\n'}, ("check", "s.yaml"), "yaml_syntax", 2),
    "yaml: a quote": ({"s.yaml": HEAD + 'synopsis: "b\n'}, ("check", "s.yaml"), "yaml_syntax", 2),
    "yaml: a list in between": ({"s.yaml": HEAD + "- x\n"}, ("check", "s.yaml"), "yaml_syntax", 2),
    "yaml: a directive": ({"s.yaml": HEAD + "%A\n"}, ("check", "s.yaml"), "yaml_syntax", 2),
    "yaml: a block": ({"s.yaml": HEAD + "synopsis: |9x\n"}, ("check", "s.yaml"), "yaml_syntax", 2),
    "yaml: empty": ({"s.yaml": ""}, ("check", "s.yaml"), "yaml_empty", 2),
    "yaml: a workbook": ({"s.yaml": b"PK\x03\x04\x00\xff\xfe\x00"}, ("check", "s.yaml"), "yaml_not_text", 2),
    "yaml: GBK": ({"s.yaml": "title: 影片的名称".encode("gbk")}, ("check", "s.yaml"), "yaml_not_utf8", 2),
    "yaml: twice": ({"s.yaml": HEAD + "title: x\n"}, ("check", "s.yaml"), "yaml_duplicate_key", 2),
    "a language": ({"s.yaml": HEAD + FILM + "languages: [zho, 火星文]\n"}, ("check", "s.yaml"), "yaml_invalid", 2),
    "a kind": ({"s.yaml": HEAD + FILM + "kind: 电影\n"}, ("check", "s.yaml"), "yaml_invalid", 2),
    "an id": ({"s.yaml": HEAD + FILM + "id: 你好\n"}, ("check", "s.yaml"), "yaml_invalid", 2),
    "channels": (
        {"s.yaml": HEAD + "media: [{file: film.mp4, role: main, channels: [1, 2, 3]}]\n"},
        ("check", "s.yaml"),
        "yaml_invalid",
        2,
    ),
    "media of nothing": ({"s.yaml": HEAD + "media: []\n"}, ("check", "s.yaml"), "yaml_invalid", 2),
    "a licence": ({"s.yaml": HEAD + FILM + "licence: 长期\n"}, ("check", "s.yaml"), "yaml_invalid", 2),
    "a key of no name": ({"s.yaml": HEAD + FILM + "片名: x\n"}, ("check", "s.yaml"), "yaml_invalid", 2),
    "media that is not there": (
        {"s.yaml": HEAD + "media: [{file: 没有.mp4, role: main}]\n"},
        ("check", "s.yaml"),
        "media_missing",
        2,
    ),
    "toml: a quote": ({TOML: 'user = "x\n'}, ("status",), "settings_syntax", 2),
    "toml: no value": ({TOML: "user =\n"}, ("status",), "settings_syntax", 2),
    "toml: a bare word": ({TOML: "user = 古丽\n"}, ("status",), "settings_syntax", 2),
    "toml: a bracket": ({TOML: "[store\n"}, ("status",), "settings_syntax", 2),
    "toml: twice": ({TOML: 'user = "a"\nuser = "b"\n'}, ("status",), "settings_syntax", 2),
    "toml: curly quotes": ({TOML: "user = “a”\n"}, ("status",), "settings_quotes", 2),
    "toml: unknown": ({TOML: 'colour = "red"\n'}, ("status",), "settings_key", 2),
    "toml: a role": ({TOML: 'role = "老板"\n'}, ("status",), "settings_value", 2),
    "toml: GBK": ({TOML: 'user = "影片的名称"'.encode("gbk")}, ("status",), "settings_encoding", 2),
    "a workbook as settings": (
        {"s.xlsx": b"PK\x03\x04\x00\xff"},
        ("setup", "--import", "s.xlsx"),
        "settings_not_text",
        2,
    ),
    "settings without keys": ({"s.toml": ""}, ("setup", "--import", "s.toml"), "setup_no_keys", 2),
    "nothing said": ({}, ("setup",), "setup_nothing_said", 2),
    "an address": ({}, ("setup", "--address", "shop"), "endpoint_wrong", 2),
    "an acceptance without a reason": ({}, ("run", "film.mp4", "--accept", ""), "reason_missing", 2),
    "an answer to nothing": ({}, ("ack", "x", "reject"), "no_such_delivery", 2),
    "two decisions": ({}, ("review", "x", "--approve", "--return", "x"), "one_decision", 2),
    "no such profile": ({}, ("profiles", "show", "x"), "no_such_name", 2),
    "no such schema": ({}, ("schema", "x"), "unknown_schema", 2),
    "a package of nothing": ({"d/x": ""}, ("verify", "d"), "not_a_package", 2),
    "a draft of nothing": ({}, ("submit", "film.mp4", "--with-master"), "with_master_alone", 2),
    "a target of no kind": ({}, ("init", "film.mp4", "-o", "s.txt"), "target_wrong", 2),
    "no prefecture": ({}, ("init", "film.mp4"), "field_missing", 2),
    "a table of no headings": ({"t.csv": "x\n"}, ("init", "film.mp4", "--from-csv", "t.csv"), "table_no_headings", 2),
    "an empty list": ({"l.yaml": ""}, ("batch", "l.yaml", "-n"), "yaml_empty", 2),
    "not a list": ({"l.yaml": "a: b\n"}, ("batch", "l.yaml", "-n"), "list_wrong", 2),
    "a dead store": (
        {TOML: '[store]\nendpoint = "http://127.0.0.1:1"\n'},
        ("status",),
        "store_no_credentials",
        3,
    ),
    "an empty film": ({"e.mp4": ""}, ("transcode", "e.mp4", "--profile", "proxy", "-o", "o"), "refused", 4),
}


def unexplained(text: str, given: str) -> list[str]:
    """English words that are no names and were not typed by the reader."""
    bare = re.sub(r"`[^`]*`|--?[a-z][a-z-]*|\b[A-Z][A-Z0-9_]+\b|/\S+|「[^」]*」|现有：.*|\d+:\d+", " ", text)
    words = re.findall(r"[A-Za-z][A-Za-z0-9_]{3,}", bare)
    return [word for word in words if word.lower() not in NAMES and word not in given]


# each starts a store of its own
SLOW = {"a folder to run, by path", "an answer to nothing", "not a list", "an empty list"}


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.acceptance if name in SLOW else ()) for name in CASES]
)
def test_an_error_is_chinese_and_says_what_to_do(name: str, showcase: Showcase, small_film: Path) -> None:
    files, command, key, code = CASES[name]
    for file in ("film.mp4", "film.html"):
        shutil.copy(small_film, showcase.folder / file)
    for file, content in files.items():
        path = showcase.folder / file
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    showcase.environment = {"SHOWCASE_LANG": "zh"}
    result = showcase(*command, "--json")
    assert result.code == code, result.err
    rows = [row["error"] for row in result.rows if "error" in row]
    assert [row["key"] for row in rows] == [key]  # type: ignore[index]
    said = result.err[result.err.index("错误：") :]
    assert "怎么办：" in said
    assert unexplained(said, " ".join([*command, *map(str, files.values())])) == [], said


def interrupted(showcase: Showcase, *words: str) -> tuple[int, str]:
    """Exit code and what was shown of a command that is stopped by Ctrl-C at its first question."""
    child, master = pty.fork()
    if child == 0:  # pragma: no cover - the child becomes the command
        os.chdir(showcase.folder)
        os.environ["SHOWCASE_LANG"] = "zh"
        argv = showcase.argv(*words)
        os.execv(argv[0], argv)  # noqa: S606 - a terminal of its own is what is tested
    seen, asked = b"", False
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if select.select([master], [], [], 0.5)[0]:
            try:
                seen += os.read(master, 4096)
            except OSError:  # the other end is gone
                break
        elif not asked and seen.rstrip().endswith((b":", b"]")):
            os.write(master, b"\x03")
            asked = True
    _, status = os.waitpid(child, 0)
    os.close(master)
    return os.waitstatus_to_exitcode(status), seen.decode()


@pytest.mark.parametrize("words", [("setup",), ("init", "film.mp4")])
def test_ctrl_c_at_a_question_is_an_interrupt(words: tuple[str, ...], showcase: Showcase, small_film: Path) -> None:
    shutil.copy(small_film, showcase.folder / "film.mp4")
    code, shown = interrupted(showcase, *words)
    assert code == 130, shown
    assert "已停止" in shown
    assert "程序自身" not in shown


def test_the_doctor_speaks_into_a_pipe_of_another_encoding(showcase: Showcase) -> None:
    (showcase.folder / TOML).write_text(MEANT)
    for encoding, mark in (("gbk", "√"), ("latin-1", "?")):
        surroundings = {**os.environ, "PYTHONIOENCODING": encoding, "SHOWCASE_LANG": "zh"}
        for words in (("doctor",), ("doctor", "--json"))[: 2 if encoding == "gbk" else 1]:
            done = subprocess.run(
                showcase.argv(*words), cwd=showcase.folder, env=surroundings, capture_output=True, check=False
            )
            shown = done.stdout.decode(encoding)
            assert done.returncode == 0, done.stderr
            if "--json" in words:
                assert all(json.loads(line)["good"] is not False for line in shown.splitlines())
            else:
                assert shown.startswith(mark)


def test_a_title_that_a_pipe_has_no_letters_for_is_whole_in_json(showcase: Showcase, small_film: Path) -> None:
    shutil.copy(small_film, showcase.folder / "كىنو.mp4")
    surroundings = {**os.environ, "PYTHONIOENCODING": "gbk"}
    argv = showcase.argv("init", "كىنو.mp4", "--prefecture", "和田", "--json")
    done = subprocess.run(argv, cwd=showcase.folder, env=surroundings, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    made = json.loads(done.stdout.decode("gbk"))["submission"]
    assert "كىنو" in (made["title"] if isinstance(made["title"], str) else made["title"]["zh"])
