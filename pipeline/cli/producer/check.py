"""showcase check"""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli import words
from pipeline.cli.command_context import context_here, show_report, workspace_or_cache
from pipeline.cli.console import Console, options
from pipeline.cli.producer import reports
from pipeline.errors import InputError
from pipeline.exchange import intake
from pipeline.execute import checking
from pipeline.execute.rule_sets import RuleSets
from pipeline.model.submission import Kind


@words.command("check", example="showcase check film.mp4 --report film.html")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--report", "papers", multiple=True, metavar="FILE", type=click.Path(path_type=Path))
@options
def command(console: Console, files: tuple[Path, ...], papers: tuple[Path, ...]) -> int:
    """Inspect films or submissions and say what to mend. Writes nothing beside them, sends nothing."""
    place = workspace_or_cache()
    for path in files:
        if not path.exists():
            raise InputError("path_missing", where=str(path))
    for paper in papers:
        reports.refuse(paper, files)
    context = context_here(console, place)
    rule_sets = RuleSets(context)
    worst = 0
    examined = []
    for path in files:
        kind, items = Kind.FILM, intake.alone(path)
        if path.suffix.lower() in intake.YAML:
            given = intake.read(path, place)
            kind, items = given.submission.kind, given.files_to_check
        for item in items:
            shown = f"{path}: {item.file}" if len(items) > 1 else str(path)
            looked_at = checking.check_file(context, item, shown, kind, rule_sets, console.language)
            show_report(console, looked_at.report)
            worst = max(worst, checking.exit_code(looked_at.report))
            examined.append(looked_at)
    for paper in papers:
        reports.write(console, context, paper, examined)
    return worst
