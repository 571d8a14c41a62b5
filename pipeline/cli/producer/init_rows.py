"""`init` of a table: a submission for each film, what is wrong with one leaves the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.cli.command_context import workspace_here
from pipeline.cli.console import Console, failed
from pipeline.errors import EnvironmentFault, InputError, ShowcaseError
from pipeline.execute import initiating
from pipeline.execute.fields import Given
from pipeline.execute.initiating import Initiated
from pipeline.execute.initiating_rows import RowToInitiate
from pipeline.model.region import name_of


def refuse_without_prefecture(console: Console, given: Mapping[str, Given], usual: Mapping[str, str]) -> None:
    """A submission is of a prefecture, which somebody must say.

    Raises:
        InputError: nobody does.
    """
    if "prefecture" not in {**given, **usual}:
        raise InputError("field_missing", flag="--prefecture", field=console.word("field_prefecture"))


@dataclass(frozen=True)
class TableToInitiate:
    """A table, and what of the command it needs to be read again.

    Args:
        ignored: headings of columns that are left out.
        is_whole: every row of it is meant, as it stands: no films or fields were named beside it.
    """

    path: Path
    ignored: Sequence[str]
    is_whole: bool

    @property
    def words(self) -> str:
        """The table as `submit` takes it."""
        return " ".join([f'"{self.path}"', *(f'--ignore-column "{name}"' for name in self.ignored)])


def write_all(
    console: Console, rows: Sequence[RowToInitiate], flags: Mapping[str, Given], table: TableToInitiate, *, force: bool
) -> int:
    """Each row's submission beside its film; one that stands there as it would be written is left.

    Returns:
        0, or 7 where some could not be written.
    """
    prefecture = workspace_here().settings.prefecture
    made: list[Initiated] = []
    bad = there = others = 0
    for row in rows:
        try:
            one = _of_row(console, row, flags, prefecture)
            for other in made:
                initiating.refuse_same_id(one.submission, other.submission, other.target, row.id_heading)
            initiating.refuse_same_place(one, made)
            made.append(one)
            if one.target.exists() and one.target.read_bytes() == one.content:
                there += 1
                told(console, one, "init_there")
            else:
                initiating.write(one, force=force, of_row=True)
                told(console, one, "init_wrote")
        except EnvironmentFault:
            raise
        except ShowcaseError as error:
            bad += 1
            others += error.key == "row_submission_there"
            failed(console, error, item=row.shown)
    console.say("init_rows", wrote=len(rows) - bad - there, there=there, bad=bad)
    if others:
        console.say("init_rows_force", count=others)
    rest = bad - others
    if rest and table.is_whole:  # the folder's films without a submission would be sent without the table's fields
        console.say("init_rows_table", table=table.words)
    elif rest:
        console.say("init_rows_again")
    elif len(folders := {row.file.parent for row in rows}) == 1:
        console.say("init_rows_next", folder=folders.pop())
    else:
        console.say("init_rows_next", folder=table.path.parent)
    return 7 if bad else 0


def told(console: Console, made: Initiated, key: str) -> None:
    """What was written, or stands there (`key` of the catalogue's `text`)."""
    submission = made.submission
    console.give({"file": str(made.target), "submission": submission.model_dump(mode="json", by_alias=True)})
    console.say(
        key,
        file=made.target,
        id=submission.identity(),
        title=submission.title_zh,
        prefecture=name_of(submission.prefecture, console.language),
    )
    before, now = made.id_there if key == "init_wrote" else None, submission.identity()
    if before and before != now:
        console.remark("init_id_other", file=made.target, id=now, before=before)
    elif before and before != made.usual_id:
        console.remark("init_id_kept", file=made.target, id=now)


def _of_row(console: Console, row: RowToInitiate, flags: Mapping[str, Given], prefecture: str | None) -> Initiated:
    given = {**row.read(), **flags}
    if not row.file.exists():
        written = given.get("file")
        name = written.text if written else str(row.file)
        raise InputError("row_file_missing", where=written.where if written else str(row.file), file=name)
    usual = initiating.defaults([row.file], prefecture)
    refuse_without_prefecture(console, given, usual)
    return initiating.initiated(given, usual, [row.file], row.target, row.id_heading)
