"""What every error holds to, whatever command raises it: a way out, in the reader's language, that can be gone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from pipeline import catalogue
from tests.conftest import Result, Showcase
from tests.test_advice import ALL_OPTIONS, COMMANDS, FOREIGN, OPTIONS, named
from tests.tiers import kept

# names of formats, programs, settings and keys; everything else is Chinese
_NAMES = """showcase toml yaml csv excel html ebu wps samples submission schema media role language languages main
audio subtitles poster slides document slide_times part parts title file kind film course prefecture column synopsis
credits licence produced from until
programme channels mono stereo quad title_en director organisation contact ffmpeg minio seaweedfs ceph
docs pdf xps powerpoint sound deck
xlsx xlsb films open enter embedded true false store endpoint inbox delivery addressing profile user
producer editor operator worker administrator path virtual keys access_key_id secret_access_key package json
checksums sha256 dask python
hand_over names layout flat ftp ftps netrc machine login password exfat ntfs
preset lease create_only generated trust_network schema_version batch http https"""
NAMES = {*_NAMES.split(), *(word for name in COMMANDS for word in name.split())}
# what can be typed is listed as it is, in both languages
LISTED = re.compile(
    r"(?:现有|可用的有|其中之一|已知的有|表头有|表中有)：.*|"
    r"(?:known|one of|[Tt]here are|headings are|the city|such as)\b.*"
)
# every case in Chinese every day; in English as well by hand
LANGUAGES = ("zh", pytest.param("en", marks=pytest.mark.acceptance))
HEAD = "schema_version: 1\ntitle: 片\n"
FILM = "media: [{file: film.mp4, role: main}]\n"
TOML = "showcase.toml"
Files = Mapping[str, str | bytes]


@dataclass(frozen=True)
class Case:
    """A command that can't be done.

    Args:
        words: of the command.
        files: what lies in its folder, beside `film.mp4`.
        surroundings: variables of its environment.
    """

    key: str
    code: int
    words: tuple[str, ...]
    files: Files = field(default_factory=dict)
    surroundings: Mapping[str, str] = field(default_factory=dict)

    @property
    def typed(self) -> str:
        """All that is the reader's own."""
        files = [content if isinstance(content, str) else "" for content in self.files.values()]
        return " ".join([*self.words, *self.files, *files, *self.surroundings.values()])


def case(key: str, code: int, command: str, files: Files | None = None, *more: str, **surroundings: str) -> Case:
    """The same of a command's words in one, and of `more` words that hold spaces."""
    return Case(key, code, (*command.split(), *more), files or {}, surroundings)


def first_of_each(cases: Mapping[str, Case]) -> list[object]:
    """Names of cases: the suite raises every error once, its other causes are raised by hand."""
    first = {told.key: name for name, told in reversed(cases.items())}
    return kept(cases, *first.values())


def put(folder: Path, files: Files) -> None:
    """Write files, with the folders that they lie in."""
    for file, content in files.items():
        path = folder / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())


def hold(showcase: Showcase, told: Case, language: catalogue.Language, known: str = "") -> None:
    """Raise an error: its key and exit code for programs, its words for people.

    Args:
        known: what people wrote before: titles, reasons.
    """
    before = showcase.environment
    showcase.environment = {**before, **told.surroundings, "SHOWCASE_LANG": language}
    result = showcase(*told.words, "--json")
    if not is_said_with_its_key(result, told):
        result = showcase(*told.words)  # an item's: for people it stands beneath the table of all
    showcase.environment = before
    assert result.code == told.code, (result.code, result.out, result.err)
    said = sentences(language, result.err + result.out, told.key)
    hold_words(language, said, f"{told.typed} {known} {showcase.folder}")


def is_said_with_its_key(result: Result, told: Case) -> bool:
    """Hold what programs get to the key; whether it came with its words."""
    rows = [row["error"] for row in result.rows if row.get("error")]
    assert {row["key"] for row in rows} == {told.key}, (result.code, result.out, result.err)  # type: ignore[index]
    return all("do" in row for row in rows)  # type: ignore[operator]


def sentences(language: catalogue.Language, shown: str, key: str) -> str:
    """The lines of an error, from what is wrong to what to do."""
    assert "Traceback" not in shown
    parts = (("text.error", "message", "what"), ("text.do", "action", "do"))
    what, do = (
        re.escape(catalogue.say(language, frame, **{name: ""})) + pattern(language, key, part)
        for frame, name, part in parts
    )
    found = re.search(f"{what}$(?s:.*?)^ *{do.lstrip(chr(92) + ' ')}$", shown, re.MULTILINE)
    assert found, (what, do, shown)
    return found[0]


def pattern(language: catalogue.Language, key: str, part: str) -> str:
    """A sentence of the catalogue, whatever its values are; a refusal is said in the words of its finding."""
    text = catalogue.entries(language)[f"error.{key}.{part}"]
    return ".*" if key == "refused" else ".*?".join(map(re.escape, re.split(r"\{[a-z_]+\}", text)))


def hold_words(language: catalogue.Language, said: str, typed: str) -> None:
    """Hold sentences to the reader's language, and to commands, options and ids that there are."""
    if language == "zh":
        assert unexplained(said, typed) == [], said
    else:
        foreign = [word for word in re.findall(r"[\u4e00-\u9fff]+", LISTED.sub("", said)) if word not in typed]
        assert foreign == [], said
    assert "{" not in said.replace("{zh:", "") or "{" in typed, said
    for command, options in named(said):
        assert command in COMMANDS, said
        assert set(options) <= OPTIONS[command], said
    for option in re.findall(r"(?<![\w-])--[a-z][a-z-]*", said):
        assert option in ALL_OPTIONS | FOREIGN or option in typed, (option, said)
    assert not re.search(r"showcase (?:review|run|ack|withdraw|log|pull) (?:编号|ID)\b", said), said


def unexplained(text: str, given: str) -> list[str]:
    """English words that are no names and were not typed by the reader."""
    bare = re.sub(
        r"位置：.*|\bs3:\w+|\b[A-Z][a-z]+(?:-[A-Z][a-z]+)+\b|\bx(?:-[a-z0-9]+)+-?|\b[0-9a-f]{12,}\b|`[^`]*`|--?[a-z][a-z-]*|\b[A-Z][A-Z0-9_]+\b|\b[a-z_][a-z_0-9]*\.[a-z_0-9]+\b|/\S+|「[^」]*」|\d+:\d+",
        " ",
        re.sub(r"（程序的原话）：.*", " ", LISTED.sub(" ", text)),
    )
    words = re.findall(r"\b[A-Za-z][A-Za-z0-9_]{3,}", bare)
    return [word for word in words if word.lower() not in NAMES and word not in given]
