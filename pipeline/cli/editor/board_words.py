"""How a season's board says things on a terminal: a cell in eight columns, a line of what is wanted."""

from __future__ import annotations

from datetime import date, datetime

from pipeline.catalogue import Language
from pipeline.cli.console import Console
from pipeline.cli.layout import cut, terminal_width, width
from pipeline.model.campaign import Campaign
from pipeline.model.campaign_records import BadRecord
from pipeline.model.campaign_status import Cell, CellState, Contradiction, RowCell, Said, Wanted
from pipeline.model.china_time import CHINA
from pipeline.model.inbox import Person
from pipeline.model.region import short_name_of
from pipeline.model.text import in_one_line

CELL = 8  # columns of a terminal
LEAST_TITLE = 12  # columns of a film's title, whatever else is to be said
MOST_DAYS = 99  # late, that are told exactly in a cell of the table where there is no room for more


class BoardWords:
    """One language's; a cell says its state with a sign and a word, so that no colour is needed."""

    def __init__(self, console: Console, campaign: Campaign):
        self._console, self._campaign = console, campaign

    @property
    def language(self) -> Language:
        """The reader's."""
        return self._console.language

    @property
    def between(self) -> str:
        """What stands between things that are counted up."""
        return "、" if self.language == "zh" else ", "

    def row_cell(self, cell: RowCell) -> str:
        """A prefecture's milestone: the worst of its films; how many have it where all do."""
        if cell.state.is_done:
            many = self._console.word("board_done_of", done=cell.done, of=cell.of)
            one = self._console.word("board_done")
            said = one if cell.of == 1 else many
            return said if width(said) <= CELL else f"✓{cell.done}/{cell.of}"
        return self._state(cell.state, cell.late_days, cell.left_days, cell.due)

    def cell(self, cell: Cell) -> str:
        """A film's milestone in a sentence: how it stands, since or until when."""
        word = self._console.word
        values = {"due": day(cell.due), "days": cell.late_days or cell.left_days or 0}
        if cell.state is CellState.DONE:
            if cell.on is None:
                return word("film_done_undated")
            late = "film_done_late" if cell.late_days else "film_done"
            return word(late, on=day(cell.on), days=cell.late_days)
        if cell.state is CellState.IMPLIED:
            return word("film_implied", later=self.milestone(cell.implied_by or ""))
        if cell.state is CellState.NEAR and cell.left_days in (0, 1):
            return word("film_tomorrow" if cell.left_days else "film_today", **values)
        if cell.state is CellState.LATE and cell.late_days == 1:
            return word("film_late_one", **values)
        return word(f"film_{cell.state}", **values)

    def _state(self, state: CellState, late: int, left: int | None, due: date) -> str:
        word = self._console.word
        if state is CellState.LATE:
            said = word("board_late", days=late)
            return said if width(said) <= CELL else word("board_late", days=f"{MOST_DAYS}+")
        if state is CellState.NEAR:
            return word("board_today") if left == 0 else word("board_near", days=left)
        return word(f"board_{state}", due=f"{due.month}-{due.day}")

    def milestone(self, identity: str) -> str:
        """What a milestone is called."""
        found = self._campaign.milestone(identity)
        return str(getattr(found.words, self.language)) if found else identity

    def name(self) -> str:
        """What the season is called."""
        title = self._campaign.full_name
        return title.en if self.language == "en" and title.en else title.zh

    def prefecture(self, code: str) -> str:
        """In a column."""
        return short_name_of(code, self.language)

    def wanted(self, item: Wanted) -> str:
        """Who is to do what, until when, on a line of the terminal: of a long title less is said than of the rest."""
        word = self._console.word
        where = self.prefecture(item.prefecture)
        whom = where if item.of is Person.PRODUCER else word("board_for", whom=word(f"person_{item.of}"), where=where)
        what = item.title or item.id or word("board_nameless", count=item.count)
        rest = {"whom": whom, "milestone": self.milestone(item.cell.milestone), "how": self.cell(item.cell)}
        room = terminal_width() - width(word("board_wanted", film="", **rest))
        return cut(word("board_wanted", film=cut(what, max(room, LEAST_TITLE)), **rest), terminal_width())

    def said(self, said: Said) -> str:
        """Who said it, when, for whom."""
        key = "said_by_editor" if said.side == "editor" else "said_by"
        return self._console.word(key, by=said.by, day=day(said.at.astimezone(CHINA).date()))

    def contradiction(self, item: Contradiction) -> str:
        """What two sides say otherwise."""
        about = self.milestone(item.about) if item.milestone else self._console.word(f"about_{item.about}")
        return self._console.word(
            "board_contradiction",
            where=self.prefecture(item.prefecture),
            id=item.id,
            about=about,
            counts=self._word(item.counts.text, milestone=item.milestone),
            by=self.said(item.counts.said),
            other=self._word(item.other.text, milestone=item.milestone),
            other_by=self.said(item.other.said),
        )

    def _word(self, text: str, *, milestone: bool) -> str:
        word = self._console.word
        if milestone and text in ("done", "undone"):
            return word(f"said_{text}")
        return in_one_line(text) or word("said_goes_on")

    def bad(self, item: BadRecord) -> str:
        """What does not count, and why."""
        return self._console.word(
            "board_bad", where=item.key, why=self._console.word(f"campaign_bad_{item.kind}", what=item.what)
        )


def day(at: date) -> str:
    """As people read it."""
    return at.isoformat()


def minute(at: datetime) -> str:
    """In China's time, as people read it."""
    return f"{at.astimezone(CHINA):%Y-%m-%d %H:%M}"
