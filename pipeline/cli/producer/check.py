"""showcase check"""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli import words
from pipeline.cli.console import Console, options
from pipeline.cli.surroundings import context_here, show_report, workspace_or_cache
from pipeline.errors import InputError
from pipeline.execute import checking, handed_in
from pipeline.execute.handed_in import Part
from pipeline.execute.rulebook import Rulebook
from pipeline.model.submission import Kind


@words.command("check", example="showcase check film.mp4")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@options
def command(console: Console, files: tuple[Path, ...]) -> int:
    """Inspect films or submissions and say what to mend. Writes nothing beside them, sends nothing."""
    place = workspace_or_cache()
    for path in files:
        if not path.exists():
            raise InputError("path_missing", where=str(path))
    context = context_here(console, place)
    book = Rulebook(context)
    worst = 0
    for path in files:
        if path.suffix.lower() in handed_in.YAML:
            given = handed_in.read(path, place)
            kind, parts = given.submission.kind, given.parts
            several = len(parts) > 1
        else:
            kind, parts, several = Kind.FILM, (Part(1, path.stem, path.name, path),), False
        for part in parts:
            shown = f"{path}: {part.file}" if several else str(path)
            report = checking.report(context, part.path, shown, kind, book, console.language)
            show_report(console, report)
            worst = max(worst, checking.exit_code(report))
    return worst
