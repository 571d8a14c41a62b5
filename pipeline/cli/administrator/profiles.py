"""showcase profiles"""

from __future__ import annotations

from collections.abc import Callable

import click

from pipeline import extends
from pipeline.cli import words
from pipeline.cli.administrator import config_files
from pipeline.cli.administrator.config_files import ConfigKind
from pipeline.cli.completing import profile_and_set_names
from pipeline.cli.console import Console, options
from pipeline.cli.tables import table
from pipeline.exchange import vocabularies
from pipeline.exchange.campaign import files
from pipeline.exchange.vocabularies import Vocabularies
from pipeline.package.branch_table import reading as branch_tables
from pipeline.package.metadata import c2_dialects
from pipeline.plan import load
from pipeline.storage import presets
from pipeline.yamlio import Document

command = words.group("profiles", example="showcase profiles list")


def _shelves() -> tuple[ConfigKind, ...]:
    """Profiles, the sets that name them, and what branches take."""
    places = config_files.folders()

    def shelf(kind: str, folder: str, read: Callable[[Document], object]) -> ConfigKind:
        return ConfigKind(kind, [place / folder for place in places], read)

    return (
        ConfigKind("profile", places, load.read_profile),
        shelf("set", "sets", lambda document: load.read_set(document, places)),
        shelf("dialect", c2_dialects.FOLDER, c2_dialects.read),
        shelf("table", branch_tables.FOLDER, branch_tables.read),
        shelf("storage", presets.FOLDER, presets.read),
        shelf("vocabulary", vocabularies.FOLDER, vocabularies.read_any),
        shelf(files.KIND, files.FOLDER, lambda document: files.read_template(document, Vocabularies(places).columns)),
    )


def _shelf_of(name: str) -> ConfigKind:
    """By the folder of a path; of a name that several have, the first."""
    profiles, *others = _shelves()
    parts = name.replace("\\", "/").split("/")
    for kind in others:
        if len(parts) > 1 and kind.folders[0].name == parts[-2]:
            return kind
    if name in extends.names(profiles.folders):
        return profiles
    return next((kind for kind in others if name in extends.names(kind.folders)), profiles)


@command.subcommand("list", example="showcase profiles list")
@options
def listed(console: Console) -> int:
    """List all and where they are from."""
    found = [row for kind in _shelves() for row in config_files.rows(console, kind)]
    for row in found:
        console.give(row)
    kinds = {kind.name: console.word(f"kind_{kind.name}") for kind in _shelves()}
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
    """Show one's file."""
    config_files.show(console, _shelf_of(name), name, resolved=resolved)
    return 0


@command.subcommand("validate", example="showcase profiles validate")
@click.argument("items", nargs=-1, metavar="NAME_OR_FILE", shell_complete=profile_and_set_names)
@options
def validated(console: Console, items: tuple[str, ...]) -> int:
    """Validate files of all kinds."""
    if not items:
        return max(config_files.validate(console, kind, ()) for kind in _shelves())
    return max(config_files.validate(console, _shelf_of(item), (item,)) for item in items)
