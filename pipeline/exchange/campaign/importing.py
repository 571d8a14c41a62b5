"""What a season's list says that the board does not say yet: entries by prefecture, and what is left as it is."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from pydantic import ValidationError

from pipeline import quantities
from pipeline.errors import InLanguages, InputError
from pipeline.exchange.campaign.listed import ListedCell, ListedRow
from pipeline.exchange.campaign.listed_rows import Found, Rows, Wrong
from pipeline.exchange.campaign.listed_values import MARK, Unfit, length_s, mark, refuse_odd, text
from pipeline.exchange.campaign.refusing import Asked, refuse
from pipeline.exchange.campaign.written import Values, values_of
from pipeline.model.base import Noun
from pipeline.model.campaign import FilledBy
from pipeline.model.campaign_records import Announce, Change, Done, Entry, Note, Side, Undone
from pipeline.model.campaign_status import BoardFilm, CampaignStatus
from pipeline.model.vocabulary import Vocabulary

_MOST_SHOWN = 80
# refusals whose advice is of options, and what a table's line says instead
_IN_A_TABLE = {"campaign_id_taken": "listed_id_taken", "campaign_date_to_come": "listed_to_come"}


class LeftKind(StrEnum):
    """Why a cell that differs is left as the board has it.

    `store_knows`: no hand fills this milestone; `handed_in`: what was handed in tells it; `changed_since`: somebody
    said something else since the table was written; `cleared`: what was said can't be unsaid; `dropped`, `moved`: the
    film is not made any more, or not there.
    """

    STORE_KNOWS = "store_knows"
    HANDED_IN = "handed_in"
    CHANGED_SINCE = "changed_since"
    CLEARED = "cleared"
    DROPPED = "dropped"
    MOVED = "moved"


@dataclass(frozen=True)
class Left:
    """A cell that differs and is left.

    Args:
        cell: where it stands, and what it says.
        film: its id.
        board: what the board says instead, as people read it.
        why: of what the store knows, the refusal that says what does it.
    """

    kind: LeftKind
    cell: ListedCell
    film: str
    board: str | InLanguages = ""
    why: InputError | None = None


@dataclass(frozen=True)
class Imported:
    """What a list comes to.

    Args:
        entries: by prefecture, in the order of the rows; each prefecture's are one record.
        left: cells that are left, in the order of the table.
        wrong: cells that say nothing that can be taken: where there is one, nothing is to be said.
        rows: how many rows say anything.
    """

    entries: Mapping[str, tuple[Entry, ...]]
    left: tuple[Left, ...]
    wrong: tuple[Wrong, ...]
    rows: int


def compare(
    status: CampaignStatus, rows: Sequence[ListedRow], side: Side, columns: Vocabulary, own: str | None = None
) -> Imported:
    """What the rows say that the board does not.

    A row that the board's own table wrote says what was changed in it since; of another list each filled cell counts,
    and an empty one says nothing. A mark without a day is of the day of the record where the film stood on the board,
    which had the milestone open until then; of a film that the list names first nobody says the day.

    Args:
        side: who would say it.
        own: the only prefecture that is spoken of, and that of rows which name none.
    """
    reading = _Reading(status, side, columns)
    placed = Rows(status, rows, own)
    for found in placed.found:
        reading.take(found)
    return Imported(
        {code: tuple(entries) for code, entries in reading.entries.items() if entries},
        tuple(reading.left),
        tuple(sorted((*placed.wrong, *reading.wrong), key=lambda item: item.place)),
        sum(row.says for row in rows),
    )


@dataclass
class _Reading:
    status: CampaignStatus
    side: Side
    columns: Vocabulary
    entries: dict[str, list[Entry]] = field(default_factory=dict)
    left: list[Left] = field(default_factory=list)
    wrong: list[Wrong] = field(default_factory=list)
    asked: dict[str, Asked] = field(default_factory=dict)

    def take(self, found: Found) -> None:
        """One row."""
        if found.film and not found.film.standing.counts:
            self.left.append(Left(LeftKind(found.film.standing), found.named, found.film.id or ""))
            return
        if found.id is None:
            self._note(found)
            return
        if found.film:
            self._change(found, found.film)
        elif not self._announce(found):
            return
        for identity in found.row.milestones:
            self._mark(found, identity)
        self._note(found)

    def _announce(self, found: Found) -> bool:
        """A film that is new; whether it can be."""
        cell = found.row.fields["title"]
        title = self._value("title", cell)
        return title is not None and self._say(found, cell, Announce, title=title, **self._described(found))

    def _described(self, found: Found) -> dict[str, Any]:
        """Column and length of a film that is new."""
        said: dict[str, Any] = {}
        for name, key in (("column", "column"), ("length", "length_s")):
            cell = found.row.fields.get(name)
            if cell and cell.text and (value := self._value(name, cell)):
                said[key] = value
        return said

    def _change(self, found: Found, film: BoardFilm) -> None:
        """Title, column and length of a film that is known."""
        board = values_of(film)  # of what was handed in, its own words
        for name, key in (("title", "title"), ("column", "column"), ("length", "length_s")):
            cell = found.row.fields.get(name)
            if cell and found.was and _is_as_written(cell, getattr(found.was, name)):
                continue
            value = self._value(name, cell) if cell and cell.text else ""
            if cell is None or value is None:
                continue
            now = str(round(value)) if isinstance(value, float) else value
            said = str(getattr(board, name))
            was = str(getattr(found.was, name)) if found.was else None
            if now in (said, was or ""):
                continue
            if film.submission_id:
                self._leave(LeftKind.HANDED_IN, found, name, cell, said)
            elif was is not None and was != said:
                self._leave(LeftKind.CHANGED_SINCE, found, name, cell, said)
            elif not now:
                self._leave(LeftKind.CLEARED, found, name, cell, said)
            else:
                self._say(found, cell, Change, **{key: value})

    def _leave(self, kind: LeftKind, found: Found, name: str, cell: ListedCell, said: str) -> None:
        """A cell of title, column or length that is left as the board has it."""
        term = self.columns.find(said) if name == "column" else None
        board = InLanguages(term.zh, term.en) if term else said
        if name == "length" and said:
            board = quantities.clock(float(said))
        self.left.append(Left(kind, cell, found.id or "", board))

    def _value(self, name: str, cell: ListedCell) -> str | float | None:
        """What a cell says of title, column, length or in words; None where that is nothing."""
        try:
            if name == "length":
                return length_s(cell)
            if name != "column":
                return text(cell)
            refuse_odd(cell)
            term = self.columns.find(cell.text)
            if term is None and cell.text not in self.status.campaign.columns:
                known = ", ".join(self.status.campaign.columns)
                raise Unfit("listed_column", text=cell.text[:_MOST_SHOWN], known=known)
        except Unfit as error:
            self.wrong.append(Wrong(cell.where, cell.heading, error))
            return None
        return term.name if term else cell.text

    def _mark(self, found: Found, identity: str) -> None:
        """One milestone of a film."""
        cell = found.row.milestones[identity]
        milestone = self.status.campaign.milestone(identity)
        try:
            now = mark(cell, self.status.today)
        except Unfit as error:
            self.wrong.append(Wrong(cell.where, cell.heading, error))
            return
        said = (values_of(found.film) if found.film else Values()).milestones.get(identity, "")
        was = found.was.milestones.get(identity, "") if found.was else None
        if _same(now, said) or _same(now, was or ""):  # of another list an empty cell says nothing
            return
        day: dict[str, object] = {"on": now} if now and now != MARK else {}
        if now == MARK and found.film is None:  # of a film on the board it is news, as `done` without a day is
            day = {"undated": True}
        if milestone and milestone.filled_by is not FilledBy.HAND:
            why = self._refusal(found, Done, milestone=identity, **day)
            self.left.append(Left(LeftKind.STORE_KNOWS, cell, found.id or "", said, why))
        elif was is not None and was != said:
            self.left.append(Left(LeftKind.CHANGED_SINCE, cell, found.id or "", said))
        else:
            self._say(found, cell, Done if now else Undone, milestone=identity, **day)

    def _note(self, found: Found) -> None:
        """Words on the film, or on its prefecture, that nobody wrote down yet."""
        cell = found.row.fields.get("note")
        if cell is None or not cell.text:
            return
        if found.id is None:
            row = self.status.row(found.prefecture)
            known = [note.text for note in row.notes] if row else []
        else:
            known = [note.text for note in found.film.notes] if found.film else []
        if found.was:
            known.append(found.was.note)
        if _plain(cell.text) in map(_plain, known):
            return
        said = self._value("note", cell)
        if said is not None:
            self._say(found, cell, Note, text=said)

    def _say(self, found: Found, cell: ListedCell, kind: type[Noun], **values: Any) -> bool:
        """Keep an entry, if it can be said."""
        asked = self._asked(found.prefecture)
        try:
            entry = _made(kind, found.id, values)
            refuse(asked, self.side, entry)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            self.wrong.append(Wrong(cell.where, cell.heading, Unfit(first["type"], **first.get("ctx", {}))))
            return False
        except InputError as error:
            kind_here = _IN_A_TABLE.get(error.key)
            why = Unfit(kind_here, id=found.id, **error.values) if kind_here else error
            self.wrong.append(Wrong(cell.where, cell.heading, why))
            return False
        if isinstance(entry, Announce):
            asked.fresh[entry.id] = entry
        self.entries.setdefault(found.prefecture, []).append(entry)
        return True

    def _refusal(self, found: Found, kind: type[Noun], **values: Any) -> InputError | None:
        """Why something can't be said."""
        try:
            refuse(self._asked(found.prefecture), self.side, _made(kind, found.id, values))
        except InputError as error:
            return error
        return None

    def _asked(self, prefecture: str) -> Asked:
        return self.asked.setdefault(prefecture, Asked(self.status, prefecture))


def _made(kind: type[Noun], identity: str | None, values: Mapping[str, Any]) -> Any:
    return kind.model_validate_json(json.dumps({"id": identity, **values}))


def _same(one: str, other: str) -> bool:
    """Whether a mark says what is said already: one without a day says nothing against a day."""
    return one == other or (one == MARK and bool(other))


def _is_as_written(cell: ListedCell, was: str) -> bool:
    """Whether a cell says what the board's own table had in it, which need not be what a person may type there."""
    return bool(was) and cell.odd is None and _plain(cell.text) == _plain(was)


def _plain(text: str) -> str:
    return " ".join(text.split())
