"""showcase campaign report"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from pipeline import durable
from pipeline.cli import campaign_here, store_here, tables
from pipeline.cli.command_context import workspace_here
from pipeline.cli.console import Console, left_out, options, size
from pipeline.cli.layout import cut
from pipeline.cli.paper_place import refuse_paper
from pipeline.errors import InputError, IntegrityError
from pipeline.exchange.campaign import figures, film_stories
from pipeline.exchange.campaign.season import Season
from pipeline.model.campaign_report import CampaignReport
from pipeline.model.china_time import end_of_day
from pipeline.model.inbox import Person
from pipeline.model.reference import SubmissionRef
from pipeline.report.figure_words import FigureTable, FigureWords
from pipeline.storage import layout
from pipeline.storage.buckets import Buckets

KINDS = (".html", ".xlsx")
_MOST_NAME = 24  # cells of what a row is called


@click.option("-o", "--output", "papers", multiple=True, metavar="FILE", type=click.Path(path_type=Path))
@campaign_here.on_day
@campaign_here.which
@options
def report(console: Console, papers: tuple[Path, ...], today: str | None, campaign: str | None) -> int:
    """Say what a season came to: films, first cuts, days in each hand, how late, what was found."""
    place = workspace_here()
    store_here.refuse_others_right(place, Person.EDITOR)
    day = campaign_here.day(today)
    for paper in papers:
        _refuse(paper)
    faults: list[IntegrityError] = []
    with store_here.opened(console, place) as buckets:
        season = campaign_here.loaded(console, place, buckets, campaign, day)
        made = _made(buckets, season, faults)
    console.give(made)
    words = FigureWords(console.language, made, season.status.campaign, campaign_here.columns_of(place))
    for line in words.summary():
        console.hang(line)
    for table in words.tables():
        _show(console, table)
    for paper in papers:
        _write(console, paper, words)
    return left_out(console, [*season.faults, *faults])


def _made(buckets: Buckets, season: Season, faults: list[IntegrityError]) -> CampaignReport:
    """The figures, of the stories of the films that stand on the board."""
    status, end = season.status, end_of_day(season.status.today)
    now = min(datetime.now(UTC), end)
    films = {
        SubmissionRef(row.code, film.submission_id) for row in status.rows for film in row.films if film.submission_id
    }
    stories = film_stories.stories(buckets, [item for item in season.listed if item.ref in films], now, faults.append)
    number = season.order.number if season.order else None
    key = layout.campaign_prefix(season.campaign) + layout.order_name(number) if number else None
    order = f"{buckets.delivery.name}/{key}" if key else None
    return figures.report(status, season.known.films, stories, now, order)


def _show(console: Console, table: FigureTable) -> None:
    """A table on the terminal."""
    rows = [
        [cut(f"{row[0]}", _MOST_NAME), *("" if cell is None else f"{cell}" for cell in row[1:])] for row in table.rows
    ]
    console.line("")
    console.line(table.title)
    for line in tables.lines(table.headings, rows):
        console.line(line)


def _refuse(paper: Path) -> None:
    """Say what is wrong with a paper's name before the store is asked."""
    refuse_paper(paper, KINDS, InputError("report_kind", where=str(paper), known=", ".join(KINDS)))


def _write(console: Console, paper: Path, words: FigureWords) -> None:
    from pipeline.report import figures_page, figures_sheet

    is_page = paper.suffix.lower() == ".html"
    content = figures_page.page(words) if is_page else figures_sheet.workbook(words)
    durable.make_folder(paper.absolute().parent)
    durable.write(paper, content)
    console.say("placed", file=paper, size=size(len(content)))
