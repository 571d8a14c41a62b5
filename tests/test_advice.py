"""Every command and option that a sentence of the catalogue names exists, and no parser's English is left."""

from __future__ import annotations

import ast
import inspect
import re
import tomllib
from pathlib import Path

import click
import pytest
from pydantic_core._pydantic_core import list_all_errors

from pipeline import catalogue, settings
from pipeline.cli.main import NAMES, showcase
from pipeline.errors import InputError
from pipeline.yamlio import Problem

# options that one of the commands named beside them need not have: of pip, of docs of others
FOREIGN = {"--user", "--metadata"}  # of pip, of rclone


def commands() -> dict[str, click.Command]:
    """Every command by its words: `check`, `store serve`."""
    found: dict[str, click.Command] = {}
    context = click.Context(showcase)
    for name in NAMES:
        command = showcase.get_command(context, name)
        assert command is not None
        found[name] = command
        if isinstance(command, click.Group):
            found |= {f"{name} {child}": item for child, item in command.commands.items()}
    return found


COMMANDS = commands()
OPTIONS = {name: {word for item in command.params for word in item.opts} for name, command in COMMANDS.items()}
ALL_OPTIONS = set().union(*OPTIONS.values(), {"--help", "--version"})
ADVICE = [
    (language, key, text)
    for language in catalogue.LANGUAGES
    for key, text in catalogue.entries(language).items()
    if key.split(".")[0] in ("text", "error", "finding", "unsuitable", "note", "problem")
]


def named(text: str) -> list[tuple[str, list[str]]]:
    """Each `showcase NAME` of a sentence with the options that follow it before the next."""
    found = []
    for match in re.finditer(r"showcase ([a-z][a-z0-9-]*)( [a-z]+)?((?:(?!showcase ).)*)", text):
        first, second, rest = match[1], (match[2] or "").strip(), match[3]
        name = f"{first} {second}" if f"{first} {second}" in COMMANDS else first
        # what stands in another clause is about something else
        clause = re.split(r"[；;，,。`]", rest)[0]
        found.append((name, re.findall(r"(?<![\w-])--?[a-z][a-z-]*", clause)))
    return found


def test_every_command_that_is_advised_exists_with_its_options() -> None:
    seen = 0
    for language, key, text in ADVICE:
        for name, options in named(text):
            if name == "pipeline":
                continue
            assert name in COMMANDS, (language, key, name)
            assert set(options) <= OPTIONS[name], (language, key, name, options)
            seen += 1
    assert seen > 60


def test_every_option_that_is_advised_exists() -> None:
    for language, key, text in ADVICE:
        for option in re.findall(r"(?<![\w-])--[a-z][a-z-]*", text):
            assert option in ALL_OPTIONS | FOREIGN, (language, key, option)


def test_an_advised_option_is_of_a_command_that_raises_the_error() -> None:
    """A reason is asked for by three options, each of another command."""
    wanted = {"review": "--return", "ack": "--reason", "withdraw": "--reason", "run": "--accept"}
    for name, option in wanted.items():
        assert option in OPTIONS[name]
    for language in catalogue.LANGUAGES:
        for option in set(wanted.values()):
            assert option in catalogue.error_lines(language, InputError("reason_missing", option=option))[-1]


def english(text: str) -> list[str]:
    return re.findall(r"[A-Za-z]{4,}", text)


@pytest.mark.parametrize("kind", sorted({item["type"] for item in list_all_errors()}))
def test_what_pydantic_says_is_never_shown_in_a_chinese_run(kind: str) -> None:
    said = next(item for item in list_all_errors() if item["type"] == kind)
    values = {**(said.get("example_context") or {})}
    problem = Problem("s.yaml:1:1", "languages.0", kind, said["message_template_python"], values)
    lines = catalogue.error_lines(
        "zh", InputError("yaml_invalid", field="languages.0", form="submission", problems=(problem,))
    )
    shown = lines[-2].replace("s.yaml", "").replace("languages", "")
    for value in values.values():
        shown = shown.replace(str(value), "")
    assert [word for word in english(shown) if word not in ("true", "false", "form", "JSON")] == []
    assert "第 1 项" in lines[0]


def toml_sentences() -> set[str]:
    """All that the TOML parser can say, with its values left out."""
    import tomllib._parser as parser

    found = set()
    for node in ast.walk(ast.parse(inspect.getsource(parser))):
        if not isinstance(node, ast.Call) or getattr(node.func, "id", "") not in ("suffixed_err", "TOMLDecodeError"):
            continue
        text = node.args[-1]
        if isinstance(text, ast.Constant):
            found.add(str(text.value))
        elif isinstance(text, ast.JoinedStr) and isinstance(text.values[0], ast.Constant):
            found.add(str(text.values[0].value) + "…")
    return found


def test_all_that_the_toml_parser_says_has_chinese_words() -> None:
    sentences = toml_sentences()
    assert len(sentences) > 15
    for said in sentences:
        lines = catalogue.error_lines("zh", InputError("settings_syntax", where="x", detail=said))
        assert len(lines) == 4, said
        assert english(lines[2].partition("：")[2]) == [], said


@pytest.mark.parametrize(
    "text", ["a", "a =", "= 1", 'a = "x', "[store", "a = x", "a = 1\na = 2", 'a = "\\q"', "a = [1"]
)
def test_a_file_of_settings_that_is_no_toml_is_told_with_its_place(text: str, tmp_path: Path) -> None:
    path = tmp_path / "showcase.toml"
    path.write_text(text)
    with pytest.raises(tomllib.TOMLDecodeError):
        tomllib.loads(text)
    with pytest.raises(InputError, match="settings_syntax") as caught:
        settings.tree_of(path)
    assert re.fullmatch(rf"{re.escape(str(path))}:\d+:\d+", caught.value.where or "")
    assert english("".join(catalogue.error_lines("zh", caught.value)[2:])) == []


@pytest.mark.parametrize(
    ("role", "whom"), [("producer", "自治区中心"), ("operator", "自治区中心"), ("editor", "软件的维护人员")]
)
def test_the_centre_is_not_told_to_tell_the_centre(role: str, whom: str) -> None:
    said = catalogue.error_lines("zh", InputError("output_missing"), role)[-1]
    assert whom in said
    assert ("自治区中心" in said) == (role != "editor")
