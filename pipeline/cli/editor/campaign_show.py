"""showcase campaign show"""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli import campaign_here, store_here
from pipeline.cli.command_context import prefecture_code, workspace_here
from pipeline.cli.console import Console, left_out, options
from pipeline.cli.editor import board_view, campaign_papers, prefecture_view
from pipeline.cli.editor.board_words import BoardWords
from pipeline.cli.editor.campaign_group import command
from pipeline.errors import InputError
from pipeline.exchange.campaign.season import NoCampaign
from pipeline.model.campaign_status import CampaignStatus


@command.subcommand("show", example="showcase campaign show --late")
@click.argument("prefecture", required=False, metavar="PREFECTURE")
@click.option("--late", is_flag=True)
@click.option("-o", "--output", "papers", multiple=True, metavar="FILE", type=click.Path(path_type=Path))
@campaign_here.which
@campaign_here.on_day
@options
def show(
    console: Console,
    prefecture: str | None,
    late: bool,
    papers: tuple[Path, ...],
    campaign: str | None,
    today: str | None,
) -> int:
    """Show who is late and what is wanted of whom: prefecture × milestone, or the films of one prefecture."""
    place = workspace_here()
    for paper in papers:
        campaign_papers.refuse(paper)
    day = campaign_here.day(today)
    code = prefecture_code(prefecture, "PREFECTURE") if prefecture else None
    with store_here.opened(console, place) as buckets:
        if not buckets.sees_inbox:
            console.remark("inbox_not_seen")
        try:
            season = campaign_here.loaded(console, place, buckets, campaign, day)
        except NoCampaign:
            console.remark("campaign_not_begun")
            return 0
    status = narrowed(season.status, code, late=late)
    if code and not status.rows and not late:
        raise InputError("campaign_no_row", where=prefecture, own=season.own or "-")
    console.give(status)
    words = BoardWords(console, status.campaign)
    if code:
        for row in status.rows:
            prefecture_view.show(console, season.status, words, row)
    else:
        board_view.show(console, status, words, status.rows)
    for paper in papers:
        campaign_papers.write(console, paper, status, campaign_here.columns_of(place), code or season.own)
    return left_out(console, season.faults)


def narrowed(status: CampaignStatus, code: str | None, *, late: bool) -> CampaignStatus:
    """The rows of one prefecture, or of those that are late, with what is wanted of these."""
    rows = status.late_rows if late else status.rows
    rows = tuple(row for row in rows if code in (None, row.code))
    seen = {row.code for row in rows}
    return status.model_copy(
        update={"rows": rows, "wanted": tuple(item for item in status.wanted if item.prefecture in seen)}
    )
