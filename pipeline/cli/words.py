"""Commands that speak: help and click's own sentences in the reader's language.

Help stands in the catalogue, never in a command: `help.<command>.text`, `help.<command>.<parameter>`,
`help.common.<parameter>` for the options that every command has, and `help.line.<parameter>` for those of commands
that send or fetch films. What click says by itself comes from `locale/` by gettext.
"""

from __future__ import annotations

import codecs
import difflib
import gettext
import io
import os
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from pipeline import catalogue, workspace
from pipeline.catalogue import Language
from pipeline.cli import line_options
from pipeline.cli.layout import Context
from pipeline.errors import ShowcaseError

LEAST_ALIKE = 0.7  # of a typed option and one that may have been meant: `reason` and `json` have 0.6
COMMON = ("as_json", "quiet", "verbose", "debug", "lang")
_HOMES = dict.fromkeys(COMMON, "common") | dict.fromkeys(line_options.NAMES, "line")  # of options of many commands


def language_of(argv: Sequence[str]) -> Language:
    """`--lang` wherever it stands, SHOWCASE_LANG, the settings, the locale: help is shown before options are read."""
    words = list(argv)
    given = next((word.partition("=")[2] for word in words if word.startswith("--lang=")), None)
    if given is None and "--lang" in words[:-1]:
        given = words[words.index("--lang") + 1]
    for said in (given, os.environ.get("SHOWCASE_LANG"), _of_settings()):
        for language in catalogue.LANGUAGES:
            if language == said:
                return language
    return catalogue.language_of_locale()


def _of_settings() -> str | None:
    """What the settings here say; wrong ones are told of by the command that needs them."""
    try:
        return workspace.here().settings.language
    except ShowcaseError:
        return None


def click_speaks(language: Language) -> None:
    """Make gettext, which click asks, find Chinese or nothing."""
    os.environ["LANGUAGE"] = language
    gettext.bindtextdomain("messages", str(Path(__file__).parent / "locale"))


def help_speaks(command: click.Command, ctx: click.Context) -> None:
    """What is said of `--help`: click makes the option once, in the language of that time."""
    if option := command.get_help_option(ctx):
        option.help = gettext.gettext("Show this message and exit.")


def complain(error: click.ClickException, language: Language) -> None:
    """click's own sentence on a wrong call; in Chinese with Chinese marks, which it has beside what gettext finds."""
    if language == "zh" and not isinstance(error, click.exceptions.NoArgsIsHelpError):
        context: click.Context | None = getattr(error, "ctx", None)
        if context is not None:
            context.get_usage()  # which gives values their Chinese names
        said = (
            re.sub(r" ?'([^']+)' ?", r"「\1」", error.format_message()).replace("」,「", "」、「").replace("。 ", "。")
        )
        error = click.UsageError(re.sub(r"(?<=[^\x00-\x7f])\.$", "。", said), context)
    error.show()


_ALIKE = {"✓": "√", "✗": "×", "–": "-", "·": "."}  # what GBK, or ASCII, has in their place


def _alike(error: UnicodeError) -> tuple[str | bytes, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    letters = (_ALIKE.get(char, "?") for char in error.object[error.start : error.end])
    kept = (letter if _has(error.encoding, letter) else "?" for letter in letters)
    return "".join(kept), error.end


def _has(encoding: str, letter: str) -> bool:
    try:
        letter.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def streams_lack_letters() -> None:
    """Into a pipe of another encoding, such as GBK, goes what it has: no sign of ours or of a title ends a command."""
    codecs.register_error("alike", _alike)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.encoding.lower().replace("-", "") != "utf8":
            stream.reconfigure(errors="alike")


def language_here(ctx: click.Context) -> Language:
    """The language that this run was started in."""
    found = ctx.find_root().obj
    for language in catalogue.LANGUAGES:
        if language == found:
            return language
    return catalogue.language_of_locale()


class Spoken(click.Command):
    """A command with an example, whose help comes from the catalogue."""

    context_class = Context

    def __init__(self, *args: Any, example: str, **values: Any):
        super().__init__(*args, **values)
        self.example = example
        self.key = "_".join(example.split()[1:2])

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            name, message = error.option_name, error.message
            if others := ", ".join(_with_option(ctx.find_root(), name)):
                message += catalogue.say(language_here(ctx), "text.option_of_others", commands=others)
            raise click.NoSuchOption(name, message, _close(name, error.possibilities or ()), error.ctx) from None

    def speak(self, language: Language) -> None:
        """Put the words of a language in their places."""
        self.help = catalogue.say(language, f"help.{self.key}.text")
        self.short_help = short(language, self.key)
        self.epilog = catalogue.say(language, "text.example", command=self.example)
        self.options_metavar = catalogue.say(language, "text.options_metavar")
        for parameter in self.params:
            _name_value(parameter, language)
            if isinstance(parameter, click.Option) and parameter.name:
                home = _HOMES.get(parameter.name, self.key)
                parameter.help = catalogue.say(language, f"help.{home}.{parameter.name}")

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        self.speak(language_here(ctx))  # usage is the first of every help, and stands alone when a call is wrong
        help_speaks(self, ctx)
        return super().collect_usage_pieces(ctx)


class SpokenGroup(click.Group):
    """A group of commands under one name."""

    context_class = Context

    def __init__(self, *args: Any, example: str, **values: Any):
        language = click.Option(["--lang"], type=click.Choice(catalogue.LANGUAGES), expose_value=False)
        super().__init__(*args, params=[language], **values)
        self.example = example
        self.key = example.split()[1]

    def speak(self, language: Language) -> None:
        """Put the words of a language in their places, its commands' too."""
        self.help = catalogue.say(language, f"help.{self.key}.text")
        self.epilog = catalogue.say(language, "text.example", command=self.example)
        self.options_metavar = catalogue.say(language, "text.options_metavar")
        self.subcommand_metavar = catalogue.say(language, "text.command_metavar")
        for parameter in self.params:
            if isinstance(parameter, click.Option):
                parameter.help = catalogue.say(language, f"help.common.{parameter.name}")
        for command in self.commands.values():
            if isinstance(command, Spoken):
                command.speak(language)

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        self.speak(language_here(ctx))  # usage is the first of every help, and stands alone when a call is wrong
        help_speaks(self, ctx)
        return super().collect_usage_pieces(ctx)

    def subcommand(self, name: str, example: str) -> Callable[[Callable[..., int]], Spoken]:
        """Add a command; its words stand under `help.<group>_<name>`."""

        def add(function: Callable[..., int]) -> Spoken:
            made = click.command(name, cls=Spoken, example=example)(function)
            made.key = f"{self.key}_{name}"
            self.add_command(made)
            return made

        return add


def _close(option: str, known: Sequence[str]) -> list[str]:
    """What may have been meant; click counts the dashes as letters that agree."""
    typed = option.lstrip("-")
    names = {name.lstrip("-"): name for name in known}
    close = difflib.get_close_matches(typed, names, cutoff=LEAST_ALIKE)
    return [names[name] for name in names if name in close or name.startswith(typed)]


def _with_option(root: click.Context, option: str) -> list[str]:
    """The other commands that have an option."""
    group = root.command
    if not isinstance(group, click.Group):
        return []
    commands = {name: group.get_command(root, name) for name in group.list_commands(root)}
    return [f"showcase {name}" for name, known in commands.items() if known and _has_option(known, option)]


def _has_option(command: click.Command, option: str) -> bool:
    return any(option in parameter.opts for parameter in command.params if isinstance(parameter, click.Option))


def _name_value(parameter: click.Parameter, language: Language) -> None:
    """What stands for a value in usage lines: `metavar.<NAME>` of the catalogue."""
    plain = isinstance(parameter.type, click.Choice) or (isinstance(parameter, click.Option) and parameter.is_flag)
    if plain or (isinstance(parameter, click.Option) and parameter.count):
        return
    kept: str = parameter.__dict__.setdefault("_metavar_key", parameter.metavar or (parameter.name or "").upper())
    shown = catalogue.say(language, f"metavar.{kept}") if catalogue.has(f"metavar.{kept}") else kept
    optional = isinstance(parameter, click.Argument) and not parameter.required
    many = "..." if isinstance(parameter, click.Argument) and parameter.nargs == -1 else ""
    parameter.metavar = (f"[{shown}]" if optional else shown) + many


def command(name: str, example: str) -> Callable[[Callable[..., int]], Spoken]:
    """A command of this name; `example` runs as it stands in a workspace of the tests."""
    return click.command(name, cls=Spoken, example=example)


def group(name: str, example: str) -> SpokenGroup:
    """A group of this name."""
    return SpokenGroup(name, example=example)


def short(language: Language, key: str) -> str:
    """A command in half a line, for lists."""
    return catalogue.say(language, f"help.{key}.short")
