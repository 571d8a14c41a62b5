"""What was said of each film: records read one after another, the oldest first, so that the newest counts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from pipeline.exchange.campaign import words
from pipeline.exchange.campaign.words import LastWords
from pipeline.model.campaign_records import (
    Announce,
    CarriedDone,
    CarriedNote,
    Change,
    Done,
    Drop,
    Entry,
    Extend,
    Joined,
    MovedIn,
    MovedOut,
    Note,
    PlacedRecord,
    Undone,
)
from pipeline.model.campaign_status import BoardNote, Said, Standing
from pipeline.model.china_time import day_in_china

OfFilm = Announce | Change | MovedIn | Drop | MovedOut | Done | Undone | Note | Extend
MOST_FILMS = 500  # of a prefecture: more is no season, and every one costs a row
MOST_NOTES = 100  # of a film or a prefecture: the newest


@dataclass(frozen=True)
class Marked:
    """A milestone that somebody marked as done or not done after all: on which day, where that was said."""

    is_done: bool
    on: date | None
    said: Said


@dataclass(frozen=True)
class Longer:
    """A later day that the editor gave; `place` tells which of two is the newer."""

    until: date
    reason: str
    said: Said
    place: int


@dataclass
class ToldFilm:
    """One film, as it was spoken of.

    Args:
        standing: None where nobody ever announced it.
        ended: who dropped it or moved it away, `place` when, among all that was said.
        named_by: the first record of each that speaks of it, for where nobody knows it.
    """

    standing: Standing | None = None
    title: str | None = None
    column: str | None = None
    length_s: float | None = None
    said: Said | None = None
    ended: Said | None = None
    reason: str | None = None
    place: int = -1
    moved_from: str | None = None
    moved_to: str | None = None
    moved_said: bool = False
    marks: dict[str, Marked] = field(default_factory=dict)
    longer: dict[str, Longer] = field(default_factory=dict)
    notes: list[BoardNote] = field(default_factory=list)
    last: LastWords = field(default_factory=LastWords)
    named_by: list[PlacedRecord] = field(default_factory=list)


@dataclass
class ToldPrefecture:
    """What was said of a prefecture and its films.

    Args:
        joined: by announced id, the submission that it is.
        beyond: the first record that speaks of more films than are counted.
    """

    films: dict[str, ToldFilm] = field(default_factory=dict)
    notes: list[BoardNote] = field(default_factory=list)
    longer: dict[str, Longer] = field(default_factory=dict)
    joined: dict[str, str] = field(default_factory=dict)
    beyond: PlacedRecord | None = None

    def film(self, identity: str) -> ToldFilm | None:
        """The film of an id; None where there are as many as are counted."""
        if identity not in self.films and len(self.films) >= MOST_FILMS:
            return None
        return self.films.setdefault(identity, ToldFilm())


def told(records: Iterable[PlacedRecord]) -> dict[str, ToldPrefecture]:
    """All that was said, by prefecture; `records` are the oldest first."""
    found = list(records)
    made: dict[str, ToldPrefecture] = {item.record.prefecture: ToldPrefecture() for item in found}
    joined = _joined(found)
    for (prefecture, submission), announced in joined.items():
        made[prefecture].joined[announced] = submission
    for place, record in enumerate(found):
        own = made[record.record.prefecture]
        for entry in record.record.entries:
            _hear(own, record, place, entry, joined)
    for place, record in enumerate(found):
        for entry in record.record.entries:
            if isinstance(entry, MovedIn):
                _leave(made, record, place, entry)
    return made


def said_in(record: PlacedRecord) -> Said:
    """Who says what a record holds."""
    return Said(by=record.record.by, side=record.side, at=record.at, key=record.key)


def _joined(records: Iterable[PlacedRecord]) -> dict[tuple[str, str], str]:
    """By prefecture and submission the announced film: of two for one of them the newer counts."""
    found: dict[tuple[str, str], str] = {}
    for record in records:
        own = record.record.prefecture
        for entry in record.record.entries:
            if isinstance(entry, Joined):
                others = [key for key, name in found.items() if key[0] == own and name == entry.announced]
                for key in others:
                    del found[key]
                found[own, entry.submission] = entry.announced
    return found


def _hear(
    own: ToldPrefecture, record: PlacedRecord, place: int, entry: Entry, joined: dict[tuple[str, str], str]
) -> None:
    if isinstance(entry, Joined):
        return
    if entry.id is None:
        _hear_of_prefecture(own, said_in(record), place, entry)
        return
    film = own.film(joined.get((record.record.prefecture, entry.id), entry.id))
    if film is None:
        own.beyond = own.beyond or record
        return
    if not film.named_by or film.named_by[-1] is not record:
        film.named_by.append(record)
    _hear_of_film(film, said_in(record), place, entry)


def _hear_of_prefecture(own: ToldPrefecture, said: Said, place: int, entry: Note | Extend) -> None:
    if isinstance(entry, Note):
        own.notes = [*own.notes, BoardNote(text=entry.text, said=said)][-MOST_NOTES:]
    else:
        own.longer[entry.milestone] = Longer(entry.until, entry.reason, said, place)


def _hear_of_film(film: ToldFilm, said: Said, place: int, entry: OfFilm) -> None:
    match entry:
        case Announce() | Change():
            _describe(film, entry, said, place)
        case MovedIn():
            _arrive(film, entry, said, place)
        case Drop():
            film.standing, film.ended, film.reason, film.place = Standing.DROPPED, said, entry.reason, place
            film.last.forget(words.DROPPED)
            film.last.say(words.DROPPED, entry.reason, said)
        case MovedOut():
            film.standing, film.ended, film.place = Standing.MOVED, said, place
            film.moved_to, film.moved_said = entry.to, True
        case Done() | Undone():
            _mark(film, entry, said)
        case Note():
            film.notes = [*film.notes, BoardNote(text=entry.text, said=said)][-MOST_NOTES:]
        case Extend():
            film.longer[entry.milestone] = Longer(entry.until, entry.reason, said, place)


def _describe(film: ToldFilm, entry: Announce | Change, said: Said, place: int) -> None:
    corrects = isinstance(entry, Change)
    if not corrects:
        if film.standing is not Standing.ANNOUNCED:
            film.said = said
        film.standing, film.ended, film.reason, film.place = Standing.ANNOUNCED, None, None, place
        film.moved_to, film.moved_said = None, False
        film.last.forget(words.DROPPED)
    _object(film, said)
    if entry.title is not None:
        film.title = entry.title
        film.last.say(words.TITLE, entry.title, said, corrects=corrects)
    if entry.column is not None:
        film.column = entry.column
        film.last.say(words.COLUMN, entry.column, said, corrects=corrects)
    if entry.length_s is not None:
        film.length_s = entry.length_s
        film.last.say(words.LENGTH, f"{entry.length_s:g}", said, corrects=corrects)


def _arrive(film: ToldFilm, entry: MovedIn, said: Said, place: int) -> None:
    film.standing, film.said, film.ended, film.reason, film.place = Standing.ANNOUNCED, said, None, None, place
    film.moved_from, film.moved_to, film.moved_said = entry.origin, None, False
    film.title, film.column, film.length_s = entry.title, entry.column, entry.length_s
    film.last = LastWords()
    for item in entry.done:
        film.marks[item.milestone] = Marked(True, item.on, _carried(said, item))
    for note in entry.notes:
        film.notes.append(BoardNote(text=note.text, said=_carried(said, note).model_copy(update={"at": note.at})))
    for longer in entry.extensions:
        film.longer[longer.milestone] = Longer(longer.until, longer.reason, said, place)


def _carried(said: Said, item: CarriedDone | CarriedNote) -> Said:
    """Who said what went along: whoever it was before the film moved."""
    return said.model_copy(update={"by": item.by, "side": item.side or said.side})


def _mark(film: ToldFilm, entry: Done | Undone, said: Said) -> None:
    is_dated = isinstance(entry, Done) and not entry.undated
    on = ((entry.on if isinstance(entry, Done) else None) or day_in_china(said.at)) if is_dated else None
    film.marks[entry.milestone] = Marked(isinstance(entry, Done), on, said)
    _object(film, said)
    if isinstance(entry, Undone):
        film.last.say(entry.milestone, words.UNDONE, said, milestone=True)
    else:
        film.last.say(entry.milestone, str(entry.on) if entry.on else words.DONE, said, milestone=True)


def _object(film: ToldFilm, said: Said) -> None:
    """Whoever goes on with a film that the other side dropped says that it is made."""
    if film.standing is Standing.DROPPED and film.ended and film.ended.side != said.side:
        dropped, reason = film.ended, film.reason or ""
        film.last.forget(words.DROPPED)
        film.last.say(words.DROPPED, "", said)
        film.last.say(words.DROPPED, reason, dropped)


def _leave(made: dict[str, ToldPrefecture], record: PlacedRecord, place: int, entry: MovedIn) -> None:
    """A film that another prefecture got is no longer made where it was, also where that was not put down yet."""
    film = made[entry.origin].films.get(entry.id) if entry.origin in made else None
    if film and film.standing is Standing.ANNOUNCED and film.place < place:
        film.standing, film.ended, film.place = Standing.MOVED, said_in(record), place
        film.moved_to = record.record.prefecture
