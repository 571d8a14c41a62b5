"""What people read of a season's figures, in one language, for the terminal, a page and a workbook."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pipeline import catalogue
from pipeline.catalogue import Language
from pipeline.graphemes import cut
from pipeline.model import region
from pipeline.model.campaign import Campaign, FilledBy
from pipeline.model.campaign_report import (
    CampaignReport,
    DaysFigure,
    FaultFigure,
    Figure,
    FilmCounts,
    Lateness,
    ReportFilm,
)
from pipeline.model.campaign_status import Standing
from pipeline.model.inbox import Person
from pipeline.model.vocabulary import Vocabulary
from pipeline.report.season_words import SeasonWords, plain

MOST_NAME = 60  # characters of a title or a column
LEAST_FOR_PERCENT = 10  # films: of fewer a share says less than their number
REACHED = (FilledBy.SUBMITTED, FilledBy.APPROVED, FilledBy.TAKEN_OVER, FilledBy.SHOWN)
Cell = str | int | float | None


@dataclass(frozen=True)
class FigureTable:
    """A table of figures: what each row is about stands first."""

    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[Cell]]


@dataclass(frozen=True)
class FigureWords:
    """A reader's words.

    Args:
        columns: the vocabulary that names them.
    """

    language: Language
    report: CampaignReport
    campaign: Campaign
    columns: Vocabulary

    def word(self, key: str, /, **values: object) -> str:
        """A sentence of figures: `report.figures_KEY`."""
        return catalogue.say(self.language, f"report.figures_{key}", **values)

    @property
    def season(self) -> SeasonWords:
        """Days, steps and names."""
        return SeasonWords(self.language, self.campaign, self.report.today)

    def share(self, figure: Figure) -> str:
        """3 / 4; with a share in percent where there are enough to have one."""
        if figure.of is None:
            return str(figure.count)
        if figure.of < LEAST_FOR_PERCENT:
            return self.word("share", count=figure.count, of=figure.of)
        percent = round(100 * figure.count / figure.of)
        return self.word("share_percent", count=figure.count, of=figure.of, percent=percent)

    def summary(self) -> list[str]:
        """The figures that stand alone, a line each."""
        told, total = self.report, self.report.total
        films = self.word("films", named=total.named.count, expected=total.expected or 0, ended=total.ended.count)
        steps = " · ".join(f"{self.word(f'reached_{how}')} {total.reached[how].count}" for how in REACHED)
        first = self.word("first_cut", share=self.share(told.first_cut)) if told.first_cut.of else self.word("no_cut")
        return [films, steps, first]

    def tables(self) -> list[FigureTable]:
        """Every table that has a row, in their order."""
        told = self.report
        made = [
            self._counts("by_prefecture", "prefecture", told.by_prefecture, prefectures=True),
            self._counts("by_column", "column", told.by_column, prefectures=False),
            self._hands(),
            self._lateness("late_steps", "step", told.by_milestone, self.season.milestone),
            self._lateness("late_prefectures", "prefecture", told.late_by_prefecture, self.prefecture),
            self._faults(),
        ]
        return [table for table in made if table.rows]

    def prefecture(self, code: str) -> str:
        """Its short name."""
        return region.short_name_of(code, self.language)

    def column(self, name: str) -> str:
        """A column by its name in the vocabulary, else as it was written."""
        term = self.columns.find(name) if name else None
        return cut(plain(getattr(term, self.language) if term else name), MOST_NAME) or self.word("no_column")

    def _counts(self, title: str, first: str, counts: Sequence[FilmCounts], *, prefectures: bool) -> FigureTable:
        kinds = [how for how in REACHED if prefectures or any(item.reached[how].count for item in counts)]
        expected = [self.word("expected")] if prefectures else []
        headings = [self.word(first), *expected, self.word("named"), *(self.word(f"reached_{how}") for how in kinds)]
        rows: list[list[Cell]] = []
        for item in counts:
            name = self.prefecture(item.name) if prefectures else self.column(item.name)
            wanted: list[Cell] = [item.expected] if prefectures else []
            figures = [item.named.count, *(item.reached[how].count for how in kinds), item.ended.count]
            rows.append([name, *wanted, *figures])
        return FigureTable(self.word(title), [*headings, self.word("ended")], rows)

    def _hands(self) -> FigureTable:
        headings = [self.word(name) for name in ("hand", "count", "median", "most", "most_film", "all_days")]
        rows: list[list[Cell]] = []
        for person in Person:
            figure = self.report.hands[person]
            if figure.count:
                counted = [item for item in self.report.films if f"{item.prefecture}/{item.id}" in figure.films]
                longest = max(counted, key=lambda item: item.days.get(person, 0.0))
                values: list[Cell] = [
                    figure.count,
                    figure.median_days,
                    figure.most_days,
                    self.title(longest),
                    figure.days,
                ]
                rows.append([catalogue.say(self.language, f"text.person_{person}"), *values])
        return FigureTable(self.word("hands"), headings, rows)

    def _lateness(self, title: str, first: str, found: Sequence[Lateness], name: Callable[[str], str]) -> FigureTable:
        headings = [self.word(first), *(self.word(part) for part in ("late_done", "late_open", "longer"))]
        rows = []
        for item in found:
            parts = (item.done, item.still_open, item.extended)
            if any(part.count for part in parts):
                rows.append([name(item.name), *map(self._days, parts)])
        return FigureTable(self.word(title), headings, rows)

    def _days(self, figure: DaysFigure) -> str:
        if not figure.count:
            return "-"
        return self.word("films_days", count=figure.count, most=figure.most_days)

    def _faults(self) -> FigureTable:
        headings = [self.word(name) for name in ("fault_code", "fault_films", "fault_reports", "fault")]
        rows: list[list[Cell]] = [
            [item.code, self.share(item), item.reports, self.fault(item)] for item in self.report.faults
        ]
        return FigureTable(self.word("faults"), headings, rows)

    def fault(self, item: FaultFigure) -> str:
        """What a finding says, with its values left out; its code where this program has no words for it."""
        key = f"finding.{item.code}.message"
        if not catalogue.has(key):
            return item.code
        return re.sub(r"\{[^}]*\}", "…", catalogue.entries(self.language)[key])

    def title(self, film: ReportFilm) -> str:
        """A film's title, else its id."""
        return cut(plain(film.title or ""), MOST_NAME) or film.id

    def films(self) -> FigureTable:
        """A row a film, for a workbook."""
        names = ("prefecture", "id", "title", "column", "state", "cuts", "is_first_cut")
        hands = [catalogue.say(self.language, f"text.person_{person}") for person in Person]
        headings = [
            *(self.word(name) for name in names),
            *(self.word("days_of", person=name) for name in hands),
            *(self.word(name) for name in ("late_days", "longer_days")),
        ]
        return FigureTable(self.word("sheet_films"), headings, [self._film(item) for item in self.report.films])

    def _film(self, film: ReportFilm) -> list[Cell]:
        first = None if film.first_cut is None else self.word("yes" if film.first_cut else "no")
        return [
            self.prefecture(film.prefecture),
            film.id,
            self.title(film),
            self.column(film.column or ""),
            self._state(film),
            film.cuts,
            first,
            *(film.days.get(person) for person in Person),
            film.late_days or None,
            film.longer_days or None,
        ]

    def _state(self, film: ReportFilm) -> str:
        if film.stage is not None and film.standing.counts:
            return catalogue.say(self.language, f"text.stage_{film.stage}")
        standing = Standing.ANNOUNCED if film.standing.counts else film.standing
        return catalogue.say(self.language, f"text.standing_{standing}")
