"""What can't be said of a season: the conditions of the table of entries, held against the board."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from pipeline.errors import InLanguages, InputError
from pipeline.exchange.campaign.step_typed import typed_by_all
from pipeline.model import region
from pipeline.model.campaign import FilledBy, Milestone
from pipeline.model.campaign_records import (
    ENTRY_RULES,
    Announce,
    Change,
    Condition,
    Done,
    Entry,
    EntryKind,
    Extend,
    Joined,
    MovedIn,
    Side,
    Undone,
    may,
)
from pipeline.model.campaign_status import BoardFilm, CampaignStatus, CellState, PrefectureRow, Standing

MOST_KNOWN = 20  # ids that an error lists
# what does what no hand can say
_DOES: dict[FilledBy, str] = {
    FilledBy.DRAFT: "showcase submit FILM --draft",
    FilledBy.SUBMITTED: "showcase submit FILM",
    FilledBy.APPROVED: "showcase review ID --approve",
    FilledBy.TAKEN_OVER: "showcase ack ID accept",
    FilledBy.SHOWN: "showcase campaign schedule SLOTS --publish",
}


@dataclass
class Asked:
    """One command's entries against the board.

    Args:
        prefecture: whose films they speak of.
        fresh: films that this command announces, by id: those behind count on them.
    """

    status: CampaignStatus
    prefecture: str
    fresh: dict[str, Announce] = field(default_factory=dict)

    @property
    def row(self) -> PrefectureRow | None:
        """The prefecture's."""
        return self.status.row(self.prefecture)

    def film(self, identity: str) -> BoardFilm | None:
        """As the board has it; None where it has none, or this command announces it anew."""
        return self.row.film(identity) if self.row and identity not in self.fresh else None

    def milestone(self, identity: str) -> Milestone:
        """The campaign's milestone.

        Raises:
            InputError: it has none of this id.
        """
        found = self.status.campaign.milestone(identity)
        if found is None:
            known = self.status.campaign.milestones
            zh, en = "、".join(item.words.zh for item in known), ", ".join(item.words.en for item in known)
            raise InputError("campaign_milestone_unknown", where=identity, known=InLanguages(zh, en))
        return found


def refuse(asked: Asked, side: Side, entry: Entry) -> None:
    """Let pass what can be said by a side.

    Raises:
        InputError: it can't.
    """
    rule = ENTRY_RULES[EntryKind(entry.kind)]
    if not may(side, entry.kind):
        raise InputError("campaign_editor_alone", command=rule.command)
    columns = asked.status.campaign.columns
    if isinstance(entry, Announce | Change) and entry.column and entry.column not in columns:
        raise InputError("campaign_column_other", where=entry.column, known=", ".join(columns))
    for condition in rule.asks:
        _CHECKS[condition](asked, entry)


def film_unknown(asked: Asked, identity: str, among: Callable[[BoardFilm], bool] = lambda _: True) -> InputError:
    """What is said of an id that is on no row of the prefecture.

    Args:
        among: the films that could be meant.
    """
    films = asked.row.films if asked.row else ()
    known = ", ".join(film.id for film in films if film.id and film.standing.counts and among(film))
    return InputError("campaign_film_unknown", where=identity, known=known or "-")


def join_unknown(asked: Asked, identity: str) -> InputError:
    """What is said of an id under which nothing waits to be joined."""
    row = asked.row
    loose = [item.id for item in row.films if item.id and item.standing is Standing.UNANNOUNCED] if row else []
    known = ", ".join((*loose, *(row.beside if row else ()))[:MOST_KNOWN])
    return InputError("campaign_join_unknown", where=identity, known=known or "-")


def moved(film: BoardFilm) -> InputError:
    """What is said of a film that another prefecture makes now."""
    to = film.moved_to or region.REGION
    return InputError("campaign_film_moved", where=film.id, to=to, name=region.called(to))


def refuse_ended(film: BoardFilm) -> None:
    """Let pass a film that is still made, where it is.

    Raises:
        InputError: it was dropped, or moved away.
    """
    if film.standing is Standing.DROPPED:
        raise InputError("campaign_film_dropped", where=film.id, reason=film.reason or "-")
    if film.standing is Standing.MOVED:
        raise moved(film)


def _identity(entry: Entry) -> str | None:
    return entry.announced if isinstance(entry, Joined) else entry.id


def _known(asked: Asked, entry: Entry) -> None:
    identity = _identity(entry)
    if identity is not None and identity not in asked.fresh and asked.film(identity) is None:
        raise film_unknown(asked, identity)


def _standing(asked: Asked, entry: Entry) -> None:
    _known(asked, entry)
    identity = _identity(entry)
    film = asked.film(identity) if identity else None
    if film:
        refuse_ended(film)
    if film and film.standing is Standing.UNANNOUNCED and isinstance(entry, Change | Joined):
        raise InputError("campaign_not_announced", where=identity)
    if film and film.submission_id and isinstance(entry, Change) and (entry.title or entry.column):
        raise InputError("campaign_change_submitted", where=identity, submission=film.submission_id)


def _new_id(asked: Asked, entry: Entry) -> None:
    if not isinstance(entry, Announce):
        return
    film, fresh = asked.film(entry.id), asked.fresh.get(entry.id)
    announced = (film.announced_as or film.title) if film and film.standing is Standing.ANNOUNCED else None
    title = fresh.title if fresh else announced
    if title is not None and title != entry.title:
        raise InputError("campaign_id_taken", where=entry.id, title=title)


def _hand(asked: Asked, entry: Entry) -> None:
    if not isinstance(entry, Done | Undone):
        return
    milestone = asked.milestone(entry.milestone)
    named = InLanguages(milestone.words.zh, milestone.words.en)
    if milestone.filled_by is not FilledBy.HAND:
        does = _DOES[milestone.filled_by]
        raise InputError("campaign_store_knows", where=entry.milestone, milestone=named, command=does)
    if isinstance(entry, Done) and entry.on and entry.on > asked.status.today:
        raise InputError("campaign_date_to_come", where=str(entry.on), milestone=named)
    film = asked.film(entry.id)
    if isinstance(entry, Undone) and film:
        places = [item.id for item in asked.status.campaign.milestones]
        later = film.cells[places.index(milestone.id) + 1 :]
        if last := next((cell.milestone for cell in reversed(later) if cell.state is CellState.DONE), None):
            words = asked.milestone(last).words
            after = InLanguages(words.zh, words.en)
            how = typed_by_all(asked.status.campaign, last)
            raise InputError("campaign_undo_implied", where=entry.milestone, milestone=named, later=after, typed=how)


def _later(asked: Asked, entry: Entry) -> None:
    if isinstance(entry, Extend):
        due = asked.milestone(entry.milestone).due
        if entry.until <= due:
            raise InputError("campaign_extension_early", where=str(entry.until), due=str(due))


def _not_handed_in(asked: Asked, entry: Entry) -> None:
    origin = entry.origin if isinstance(entry, MovedIn) else asked.prefecture
    row = asked.status.row(origin)
    film = row.film(str(_identity(entry))) if row else None
    if film and film.submission_id:
        raise InputError("campaign_move_submitted", where=film.id, submission=film.submission_id)


def _handed_in(asked: Asked, entry: Entry) -> None:
    if not isinstance(entry, Joined):
        return
    own = asked.film(entry.announced)
    if own and own.submission_id and own.submission_id != entry.submission:
        raise InputError("campaign_join_taken", where=entry.announced, submission=own.submission_id)
    film = asked.film(entry.submission)
    beside = asked.row.beside if asked.row else ()
    is_loose = entry.submission in beside or (film is not None and film.standing is Standing.UNANNOUNCED)
    if not is_loose and not (own and own.submission_id == entry.submission):
        raise join_unknown(asked, entry.submission)


_CHECKS: dict[Condition, Callable[[Asked, Entry], None]] = {
    Condition.KNOWN: _known,
    Condition.STANDING: _standing,
    Condition.NEW_ID: _new_id,
    Condition.HAND: _hand,
    Condition.LATER: _later,
    Condition.NOT_HANDED_IN: _not_handed_in,
    Condition.HANDED_IN: _handed_in,
}
