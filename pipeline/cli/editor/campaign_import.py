"""showcase campaign import"""

from __future__ import annotations

from pathlib import Path

import click

from pipeline import catalogue
from pipeline.catalogue import LANGUAGES
from pipeline.cli import campaign_here, store_here
from pipeline.cli.command_context import prefecture_code, user_here, workspace_here
from pipeline.cli.console import Console, left_out, options
from pipeline.cli.editor.campaign_group import command
from pipeline.cli.editor.campaign_saying import of_whom, remember, speaker, tell
from pipeline.errors import InLanguages, InputError
from pipeline.exchange.campaign import importing, listed, saying
from pipeline.exchange.campaign.importing import Imported, Left
from pipeline.exchange.campaign.listed_rows import Wrong
from pipeline.exchange.campaign.listed_values import Unfit
from pipeline.model.campaign_records import Announce, Done
from pipeline.model.campaign_status import Standing
from pipeline.yamlio import Problem

MOST_WRONG, MOST_LEFT = 200, 20  # lines


@command.subcommand("import", example="showcase campaign import list.xlsx -n")
@click.argument("table", metavar="TABLE", type=click.Path(path_type=Path))
@click.option("--ignore-column", "ignored", multiple=True, metavar="NAME")
@click.option("-n", "--dry-run", is_flag=True)
@of_whom
@options
def import_table(
    console: Console,
    table: Path,
    ignored: tuple[str, ...],
    dry_run: bool,
    prefecture: str | None,
    campaign: str | None,
) -> int:
    """Read a list of films: what it says that the board does not say yet is put, one record a prefecture."""
    place = workspace_here()
    campaign_here.refuse_to_say(place)
    code = prefecture_code(prefecture, "--prefecture") if prefecture else None
    columns = campaign_here.columns_of(place)
    written = () if dry_run else (campaign_here.written_bucket(place),)
    with store_here.opened(console, place, *written) as buckets:
        seen = campaign_here.loaded(console, place, buckets, campaign)
        who = speaker(seen, code)
        rows = listed.read(table, seen.status.campaign, console.remark, ignored)
        found = importing.compare(seen.status, rows, seen.side, columns, who.prefecture)
        _refuse_wrong(console, table, found.wrong)
        put = saying.say(buckets, seen, found.entries, user_here(place), dry_run=dry_run)
    if dry_run and put:
        console.say("campaign_list_would")
    told: set[str] = set()
    for item in put:
        tell(console, seen, columns, item, item.entries, told)
    _tell_left(console, found)
    said = [entry for item in put for entry in item.entries]
    marks = [entry.undated for entry in said if isinstance(entry, Done) and entry.on is None]
    for key, is_undated in (("campaign_list_undated", True), ("campaign_list_of_today", False)):
        if is_undated in marks:
            console.remark(key, count=marks.count(is_undated))
    if said:
        count = len([item for item in put if item.entries])
        console.say("campaign_list_sum", rows=found.rows, entries=len(said), prefectures=count, left=len(found.left))
    else:
        console.say("campaign_list_sum_none", rows=found.rows)
    if not dry_run:
        remember(place, seen.status, [entry.id for entry in said if isinstance(entry, Announce)])
    return left_out(console, seen.faults)


def _refuse_wrong(console: Console, table: Path, wrong: tuple[Wrong, ...]) -> None:
    """Let pass a table in which every cell can be taken.

    Raises:
        InputError: one can't; each is a line with its place.
    """
    if not wrong:
        return
    problems = [_problem(item) for item in wrong]
    for item, problem in zip(wrong, problems, strict=True):
        console.give({"wrong": problem.kind, "where": item.where, "heading": item.heading})
    raise InputError(
        "campaign_list_rows",
        where=problems[0].where or str(table),
        count=len(problems),
        problems=tuple(problems[:MOST_WRONG]),
    )


def _problem(item: Wrong) -> Problem:
    """A line in both languages."""
    if isinstance(item.why, Unfit):
        return Problem(item.where, item.heading, item.why.kind, "", item.why.values)
    why = [
        catalogue.say(language, f"error.{item.why.key}.what", **catalogue.named(language, item.why.values))
        for language in LANGUAGES
    ]
    return Problem(item.where, item.heading, "listed_refused", "", {"why": InLanguages(*why)})


def _tell_left(console: Console, found: Imported) -> None:
    """Each cell that was left, and why."""
    standing = console.word(f"standing_{Standing.DROPPED}")
    for item in found.left:
        board = _board(console, item)
        console.give(
            {
                "left": item.kind.value,
                "where": item.cell.where,
                "heading": item.cell.heading,
                "film": item.film,
                "said": item.cell.text,
                "board": board,
            }
        )
    for item in found.left[:MOST_LEFT]:
        command_of = catalogue.command(console.language, str(item.why.values.get("command", "-"))) if item.why else "-"
        board = _board(console, item) or console.word("campaign_left_nothing")
        why = console.word(f"campaign_left_{item.kind}", board=board, command=command_of, standing=standing)
        console.remark("campaign_left", where=item.cell.where, heading=item.cell.heading, film=item.film, why=why)
    if len(found.left) > MOST_LEFT:
        console.remark("campaign_left_more", count=len(found.left) - MOST_LEFT)


def _board(console: Console, item: Left) -> str:
    return getattr(item.board, console.language) if isinstance(item.board, InLanguages) else item.board
