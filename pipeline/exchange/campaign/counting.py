"""Films of a season as figures count them: with what the store knew of each, and the records that tell it."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from pipeline.model.campaign import FilledBy
from pipeline.model.campaign_facts import FilmFacts
from pipeline.model.campaign_report import DaysFigure, Figure, FilmStory
from pipeline.model.campaign_status import BoardFilm, CampaignStatus
from pipeline.model.reference import SubmissionRef


@dataclass(frozen=True)
class CountedFilm:
    """A film with all that is known of it.

    Args:
        number: of one that nobody has named yet, among those of its prefecture.
    """

    prefecture: str
    film: BoardFilm
    facts: FilmFacts | None = None
    story: FilmStory | None = None
    number: int = 0

    @property
    def ref(self) -> str:
        """As figures name it: `653200/?1` is one that has no name yet."""
        return f"{self.prefecture}/{self.film.id or f'?{self.number}'}"

    def key(self, how: FilledBy) -> str | None:
        """The record with which a fact of the store came about."""
        story = self.story
        if story is None:
            return None
        if how is FilledBy.SUBMITTED:
            return story.masters[0].key if story.masters else None
        if how is FilledBy.APPROVED:
            return story.approved.approved_key if story.approved else None
        return story.taken_over_key if how is FilledBy.TAKEN_OVER else None


def counted_films(
    status: CampaignStatus, facts: Iterable[FilmFacts], stories: Iterable[FilmStory]
) -> list[CountedFilm]:
    """Every film of the board: those without a name, dropped and moved ones too."""
    known = {item.ref: item for item in facts}
    told = {SubmissionRef(item.prefecture, item.submission_id): item for item in stories}
    found = []
    for row in status.rows:
        nameless = [film for film in row.films if film.id is None]
        for film in row.films:
            if film.id is not None:
                ref = SubmissionRef(row.code, film.submission_id or "")
                found.append(CountedFilm(row.code, film, known.get(ref), told.get(ref)))
        found += [CountedFilm(row.code, film, number=number) for number, film in enumerate(nameless, start=1)]
    return found


def figure(films: Sequence[CountedFilm], key: Callable[[CountedFilm], str | None], of: int | None) -> Figure:
    """A figure of films; `key` gives the record that tells it of one."""
    keys = [found for item in films if (found := key(item))]
    return Figure(count=len(films), of=of, films=tuple(item.ref for item in films), records=tuple(dict.fromkeys(keys)))


def days_figure(days: Mapping[str, float], keys: Iterable[str]) -> DaysFigure:
    """A figure of films with their days, by what films are called."""
    told = list(days.values())
    return DaysFigure(
        count=len(told),
        films=tuple(days),
        records=tuple(dict.fromkeys(keys)),
        days=round(sum(told), 1),
        median_days=round(statistics.median(told), 1) if told else 0.0,
        most_days=round(max(told, default=0.0), 1),
    )
