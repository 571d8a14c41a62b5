"""showcase campaign show"""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli import campaign_here, store_here
from pipeline.cli.command_context import workspace_here
from pipeline.cli.completing import film_ids
from pipeline.cli.console import Console, left_out, options
from pipeline.cli.editor import board_view, campaign_papers, prefecture_view
from pipeline.cli.editor.board_words import BoardWords
from pipeline.cli.editor.campaign_group import command
from pipeline.errors import InputError
from pipeline.exchange.campaign.meant import films_meant, the_film
from pipeline.exchange.campaign.season import NoCampaign, Season
from pipeline.model import region
from pipeline.model.campaign_status import BoardFilm, CampaignStatus


@command.subcommand("show", example="showcase campaign show --late")
@click.argument("about", required=False, metavar="PREFECTURE_OR_ID", shell_complete=film_ids)
@click.option("--late", is_flag=True)
@click.option("-o", "--output", "papers", multiple=True, metavar="FILE", type=click.Path(path_type=Path))
@campaign_here.which
@campaign_here.on_day
@options
def show(
    console: Console,
    about: str | None,
    late: bool,
    papers: tuple[Path, ...],
    campaign: str | None,
    today: str | None,
) -> int:
    """Show who is late and what is wanted of whom: prefecture × milestone, the films of one prefecture, or one film."""
    place = workspace_here()
    for paper in papers:
        campaign_papers.refuse(paper)
    day = campaign_here.day(today)
    with store_here.opened(console, place) as buckets:
        if not buckets.sees_inbox:
            console.remark("inbox_not_seen")
        try:
            season = campaign_here.loaded(console, place, buckets, campaign, day)
        except NoCampaign:
            console.remark("campaign_not_begun")
            return 0
    code, film = _meant(season, about) if about else (None, None)
    status = narrowed(season.status, code, late=late and film is None)
    if code and not status.rows and not late:
        raise InputError("campaign_no_row", where=about, own=season.own or "-")
    console.give(status)
    words = BoardWords(console, status.campaign)
    if code:
        for row in status.rows:
            prefecture_view.show(console, season.status, words, row, film)
            if any(item.on_air for item in ([film] if film else row.films)):
                prefecture_view.show_order(console, season)
    else:
        board_view.show(console, status, words, status.rows)
    if papers and film and code:
        console.remark("campaign_papers_prefecture", name=region.name_of(code, console.language))
    for paper in papers:
        campaign_papers.write(console, paper, status, campaign_here.columns_of(place), code or season.own)
    return left_out(console, season.faults)


def _meant(season: Season, about: str) -> tuple[str, BoardFilm | None]:
    """A prefecture by its code or name; or a film as it is meant elsewhere, with its prefecture.

    Raises:
        InputError: it is neither, or several films fit.
    """
    if code := region.code_of(about):
        return code, None
    if region.is_corps(about):
        raise region.not_known(about, "PREFECTURE")
    if not films_meant(season.status, about, season.own):
        raise InputError("campaign_neither", where=about, known=region.names())
    return the_film(season.status, about, season.own)


def narrowed(status: CampaignStatus, code: str | None, *, late: bool) -> CampaignStatus:
    """The rows of one prefecture, or of those that are late, with what is wanted of these."""
    rows = status.late_rows if late else status.rows
    rows = tuple(row for row in rows if code in (None, row.code))
    seen = {row.code for row in rows}
    return status.model_copy(
        update={"rows": rows, "wanted": tuple(item for item in status.wanted if item.prefecture in seen)}
    )
