"""showcase status"""

from __future__ import annotations

import click

from pipeline.cli import c2_view, status_view, store_here, words
from pipeline.cli.command_context import workspace_here
from pipeline.cli.completing import submission_ids
from pipeline.cli.console import Console, left_out, options
from pipeline.errors import InputError, ShowcaseError
from pipeline.exchange import status


@words.command("status", example="showcase status")
@click.argument("wanted", required=False, metavar="ID", shell_complete=submission_ids)
@status_view.filters
@options
def command(console: Console, wanted: str | None, prefecture: str | None, wanted_of: str | None) -> int:
    """Show where each submission is, what is wanted of whom and since when, newest first."""
    place = workspace_here()
    if wanted:
        store_here.refuse_others_film(place, wanted)
    faults: list[ShowcaseError] = []
    with store_here.opened(console, place) as buckets:
        found = store_here.as_far_as_seen(
            console, buckets, lambda seen: status.submission_statuses(seen, wanted, faults.append)
        )
    found = status_view.filtered(found, prefecture, wanted_of)
    if wanted and not found and not faults:
        raise InputError("no_such_submission", where=wanted)
    if not found and not faults:
        console.remark("nothing_fits" if prefecture or wanted_of else "nothing_delivered")
    for item in found:
        console.give(item)
    if len(found) == 1:
        status_view.show_one(console, found[0])
        c2_view.show_orders(console, found[0].c2)
    else:
        status_view.show_list(console, found, status_view.person_here(place))
    if len(found) > 1:
        console.say("status_more")
    status_view.remember(place, found)
    return left_out(console, faults)
