"""Two whole seasons by the one function alone: what their stories say, without a store, gives the tables' boards.

`acceptance/test_season_played.py` plays the same stories with real people on a real store.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

import pytest

from pipeline import shipped, yamlio
from pipeline.exchange.campaign import files
from pipeline.exchange.campaign.board import board
from pipeline.exchange.campaign.known import Known
from pipeline.model.campaign import Campaign, CampaignRevision, PublishedCampaign
from pipeline.model.campaign_facts import FilmFacts
from pipeline.model.campaign_records import (
    Announce,
    CampaignRecord,
    CarriedDone,
    Change,
    Done,
    Drop,
    Entry,
    Extend,
    MovedIn,
    MovedOut,
    Note,
    PlacedRecord,
    Side,
)
from pipeline.model.china_time import CHINA
from pipeline.model.inbox import WANTED, Stage
from pipeline.model.region import code_of
from pipeline.model.vocabulary import Vocabulary
from tests.season_story import Story, blocks, board_rows, film_rows, order_rows, story, whole

COLUMNS = yamlio.validate(Vocabulary, yamlio.load(shipped.folder("profiles") / "vocabulary" / "columns.yaml"))
SLOT = timedelta(minutes=30)


class Teller:
    """Goes through a story's steps and keeps what comes of them."""

    def __init__(self, told: Story, last: date):
        self.told = told
        self.records: list[PlacedRecord] = []
        self.history: list[PublishedCampaign] = []
        self.facts: dict[str, dict[str, Any]] = {}
        for day, steps in told.days.items():
            if day <= last:
                for second, (who, verb, *rest) in enumerate(steps):
                    at = datetime.combine(day, time(10, 0, second), CHINA)
                    self._campaign(at, who, *rest) if verb == "campaign" else self._media(at, verb, *rest)

    @property
    def campaign(self) -> Campaign:
        return self.history[-1].revision.campaign

    def films(self) -> list[FilmFacts]:
        made = []
        for name, values in self.facts.items():
            film = self.told.films[name]
            column = COLUMNS.find(film.column)
            known = {"title": film.last_title, "column": column.name if column else None, **values}
            made.append(
                FilmFacts(prefecture=film.at, submission_id=name.lower(), wanted_of=WANTED[values["stage"]], **known)
            )
        return made

    def _say(self, at: datetime, who: str, prefecture: str, *entries: Entry) -> None:
        side = Side.EDITOR if who == "editor" else Side.PREFECTURE
        record = CampaignRecord(campaign=self.told.campaign, prefecture=prefecture, by=who, entries=entries)
        number = len(self.records) + 1
        self.records.append(PlacedRecord(record=record, side=side, number=number, key=str(number), at=at))

    def _campaign(self, at: datetime, who: str, verb: str, *words: str) -> None:
        if verb == "publish":
            campaign = files.read_campaign(yamlio.load(self.told.folder / words[0]), COLUMNS)
            revision = CampaignRevision(number=len(self.history) + 1, campaign=campaign, by=who)
            self.history.append(PublishedCampaign(revision=revision, at=at))
            return
        options = dict(pairwise(words))
        given = [word for index, word in enumerate(words) if not {word, words[max(index - 1, 0)]} & options_of(words)]
        named = [name for word in given if (name := self._film(word))]
        if verb == "announce":
            film = self.told.films[self.told.named(options["--title"])]
            prefecture = film.prefecture
            entry = Announce(id=self._id(options["--title"]), title=options["--title"])
            self._say(at, who, prefecture, entry)
        elif verb == "done":
            step = self.campaign.find_milestone(given[-1])
            assert step
            on = date.fromisoformat(options["--on"]) if "--on" in options else None
            own = code_of(options.get("--prefecture", "")) or (who if who != "editor" else self.told.films[named[0]].at)
            self._say(at, who, own, *(Done(id=name.lower(), milestone=step.id, on=on) for name in named))
        elif verb == "move":
            self._move(at, who, named[0], code_of(given[-1]) or "")
        else:
            own = self.told.films[named[0]].prefecture if named else code_of(given[0]) or ""
            self._say(at, who, own, self._other(verb, given, options, named[0].lower() if named else None))

    def _other(self, verb: str, given: list[str], options: dict[str, str], identity: str | None) -> Entry:
        made: dict[str, Callable[[], Entry]] = {
            "change": lambda: Change(id=str(identity), title=options["--title"]),
            "drop": lambda: Drop(id=str(identity), reason=options["--reason"]),
            "note": lambda: Note(id=identity, text=given[-1]),
            "extend": lambda: self._extension(given, options["--reason"], identity),
        }
        return made[verb]()

    def _extension(self, given: list[str], reason: str, identity: str | None) -> Extend:
        step = self.campaign.find_milestone(given[1])
        assert step
        return Extend(id=identity, milestone=step.id, until=date.fromisoformat(given[2]), reason=reason)

    def _move(self, at: datetime, who: str, name: str, to: str) -> None:
        film, identity = self.told.films[name], name.lower()
        done = tuple(
            CarriedDone(milestone=entry.milestone, on=entry.on or record.at.date(), by=record.record.by)
            for record in self.records
            for entry in record.record.entries
            if isinstance(entry, Done) and entry.id == identity
        )
        self._say(at, who, to, MovedIn(id=identity, origin=film.prefecture, title=film.title, done=done))
        self._say(at, who, film.prefecture, MovedOut(id=identity, to=to))

    def _film(self, word: str) -> str | None:
        name = word.strip("{}")
        if name in self.told.films:
            return name
        return next((key for key, film in self.told.films.items() if word in (film.title, film.later)), None)

    def _id(self, title: str) -> str:
        return self.told.named(title).lower()

    def _media(self, at: datetime, verb: str, name: str = "", *words: str) -> None:
        if verb == "schedule":
            self._schedule()
        elif verb == "import":
            self._import(at, name)
        else:
            known = self.facts.setdefault(name, {"stage": Stage.SENDING})
            known.update(self._change(known, at, verb, *words))

    def _change(self, known: dict[str, Any], at: datetime, verb: str, reason: str | None = None) -> dict[str, Any]:
        first = known.get("submitted_at", at)
        changes: dict[str, dict[str, Any]] = {
            "draft": {"stage": Stage.DRAFT, "draft_at": at},
            "submit": {"stage": Stage.SUBMITTED, "submitted_at": first},
            "return": {"stage": Stage.RETURNED, "returned_at": at, "reason": reason},
            "approve": {"stage": Stage.APPROVED_DRAFT},
            "accept": {"stage": Stage.READY, "approved_at": at},
            "hand-in": {"stage": Stage.READY},
            "ack": {"stage": Stage.ACCEPTED, "taken_over_at": at},
            "withdraw": {"stage": Stage.WITHDRAWN, "withdrawn_at": at, "reason": reason},
        }
        changes["master"] = changes["submit"]
        changes["recut"] = {**changes["submit"], "returned_at": None, "reason": None}
        return changes[verb]

    def _schedule(self) -> None:
        for start, name in order_rows(self.told.folder / "order.txt")[0]:
            if name != "empty":
                begins = datetime.strptime(start, "%Y-%m-%d %H:%M").replace(tzinfo=CHINA)
                self.facts[name] |= {"on_air": begins, "film_end": begins + SLOT, "on_air_end": begins + SLOT}

    def _import(self, at: datetime, name: str) -> None:
        """As `import` is to read it: who is new is announced, and what a cell says for the first time is done."""
        heads, *rows = self.told.lists[name]
        for row in rows:
            prefecture, identity = code_of(row[0]) or "", self._id(row[1])
            said = [entry for record in self.records for entry in record.record.entries if entry.id == identity]
            entries: list[Entry] = [] if said else [Announce(id=identity, title=row[1])]
            for head, value in zip(heads[3:], row[3:], strict=True):
                step = self.campaign.find_milestone(head)
                assert step
                known = any(isinstance(entry, Done) and entry.milestone == step.id for entry in said)
                if value and not known:
                    on = value if isinstance(value, date) else None
                    entries.append(Done(id=identity, milestone=step.id, on=on))
            self._say(at, "editor", prefecture, *entries)


def options_of(words: tuple[str, ...]) -> set[str]:
    return {word for word in words if word.startswith("--")}


def looked(told: Story, day: date, *, backwards: bool = False) -> dict[str, Any]:
    teller = Teller(told, day)
    records = teller.records[::-1] if backwards else teller.records
    status = board(Known(teller.history, records, (), teller.films()), day)
    found: dict[str, Any] = json.loads(status.to_json())
    return found


@pytest.mark.parametrize("name", ["july", "winter", "spring"])
def test_a_storys_board_is_the_tables_on_each_day(name: str, subtests: pytest.Subtests) -> None:
    told = story(name)
    for day, block in blocks(told.folder / "board.txt").items():
        status = looked(told, day)
        with subtests.test(day=str(day)):
            assert status["revision"] == block.revision
            assert board_rows(status) == {code: [whole(cell) for cell in cells] for code, *cells in block.rows}
            assert looked(told, day, backwards=True) == status
            late = [row["late_days"] for row in status["rows"]]
            assert late == sorted(late, reverse=True)


@pytest.mark.parametrize("name", ["july", "winter", "spring"])
def test_a_storys_films_are_the_tables(name: str, subtests: pytest.Subtests) -> None:
    told = story(name)
    for day, block in blocks(told.folder / "films.txt").items():
        with subtests.test(day=str(day)):
            assert sorted(film_rows(looked(told, day), told)) == sorted(block.rows)
