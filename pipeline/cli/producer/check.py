"""showcase check"""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli import words
from pipeline.cli.command_context import context_here, show_report, workspace_or_cache
from pipeline.cli.console import Console, options
from pipeline.cli.producer import reports
from pipeline.cli.track_options import kind_option, track_options
from pipeline.errors import InputError
from pipeline.exchange import intake
from pipeline.execute import described_films
from pipeline.execute.examination import examine
from pipeline.execute.examined_part import CheckedFile
from pipeline.execute.executor import LocalExecutor
from pipeline.execute.job_context import JobContext
from pipeline.execute.rule_sets import RuleSets
from pipeline.model.submission import Kind
from pipeline.model.track_choice import TrackChoice


@words.command("check", example="showcase check film.mp4 --report film.html")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--report", "papers", multiple=True, metavar="FILE", type=click.Path(path_type=Path))
@options
@kind_option
@track_options
def command(
    console: Console, files: tuple[Path, ...], papers: tuple[Path, ...], kind: Kind | None, choice: TrackChoice
) -> int:
    """Inspect films or submissions and say what to mend. Writes nothing beside them, sends nothing."""
    place = workspace_or_cache()
    for path in files:
        if not path.exists():
            raise InputError("path_missing", where=str(path))
    for paper in papers:
        reports.refuse(paper, files)
    context = context_here(console, place)
    worst = 0
    checked: list[tuple[str, CheckedFile]] = []
    with LocalExecutor(context) as executor:
        job = JobContext(context, executor, RuleSets(context))
        for path in files:
            named = path.suffix.lower() in intake.YAML
            given = intake.read(path, place, choice, kind) if named else intake.single_file(path, choice, kind)
            if fault := described_films.fault_beside(path):
                console.remark("bare_film_described", where=fault.where, file=path)
            examination = examine(job, given)
            several = len(examination.files) > 1
            for item in examination.files:
                shown = f"{path}: {item.name}" if several else str(path)
                show_report(console, item.report(console.language, shown))
                checked.append((shown, item))
            worst = max(worst, examination.exit_code)
    for paper in papers:
        reports.write(console, context, paper, checked)
    return worst
