"""Lines on what is wrong in a store: a few of each film and of each prefecture, so that every prefecture has room."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.cli.console import Console
from pipeline.exchange.audit.found import Fault, Problem

OF_FILM = 5
MOST_NAME = 120  # letters of a name that are shown; --json has them all
OF_PREFECTURE = 20  # in each bucket


@dataclass
class _Part:
    """What was shown of a film or a prefecture, and what was not."""

    name: str
    shown: int = 0
    more: int = 0


class ProblemLines:
    """Problems as they come, those of one film behind one another; of what is not shown it is said how much."""

    def __init__(self, console: Console):
        self._console = console
        self._prefecture, self._film = _Part(""), _Part("")

    def show(self, problem: Problem) -> None:
        """One more."""
        bucket, *rest = problem.where.split("/")
        folders = rest[:-1][:2]  # the last one names an object, or is empty behind a folder
        prefecture = "/".join([bucket, *folders[:1], ""])
        film = "/".join([bucket, *folders, ""])
        if film != self._film.name:
            self._end_film()
            self._film = _Part(film)
        if prefecture != self._prefecture.name:
            self._end_prefecture()
            self._prefecture = _Part(prefecture)
        if self._prefecture.shown >= OF_PREFECTURE:
            self._prefecture.more += 1
        elif self._film.shown >= OF_FILM:
            self._film.more += 1
        else:
            self._film.shown += 1
            self._prefecture.shown += 1
            is_bare = problem.fault is Fault.METADATA and not problem.detail
            word = "audit_no_metadata" if is_bare else f"audit_{problem.fault}"
            said = self._console.word(word, detail=problem.detail)
            self._console.fault_line(self._console.word("audit_line", where=_short(problem.where), problem=said))

    def end(self) -> None:
        """Say what was not shown of the last ones."""
        self._end_film()
        self._end_prefecture()

    def _end_film(self) -> None:
        self._tell(self._film)

    def _end_prefecture(self) -> None:
        self._tell(self._prefecture)

    def _tell(self, part: _Part) -> None:
        if part.more:
            self._console.fault_line(self._console.word("audit_more", count=part.more, where=_short(part.name)))


def _short(name: str) -> str:
    """A name with its middle left out where it is longer than anybody reads."""
    half = MOST_NAME // 2
    return name if len(name) <= MOST_NAME else f"{name[:half]}…{name[-half:]}"
