"""A season's board as one page that needs no line: prefecture × milestone, then each prefecture's films."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pipeline.exchange.campaign.written import shown
from pipeline.model.campaign_status import BoardFilm, CampaignStatus, CellState, PrefectureRow, Wanted
from pipeline.model.text import in_one_line
from pipeline.report.board_words import SIGNS, BoardWords

# how a cell is coloured beside its sign and its word
_KINDS: dict[CellState, str] = {
    CellState.LATE: "reject",
    CellState.WITHDRAWN: "reject",
    CellState.RETURNED: "warn",
    CellState.NEAR: "warn",
    CellState.IMPLIED: "accept",
    CellState.DONE: "accept",
}


def page(status: CampaignStatus, words: BoardWords, prefecture: str | None = None) -> bytes:
    """The page; what people wrote is text there, never markup.

    Args:
        prefecture: the code of the only one that is looked at.
    """
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["word"] = words.word
    campaign = status.campaign
    rows = [row for row in status.rows if prefecture in (None, row.code)]
    films = [film for row in rows for film in row.films if film.standing.counts]
    made = environment.get_template("board.html.j2").render(
        language=words.language,
        name=words.name(campaign),
        today=words.day(status.today),
        revision=status.revision,
        air_date=words.day(campaign.air_date),
        summary=words.word(
            "sum",
            prefectures=len(rows),
            late=sum(row.late_days > 0 for row in rows),
            films=sum(row.expected or 0 for row in rows),
            named=sum(film.id is not None for film in films),
        ),
        moved=[words.moved(campaign, item) for item in status.moved],
        wanted=[_wanted(status, item, words) for item in status.wanted if prefecture in (None, item.prefecture)],
        milestones=[{"name": words.milestone(item), "due": f"{item.due:%m-%d}"} for item in campaign.milestones],
        rows=[_row(status, row, words) for row in rows],
        contradictions=[
            words.contradiction(campaign, item)
            for item in status.contradictions
            if prefecture in (None, item.prefecture)
        ],
        bad=[words.bad(item) for item in status.bad if prefecture in (None, item.prefecture)],
    )
    return made.encode("utf-8")


def _wanted(status: CampaignStatus, item: Wanted, words: BoardWords) -> dict[str, str]:
    cell = item.cell
    return {
        "of": words.person(item.of),
        "prefecture": words.prefecture(item.prefecture),
        "title": words.title(item),
        "milestone": words.milestone_of(status.campaign, cell.milestone),
        "kind": _KINDS.get(cell.state, ""),
        "sign": SIGNS[cell.state],
        "state": words.cell(cell),
        "more": words.more(cell),
        "due": f"{cell.due:%m-%d}",
    }


def _row(status: CampaignStatus, row: PrefectureRow, words: BoardWords) -> dict[str, Any]:
    """A prefecture: its line of the table, and its part of the page."""
    extensions = [
        f"{words.milestone_of(status.campaign, identity)}: "
        + words.word("extended", until=f"{item.until:%m-%d}", due=f"{item.due:%m-%d}", reason=_short(item.reason))
        + f" ({words.said(item.said)})"
        for identity, item in row.extensions
    ]
    return {
        "code": row.code,
        "name": words.prefecture(row.code),
        "cells": [
            {
                "milestone": words.milestone_of(status.campaign, cell.milestone),
                "kind": _KINDS.get(cell.state, ""),
                "sign": SIGNS[cell.state],
                "state": words.row_cell(cell),
                "count": f"{cell.done}/{cell.of}" if cell.of else "",
            }
            for cell in row.cells
        ],
        "films": [_film(status, film, words) for film in row.films],
        "notes": [(shown(note.text), words.said(note.said)) for note in row.notes],
        "extensions": extensions,
    }


def _short(reason: str) -> str:
    return in_one_line(shown(reason))


def _film(status: CampaignStatus, film: BoardFilm, words: BoardWords) -> dict[str, Any]:
    """A film: who said it, its cells, its words."""
    origin = words.word("moved_from", prefecture=words.prefecture(film.moved_from)) if film.moved_from else ""
    joined = film.submission_id if film.submission_id != film.id else None
    about = [
        film.id or "",
        words.column(film.column),
        words.length(film),
        words.standing(film),
        origin,
        words.word("joined", id=joined) if joined else "",
        words.word("announced_as", title=shown(film.announced_as)) if film.announced_as else "",
    ]
    return {
        "title": words.title(film),
        "about": " · ".join(text for text in about if text),
        "said": words.said(film.said) if film.said else "",
        "ended": words.said(film.ended) if film.ended else "",
        "reason": "" if film.standing.counts else shown(film.reason or ""),
        "counts": film.standing.counts,
        "cells": [
            {
                "milestone": words.milestone_of(status.campaign, cell.milestone),
                "kind": _KINDS.get(cell.state, ""),
                "sign": SIGNS[cell.state],
                "state": words.cell(cell),
                "more": words.more(cell),
                "said": words.said(cell.said) if cell.said else "",
            }
            for cell in film.cells
        ],
        "notes": [(shown(note.text), words.said(note.said)) for note in film.notes],
    }
