"""What each command of a season says: of what was typed, the entries of each prefecture whose films it is about."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.errors import InLanguages, InputError
from pipeline.exchange.campaign import typed
from pipeline.exchange.campaign.meant import Placed, films_meant, the_film
from pipeline.exchange.campaign.moving import moving
from pipeline.exchange.campaign.refusing import Asked, join_unknown
from pipeline.exchange.selection import Fit, plain_title, refuse_several
from pipeline.exchange.spoken_id import id_of_title
from pipeline.model import region
from pipeline.model.campaign import Milestone
from pipeline.model.campaign_records import (
    Announce,
    Change,
    Done,
    Drop,
    Entry,
    Extend,
    Joined,
    MovedOut,
    Note,
    Undone,
)
from pipeline.model.campaign_status import BoardFilm, CampaignStatus, Standing
from pipeline.model.reference import SubmissionRef
from pipeline.model.submission import ID_LENGTH
from pipeline.model.vocabulary import Vocabulary

Entries = Mapping[str, tuple[Entry, ...]]  # by prefecture, in the order in which they are put


@dataclass(frozen=True)
class Speaker:
    """Who says something.

    Args:
        status: the board as they see it.
        prefecture: whose films alone are spoken of; None is every one that is on the board.
    """

    status: CampaignStatus
    prefecture: str | None = None

    def film(self, wanted: str) -> Placed:
        """The film that is meant.

        Raises:
            InputError: it is of another prefecture; and as `the_film`.
        """
        prefecture, slash, _ = wanted.partition("/")
        if slash and (code := region.code_of(prefecture)):
            self.refuse_other(code, wanted)
        return the_film(self.status, wanted, self.prefecture)

    def refuse_other(self, code: str, wanted: str) -> None:
        """Let pass the prefecture that is spoken of.

        Raises:
            InputError: it is another one.
        """
        if self.prefecture not in (None, code):
            own = region.called(self.prefecture or "")
            raise InputError("campaign_prefecture_other", where=wanted, said=region.called(code), own=own)

    def milestone(self, wanted: str) -> Milestone:
        """The milestone that is meant, by its id or its words.

        Raises:
            InputError: there is none.
        """
        campaign = self.status.campaign
        return campaign.find_milestone(wanted) or Asked(self.status, self.prefecture or "").milestone(wanted)


@dataclass(frozen=True)
class Described:
    """What is typed of a film: everything may be unsaid."""

    title: str | None = None
    column: str | None = None
    length: str | None = None

    def values(self, columns: Vocabulary, known: Sequence[str]) -> dict[str, object]:
        """As an entry holds them.

        Args:
            known: the columns of the campaign.

        Raises:
            InputError: a column is none of the vocabulary; a length is none.
        """
        return {
            "title": self.title,
            "column": _column(self.column, columns, known) if self.column is not None else None,
            "length_s": typed.length_s(self.length, "--length") if self.length is not None else None,
        }


_ANY_ID = "0"
_PLAIN_WORD = re.compile(r"[\w./-]+")  # to a shell
_FLAGS = {
    "title": "--title",
    "column": "--column",
    "length_s": "--length",
    "id": "--id",
    "reason": "--reason",
    "text": "TEXT",
}


def announce(who: Speaker, said: Described, columns: Vocabulary, identity: str | None = None) -> Entries:
    """A film that is not there yet, under the id that `init` would give it.

    Raises:
        InputError: nobody says of which prefecture it is; another one is called so, and no id is given.
    """
    if who.prefecture is None:
        raise InputError("campaign_prefecture_unsaid", where="--prefecture", known=region.names())
    values = said.values(columns, who.status.campaign.columns)
    if identity is None:
        title = typed.entry(Change, {**values, "id": _ANY_ID}, _FLAGS).title  # as it is kept, which its id is made of
        identity = _dropped(who, who.prefecture, title or "") or id_of_title(who.prefecture, title or "")
        _refuse_second(who, who.prefecture, identity, title or "")
    return {who.prefecture: (typed.entry(Announce, {**values, "id": identity}, _FLAGS),)}


def change(who: Speaker, wanted: str, said: Described, columns: Vocabulary) -> Entries:
    """Another title, column or length of a film.

    Raises:
        InputError: nothing is said; raises as `the_film` too.
    """
    if said == Described():
        raise InputError("campaign_nothing_said")
    code, film = who.film(wanted)
    values = said.values(columns, who.status.campaign.columns)
    return {code: (typed.entry(Change, {**values, "id": film.id}, _FLAGS),)}


def drop(who: Speaker, wanted: str, reason: str) -> Entries:
    """A film that will not be made."""
    code, film = who.film(wanted)
    return {code: (typed.entry(Drop, {"id": film.id, "reason": reason}, _FLAGS),)}


def done(who: Speaker, wanted: Sequence[str], milestone: str, on: str | None = None, *, undo: bool = False) -> Entries:
    """A milestone of one or more films that is done, or is not after all.

    Raises:
        InputError: the milestone stands in front of the films, or there is none; a day is none; and as `the_film`.
    """
    campaign = who.status.campaign
    if campaign.find_milestone(milestone) is None and campaign.find_milestone(wanted[0]):
        more = ("--undo",) if undo else ("--on", on) if on is not None else ()
        words = (*wanted[1:], milestone, wanted[0], *more)
        line = " ".join(word if _PLAIN_WORD.fullmatch(word) else shlex.quote(word) for word in words)
        raise InputError("campaign_done_order", where=wanted[0], typed=f"showcase campaign done {line}")
    step = who.milestone(milestone)
    day = typed.day(on, who.status.today, "--on") if on is not None else None
    found: dict[str, tuple[Entry, ...]] = {}
    for item in wanted:
        code, film = who.film(item)
        identity = film.id or ""
        entry = Undone(id=identity, milestone=step.id) if undo else Done(id=identity, milestone=step.id, on=day)
        found[code] = (*found.get(code, ()), entry)
    return found


def note(who: Speaker, about: str, text: str) -> Entries:
    """Words on a film or a whole prefecture."""
    code, identity = _about(who, about)
    return {code: (typed.entry(Note, {"id": identity, "text": text}, _FLAGS),)}


def extend(who: Speaker, about: str, milestone: str, until: str, reason: str) -> Entries:
    """A later day for a film or a whole prefecture."""
    code, identity = _about(who, about)
    day = typed.day(until, who.status.today, "DATE")
    values = {"id": identity, "milestone": who.milestone(milestone).id, "until": day.isoformat(), "reason": reason}
    return {code: (typed.entry(Extend, values, _FLAGS),)}


def move(who: Speaker, wanted: str, to: str) -> Entries:
    """A film that another prefecture makes now: the new place first.

    Raises:
        InputError: it is there, there is no such prefecture, or `moving` refuses it.
    """
    target = region.code_of(to)
    if target is None:
        raise region.not_known(to, to)
    code, film = who.film(wanted)
    if code == target and film.moved_from and "/" not in wanted:  # what may be left of it is its old place
        code = film.moved_from
    if code == target:
        raise InputError("campaign_move_there", where=wanted, name=region.called(target))
    identity = film.id or ""
    return moving(who.status, code, identity, target) or {code: (MovedOut(id=identity, to=target),)}


def join(who: Speaker, submission: str, announced: str) -> Entries:
    """A submission that is an announced film under another id."""
    code, identity = _handed_in(who, submission)
    _, film = the_film(who.status, announced, code, lambda item: not _is_unannounced(item))
    return {code: (Joined(submission=identity, announced=film.id or ""),)}


def _handed_in(who: Speaker, wanted: str) -> tuple[str, str]:
    """Prefecture and id of what came in: what nobody announced, else what lies beside the season or is joined."""
    if films_meant(who.status, wanted, who.prefecture, _is_unannounced):
        code, film = the_film(who.status, wanted, who.prefecture, _is_unannounced)
        return code, film.submission_id or ""
    if beside := _beside(who, wanted):
        return beside
    if films_meant(who.status, wanted, who.prefecture, _is_handed_in):
        code, film = the_film(who.status, wanted, who.prefecture, _is_handed_in)
        return code, film.submission_id or ""
    raise join_unknown(Asked(who.status, who.prefecture or ""), wanted)


def _beside(who: Speaker, wanted: str) -> tuple[str, str] | None:
    """A submission that is none of the season's, by its id."""
    prefecture, slash, name = wanted.rpartition("/")
    code = region.code_of(prefecture) if slash else who.prefecture
    rows = [row for row in who.status.rows if row.code == code or not (slash or code)]
    found = [SubmissionRef(row.code, name) for row in rows if name in row.beside]
    refuse_several(wanted, [Fit(ref, "", Standing.UNANNOUNCED) for ref in found])
    return (found[0].prefecture, name) if found else None


def _is_handed_in(film: BoardFilm) -> bool:
    return film.submission_id is not None


def _is_unannounced(film: BoardFilm) -> bool:
    return film.standing is Standing.UNANNOUNCED


def _about(who: Speaker, about: str) -> tuple[str, str | None]:
    """What words or days are about: a whole prefecture, by its code or name, or a film of one."""
    code = region.code_of(about)
    if code is None:
        found, film = who.film(about)
        return found, film.id
    who.refuse_other(code, about)
    return code, None


def _column(written: str, columns: Vocabulary, known: Sequence[str]) -> str:
    term = columns.find(written)
    if term is None or term.name not in known:
        terms = [item for item in columns.terms if item.name in known]
        named = InLanguages("、".join(item.zh for item in terms), ", ".join(item.en for item in terms))
        raise InputError("campaign_column_other", where=written, known=named)
    return term.name


def _dropped(who: Speaker, prefecture: str, title: str) -> str | None:
    """The id of the film that was dropped under a title: it is made after all."""
    films = _called(who, prefecture, title)
    dropped = [film.id for film in films if film.standing is Standing.DROPPED]
    return dropped[0] if len(dropped) == len(films) == 1 else None


def _refuse_second(who: Speaker, prefecture: str, identity: str, title: str) -> None:
    """A film that has this title may have another id: its title was changed, or it was handed in under another."""
    alike = [film.id for film in _called(who, prefecture, title) if film.standing.counts]
    if alike and identity not in alike:
        free = f"{identity[: ID_LENGTH - 2].rstrip('-')}-2"
        raise InputError("campaign_title_there", where=title, id=alike[0], free=free)


def _called(who: Speaker, prefecture: str, title: str) -> list[BoardFilm]:
    row = who.status.row(prefecture)
    films = row.films if row else ()
    return [film for film in films if film.id and plain_title(film.title or "") == plain_title(title)]
