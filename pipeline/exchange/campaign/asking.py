"""What a command would change: of what it says, the entries that are news."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.exchange.campaign.refusing import Asked, refuse
from pipeline.model.campaign_records import (
    Announce,
    Change,
    Done,
    Drop,
    Entry,
    Extend,
    Joined,
    MovedIn,
    MovedOut,
    Note,
    Side,
    Undone,
)
from pipeline.model.campaign_status import BoardFilm, CampaignStatus, CellState, Extension, Standing


def news(status: CampaignStatus, prefecture: str, side: Side, entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """Those of the entries that say what the board does not say yet, so that a rerun says nothing twice.

    Args:
        prefecture: whose films they speak of.
        side: who would say it.
        entries: films that some announce are there for those behind them.

    Raises:
        InputError: one of them can't be said: what the store knows, what nobody announced, a day to come.
    """
    asked = Asked(status, prefecture)
    found: list[Entry] = []
    for entry in entries:
        refuse(asked, side, entry)
        if entry not in found and _is_news(asked, entry):
            found.append(entry)
        if isinstance(entry, Announce) and not _is_announced(asked.film(entry.id)):
            asked.fresh[entry.id] = entry
    return tuple(found)


def _is_news(asked: Asked, entry: Entry) -> bool:
    if isinstance(entry, Note | Extend):
        return _is_new_note(asked, entry) if isinstance(entry, Note) else _is_new_day(asked, entry)
    film = asked.film(entry.announced if isinstance(entry, Joined) else entry.id)
    if film is None:  # announced in front of it; of what is not done nothing is undone
        return not isinstance(entry, Undone)
    match entry:
        case Announce():
            return not _is_announced(film) or (film.submission_id is None and _says_other(film, entry))
        case Change():
            return _says_other(film, entry)
        case Drop():
            return film.standing is not Standing.DROPPED or film.reason != entry.reason
        case Done():
            cell = film.cell(entry.milestone)
            return cell.state is not CellState.DONE or entry.on not in (None, cell.on)
        case Undone():
            return film.cell(entry.milestone).state is CellState.DONE
        case MovedIn():
            return film.moved_from != entry.origin or not film.standing.counts
        case MovedOut():
            return not film.moved_said
        case Joined():
            return film.submission_id != entry.submission


def _is_announced(film: BoardFilm | None) -> bool:
    return film is not None and film.standing is Standing.ANNOUNCED


def _says_other(film: BoardFilm, entry: Announce | Change) -> bool:
    said = ((entry.title, film.title), (entry.column, film.column), (entry.length_s, film.length_s))
    return any(new is not None and new != old for new, old in said)


def _is_new_note(asked: Asked, entry: Note) -> bool:
    """The same words as the last ones are said already."""
    row = asked.row
    notes = (row.notes if row else ()) if entry.id is None else ()
    if entry.id is not None and (film := asked.film(entry.id)):
        notes = film.notes
    return not notes or notes[-1].text != entry.text


def _is_new_day(asked: Asked, entry: Extend) -> bool:
    row = asked.row
    there: Extension | None = None
    if entry.id is None:
        there = dict(row.extensions).get(entry.milestone) if row else None
    elif film := asked.film(entry.id):
        there = film.cell(entry.milestone).extension
    is_own = there is not None and there.of_prefecture == (entry.id is None)
    return not (there and is_own and there.until == entry.until and there.reason == entry.reason)
