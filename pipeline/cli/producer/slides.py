"""showcase slides"""

from __future__ import annotations

from pathlib import Path

import click

from pipeline import durable
from pipeline.cli import words
from pipeline.cli.command_context import context_here, workspace_or_cache
from pipeline.cli.console import Console, options, size
from pipeline.errors import InputError
from pipeline.execute import timing_page
from pipeline.execute.executor import LocalExecutor
from pipeline.execute.job_context import JobContext
from pipeline.execute.rule_sets import RuleSets
from pipeline.model.deck import RATE
from pipeline.report import timer
from pipeline.report.timer import Timer

command = words.group("slides", example="showcase slides time lesson.m4a slides.pdf")


@command.subcommand("time", example="showcase slides time lesson.m4a slides.pdf")
@click.argument("sound", type=click.Path(path_type=Path), metavar="SOUND")
@click.argument("deck", type=click.Path(path_type=Path), metavar="DECK")
@click.option("-o", "--output", "page", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True)
@options
def timed(console: Console, sound: Path, deck: Path, page: Path | None, force: bool) -> int:
    """Write one HTML file for turning pages while listening."""
    for path in (sound, deck):
        if not path.exists():
            raise InputError("path_missing", where=str(path))
    target = page or deck.with_suffix(".html")
    if target.is_dir():
        raise InputError("is_folder", where=str(target))
    if target.exists() and not force:
        raise InputError("in_the_way", where=str(target))
    context = context_here(console, workspace_or_cache())
    with LocalExecutor(context) as executor:
        job = JobContext(context, executor, RuleSets(context))
        found = timing_page.timing_page(job, sound, deck, target.parent)
    content = timer.render(
        Timer(
            name=deck.stem,
            key=f"{found.deck.sha256[:16]}-{found.sound_sha256[:16]}",
            titles=tuple(item.title for item in found.deck.pages),
            pictures=found.pictures,
            sound=found.sound,
            sound_file=found.sound_file,
            rate=RATE,
        ),
        console.language,
    )
    durable.make_folder(target.parent)
    durable.write(target, content)
    console.give({"file": str(target), "size_bytes": len(content), "pages": len(found.pictures)})
    console.say("placed", file=target, size=size(len(content)))
    console.say("timing_open", table=f"{deck.stem}.csv")
    if found.sound is None:
        console.say("timing_sound_beside", file=found.sound_file)
    return 0
