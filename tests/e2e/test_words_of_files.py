"""Errors about paths, submissions and settings."""

from __future__ import annotations

import os
import shutil
import threading
from pathlib import Path

import pytest

from pipeline.catalogue import Language
from tests.conftest import Showcase
from tests.e2e.error_words import FILM, HEAD, LANGUAGES, TOML, Case, case, first_of_each, hold, put

S = "s.yaml"
MAIN = "{file: film.mp4, role: main}"
EMBEDDED = "[store]\nembedded = true\n"
KEYS = dict.fromkeys(("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"), "a")
DEAD = '[store]\nendpoint = "http://127.0.0.1:1"\n'
DEAD_TLS = '[store]\nendpoint = "https://127.0.0.1:1"\n'


def media(*items: str) -> dict[str, str | bytes]:
    """A submission of the film and of other files, which are there."""
    text = HEAD + "".join(f"  - {item}\n" for item in ("media:", MAIN, *items)).replace("  - media:", "media:")
    return {
        S: text,
        "a.srt": "1\n00:00:00,000 --> 00:00:01,000\n字\n",
        "b.srt": "",
        "a.pptx": "x",
        "a.png": "x",
        "b.png": "x",
        "c.png": "x",
    }


def course(*items: str) -> dict[str, str | bytes]:
    """A course of two parts, and files that are there."""
    lines = "".join(f"  - {{file: {item}}}\n" for item in items)
    parts = 'kind: course\nparts: [{id: "01"}, {id: "02"}]\n'
    files = dict.fromkeys(("a", "b", "c", "a.mp4", "a.csv", "b.csv"), "x")
    decks = dict.fromkeys(("a.pdf", "b.PDF", "b.pptx", "d"), "%PDF-1.4\n")
    return {S: f"{HEAD}{parts}media:\n{lines}", **files, **decks}


def yaml(key: str, text: str | bytes) -> Case:
    """A submission that can't be read."""
    return case(key, 2, "check s.yaml", {S: text})


def toml(key: str, text: str | bytes) -> Case:
    """Settings that can't be read."""
    return case(key, 2, "status", {TOML: text})


PATHS = {
    "no file": case("path_missing", 2, "check none.mp4"),
    "a name that no system has": case("path_missing", 2, f"check {'x' * 300}.mp4"),
    "a folder to check": case("is_folder", 2, "check d", {"d/x": ""}),
    "a folder to submit": case("nothing_to_send", 2, "submit d", {"d/x": ""}),
    "pull to a file": case("not_a_folder", 2, "pull --to f", {"f": "x"}),
    "pull below a file": case("not_a_folder", 2, "pull --to f/in", {"f": "x"}),
    "transcode to a file": case("not_a_folder", 2, "transcode film.mp4 --profile proxy -o f", {"f": "x"}),
    "a demo in a file": case("not_a_folder", 2, "demo f", {"f": "x"}),
    "a report below a file": case("not_a_folder", 2, "check film.mp4 --report f/r.html", {"f": "x"}),
    "a report of no kind": case("report_kind", 2, "check film.mp4 --report r.doc"),
    "a report over the film": case("in_the_way", 2, "check film.html --report film.html"),
    "a report of two": case("report_one_film", 2, "check film.mp4 film.html --report r.xml"),
    "a name as long as names go": case("name_too_long", 2, f"transcode {'x' * 250}.mp4 --profile iptv-sd -o o"),
    "a pipe": case("not_a_file", 2, "check pipe.mp4"),
    "a name in another encoding": case("name_not_text", 2, "init gb\udcc4\udce3.mp4 --prefecture 653200"),
    "a name with a colon": case("name_sign", 2, "init x:y.mp4 --prefecture 653200"),
    "a place where nothing may be written": case("not_writable", 3, "check film.mp4 --report /sys/kernel/r.html"),
    "no package": case("not_a_package", 2, "verify d", {"d/x": ""}),
    "an empty film": case("refused", 4, "transcode e.mp4 --profile proxy -o o", {"e.mp4": ""}),
    "a file beside, to be overwritten": case("submission_there", 2, "init film.mp4", {"submission.yaml": ""}),
}
SUBMISSIONS = {
    "a bracket": yaml("yaml_syntax", HEAD + "languages: [zho\n"),
    "a tab": yaml("yaml_syntax", HEAD + "\tkind: film\n"),
    "a colon": yaml("yaml_syntax", HEAD + "synopsis: a: b\n"),
    "an at sign": yaml("yaml_syntax", HEAD + "synopsis: @b\n"),
    "a backslash": yaml("yaml_syntax", HEAD + 'synopsis: "\\q"\n'),
    "a quote": yaml("yaml_syntax", HEAD + 'synopsis: "b\n'),
    "a list in between": yaml("yaml_syntax", HEAD + "- x\n"),
    "a directive": yaml("yaml_syntax", HEAD + "%A\n"),
    "a block": yaml("yaml_syntax", HEAD + "synopsis: |9x\n"),
    "an empty file": yaml("yaml_empty", ""),
    "a workbook for YAML": yaml("yaml_not_text", b"PK\x03\x04\x00\xff\xfe\x00"),
    "YAML in GBK": yaml("yaml_not_utf8", "title: 影片的名称".encode("gbk")),
    "a key twice": yaml("yaml_duplicate_key", HEAD + "title: x\n"),
    "too much": yaml("yaml_too_large", "# " + "x" * 1_000_000),
    "a tag": yaml("yaml_tag", HEAD + "kind: !!str film\n"),
    "an anchor": yaml("yaml_anchor", HEAD + "kind: &x film\n"),
    "two documents": yaml("yaml_documents", HEAD + "---\ntitle: y\n"),
    "too deep": yaml("yaml_deep", "a: " + "[" * 30 + "]" * 30),
    "a list as a key": yaml("yaml_key", "? [1]\n: 2\n"),
    "a language": yaml("yaml_invalid", HEAD + FILM + "languages: [zho, 火星文]\n"),
    "a kind": yaml("yaml_invalid", HEAD + FILM + "kind: 电影\n"),
    "an id": yaml("yaml_invalid", HEAD + FILM + "id: 你好\n"),
    "channels": yaml("yaml_invalid", HEAD + "media: [{file: film.mp4, role: main, channels: [1, 2, 3]}]\n"),
    "media of nothing": yaml("yaml_invalid", HEAD + "media: []\n"),
    "a licence": yaml("yaml_invalid", HEAD + FILM + "licence: 长期\n"),
    "a key of no name": yaml("yaml_invalid", HEAD + FILM + "片名: x\n"),
    "media that is not there": yaml("media_missing", HEAD + "media: [{file: 没有.mp4, role: main}]\n"),
    "media that leads out": case("outside_folder", 2, "check sub/s.yaml", {f"sub/{S}": HEAD + FILM}),
    "slides of a film": case("documents_of_film", 2, "check s.yaml", media("{file: a.pptx, role: slides}")),
    "parts of a film": case("parts_of_film", 2, "check s.yaml", {S: HEAD + FILM + 'parts: [{id: "01"}]\n'}),
    "a part that there is not": case("part_unknown", 2, "check s.yaml", course('film.mp4, role: main, part: "03"')),
    "a file of no part": case("part_unnamed", 2, "check s.yaml", course("film.mp4, role: main")),
    "two recordings of a part": case(
        "main_twice",
        2,
        "check s.yaml",
        course('film.mp4, role: main, part: "01"', 'a.mp4, role: main, part: "01"'),
    ),
    "a document for a film": case("document_bare", 2, "run -n a.pdf", {"a.pdf": "%PDF-1.4\n"}),
    "nothing to transcode to": case("profile_or_kind", 2, "transcode film.mp4 -o o"),
    "a dub of nothing": case(
        "main_missing",
        2,
        "check s.yaml",
        course(
            'film.mp4, role: main, part: "02"',
            'a, role: slides, part: "01"',
            'b, role: audio, language: uig, part: "01"',
        ),
    ),
    "three decks of a part": case(
        "slides_twice", 2, "check s.yaml", course(*(f'{name}, role: slides, part: "01"' for name in ("a", "b", "c")))
    ),
    "two decks of a part": case(
        "decks_twice", 2, "check s.yaml", course(*(f'{name}, role: slides, part: "01"' for name in ("a.pdf", "b.PDF")))
    ),
    "a deck that is called otherwise": case(
        "decks_twice", 2, "check s.yaml", course(*(f'{name}, role: slides, part: "01"' for name in ("a.pdf", "b.pptx")))
    ),
    "a deck without an ending": case(
        "decks_twice", 2, "check s.yaml", course(*(f'{name}, role: slides, part: "01"' for name in ("d", "b.PDF")))
    ),
    "times twice": case(
        "slide_times_twice",
        2,
        "check s.yaml",
        course(
            'film.mp4, role: main, part: "01"',
            'a.csv, role: slide_times, part: "01"',
            'b.csv, role: slide_times, part: "01"',
        ),
    ),
    "a file of no lesson": case("files_unplaced", 2, "init d --prefecture 653100", {"d/01.mp4": "", "d/x.zip": ""}),
    "two files of one use in a part": case(
        "files_twice", 2, "init d --prefecture 653100", {"d/01.mp4": "", "d/01.srt": "", "d/01.chs.srt": ""}
    ),
    "a second film beside a film's submission": case(
        "standing_film", 2, "init d --force", {"d/film.mp4": "", "d/b.mp4": "", "d/submission.yaml": HEAD + FILM}
    ),
    "a part in another form": case("part_form", 2, "init d --part x", {"d/01.mp4": ""}),
    "nothing to show in a folder": case("init_nothing_shown", 2, "init d", {"d/a.docx": ""}),
    "a kind beside a submission": case("kind_stands_in_file", 2, "check s.yaml --kind course", {S: HEAD + FILM}),
    "ids of parts as numbers": yaml("yaml_invalid", HEAD + FILM + "kind: course\nparts: [{id: 1}]\n"),
    "one id twice": yaml("yaml_invalid", HEAD + FILM + 'kind: course\nparts: [{id: "01"}, {id: "1"}]\n'),
    "nothing to show": yaml("yaml_invalid", HEAD + "kind: course\nmedia: [{file: a.pdf, role: document}]\n"),
    "a role of none": case("role_unsupported", 2, "check s.yaml", media("{file: a.png, role: trailer}")),
    "subtitles in no language": case("language_missing", 2, "check s.yaml", media("{file: a.srt, role: subtitles}")),
    "two of a language": case(
        "language_twice",
        2,
        "check s.yaml",
        media("{file: a.srt, role: subtitles, language: uig}", "{file: b.srt, role: subtitles, language: uig}"),
    ),
    "three posters": case(
        "poster_twice", 2, "check s.yaml", media(*(f"{{file: {name}.png, role: poster}}" for name in "abc"))
    ),
    "a choice beside a submission": case("choice_stands_in_file", 2, "check s.yaml --programme 1", {S: HEAD + FILM}),
    "the settings' prefecture": toml("settings_prefecture", 'prefecture = "火星"\n'),
    "the Corps": toml("settings_corps", 'prefecture = "兵团"\n'),
}
SETTINGS = {
    "a quote in TOML": toml("settings_syntax", 'user = "x\n'),
    "no value": toml("settings_syntax", "user =\n"),
    "a bare word": toml("settings_syntax", "user = 古丽\n"),
    "a bracket in TOML": toml("settings_syntax", "[store\n"),
    "a name twice": toml("settings_syntax", 'user = "a"\nuser = "b"\n'),
    "curly quotes": toml("settings_quotes", "user = “a”\n"),
    "an unknown setting": toml("settings_key", 'colour = "red"\n'),
    "a role": toml("settings_value", 'role = "老板"\n'),
    "TOML in GBK": toml("settings_encoding", 'user = "影片的名称"'.encode("gbk")),
    "where the bucket stands": toml("settings_addressing", '[store]\naddressing = "host"\n'),
    "a name of two lines": toml("user_wrong", 'user = "a\\nb"\n' + DEAD),
    "a workbook as settings": case("settings_not_text", 2, "setup --import s.xlsx", {"s.xlsx": b"PK\x03\x04\x00\xff"}),
    "settings without keys": case("setup_no_keys", 2, "setup --import s.toml", {"s.toml": ""}),
    "nothing said": case("setup_nothing_said", 2, "setup"),
    "an address": case("endpoint_wrong", 2, "setup --address shop"),
    "certificates of none": case("ca_wrong", 2, "status", {TOML: DEAD_TLS, "ca.pem": "x"}, AWS_CA_BUNDLE="ca.pem"),
    "no keys": case("store_no_credentials", 3, "status", {TOML: DEAD}),
    "no store that is meant": case("store_not_meant", 3, "submit film.mp4", {TOML: ""}),
    "nothing in a store": case("store_holds_nothing", 3, "status", {TOML: ""}),
    "nobody answers": case("store_unreachable", 3, "status", {TOML: DEAD}, **KEYS),
    "the inbox for the operator": case("inbox_not_operators", 3, "inbox", {TOML: 'role = "operator"\n' + DEAD}),
}
CALLS = {
    "an acceptance without a reason": case("reason_missing", 2, "run film.mp4 --accept", {}, ""),
    "two decisions": case("one_decision", 2, "review x --approve --return x"),
    "notes on two": case("several_reviewed", 2, "review x y --retract 1"),
    "no such profile": case("no_such_name", 2, "profiles show x"),
    "no such schema": case("unknown_schema", 2, "schema x"),
    "a draft of nothing": case("with_master_alone", 2, "submit film.mp4 --with-master"),
    "channels of no kind": case("channels_unknown", 2, "check film.mp4 --channels 7"),
}
CASES = {**PATHS, **SUBMISSIONS, **SETTINGS, **CALLS}
BY_ITSELF = {"changed_while_read"}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", first_of_each(CASES))
def test_an_error_says_what_to_do_in_the_readers_language(
    language: Language, name: str, showcase: Showcase, small_film: Path
) -> None:
    for file in ("film.mp4", "film.html"):
        shutil.copy(small_film, showcase.folder / file)
    put(showcase.folder, CASES[name].files)
    if name == "media that leads out":
        (showcase.folder / "sub" / "film.mp4").symlink_to(showcase.folder / "film.mp4")
    elif name == "a pipe":
        os.mkfifo(showcase.folder / "pipe.mp4")
    elif CASES[name].key in ("name_not_text", "name_sign", "name_too_long"):
        shutil.copy(small_film, showcase.folder / CASES[name].words[1])
    hold(showcase, CASES[name], language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_film_that_is_still_being_copied_is_told(language: Language, showcase: Showcase, small_film: Path) -> None:
    film = showcase.folder / "film.mp4"
    shutil.copy(small_film, film)
    os.truncate(film, 300_000_000)
    done = threading.Event()

    def copy_on() -> None:
        while not done.wait(0.005):
            os.utime(film)

    copying = threading.Thread(target=copy_on)
    copying.start()
    try:
        hold(showcase, case("changed_while_read", 2, "check film.mp4"), language)
    finally:
        done.set()
        copying.join()
