"""showcase campaign announce, change, drop, done, note: what a prefecture says, and the editor for one."""

from __future__ import annotations

import click

from pipeline.cli.completing import film_ids, films_and_milestones, milestone_ids
from pipeline.cli.console import Console, options
from pipeline.cli.editor.campaign_group import command
from pipeline.cli.editor.campaign_saying import of_whom, say
from pipeline.errors import InputError
from pipeline.exchange.campaign import entries
from pipeline.exchange.campaign.entries import Described
from pipeline.model.campaign_records import EntryKind


@command.subcommand("announce", example="showcase campaign announce --title 我们的村医 --prefecture 和田")
@click.option("--title", metavar="TITLE", required=True)
@click.option("--column", metavar="COLUMN")
@click.option("--length", metavar="LENGTH")
@click.option("--id", "identity", metavar="ID")
@of_whom
@options
def announce(  # noqa: PLR0913 - a command has a parameter for each of its options
    console: Console,
    title: str,
    column: str | None,
    length: str | None,
    identity: str | None,
    prefecture: str | None,
    campaign: str | None,
) -> int:
    """Announce a film that is not there yet."""
    said = Described(title, column, length)
    say(
        console,
        EntryKind.ANNOUNCE,
        prefecture,
        campaign,
        lambda who, columns: entries.announce(who, said, columns, identity),
    )
    return 0


@command.subcommand("change", example="showcase campaign change 653200-womendecunyi --title 村医")
@click.argument("wanted", metavar="ID", shell_complete=film_ids)
@click.option("--title", metavar="TITLE")
@click.option("--column", metavar="COLUMN")
@click.option("--length", metavar="LENGTH")
@of_whom
@options
def change(  # noqa: PLR0913 - a command has a parameter for each of its options
    console: Console,
    wanted: str,
    title: str | None,
    column: str | None,
    length: str | None,
    prefecture: str | None,
    campaign: str | None,
) -> int:
    """Change what was announced of a film."""
    said = Described(title, column, length)
    if said == Described():
        raise InputError("campaign_nothing_said")
    say(
        console,
        EntryKind.CHANGE,
        prefecture,
        campaign,
        lambda who, columns: entries.change(who, wanted, said, columns),
    )
    return 0


@command.subcommand("drop", example="showcase campaign drop 653200-womendecunyi --reason 主角生病")
@click.argument("wanted", metavar="ID", shell_complete=film_ids)
@click.option("--reason", metavar="REASON", required=True)
@of_whom
@options
def drop(console: Console, wanted: str, reason: str, prefecture: str | None, campaign: str | None) -> int:
    """Say that a film will not be made."""
    say(console, EntryKind.DROP, prefecture, campaign, lambda who, _: entries.drop(who, wanted, reason))
    return 0


@command.subcommand("done", example="showcase campaign done 653200-womendecunyi 选题 --on 2027-03-01")
@click.argument("items", nargs=-1, required=True, metavar="ID", shell_complete=films_and_milestones)
@click.argument("milestone", metavar="MILESTONE", shell_complete=milestone_ids)
@click.option("--on", metavar="DATE")
@click.option("--undo", is_flag=True)
@of_whom
@options
def done(  # noqa: PLR0913 - a command has a parameter for each of its options
    console: Console,
    items: tuple[str, ...],
    milestone: str,
    on: str | None,
    undo: bool,
    prefecture: str | None,
    campaign: str | None,
) -> int:
    """Mark a milestone of films as done, or as not done after all."""
    if undo and on is not None:
        raise InputError("campaign_undo_day")
    kind = EntryKind.UNDONE if undo else EntryKind.DONE
    say(console, kind, prefecture, campaign, lambda who, _: entries.done(who, items, milestone, on, undo=undo))
    return 0


@command.subcommand("note", example="showcase campaign note 和田 电话：周五送来")
@click.argument("about", metavar="PREFECTURE_OR_ID", shell_complete=film_ids)
@click.argument("text", metavar="TEXT")
@of_whom
@options
def note(console: Console, about: str, text: str, prefecture: str | None, campaign: str | None) -> int:
    """Put words on a film or a prefecture."""
    say(console, EntryKind.NOTE, prefecture, campaign, lambda who, _: entries.note(who, about, text))
    return 0
