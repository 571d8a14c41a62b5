"""A pull as it goes: looks at the store, what comes of each, and what is started for what arrived."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

from pipeline.cli.console import Console, failed
from pipeline.cli.operator import pull_words
from pipeline.errors import EnvironmentFault, InputError, IntegrityError, ShowcaseError, TransferError
from pipeline.exchange import pull
from pipeline.exchange.arrivals import ArrivalCommand
from pipeline.exchange.choosing import PullChoice
from pipeline.exchange.pull import PackageFolder, PullList
from pipeline.storage.buckets import Buckets
from pipeline.storage.delivery import Pulled
from pipeline.workspace import Workspace

MOST_PAUSES = 10


@dataclass
class Round:
    """What one look at the store came to: packages that were asked for and are here, and what went wrong."""

    fetched: list[tuple[PackageFolder, Pulled]] = field(default_factory=list)
    faults: list[ShowcaseError] = field(default_factory=list)


@dataclass(frozen=True)
class _Owed:
    """A package whose command failed.

    Args:
        tries: how often.
        due: when it is tried again, by the monotonic clock.
    """

    fault: ShowcaseError
    tries: int
    due: float


@dataclass
class PullRun:
    """One pull, of one look or of many.

    Args:
        command: what is started for each package that arrived.
        here: folders of packages that this run has held to what they are.
        told: what is not said again at the next look.
        owed: by their folders, packages whose command failed.
        every: seconds until the next look, while it watches.
    """

    console: Console
    place: Workspace
    buckets: Buckets
    wanted: str | None
    target: Path
    choice: PullChoice
    command: ArrivalCommand | None
    here: set[Path] = field(default_factory=set)
    told: set[tuple[str, ...]] = field(default_factory=set)
    owed: dict[Path, _Owed] = field(default_factory=dict)
    every: int = 0

    def once(self) -> Round:
        """Look, say what must not be aired, fetch what is chosen.

        Raises:
            IntegrityError: of the one package that was named. Else as `pull.look`, and what the store raises.
        """
        found = Round()
        todo = pull.look(self.buckets, self.wanted, self.target, found.faults.append, self.choice)
        for item in todo.withdrawn:
            self.here.discard(item.folder.resolve())
            self.owed.pop(item.folder.resolve(), None)
            if self._is_new("withdrawn", item):
                pull_words.show_withdrawn(self.console, item)
        for item in todo.superseded:
            if self._is_new("superseded", item):
                pull_words.show_superseded(self.console, item)
        if not todo.ready and self._is_new("nothing"):
            self._show_nothing(todo, found)
        answered_here = [(item, False) for item in todo.answered if item.folder.is_dir()]
        for item, is_asked in [*((item, True) for item in todo.ready), *answered_here]:
            if item.folder.resolve() in self.here:
                if is_asked and item.folder.resolve() in self.owed:
                    self._hand_on_again(item, found)
                continue
            try:
                pulled = pull_words.fetch(self.console, self.place, self.buckets, item, is_asked=is_asked)
            except IntegrityError as fault:
                if self.wanted is not None:
                    raise
                found.faults.append(fault)
                continue
            self.here.add(item.folder.resolve())
            self.told = {said for said in self.told if said[1:] != (str(item.folder.resolve()),)}
            if is_asked:
                found.fetched.append((item, pulled))
                self._hand_on(item, found)
        return found

    def watch(self, every: int) -> NoReturn:
        """Look again and again until somebody ends it; what fails is said once, and tried again at the next look.

        Args:
            every: seconds until the next look; twice as long each time while nothing comes, up to `MOST_PAUSES` of it.

        Raises:
            ShowcaseError: at the first look, as `once`; later ones wait for a store that does not answer.
        """
        self.every = every
        pause, is_first = every, True
        failing: set[tuple[str, str | None]] = set()
        while True:
            try:
                found = self.once()
            except (TransferError, EnvironmentFault) as error:
                if is_first:
                    raise
                found = Round(faults=[error])
            for fault in found.faults:
                if (fault.key, fault.where) not in failing:
                    failed(self.console, fault)
            failing = {(fault.key, fault.where) for fault in found.faults}
            if is_first:
                self.console.remark("pull_watching", seconds=every, most=every * MOST_PAUSES)
            pause = every if found.fetched else min(pause * 2, every * MOST_PAUSES)
            is_first = False
            time.sleep(pause)

    def _is_new(self, what: str, item: PackageFolder | None = None) -> bool:
        said = (what, str(item.folder.resolve())) if item else (what,)
        is_new = said not in self.told
        self.told.add(said)
        return is_new

    def _show_nothing(self, todo: PullList, found: Round) -> None:
        if todo.answered:
            pull_words.show_answered(self.console, [item.delivery for item in todo.answered], self.target)
        elif not found.faults:
            self.console.remark("nothing_fits" if self.choice.is_narrow else "nothing_ready")

    def _hand_on(self, item: PackageFolder, found: Round) -> None:
        """Start the command for what arrived; one that fails loses no package, and is tried again: while it is watched
        at a later look, else by the next run."""
        if self.command is None:
            return
        there = item.delivery
        try:
            code = self.command.hand_on(item)
        except (InputError, EnvironmentFault) as fault:
            self._owe(item, found, fault)
            return
        if code:
            ended = EnvironmentFault("then_failed", where=str(item.folder), code=code, id=there.ref.typed)
            self._owe(item, found, ended)
        else:
            self.owed.pop(item.folder.resolve(), None)
        film = {"id": there.ref.typed, "title": there.title}
        if code is None:
            self.console.tell("then_before", **film)
            return
        row = {"item": there.submission_id, "package_id": there.package_id, "folder": str(item.folder)}
        self.console.give({**row, "then": code})
        if code == 0:
            self.console.tell("then_done", **film)

    def _owe(self, item: PackageFolder, found: Round, fault: ShowcaseError) -> None:
        """Twice as long a pause after each try, as between looks."""
        known = self.owed.get(item.folder.resolve())
        tries = known.tries + 1 if known else 1
        pause = self.every * min(2 ** (tries - 1), MOST_PAUSES)
        self.owed[item.folder.resolve()] = _Owed(fault, tries, time.monotonic() + pause)
        found.faults.append(fault)

    def _hand_on_again(self, item: PackageFolder, found: Round) -> None:
        """What is not due yet is still wrong, so that it is not said anew when it is tried."""
        owed = self.owed[item.folder.resolve()]
        if time.monotonic() < owed.due:
            found.faults.append(owed.fault)
        else:
            self._hand_on(item, found)
