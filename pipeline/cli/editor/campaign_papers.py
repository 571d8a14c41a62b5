"""What a season's board is written as: a page, a workbook to be filled in, a calendar."""

from __future__ import annotations

from pathlib import Path

from pipeline import durable
from pipeline.cli.console import Console, size
from pipeline.cli.paper_place import refuse_paper
from pipeline.errors import InputError
from pipeline.model.campaign_status import CampaignStatus
from pipeline.model.vocabulary import Vocabulary

KINDS = (".html", ".xlsx", ".ics")


def refuse(paper: Path) -> None:
    """Say what is wrong with a paper's name before the store is asked.

    Raises:
        InputError: its ending tells nothing, or a file stands where its folder is to be.
    """
    refuse_paper(paper, KINDS, InputError("campaign_paper_kind", where=str(paper), known=", ".join(KINDS)))


def write(
    console: Console, paper: Path, status: CampaignStatus, columns: Vocabulary, prefecture: str | None = None
) -> None:
    """Write the board.

    Args:
        prefecture: whose it is alone: its calendar has an event for each film.
    """
    from pipeline.report.board_words import BoardWords

    words = BoardWords(console.language, columns)
    kind = paper.suffix.lower()
    if kind == ".ics":
        from pipeline.report import board_calendar

        content = board_calendar.calendar(status, words, prefecture)
    elif kind == ".xlsx":
        from pipeline.report import board_sheet

        content = board_sheet.workbook(status, words)
    else:
        from pipeline.report import board_page

        content = board_page.page(status, words, prefecture)
    durable.make_folder(paper.absolute().parent)
    durable.write(paper, content)
    console.say("placed", file=paper, size=size(len(content)))
