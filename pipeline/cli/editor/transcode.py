"""showcase transcode"""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli import words
from pipeline.cli.command_context import context_here
from pipeline.cli.completing import profile_names
from pipeline.cli.console import Console, options, size
from pipeline.cli.editor.plans import show_notes, show_plan
from pipeline.cli.track_options import kind_option, track_options
from pipeline.errors import InputError
from pipeline.execute import single
from pipeline.execute.executor import LocalExecutor
from pipeline.execute.job_context import JobContext
from pipeline.execute.rule_sets import RuleSets, with_threads
from pipeline.model.submission import Kind
from pipeline.model.track_choice import TrackChoice
from pipeline.plan import load


@words.command("transcode", example="showcase transcode film.mp4 --profile proxy -o out")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--profile", "names", multiple=True, metavar="NAME", shell_complete=profile_names)
@click.option("-o", "--output", "folder", required=True, metavar="DIR", type=click.Path(path_type=Path))
@click.option("--threads", type=click.Choice(["1", "auto"]))
@click.option("--force", is_flag=True)
@click.option("-n", "--dry-run", is_flag=True)
@options
@kind_option
@track_options
def command(  # noqa: PLR0913 - a command has a parameter for each of its options
    console: Console,
    file: Path,
    names: tuple[str, ...],
    folder: Path,
    threads: str | None,
    force: bool,
    dry_run: bool,
    kind: Kind | None,
    choice: TrackChoice,
) -> int:
    """Transcode one file by one or more profiles into a folder."""
    if not file.exists():
        raise InputError("path_missing", where=str(file))
    if not names and kind is None:
        raise InputError("profile_or_kind")
    context = context_here(console)
    profiles = [load.profile(name, context.profile_folders) for name in dict.fromkeys(names)]
    with LocalExecutor(context) as executor:
        job = JobContext(context, executor, RuleSets(context, threads))
        if profiles or kind is None:
            film = single.plan_film(job, file, with_threads(profiles, threads), choice)
        else:
            film = single.plan_set(job, file, kind, choice)
        if dry_run:
            plan = film.planned.plan
            console.give(plan)
            show_plan(console, file, plan, film.planned.task.request.inspection.levels)
            console.say("plan_nothing")
            return 0
        show_notes(console, film.planned.plan)
        for placed in single.make(job, film, folder, force=force):
            console.give({"file": str(placed.path), "size_bytes": placed.size_bytes, "already": placed.already})
            if placed.path.suffix not in (".m4s",):
                key = "placed_already" if placed.already else "placed"
                console.say(key, file=placed.path, size=size(placed.size_bytes))
    return 0
