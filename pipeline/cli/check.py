"""showcase check"""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli.console import Console, options
from pipeline.cli.surroundings import context_here, show_report, workspace_or_cache
from pipeline.errors import InputError
from pipeline.execute import handed_in, inspection, way
from pipeline.model.finding import Report, Verdict

_UNREADABLE = ("file.empty", "file.suspicious", "file.not_media", "file.unreadable", "file.truncated")


@click.command("check", epilog="Example: showcase check film.mp4")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@options
def command(console: Console, files: tuple[Path, ...]) -> int:
    """Inspect films or submissions and say what to mend. Writes nothing beside them, sends nothing."""
    place = workspace_or_cache()
    for path in files:
        if not path.exists():
            raise InputError("path_missing", where=str(path))
    context = context_here(console, place)
    use = way.rules(context)
    target = inspection.target_of(use.profiles)
    worst = 0
    for path in files:
        given = handed_in.read(path, place) if path.suffix.lower() in handed_in.YAML else None
        film = given.main if given else path
        report = inspection.check(context, film, str(path), use.policy, target, console.language)
        show_report(console, report)
        worst = max(worst, exit_code(report))
    return worst


def exit_code(report: Report) -> int:
    """4 for what can't be read, 1 for a reject, else 0."""
    if report.media is None and any(finding.code in _UNREADABLE for finding in report.findings):
        return 4
    return 1 if report.verdict is Verdict.REJECT else 0
