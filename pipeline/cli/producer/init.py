"""showcase init"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from pipeline import catalogue
from pipeline.cli import words
from pipeline.cli.command_context import workspace_here
from pipeline.cli.console import Console, options
from pipeline.cli.layout import width
from pipeline.errors import InputError
from pipeline.exchange import intake
from pipeline.execute import initiating
from pipeline.execute.fields import Given
from pipeline.model.region import known, name_of


def _asked(function: Any) -> Any:
    """A flag for each field, by its name."""
    metavars = {"prefecture": "CODE", "from": "DATE", "until": "DATE", "id": "ID"}
    for field in reversed(initiating.ASKED):
        flag = f"--{field.replace('_', '-')}"
        function = click.option(flag, f"field_{field}", metavar=metavars.get(field, "TEXT"))(function)
    return function


@words.command("init", example="showcase init film.mp4 --prefecture 和田地区")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@_asked
@click.option("--from-csv", "table", metavar="FILE", type=click.Path(path_type=Path))
@click.option("-o", "--output", "target", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True)
@options
def command(
    console: Console, files: tuple[Path, ...], table: Path | None, target: Path | None, force: bool, **asked: str | None
) -> int:
    """Write a submission.yaml beside a film or the parts of a course."""
    place = workspace_here()
    for path in files:
        if not path.exists():
            raise InputError("path_missing", where=str(path))
    target = target or files[0].parent / initiating.NAME
    if target.suffix.lower() not in intake.YAML or target.is_dir():
        raise InputError("target_wrong", where=str(target))
    if target.exists() and not force:
        raise InputError("submission_there", where=str(target))
    detected = initiating.look(files)
    flags = {
        name.removeprefix("field_"): Given(text, (f"--{name.removeprefix('field_').replace('_', '-')}",))
        for name, text in asked.items()
        if text is not None
    }
    title = flags["title"].text if "title" in flags else None
    given = {**(initiating.from_table(table, files[0], title, console.remark) if table else {}), **flags}
    defaults = {"title": files[0].stem, "kind": detected.kind.value, "languages": " ".join(detected.languages) or "zho"}
    if place.settings.prefecture:
        defaults["prefecture"] = place.settings.prefecture
    if sys.stdin.isatty() and not console.as_json:
        given |= _ask(console, given, defaults)
    for field, text in defaults.items():
        given.setdefault(field, Given(text, (str(target),)))
    if "prefecture" not in given:
        raise InputError("field_missing", flag="--prefecture", field=console.word("field_prefecture"))
    made = initiating.document(given, files, target)
    submission = initiating.complete(made)
    initiating.write(made, target, force=force)
    console.give({"file": str(target), "submission": submission.model_dump(mode="json", by_alias=True)})
    console.say(
        "init_wrote",
        file=target,
        id=submission.identity(),
        title=submission.title_zh,
        prefecture=name_of(submission.prefecture, console.language),
    )
    console.say("init_next", file=target)
    return 0


def _list_prefectures(console: Console) -> None:
    """The region and its prefectures, two in a line; cities of the region itself are understood, but not listed."""
    shown = [f"{code} {name_of(code, console.language)}" for code in known() if not code.startswith("659")]
    for index in range(0, len(shown), 2):
        left, right = shown[index], shown[index + 1] if index + 1 < len(shown) else ""
        console.line(f"  {left}{' ' * max(2, 36 - width(left))}{right}".rstrip())


def _ask(console: Console, given: dict[str, Given], defaults: dict[str, str]) -> dict[str, Given]:
    """What neither file nor flag nor table says; an empty answer leaves a field away."""
    answers: dict[str, Given] = {}
    for field in initiating.ASKED:
        if field in given or field in ("id", "title_en"):
            continue
        if field == "prefecture" and field not in defaults:
            _list_prefectures(console)
        question = catalogue.say(console.language, f"text.field_{field}")
        answer = str(click.prompt(question, default=defaults.get(field, ""), show_default=field in defaults)).strip()
        if answer:
            answers[field] = Given(answer, (question,))
    return answers
