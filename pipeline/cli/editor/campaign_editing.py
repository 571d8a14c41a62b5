"""showcase campaign extend, move, join: what the editor alone says."""

from __future__ import annotations

import click

from pipeline.cli.completing import film_ids, milestone_ids, submission_ids
from pipeline.cli.console import Console, options
from pipeline.cli.editor.campaign_group import command
from pipeline.cli.editor.campaign_saying import of_whom, say
from pipeline.exchange.campaign import entries
from pipeline.model.campaign_records import EntryKind


@command.subcommand("extend", example="showcase campaign extend 和田 拍摄 2027-06-05 --reason 沙尘")
@click.argument("about", metavar="PREFECTURE_OR_ID", shell_complete=film_ids)
@click.argument("milestone", metavar="MILESTONE", shell_complete=milestone_ids)
@click.argument("until", metavar="DATE")
@click.option("--reason", metavar="REASON", required=True)
@of_whom
@options
def extend(  # noqa: PLR0913 - a command has a parameter for each of its options
    console: Console,
    about: str,
    milestone: str,
    until: str,
    reason: str,
    prefecture: str | None,
    campaign: str | None,
) -> int:
    """Give a prefecture or a film a later day."""
    say(
        console,
        EntryKind.EXTEND,
        prefecture,
        campaign,
        lambda who, _: entries.extend(who, about, milestone, until, reason),
    )
    return 0


@command.subcommand("move", example="showcase campaign move 653200-womendecunyi 喀什")
@click.argument("wanted", metavar="ID", shell_complete=film_ids)
@click.argument("target", metavar="PREFECTURE")
@of_whom
@options
def move(console: Console, wanted: str, target: str, prefecture: str | None, campaign: str | None) -> int:
    """Move a film to another prefecture."""
    say(console, EntryKind.MOVED_IN, prefecture, campaign, lambda who, _: entries.move(who, wanted, target))
    return 0


@command.subcommand("join", example="showcase campaign join 653200-cunyi 653200-womendecunyi")
@click.argument("submission", metavar="ID", shell_complete=submission_ids)
@click.argument("announced", metavar="ANNOUNCED", shell_complete=film_ids)
@of_whom
@options
def join(console: Console, submission: str, announced: str, prefecture: str | None, campaign: str | None) -> int:
    """Join a film that came in under another id to the one that was announced."""
    say(console, EntryKind.JOINED, prefecture, campaign, lambda who, _: entries.join(who, submission, announced))
    return 0
