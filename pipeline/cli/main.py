"""The `showcase` command. Commands are named here and loaded when they are needed: `--help` imports none of them."""

from __future__ import annotations

import importlib
import sys
from typing import Any

import click

# name → module, short help, by the people who use them (DESIGN section 2)
COMMANDS: dict[str, tuple[tuple[str, str, str], ...]] = {
    "Producer": (
        ("check", "check", "Inspect films and say what to mend."),
        ("status", "status", "Show where each submission is and what the operator answered."),
    ),
    "Editor": (("run", "run", "Do the main job: inspect, transcode, package, deliver."),),
    "Operator": (
        ("pull", "pull", "Fetch ready packages, verified while they are read."),
        ("verify", "verify", "Verify packages and transport streams."),
        ("ack", "ack", "Accept or reject a package."),
    ),
    "Administrator": (
        ("demo", "demo", "Run the whole way with the sample film."),
        ("doctor", "doctor", "Show what this installation has and lacks."),
        ("store", "store", "Keep the embedded store up."),
        ("schema", "schema", "Print the JSON Schema of a model."),
    ),
}
_BY_NAME = {name: (module, short) for rows in COMMANDS.values() for name, module, short in rows}


class Lazy(click.Group):
    """A group whose commands are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(_BY_NAME)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - likewise
        if cmd_name not in _BY_NAME:
            return None
        module = importlib.import_module(f"pipeline.cli.{_BY_NAME[cmd_name][0]}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - likewise
        for person, rows in COMMANDS.items():
            with formatter.section(person):
                formatter.write_dl([(name, short) for name, _, short in rows])


def _version(ctx: click.Context, _parameter: click.Parameter, wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        click.echo(f"showcase {version('showcase-pipeline')}")
        ctx.exit()


@click.group(
    cls=Lazy,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Example: showcase check film.mp4",
)
@click.option("--version", is_flag=True, expose_value=False, is_eager=True, callback=_version, help="Show the version.")
def showcase() -> None:
    """From a finished film to a verified package in the IPTV operator's object storage."""


def entry() -> None:
    """The console script: every error is said once, here, and becomes an exit code."""
    sys.exit(_guarded(sys.argv[1:]))


def _guarded(argv: list[str]) -> int:
    try:
        # without standalone mode click gives back what a command returns: its exit code
        result: Any = showcase.main(argv, standalone_mode=False, prog_name="showcase")
    except click.exceptions.Exit as leave:
        return leave.exit_code
    except click.ClickException as error:
        error.show()
        return 2
    except (click.Abort, KeyboardInterrupt):
        return 130
    except BrokenPipeError:
        sys.stderr.close()
        return 1
    return result if isinstance(result, int) else 0
