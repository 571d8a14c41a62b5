"""What people read of a season: days, titles and how late a step is, in one language, for letters and figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from pipeline import catalogue
from pipeline.catalogue import Language
from pipeline.model import region
from pipeline.model.campaign import Campaign
from pipeline.model.campaign_status import Cell
from pipeline.model.text import in_one_line, is_shown


@dataclass(frozen=True)
class SeasonWords:
    """A reader's words.

    Args:
        today: the day that is looked at: days of another year are written with theirs.
    """

    language: Language
    campaign: Campaign
    today: date

    def word(self, key: str, /, **values: object) -> str:
        """A sentence of seasons: `report.season_KEY`."""
        return catalogue.say(self.language, f"report.season_{key}", **values)

    @property
    def between(self) -> str:
        """What stands between two of a list."""
        return "、" if self.language == "zh" else ", "

    @property
    def name(self) -> str:
        """The campaign's."""
        found = self.campaign.full_name
        return plain((found.en if self.language == "en" else None) or found.zh)

    def prefecture(self, code: str) -> str:
        """Its whole name."""
        return region.name_of(code, self.language)

    def milestone(self, identity: str) -> str:
        """What a milestone is called; the id of one that the campaign no longer has."""
        found = self.campaign.milestone(identity)
        return plain(getattr(found.words, self.language)) if found else identity

    def day(self, day: date) -> str:
        """6月10日, 10 June; with the year where it is another than today's."""
        if self.language == "zh":
            year = f"{day.year}年" if day.year != self.today.year else ""
            return f"{year}{day.month}月{day.day}日"
        return f"{day.day} {day:%B}" + (f" {day.year}" if day.year != self.today.year else "")

    def when(self, cell: Cell) -> str:
        """How late an open step is, or how many days are left."""
        if cell.late_days:
            return self.word("late", days=cell.late_days)
        left = cell.left_days or 0
        return self.word("left", days=left) if left else self.word("due_today")


def plain(text: str) -> str:
    """One line without what would turn the direction of letters or obey a terminal; spaces are single ones."""
    return " ".join("".join(char if is_shown(char) else "\ufffd" for char in text).split())


def joined_lines(text: str) -> str:
    """What somebody wrote in several lines in one, as `plain` has it."""
    return plain(in_one_line(text))
