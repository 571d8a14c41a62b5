"""What people read of a season's board: every value in one language, for a page, a workbook and a calendar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pipeline import catalogue, quantities
from pipeline.catalogue import Language
from pipeline.exchange.campaign.written import shown
from pipeline.model import region
from pipeline.model.campaign import Campaign, Milestone, MovedDate
from pipeline.model.campaign_records import BadRecord
from pipeline.model.campaign_status import (
    BoardFilm,
    Cell,
    CellState,
    Contradiction,
    RowCell,
    Said,
    Standing,
    Wanted,
    Word,
)
from pipeline.model.china_time import CHINA
from pipeline.model.inbox import Person
from pipeline.model.text import in_one_line
from pipeline.model.vocabulary import Vocabulary

# beside a word, so that no colour says anything alone
SIGNS: dict[CellState, str] = {
    CellState.LATE: "✗",
    CellState.WITHDRAWN: "✗",
    CellState.RETURNED: "↩",
    CellState.NEAR: "!",
    CellState.EXTENDED: "→",
    CellState.NOT_BEGUN: "·",
    CellState.OPEN: "○",
    CellState.IMPLIED: "✓",
    CellState.DONE: "✓",
    CellState.OFF: "–",
}


@dataclass(frozen=True)
class BoardWords:
    """A reader's words.

    Args:
        columns: the vocabulary that names them.
    """

    language: Language
    columns: Vocabulary

    def word(self, key: str, /, **values: object) -> str:
        """A sentence of boards: `report.board_KEY`."""
        return catalogue.say(self.language, f"report.board_{key}", **values)

    def _text(self, key: str) -> str:
        """A word that terminals have too: one thing is called the same everywhere."""
        return catalogue.say(self.language, f"text.{key}")

    def name(self, campaign: Campaign) -> str:
        """What the season is called."""
        title = campaign.full_name
        return shown((title.en if self.language == "en" else None) or title.zh)

    def milestone(self, milestone: Milestone) -> str:
        """What a milestone is called."""
        return shown(getattr(milestone.words, self.language))

    def milestone_of(self, campaign: Campaign, identity: str) -> str:
        """The same by its id, which an earlier revision may have had alone."""
        found = campaign.milestone(identity)
        return self.milestone(found) if found else identity

    def column(self, name: str | None) -> str:
        """A column by its name in the vocabulary, else as it was written."""
        term = self.columns.find(name) if name else None
        return shown(getattr(term, self.language) if term else name or "")

    def prefecture(self, code: str) -> str:
        """A prefecture by its whole name."""
        return region.name_of(code, self.language)

    def person(self, person: Person) -> str:
        """Who is to move."""
        return self._text(f"person_{person}")

    def day(self, day: date) -> str:
        """2027-06-10 周四"""
        return f"{day:%Y-%m-%d} {self.word('weekdays').split()[day.weekday()]}"

    def title(self, film: BoardFilm | Wanted) -> str:
        """A film's title, or that it has no name yet."""
        if film.id is None:
            return self.word("nameless_films", count=film.count) if isinstance(film, Wanted) else self.word("nameless")
        return shown(film.title or film.id)

    def length(self, film: BoardFilm) -> str:
        """How long it is, or is to be: 12:30."""
        seconds = film.duration_s or film.length_s or 0
        return quantities.clock(seconds) if round(seconds) else ""

    def cell(self, cell: Cell) -> str:
        """How a milestone of a film stands."""
        if cell.state is CellState.DONE:
            if cell.on is None:
                return self.word("done_undated")
            key = "done_late" if cell.late_days else "done_on"
            return self.word(key, day=f"{cell.on:%m-%d}", days=cell.late_days)
        return self._state(cell.state, cell.late_days, cell.left_days, cell.due)

    def row_cell(self, cell: RowCell) -> str:
        """The worst of a prefecture's films at a milestone."""
        return self._state(cell.state, cell.late_days, cell.left_days, cell.due)

    def _state(self, state: CellState, late_days: int, left_days: int | None, due: date) -> str:
        if state is CellState.NEAR and not left_days:
            return self.word("state_today")
        return self.word(f"state_{state}", days=late_days or left_days or 0, due=f"{due:%m-%d}")

    def more(self, cell: Cell) -> str:
        """What opened a milestone again, or who gave it another day, and why."""
        told = []
        if cell.setback and cell.state is CellState.LATE:
            told.append(self.word(f"state_{cell.setback.kind}"))
        if cell.setback and cell.setback.reason:
            told.append(in_one_line(shown(cell.setback.reason)))
        if cell.extension:
            until, due = f"{cell.extension.until:%m-%d}", f"{cell.extension.due:%m-%d}"
            told.append(self.word("extended", until=until, due=due, reason=in_one_line(shown(cell.extension.reason))))
        return self.between.join(told)

    @property
    def between(self) -> str:
        """What stands between two clauses."""
        return "；" if self.language == "zh" else "; "

    def standing(self, film: BoardFilm) -> str:
        """What kind of row it is; nothing of one that was announced."""
        if film.standing is Standing.MOVED:
            return self.word("standing_moved", prefecture=self.prefecture(film.moved_to or ""))
        if film.standing in (Standing.ANNOUNCED, Standing.EXPECTED):
            return ""
        return self._text(f"standing_{film.standing}")

    def said(self, said: Said) -> str:
        """Who said it, and when, in China's time."""
        side = self.word(f"side_{said.side}")
        return self.word("said", by=shown(said.by), side=side, at=f"{said.at.astimezone(CHINA):%Y-%m-%d %H:%M}")

    def moved(self, campaign: Campaign, moved: MovedDate) -> str:
        """A date that a revision moved: old → new."""
        named = self.milestone_of(campaign, moved.milestone) if moved.milestone else self.word("air_date")
        return self.word("moved", milestone=named, old=moved.old, new=moved.new, revision=moved.revision)

    def contradiction(self, campaign: Campaign, found: Contradiction) -> str:
        """Two that say otherwise of one thing; the first counts."""
        about = self.milestone_of(campaign, found.about) if found.milestone else self._text(f"about_{found.about}")
        return self.word(
            "contradiction",
            prefecture=self.prefecture(found.prefecture),
            id=found.id,
            about=about,
            counts=self._told(found.counts),
            other=self._told(found.other),
        )

    def _told(self, word: Word) -> str:
        text = self._text(f"said_{word.text}") if word.text in ("done", "undone") else in_one_line(shown(word.text))
        return f"{text or self._text('said_goes_on')} ({self.said(word.said)})"

    def bad(self, found: BadRecord) -> str:
        """A record that does not count, and why."""
        why = catalogue.say(self.language, f"text.campaign_bad_{found.kind}", what=shown(found.what))
        return f"{shown(found.key)}: {why}"
