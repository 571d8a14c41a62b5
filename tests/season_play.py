"""A season's story played by people: real identities, real commands, one real store that tells the story's days."""

from __future__ import annotations

import datetime
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import yaml

from pipeline.model.china_time import CHINA
from pipeline.storage import keys
from tests.conftest import MOVING, Result, Showcase, code_quickly, deliver_for_television, wait_for_none
from tests.e2e.test_roles import home
from tests.faults.dated_store import DatedStore, dated
from tests.season_story import Json, Story

TEN = datetime.time(10, tzinfo=CHINA)


@dataclass
class Play:
    """Everybody on one store.

    Args:
        cut: makes the film of a number: another picture for each.
        ids: the submissions' ids, by the story's names of the films.
    """

    story: Story
    admin: Showcase
    store: DatedStore
    people: dict[str, Showcase]
    cut: Callable[[int], Path]
    ids: dict[str, str] = field(default_factory=dict)

    def until(self, last: date) -> None:
        """Play every day that was not played yet, up to and with this one."""
        for day in [day for day in self.story.days if day <= last and day not in self._played]:
            self.store.turn_to(datetime.datetime.combine(day, TEN))
            for who, *words in self.story.days[day]:
                self.step(who, *words)
            self._played.add(day)

    _played: set[date] = field(default_factory=set)

    def step(self, who: str, *words: str) -> None:
        """One step of one person."""
        if words[0] == "campaign":
            self.does(who, *[self._worded(word) for word in words])
        else:
            getattr(self, f"_{words[0].replace('-', '_')}")(who, *words[1:])

    def does(self, who: str, *words: str | Path, within: Path | None = None) -> Result:
        """A command that works."""
        done = self.people[who](*words, cwd=within)
        assert done.code == 0, (who, words, done.out, done.err)
        return done

    def rows(self, who: str, *words: str) -> list[Json]:
        """What a command prints as JSON Lines."""
        return self.does(who, *words, "--json").rows

    def board(self, day: date, who: str = "editor") -> Json:
        """The board at the end of a day."""
        (found,) = self.rows(who, "campaign", "show", "--today", str(day))
        return found

    def ref(self, name: str) -> str:
        """PREFECTURE/ID of a film that was handed in."""
        return f"{self.story.films[name].at}/{self.ids[name]}"

    def _worded(self, word: str) -> str:
        name = word.strip("{}")
        return self.story.films[name].last_title if word != name else word

    def _desk(self, who: str, name: str) -> Path:
        """A folder with the film and its submission, written once."""
        told = self.story.films[name]
        desk = self.people[who].folder / name
        if desk.exists():
            return desk
        desk.mkdir()
        shutil.copy(self.cut(0), desk / f"{told.last_title}.mp4")
        words = ["--column", told.column, "--prefecture", told.at]
        if name in self.story.announced:
            words += ["--announced", told.last_title]
        self.does(who, "init", f"{told.last_title}.mp4", *words, within=desk)
        self.ids[name] = yaml.safe_load((desk / "submission.yaml").read_text("utf-8"))["id"]
        return desk

    def _submit(self, who: str, name: str) -> None:
        self.does(who, "submit", "submission.yaml", within=self._desk(who, name))

    def _draft(self, who: str, name: str) -> None:
        self.does(who, "submit", "--draft", "submission.yaml", within=self._desk(who, name))

    _master = _submit

    def _recut(self, who: str, name: str) -> None:
        desk = self._desk(who, name)
        shutil.copy(self.cut(1), desk / f"{self.story.films[name].last_title}.mp4")
        self._submit(who, name)

    def _return(self, who: str, name: str, reason: str) -> None:
        self.does(who, "review", self.ref(name), "--return", reason)

    def _approve(self, who: str, name: str) -> None:
        self.does(who, "review", self.ref(name), "--approve", "--yes")

    def _accept(self, who: str, name: str) -> None:
        self._approve(who, name)
        self.does(who, "run", self.ref(name))

    def _hand_in(self, who: str, name: str) -> None:
        self.does(who, "run", "submission.yaml", within=self._desk(who, name))

    def _ack(self, who: str, name: str) -> None:
        self.does(who, "ack", self.ref(name), "accept", "--yes")

    def _withdraw(self, who: str, name: str, reason: str) -> None:
        self.does(who, "withdraw", self.ref(name), "--reason", reason)

    def _import(self, who: str, name: str) -> None:
        table = self.people[who].folder / f"{name}.xlsx"
        write_list(table, self.story.lists[name])
        self.does(who, "campaign", "import", table)

    def _schedule(self, who: str) -> None:
        text = (self.story.folder / "slots.yaml").read_text("utf-8")
        for name in self.ids:
            text = text.replace(f"{{{name}}}", self.ref(name))
        (self.people[who].folder / "slots.yaml").write_text(text, "utf-8")
        self.does(who, "campaign", "schedule", "slots.yaml", "--publish")


def write_list(table: Path, rows: list[list[Any]]) -> None:
    """A workbook as people make one: a title over all columns, headings, days as dates, an empty row at the end."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.cell(1, 1, "七一展播进度")
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(rows[0]))
    for number, row in enumerate(rows, start=2):
        for column, value in enumerate(row, start=1):
            sheet.cell(number, column, value or None)
    book.save(table)


@contextmanager
def played(base: Path, told: Story, film_of: Callable[..., Path]) -> Iterator[Play]:
    """A store with everybody invited by one command, on the eve of the story's first day.

    Args:
        base: an empty folder, which holds everybody's homes.
    """
    admin = home(base, "admin")
    serving = admin.start("store", "serve")
    try:
        _await(admin)
        invited = admin("admin", "invite", "--prefectures", ",".join(told.prefectures), "--json")
        assert invited.code == 0, invited.err
        names = [str(row["identity"]) for row in invited.rows]
        invitations = admin.folder / "invitations"
        real = str(keys.settings_file(invitations / "editor.toml").settings["endpoint"])
        eve = min(told.days) - datetime.timedelta(days=1)
        with dated(real, datetime.datetime.combine(eve, TEN)) as store:
            people = {}
            for name in names:
                people[name] = person = home(base, name)
                file = invitations / f"{name}.toml"
                file.write_text(file.read_text("utf-8").replace(real, store.endpoint), "utf-8")
                taken = person("setup", "--import", file)
                assert taken.code == 0, taken.err
            editor = people["editor"].folder
            code_quickly(editor)
            deliver_for_television(editor)
            for file in told.folder.glob("campaign-*.yaml"):
                shutil.copy(file, editor / file.name)
            yield Play(told, admin, store, people, lambda number: film_of(2, f"{MOVING},hue=h={40 * number}"))
    finally:
        serving.send_signal(signal.SIGINT)
        assert serving.wait(30) == 0
    assert wait_for_none(base) == []


def _await(admin: Showcase) -> None:
    """Until the first start is done."""
    deadline = time.monotonic() + 60
    while not (admin.folder / ".showcase" / "store" / "fsync.done").exists():
        assert time.monotonic() < deadline
        time.sleep(0.1)
