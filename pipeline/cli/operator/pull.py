"""showcase pull"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from pipeline import durable, shipped
from pipeline.cli import store_here, words
from pipeline.cli.command_context import prefecture_code, workspace_here
from pipeline.cli.completing import submission_ids
from pipeline.cli.console import Console, left_out, options
from pipeline.cli.line_options import line_options
from pipeline.cli.operator.pull_run import PullRun
from pipeline.errors import InputError
from pipeline.exchange import choosing, seen
from pipeline.exchange.arrivals import arrival_command
from pipeline.exchange.choosing import PullChoice
from pipeline.exchange.pull import PackageFolder
from pipeline.exchange.seen import Seen
from pipeline.exchange.vocabularies import Vocabularies
from pipeline.model.delivery import State
from pipeline.storage.delivery import Pulled


@words.command("pull", example="showcase pull --to incoming")
@click.argument("wanted", required=False, metavar="ID", shell_complete=submission_ids)
@click.option("--to", "folder", metavar="FOLDER", type=click.Path(path_type=Path))
@click.option("--prefecture", "prefectures", multiple=True, metavar="CODE")
@click.option("--column", metavar="TEXT")
@click.option("--since", metavar="DATE")
@click.option("--unanswered", is_flag=True)
@click.option("--all", "answered_too", is_flag=True)
@click.option("--then", metavar="COMMAND")
@click.option("--watch", is_flag=True)
@click.option("--every", type=click.IntRange(1, 3600), default=60, metavar="SECONDS")
@options
@line_options
def command(  # noqa: PLR0913 - a command has a parameter for each of its options
    console: Console,
    wanted: str | None,
    folder: Path | None,
    prefectures: tuple[str, ...],
    column: str | None,
    since: str | None,
    unanswered: bool,
    answered_too: bool,
    then: str | None,
    watch: bool,
    every: int,
) -> int:
    """Fetch ready packages (one by its id, or all that are unanswered) to FOLDER/ID/PACKAGE. Resumes."""
    if unanswered and answered_too:
        raise InputError("pull_both")
    place = workspace_here()
    choice = PullChoice(
        frozenset(prefecture_code(name, "--prefecture") for name in prefectures),
        column,
        choosing.day(since, "--since") if since else None,
        answered_too if unanswered or answered_too else None,
        Vocabularies((place.profiles, shipped.folder("profiles"))).columns if column else None,
    )
    if wanted:
        store_here.refuse_others_film(place, wanted)
    command = arrival_command(then, place.or_user_cache().hidden / "handed-on") if then is not None else None
    target = durable.make_folder(folder or Path.cwd())
    with store_here.opened(console, place) as buckets:
        run = PullRun(console, place, buckets, wanted, target, choice, command)
        if watch:
            run.watch(every)
        found = run.once()
    _show_next(console, found.fetched, target)
    return left_out(console, found.faults)


def _show_next(console: Console, fetched: Sequence[tuple[PackageFolder, Pulled]], target: Path) -> None:
    """What comes next: to verify what was not verified on this machine."""
    waiting = [item for item, pulled in fetched if not seen.knows(Seen.VERIFIED, pulled.manifest_sha256)]
    if waiting:
        console.say("next_verify", folder=waiting[0].folder if len(waiting) == 1 else target)
    elif len(fetched) == 1 and (there := fetched[0][0].delivery).state is State.READY:
        console.tell("next_answer", id=there.ref.typed, title=there.title)
