"""The one function that makes the report of a season: of its board, of the store's facts, of what happened to films."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from pipeline.exchange.campaign import lateness, store_facts
from pipeline.exchange.campaign.counting import CountedFilm, counted_films, days_figure, figure
from pipeline.exchange.campaign.fault_figures import fault_figures
from pipeline.model.campaign import FilledBy
from pipeline.model.campaign_facts import FilmFacts
from pipeline.model.campaign_report import CampaignReport, DaysFigure, Figure, FilmCounts, FilmStory, ReportFilm
from pipeline.model.campaign_status import CampaignStatus
from pipeline.model.inbox import Person

REACHED = (FilledBy.SUBMITTED, FilledBy.APPROVED, FilledBy.TAKEN_OVER, FilledBy.SHOWN)
MOST_FAULTS = 20  # kinds of findings
_DAY_S = 86_400


def report(
    status: CampaignStatus,
    facts: Iterable[FilmFacts],
    stories: Iterable[FilmStory],
    now: datetime,
    order_key: str | None = None,
) -> CampaignReport:
    """The figures at a moment.

    Args:
        facts: of the season's submissions, as the board was made of them.
        stories: of the same.
        now: the end of the board's day, or the moment on it.
        order_key: the published running order, where there is one: what is on air is told by it.
    """
    everything = counted_films(status, facts, stories)
    owed = [item for item in everything if item.film.standing.counts]  # what nobody has named is late too
    films = [item for item in everything if item.film.id is not None]
    counted = [item for item in films if item.film.standing.counts]
    codes = [row.code for row in status.rows]
    expected = {row.code: row.expected for row in status.rows}
    columns = sorted({item.film.column or "" for item in films}, key=lambda name: (not name, name))

    faults = fault_figures(counted)

    def counts(name: str, of: Iterable[CountedFilm], wanted: int | None) -> FilmCounts:
        return _counts(name, list(of), wanted, now, order_key)

    return CampaignReport(
        campaign=status.campaign.id,
        name=status.campaign.full_name,
        revision=status.revision,
        today=status.today,
        films=tuple(_film(item, now) for item in films),
        total=counts("", films, sum(item or 0 for item in expected.values())),
        by_prefecture=tuple(
            counts(code, (item for item in films if item.prefecture == code), expected[code]) for code in codes
        ),
        by_column=tuple(
            counts(name, (item for item in films if (item.film.column or "") == name), None) for name in columns
        ),
        first_cut=_first_cut(counted, now),
        hands={person: _hand(person, counted, now) for person in Person},
        by_milestone=lateness.by_milestone(status.campaign, owed),
        late_by_prefecture=lateness.by_prefecture(status.campaign, codes, owed),
        faults=faults[:MOST_FAULTS],
        faults_beyond=len(faults[MOST_FAULTS:]),
    )


def _is_reached(item: CountedFilm, how: FilledBy, now: datetime) -> bool:
    return item.film.standing.counts and store_facts.done_at(how, item.facts, now) is not None


def _counts(
    name: str, films: Sequence[CountedFilm], expected: int | None, now: datetime, order_key: str | None
) -> FilmCounts:
    named = [item for item in films if item.film.standing.counts]
    ended = [item for item in films if not item.film.standing.counts]

    def key(how: FilledBy) -> Callable[[CountedFilm], str | None]:
        return lambda item: order_key if how is FilledBy.SHOWN else item.key(how)

    reached = {how: [item for item in named if _is_reached(item, how, now)] for how in REACHED}
    return FilmCounts(
        name=name,
        expected=expected,
        named=figure(named, lambda item: item.film.said.key if item.film.said else item.key(FilledBy.SUBMITTED), None),
        reached={how: figure(found, key(how), None) for how, found in reached.items()},
        ended=figure(ended, lambda item: item.film.ended.key if item.film.ended else None, None),
    )


def _is_approved(item: CountedFilm, now: datetime) -> bool:
    """Whether it is approved, and the cut of which that was said is known."""
    is_known = item.story is not None and item.story.approved is not None
    return is_known and _is_reached(item, FilledBy.APPROVED, now)


def _first_cut(films: Sequence[CountedFilm], now: datetime) -> Figure:
    approved = [item for item in films if _is_approved(item, now)]
    first = [item for item in approved if item.story and item.story.is_first_cut]
    return figure(first, lambda item: item.key(FilledBy.APPROVED), len(approved))


def _days(story: FilmStory | None, now: datetime) -> Mapping[Person, float]:
    """Days of a film in each hand that it was in."""
    found: dict[Person, float] = {}
    for turn in story.turns if story else ():
        seconds = ((turn.until or now) - turn.since).total_seconds()
        found[turn.of] = found.get(turn.of, 0.0) + max(seconds, 0.0) / _DAY_S
    return found


def _hand(person: Person, films: Sequence[CountedFilm], now: datetime) -> DaysFigure:
    days = {item.ref: found[person] for item in films if person in (found := _days(item.story, now))}
    keys = [
        turn.key for item in films if item.story and item.ref in days for turn in item.story.turns if turn.of is person
    ]
    return days_figure(days, keys)


def _film(item: CountedFilm, now: datetime) -> ReportFilm:
    film, story = item.film, item.story
    return ReportFilm(
        prefecture=item.prefecture,
        id=film.id or "",
        title=film.title,
        column=film.column,
        standing=film.standing,
        stage=film.stage,
        cuts=len(story.masters) if story else 0,
        first_cut=story.is_first_cut if story and _is_approved(item, now) else None,
        days={person: round(found, 1) for person, found in _days(story, now).items()},
        late_days=max((cell.late_days for cell in film.cells), default=0),
        longer_days=max(map(lateness.longer_days, film.cells), default=0),
    )
