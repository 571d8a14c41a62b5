"""The films of one prefecture: announced, handed in, expected, dropped and moved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.exchange.campaign import store_facts
from pipeline.exchange.campaign.cells import Progress, cells
from pipeline.exchange.campaign.known import Look
from pipeline.exchange.campaign.told import MOST_FILMS, ToldFilm, ToldPrefecture
from pipeline.model.campaign_facts import FilmFacts
from pipeline.model.campaign_records import BadKind, BadRecord, faulty
from pipeline.model.campaign_status import BoardFilm, CellState, Contradiction, Standing
from pipeline.model.china_time import day_in_china


@dataclass(frozen=True)
class PrefectureFilms:
    """What a prefecture's row is made of.

    Args:
        beside: ids of submissions that are none of the season's.
        unknown: records that speak of films which nobody knows, or of more than are counted.
    """

    films: tuple[BoardFilm, ...]
    beside: tuple[str, ...]
    contradictions: tuple[Contradiction, ...]
    unknown: tuple[BadRecord, ...]


def films_of(
    look: Look, prefecture: str, own: ToldPrefecture, facts: Sequence[FilmFacts], expected: int
) -> PrefectureFilms:
    """All films of a prefecture.

    Args:
        facts: of its submissions.
    """
    by_id = {item.submission_id: item for item in facts}
    found: list[BoardFilm] = []
    contradictions: list[Contradiction] = []
    beyond = own.beyond
    unknown = [faulty(beyond, BadKind.TOO_MANY_FILMS, str(MOST_FILMS))] if beyond else []
    taken: set[str] = set()
    for identity, told in sorted(own.films.items()):
        handed_in = by_id.get(identity)
        if handed_in and not _is_of_time(look, handed_in):
            handed_in = None
        if handed_in is None and (joined := own.joined.get(identity)):
            handed_in = by_id.get(joined)
        standing = _standing(told, handed_in)
        if standing is None:
            unknown += _unknown(identity, told)
            continue
        if handed_in:
            taken.add(handed_in.submission_id)
        made = _film(look, identity, told, own, handed_in, standing)
        found.append(made)
        # a later step that is done settles it, whoever says that this one is not
        settled = {cell.milestone for cell in made.cells if cell.state is CellState.IMPLIED}
        said = told.last.contradictions(prefecture, identity)
        contradictions += (item for item in said if not (item.milestone and item.about in settled))
    beside = []
    for item in facts:
        if item.submission_id in taken or store_facts.came_in_at(item) is None:
            continue
        if _is_of_campaign(look, item):
            found.append(_film(look, item.submission_id, ToldFilm(), own, item, Standing.UNANNOUNCED))
        else:
            beside.append(item.submission_id)
    named = [item for item in found if item.standing.counts]
    ended = [item for item in found if not item.standing.counts]
    nameless = [_nameless(look, own)] * max(expected - len(named), 0)
    ordered = (*sorted(named, key=_by_id), *nameless, *sorted(ended, key=_by_id))
    return PrefectureFilms(ordered, tuple(sorted(beside)), tuple(contradictions), tuple(unknown))


def _by_id(film: BoardFilm) -> str:
    return film.id or ""


def _standing(told: ToldFilm, facts: FilmFacts | None) -> Standing | None:
    """What kind of row it is: what was handed in after it was dropped is made after all."""
    if told.standing is Standing.DROPPED and facts and told.ended:
        came = store_facts.came_in_at(facts)
        return Standing.ANNOUNCED if came and came > told.ended.at else Standing.DROPPED
    if told.standing in (None, Standing.MOVED):
        return Standing.UNANNOUNCED if facts else told.standing
    return told.standing


def _film(
    look: Look,
    identity: str,
    told: ToldFilm,
    own: ToldPrefecture,
    facts: FilmFacts | None,
    standing: Standing,
) -> BoardFilm:
    """One row; what was handed in tells title, column and length better than who announced it."""
    progress = Progress(
        facts=facts, counts=standing.counts, marks=told.marks, longer=told.longer, of_prefecture=own.longer
    )
    is_over = not standing.counts
    title = (facts.title if facts else None) or told.title
    return BoardFilm(
        id=identity,
        title=title,
        announced_as=told.title if told.title != title else None,
        column=(facts.column or facts.column_written if facts else None) or told.column,
        standing=standing,
        said=told.said,
        submission_id=facts.submission_id if facts else None,
        stage=facts.stage if facts else None,
        wanted_of=facts.wanted_of if facts else None,
        length_s=told.length_s,
        duration_s=facts.duration_s if facts else None,
        reason=told.reason if is_over else facts.reason if facts else None,
        moved_to=told.moved_to if is_over else None,
        moved_from=told.moved_from,
        moved_said=told.moved_said and is_over,
        ended=told.ended if is_over else None,
        on_air=store_facts.on_air_at(facts),
        notes=tuple(sorted(told.notes, key=lambda item: item.said.at)),
        cells=cells(look.campaign, progress, look.today, look.now),
    )


def _nameless(look: Look, own: ToldPrefecture) -> BoardFilm:
    progress = Progress(named=False, of_prefecture=own.longer)
    made = cells(look.campaign, progress, look.today, look.now)
    return BoardFilm(id=None, standing=Standing.EXPECTED, cells=made)


def _is_of_time(look: Look, facts: FilmFacts) -> bool:
    begins, came = look.campaign.begins, store_facts.came_in_at(facts)
    return begins is None or came is None or day_in_china(came) >= begins


def _is_of_campaign(look: Look, facts: FilmFacts) -> bool:
    """Whether a film that nobody announced is one of the season: in one of its columns, as far as is known."""
    return _is_of_time(look, facts) and (facts.column is None or facts.column in look.campaign.columns)


def _unknown(identity: str, told: ToldFilm) -> Iterator[BadRecord]:
    for record in told.named_by:
        yield faulty(record, BadKind.UNKNOWN_FILM, identity)
