"""showcase completion"""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from pipeline.cli import words
from pipeline.cli.console import Console, options

SHELLS = ("bash", "zsh", "fish")


@words.command("completion", example="showcase completion bash")
@click.argument("shell", type=click.Choice(SHELLS))
@options
def command(_console: Console, shell: str) -> int:
    """Print what makes a shell complete commands, options, profiles and IDs."""
    from pipeline.cli.main import showcase

    made = get_completion_class(shell)
    if made is None:
        raise click.UsageError(shell)
    click.echo(made(showcase, {}, "showcase", "_SHOWCASE_COMPLETE").source())
    return 0
