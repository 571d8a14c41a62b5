"""showcase policies"""

from __future__ import annotations

import click

from pipeline.cli import words
from pipeline.cli.administrator import config_files
from pipeline.cli.administrator.config_files import ConfigKind
from pipeline.cli.completing import policy_names
from pipeline.cli.console import Console, options
from pipeline.cli.tables import table
from pipeline.execute.rule_sets import read_policy

command = words.group("policies", example="showcase policies list")


def _policies() -> ConfigKind:
    folders = [folder / "policies" for folder in config_files.folders()]
    return ConfigKind("policy", folders, read_policy)


@command.subcommand("list", example="showcase policies list")
@options
def listed(console: Console) -> int:
    """List all policies and where they are from."""
    found = config_files.rows(console, _policies())
    for row in found:
        console.give(row)
    table(
        console,
        ("name", "about", "from"),
        [(str(row["name"]), str(row["about"]), console.word(f"from_{row['from']}")) for row in found],
    )
    return 0


@command.subcommand("show", example="showcase policies show rough-cut --resolved")
@click.argument("name", shell_complete=policy_names)
@click.option("--resolved", is_flag=True)
@options
def shown(console: Console, name: str, resolved: bool) -> int:
    """Show the file of a policy."""
    config_files.show(console, _policies(), name, resolved=resolved)
    return 0


@command.subcommand("validate", example="showcase policies validate")
@click.argument("items", nargs=-1, metavar="NAME_OR_FILE", shell_complete=policy_names)
@options
def validated(console: Console, items: tuple[str, ...]) -> int:
    """Validate policies."""
    return config_files.validate(console, _policies(), items)
