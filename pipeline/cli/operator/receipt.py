"""showcase receipt"""

from __future__ import annotations

from pathlib import Path

import click

from pipeline import durable
from pipeline.cli import rejections_here, store_here, words
from pipeline.cli.command_context import workspace_here
from pipeline.cli.completing import submission_ids
from pipeline.cli.console import Console, left_out, options, size
from pipeline.cli.paper_place import refuse_paper
from pipeline.errors import InputError, ShowcaseError
from pipeline.exchange import choosing
from pipeline.exchange.receipts import receipts
from pipeline.model.receipt import Receipt

KINDS = (".html", ".csv")
USUAL = (Path("receipt.html"), Path("receipt.csv"))
MOST_SHOWN = 10


@words.command("receipt", example="showcase receipt --since 2026-01-01")
@click.argument("items", nargs=-1, metavar="ID", shell_complete=submission_ids)
@click.option("--since", metavar="DATE")
@click.option("-o", "papers", multiple=True, metavar="FILE", type=click.Path(path_type=Path))
@options
def command(console: Console, items: tuple[str, ...], since: str | None, papers: tuple[Path, ...]) -> int:
    """Write down which packages were taken over, and which were not: when, by whom, why."""
    if not (items or since):
        raise InputError("receipt_of_what")
    first = choosing.day(since, "--since") if since else None
    for paper in papers:
        _refuse(paper)
    place = workspace_here()
    for item in items:
        store_here.refuse_others_film(place, item)
    faults: list[ShowcaseError] = []
    with store_here.opened(console, place) as buckets:
        found = receipts(buckets, items, first, faults.append)
    for there in found.unanswered[:MOST_SHOWN]:
        console.remark("receipt_without", id=there.ref.typed, title=there.title, revision=there.revision or "?")
    if len(found.unanswered) > MOST_SHOWN:
        console.remark("answered_more", count=len(found.unanswered) - MOST_SHOWN)
    if not found.rows:
        console.remark("receipt_empty")
        return left_out(console, faults)
    for row in found.rows:
        console.give(row)
    for paper in papers or USUAL:
        _write(console, paper, found.rows)
    return left_out(console, faults)


def _refuse(paper: Path) -> None:
    """Say what is wrong with a paper's name before the store is asked."""
    refuse_paper(paper, KINDS, InputError("report_kind", where=str(paper), known=", ".join(KINDS)))


def _write(console: Console, paper: Path, rows: tuple[Receipt, ...]) -> None:
    from pipeline.report import receipt as papers

    render = papers.csv if paper.suffix.lower() == ".csv" else papers.html
    content = render(rows, console.language, lambda code: rejections_here.words_of(console, code, None) or "")
    durable.make_folder(paper.parent)
    durable.write(paper, content)
    console.say("placed", file=paper, size=size(len(content)))
