"""showcase profiles"""

from __future__ import annotations

import click

from pipeline import extends
from pipeline.cli import words
from pipeline.cli.administrator import config_files
from pipeline.cli.administrator.config_files import ConfigKind
from pipeline.cli.completing import profile_and_set_names
from pipeline.cli.console import Console, options
from pipeline.cli.tables import table
from pipeline.plan import load

command = words.group("profiles", example="showcase profiles list")


def _shelves() -> tuple[ConfigKind, ConfigKind]:
    """Profiles, and the sets that name them."""
    places = config_files.folders()
    sets = [folder / "sets" for folder in places]
    return (
        ConfigKind("profile", places, load.read_profile),
        ConfigKind("set", sets, lambda document: load.read_set(document, places)),
    )


def _shelf_of(name: str) -> ConfigKind:
    profiles, sets = _shelves()
    as_set = name in extends.names(sets.folders) and name not in extends.names(profiles.folders)
    return sets if as_set or "/sets/" in name.replace("\\", "/") else profiles


@command.subcommand("list", example="showcase profiles list")
@options
def listed(console: Console) -> int:
    """List all profiles and sets and where they are from."""
    found = [row for kind in _shelves() for row in config_files.rows(console, kind)]
    for row in found:
        console.give(row)
    kinds = {kind: console.word(f"kind_{kind}") for kind in ("profile", "set")}
    table(
        console,
        ("kind", "name", "about", "from"),
        [
            (kinds[str(row["kind"])], str(row["name"]), str(row["about"]), console.word(f"from_{row['from']}"))
            for row in found
        ],
    )
    return 0


@command.subcommand("show", example="showcase profiles show iptv-sd --resolved")
@click.argument("name", shell_complete=profile_and_set_names)
@click.option("--resolved", is_flag=True)
@options
def shown(console: Console, name: str, resolved: bool) -> int:
    """Show the file of a profile or a set."""
    config_files.show(console, _shelf_of(name), name, resolved=resolved)
    return 0


@command.subcommand("validate", example="showcase profiles validate")
@click.argument("items", nargs=-1, metavar="NAME_OR_FILE", shell_complete=profile_and_set_names)
@options
def validated(console: Console, items: tuple[str, ...]) -> int:
    """Validate profiles and sets."""
    if not items:
        return max(config_files.validate(console, kind, ()) for kind in _shelves())
    return max(config_files.validate(console, _shelf_of(item), (item,)) for item in items)
