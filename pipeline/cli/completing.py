"""Values for shell completion; quick, and silent where something is wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import click

REMEMBERED, SEASON = "ids.json", "season.json"
FILMS, MILESTONES = "films", "milestones"  # of a season


def profile_names(_ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """Profiles of the workspace and of the program."""
    from pipeline import shipped
    from pipeline.cli.command_context import workspace_here

    folders = (workspace_here().profiles, shipped.folder("profiles"))
    return _names(folders, incomplete)


def policy_names(_ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """Policies of the workspace and of the program."""
    from pipeline import shipped
    from pipeline.cli.command_context import workspace_here

    folders = (workspace_here().profiles / "policies", shipped.folder("profiles") / "policies")
    return _names(folders, incomplete)


def profile_and_set_names(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """All that `profiles` shows."""
    from pipeline import shipped
    from pipeline.cli.command_context import workspace_here

    found = {*profile_names(ctx, parameter, incomplete)}
    for kind in ("sets", "c2", "tables", "storage", "vocabulary"):
        found |= {*_names((workspace_here().profiles / kind, shipped.folder("profiles") / kind), incomplete)}
    return sorted(found)


def table_names(_ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """Branches' tables of the workspace and of the program."""
    from pipeline import shipped
    from pipeline.cli.command_context import workspace_here

    folders = (workspace_here().profiles / "tables", shipped.folder("profiles") / "tables")
    return _names(folders, incomplete)


def submission_ids(_ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """IDs that a command of this workspace has seen: the store is not asked, which would take seconds."""
    from pipeline.cli.command_context import workspace_here

    try:
        known = json.loads((workspace_here().cache / REMEMBERED).read_bytes())
    except (OSError, ValueError):
        return []
    return [name for name in known if name.startswith(incomplete)]


def film_ids(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """Films of the season that a command of this workspace has seen, announced or handed in."""
    return sorted({*_of_season(FILMS, incomplete), *submission_ids(ctx, parameter, incomplete)})


def milestone_ids(_ctx: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """Milestones of that season."""
    return _of_season(MILESTONES, incomplete)


def films_and_milestones(ctx: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """Of a command that takes several ids and then a milestone, which click can't tell apart."""
    return film_ids(ctx, parameter, incomplete) + milestone_ids(ctx, parameter, incomplete)


def _of_season(kind: str, incomplete: str) -> list[str]:
    from pipeline.cli.command_context import workspace_here

    try:
        known = json.loads((workspace_here().cache / SEASON).read_bytes())[kind]
    except (OSError, ValueError, KeyError):
        return []
    return [name for name in known if name.startswith(incomplete)]


def _names(folders: tuple[Path, ...], incomplete: str) -> list[str]:
    found = {path.stem for folder in folders if folder.is_dir() for path in folder.glob("*.yaml")}
    return sorted(name for name in found if name.startswith(incomplete))
