"""The `showcase` command. Commands are named here and loaded when they are needed: `--help` imports none of them."""

from __future__ import annotations

import gc
import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from pipeline import catalogue
from pipeline.cli import words
from pipeline.cli.layout import Context

# by the people who use them (DESIGN section 2): the module of each is cli/<person>/<command>.py, a hyphen is _ there
COMMANDS: dict[str, tuple[str, ...]] = {
    "producer": ("init", "slides", "check", "submit", "status", "log"),
    "editor": (
        "inbox",
        "review",
        "run",
        "batch",
        "transcode",
        "withdraw",
        "offline",
        "c2",
        "export",
        "hand-over",
        "cluster",
        "campaign",
    ),
    "operator": ("pull", "verify", "ack", "receipt"),
    "administrator": ("setup", "admin", "demo", "doctor", "profiles", "policies", "store", "schema", "completion"),
}
NAMES = tuple(name for names in COMMANDS.values() for name in names)


@contextmanager
def _loading() -> Iterator[None]:
    """What is loaded stays: looking for garbage in it, now and when the command ends, is a tenth of a short one."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


class Lazy(click.Group):
    """A group whose commands are imported when they are called; alone it says what to do next here."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(NAMES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - likewise
        person = next((person for person, names in COMMANDS.items() if cmd_name in names), None)
        if person is None:
            return None
        with _loading():
            module = importlib.import_module(f"pipeline.cli.{person}.{cmd_name.replace('-', '_')}")
        command: click.Command = module.command
        return command

    context_class = Context

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        language = words.language_here(ctx)
        self.help = catalogue.say(language, "help.showcase.text")
        self.epilog = catalogue.say(language, "text.example", command="showcase check film.mp4")
        self.options_metavar = catalogue.say(language, "text.options_metavar")
        self.subcommand_metavar = catalogue.say(language, "text.command_metavar")
        for parameter in self.params:
            if isinstance(parameter, click.Option):
                parameter.help = catalogue.say(language, f"help.showcase.{parameter.name}")
        words.help_speaks(self, ctx)
        return super().collect_usage_pieces(ctx)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        language = words.language_here(ctx)
        for person, names in COMMANDS.items():
            with formatter.section(catalogue.say(language, f"help.showcase.{person}")):
                formatter.write_dl([(name, words.short(language, name)) for name in names])


def _version(ctx: click.Context, _parameter: click.Parameter, wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        click.echo(f"showcase {version('showcase-pipeline')}")
        ctx.exit()


@click.group(
    cls=Lazy,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option("--version", is_flag=True, expose_value=False, is_eager=True, callback=_version)
@click.option("--lang", type=click.Choice(catalogue.LANGUAGES), expose_value=False)
@click.pass_context
def showcase(ctx: click.Context) -> int | None:
    if ctx.invoked_subcommand is not None:
        return None
    from pipeline.cli import next_step

    code: int = next_step.show(words.language_here(ctx))
    return code


def entry() -> None:
    """The console script: every error is said once, here, and becomes an exit code."""
    sys.exit(_guarded(sys.argv[1:]))


def _guarded(argv: list[str]) -> int:
    language = words.language_of(argv)
    words.click_speaks(language)
    words.streams_lack_letters()
    try:
        # without standalone mode click gives back what a command returns: its exit code
        result: Any = showcase.main(argv, standalone_mode=False, prog_name="showcase", obj=language)
    except click.exceptions.Exit as leave:
        return leave.exit_code
    except click.ClickException as error:
        words.complain(error, language)
        return 2
    except (click.Abort, KeyboardInterrupt):
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 1
    return result if isinstance(result, int) else 0
