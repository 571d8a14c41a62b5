"""What everybody sees of a season that is played: kept on the day itself, and asked for again when all is over."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from pipeline.model.china_time import CHINA
from tests.season_play import Play
from tests.season_story import Json, Story


@dataclass
class Looks:
    """A play with what was seen on its days.

    Args:
        boards: `campaign show --json` of the editor.
        own: the same of each prefecture, by day and code.
        statuses: `status --json` of each prefecture, by day and code.
        letters: `campaign remind --json`, by day.
        orders: `campaign schedule --json`, by day.
    """

    play: Play
    boards: dict[date, Json] = field(default_factory=dict)
    own: dict[date, dict[str, Json]] = field(default_factory=dict)
    statuses: dict[date, dict[str, list[Json]]] = field(default_factory=dict)
    letters: dict[date, list[Json]] = field(default_factory=dict)
    orders: dict[date, list[Json]] = field(default_factory=dict)

    @property
    def story(self) -> Story:
        return self.play.story

    @property
    def last(self) -> date:
        return max(self.boards)

    def table(self, name: str) -> Path:
        """A table of what is right."""
        return self.story.folder / f"{name}.txt"


def looks_at(play: Play, days: Iterable[date]) -> Looks:
    """Play until each day, and look as everybody."""
    looks = Looks(play)
    for day in days:
        play.until(day)
        on = ("--today", str(day))
        looks.boards[day] = play.board(day)
        codes = [code for code in play.story.prefectures if code in play.people]
        looks.own[day] = {code: play.board(day, code) for code in codes}
        looks.statuses[day] = {code: play.rows(code, "status", *on) for code in codes}
        looks.letters[day] = play.rows("editor", "campaign", "remind", *on)
        looks.orders[day] = play.rows("editor", "campaign", "schedule", *on)
    return looks


def status_rows(looks: Looks, day: date) -> list[list[str]]:
    """Each film that prefectures' `status` tells of, as a row of `status.txt`; those without a name are left out."""
    found = []
    for code, rows in looks.statuses[day].items():
        films = {film["submission_id"]: film for row in rows if (film := row.get("film"))}
        found += [_announced(code, row["film"], looks.story) for row in rows if _is_waited_for(row)]
        for row in rows:
            if "stage" in row:
                name = looks.story.named(row["title"])
                found.append([code, name, row["stage"], *_on_air(films.get(row["submission_id"]), day)])
    return sorted(found)


def _is_waited_for(row: Json) -> bool:
    return "film" in row and row["film"]["id"] is not None and row["film"]["submission_id"] is None


def _announced(code: str, film: Json, told: Story) -> list[str]:
    step = next(cell for cell in film["cells"] if cell["state"] not in ("done", "implied"))
    days = -step["late_days"] if step["state"] == "late" else step["left_days"]
    return [code, told.named(film["title"]), step["milestone"], f"{days:+d}"]


def _on_air(film: Json | None, day: date) -> list[str]:
    at = datetime.fromisoformat(film["on_air"]).astimezone(CHINA) if film and film["on_air"] else None
    return ["on", *f"{at:%Y-%m-%d %H:%M}".split()] if at and at.date() > day else []


def letter_rows(letters: list[Json], told: Story) -> list[list[str]]:
    """Each thing that letters ask for: prefecture, film, milestone."""
    return sorted(
        [letter["prefecture"], told.named(item["title"]), item["cell"]["milestone"]]
        for letter in letters
        for item in letter["items"]
    )


def showings(order: Json, told: Story) -> list[tuple[str, str]]:
    """Each slot of an order with the film in it, or `empty`."""
    found = [(item["start"], told.named(item["title"]["zh"])) for item in order["showings"]]
    found += [(item["start"], "empty") for item in order["empty"]]
    return [(f"{datetime.fromisoformat(at).astimezone(CHINA):%Y-%m-%d %H:%M}", name) for at, name in sorted(found)]


def absent(order: Json, told: Story) -> dict[str, str]:
    """Films that an order has nowhere, and why."""
    shown = {item["submission_id"] for item in order["showings"]}
    return {
        told.named(item["title"]["zh"]): item["why"]["reason"]
        for item in order["left_out"]
        if item["submission_id"] not in shown
    }
