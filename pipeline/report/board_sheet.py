"""A season's board as a workbook to be filled in: a row a film, a column a milestone, a day or √ in the cell.

The last column is hidden and holds what each row was written with: where the workbook is read back, only what was
changed in it since is said (`exchange.campaign.importing`).
"""

from __future__ import annotations

from datetime import date

from pipeline import workbook_writing
from pipeline.exchange.campaign.listed import FIELDS
from pipeline.exchange.campaign.listed_values import MARK
from pipeline.exchange.campaign.written import shown, values_of, written
from pipeline.model.campaign import FilledBy, Milestone
from pipeline.model.campaign_status import BoardFilm, CampaignStatus
from pipeline.report.board_words import BoardWords
from pipeline.workbook_writing import DATE, SheetCell, SheetColumn, SheetToWrite

_WIDTHS = {"prefecture": 22, "id": 28, "title": 36, "column": 18, "length": 10}
_MILESTONE, _NOTE, _WRITTEN = 16, 48, 12


def workbook(status: CampaignStatus, words: BoardWords) -> bytes:
    """The same bytes for the same board; no cell is a formula, whatever a title begins with.

    Films that were dropped or moved away are not in it; what is expected and has no name is a row to be filled in.
    """
    at = 0 if words.language == "zh" else 1
    headings = [
        *(FIELDS[name][at] for name in _WIDTHS),
        *(_heading(item, words) for item in status.campaign.milestones),
        FIELDS["note"][at],
        words.word("written_heading", heading=FIELDS["written"][at]),
    ]
    columns = [
        *(SheetColumn(width=width) for width in _WIDTHS.values()),
        *(SheetColumn(form=DATE, width=_MILESTONE) for _ in status.campaign.milestones),
        SheetColumn(width=_NOTE),
        SheetColumn(width=_WRITTEN, is_hidden=True),
    ]
    rows = [
        _row(status, row.code, film, words)
        for row in sorted(status.rows, key=lambda row: row.code)
        for film in row.films
        if film.standing.counts
    ]
    return workbook_writing.written([SheetToWrite(words.word("sheet"), [headings], columns, rows)])


def _heading(milestone: Milestone, words: BoardWords) -> str:
    key = "heading_hand" if milestone.filled_by is FilledBy.HAND else "heading_store"
    return words.word(key, milestone=words.milestone(milestone), due=f"{milestone.due:%Y-%m-%d}")


def _row(status: CampaignStatus, code: str, film: BoardFilm, words: BoardWords) -> list[SheetCell]:
    values = values_of(film)
    anchor = written(status, code, film)
    return [
        words.prefecture(code),
        film.id,
        values.title or None,
        words.column(film.column) or None,
        words.length(film) or None,
        *(_mark(values.milestones.get(item.id)) for item in status.campaign.milestones),
        shown(values.note) or None,
        anchor.to_json() if anchor else None,
    ]


def _mark(said: str | None) -> SheetCell:
    return date.fromisoformat(said) if said and said != MARK else said
