"""showcase status"""

from __future__ import annotations

from collections.abc import Sequence

import click

from pipeline.cli import c2_view, campaign_here, season_in_status, status_view, store_here, words
from pipeline.cli.command_context import workspace_here
from pipeline.cli.completing import submission_ids
from pipeline.cli.console import Console, left_out, options
from pipeline.errors import InputError, ShowcaseError
from pipeline.exchange import status
from pipeline.exchange.campaign.season import Season
from pipeline.model.inbox import SubmissionStatus
from pipeline.workspace import Workspace


@words.command("status", example="showcase status")
@click.argument("wanted", required=False, metavar="ID", shell_complete=submission_ids)
@status_view.filters
@campaign_here.on_day
@options
def command(
    console: Console, wanted: str | None, prefecture: str | None, wanted_of: str | None, today: str | None
) -> int:
    """Show where each submission is, what is wanted of whom and since when, newest first."""
    place = workspace_here()
    day = campaign_here.day(today)
    if wanted:
        store_here.refuse_others_film(place, wanted)
    faults: list[ShowcaseError] = []
    season: Season | None = None
    with store_here.opened(console, place) as buckets:
        if season_in_status.is_asked(place):
            season = season_in_status.looked(console, place, buckets, day, faults.append)
        if season and not wanted:
            found, faults = list(season.submissions), [*season.faults]
        else:
            until = season_in_status.until(day)
            found = store_here.as_far_as_seen(
                console, buckets, lambda seen: status.submission_statuses(seen, wanted, faults.append, until)
            )
    found = status_view.filtered(found, prefecture, wanted_of)
    if wanted and not found and not faults:
        if season and season_in_status.show_one(console, season, wanted):
            return 0
        raise InputError("no_such_submission", where=wanted)
    is_all = not (wanted or prefecture or wanted_of)
    _show(console, place, found, season, is_all=is_all)
    if not found and not faults and not (season and is_all and season_in_status.films(season)):
        console.remark("nothing_fits" if prefecture or wanted_of else "nothing_delivered")
    status_view.remember(place, found)
    return left_out(console, faults)


def _show(
    console: Console, place: Workspace, found: Sequence[SubmissionStatus], season: Season | None, *, is_all: bool
) -> None:
    """One whole, several in two lines each; then what the season asks for besides."""
    for item in found:
        console.give(item)
    if len(found) == 1:
        step = season_in_status.next_step(console, season, found[0].submission_id) if season else ""
        status_view.show_one(console, found[0], step)
        c2_view.show_orders(console, found[0].c2)
        if season and not is_all:
            season_in_status.show_beside(console, season, found[0].submission_id)
    else:
        status_view.show_list(console, found, status_view.person_here(place))
    if season and is_all:
        season_in_status.show(console, season)
    if len(found) > 1:
        console.say("status_more")
