"""showcase init"""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from pipeline.cli import words
from pipeline.cli.command_context import workspace_here
from pipeline.cli.completing import film_ids
from pipeline.cli.console import Console, options
from pipeline.cli.producer import init_course, init_questions, init_rows
from pipeline.cli.producer.init_rows import TableToInitiate
from pipeline.documents import structure
from pipeline.errors import InputError
from pipeline.exchange import intake
from pipeline.execute import fields, headings, initiating, initiating_rows, submission_names, table_template
from pipeline.execute.fields import Given
from pipeline.model.submission import Kind

_OF_ONE = ("id", "title", "title_en")  # what two films can't share


def _asked(function: Any) -> Any:
    """A flag for each field, by its name."""
    dates = dict.fromkeys(("from", "until", "air_date", "produced"), "DATE")
    metavars = {
        "prefecture": "CODE",
        "id": "ID",
        "year": "YEAR",
        "episode": "NUMBER",
        "generated": "EXTENT",
        **dates,
    }
    for field in reversed(initiating.ASKED):
        flag = f"--{field.replace('_', '-')}"
        function = click.option(flag, f"field_{field}", metavar=metavars.get(field, "TEXT"))(function)
    return function


@words.command("init", example="showcase init film.mp4 --prefecture 和田地区")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@_asked
@click.option("--announced", metavar="ID", shell_complete=film_ids)
@click.option("--from-csv", "table", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--ignore-column", "ignored", multiple=True, metavar="NAME")
@click.option("--template", metavar="FILE", type=click.Path(path_type=Path))
@click.option("-o", "--output", "target", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--part", "parts", multiple=True, metavar="FILE=PART")
@click.option("--leave-out", "left_out", multiple=True, metavar="FILE")
@click.option("--force", is_flag=True)
@options
def command(  # noqa: PLR0913 - a command has a parameter for each of its options
    console: Console,
    files: tuple[Path, ...],
    announced: str | None,
    table: Path | None,
    ignored: tuple[str, ...],
    template: Path | None,
    target: Path | None,
    parts: tuple[str, ...],
    left_out: tuple[str, ...],
    force: bool,
    **asked: str | None,
) -> int:
    """Write a submission.yaml beside a film, a course's files, in a folder of them, or for each film of a table."""
    if template:
        if files or table:
            raise InputError("template_alone")
        return _template(console, template, force=force)
    if ignored and not table:
        raise InputError("ignored_without_table", where="--ignore-column", name=ignored[0])
    for path in files:
        if not path.exists():
            raise InputError("path_missing", where=str(path))
    flags = {
        name.removeprefix("field_"): Given(text, (f"--{name.removeprefix('field_').replace('_', '-')}",))
        for name, text in asked.items()
        if text is not None
    }
    if table and len(files) != 1 and not _is_course(flags):
        if (
            of_one := ["--output"] * bool(target)
            + ["--announced"] * bool(announced)
            + [str(flags[field].place[0]) for field in _OF_ONE if field in flags]
        ):
            raise InputError("flag_of_one", where=of_one[0])
        rows = initiating_rows.rows_of(table, files, console.remark, ignored)
        meant = TableToInitiate(table, ignored, is_whole=not files and not flags)
        return init_rows.write_all(console, rows, flags, meant, force=force)
    if not files:
        raise InputError("init_nothing")
    given = flags
    if table:
        title = flags["title"].text if "title" in flags else None
        read = headings.read(table, console.remark, ignored)
        given = {**initiating_rows.row_of(read, table, files[0], title), **flags}
    given = {**given, **_announced(console, announced, flags)}
    folder = files[0] if len(files) == 1 and files[0].is_dir() else None
    target = target or (folder or files[0].parent) / submission_names.NAME
    if target.suffix.lower() not in intake.YAML or target.is_dir():
        raise InputError("target_wrong", where=str(target))
    if target.exists() and not force:
        raise InputError("submission_there", where=str(target))
    if folder or len(files) > 1 or structure.is_document(files[0]) or target.exists():
        said = init_course.placing(parts, left_out)
        among = init_course.files_of(folder) if folder else files
        title = (folder.resolve().name or None) if folder else None
        return init_course.write(console, among, given, target, said, title=title, force=force)
    return _one(console, files, given, target)


def _one(console: Console, files: Sequence[Path], given: Mapping[str, Given], target: Path) -> int:
    """One submission of one film; on a terminal the rest is asked."""
    usual = initiating.defaults(files, workspace_here().settings.prefecture)
    if sys.stdin.isatty() and not console.as_json:
        given = {**given, **init_questions.ask(console, given, usual, len(files))}
    init_rows.refuse_without_prefecture(console, given, usual)
    made = initiating.initiated(given, usual, files, target)
    initiating.write(made, force=False)
    init_rows.told(console, made, "init_wrote")
    console.say("init_next", file=target)
    return 0


def _announced(console: Console, wanted: str | None, flags: Mapping[str, Given]) -> dict[str, Given]:
    """What was announced of the film, where one is named."""
    if wanted is None:
        return {}
    from pipeline.cli.producer import init_announced  # with what talks to a store

    return init_announced.fields_of(console, wanted, flags)


def _is_course(flags: Mapping[str, Given]) -> bool:
    """Whether the files are said to be the parts of one course, with one row of the table."""
    return "kind" in flags and fields.kind_of(flags["kind"].text) == Kind.COURSE.value


def _template(console: Console, path: Path, *, force: bool) -> int:
    table_template.write(path, console.language, hint=console.word("template_hint"), force=force)
    console.give({"file": str(path)})
    console.say("template_wrote", file=path)
    console.say("template_next", file=path)
    return 0
