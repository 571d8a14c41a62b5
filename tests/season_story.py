"""A season as data (`acceptance/season/<name>/`): what everybody does, and tables of what they are to see on each day.

Cells are told in the words of these tables: `board.txt` says what they mean.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

STORIES = Path(__file__).parent / "acceptance" / "season"
Json = dict[str, Any]
SIGNS = {"open": "open", "not_begun": "-", "extended": "X", "returned": "R", "withdrawn": "W", "off": "off"}


@dataclass(frozen=True)
class StoryFilm:
    """A film by the name that the story has for it.

    Args:
        later: its title once it was changed.
        moves: the prefecture that makes it later.
    """

    prefecture: str
    title: str
    column: str
    later: str | None = None
    moves: str | None = None

    @property
    def last_title(self) -> str:
        return self.later or self.title

    @property
    def at(self) -> str:
        """The prefecture that hands it in."""
        return self.moves or self.prefecture


@dataclass(frozen=True)
class Story:
    """The whole of it.

    Args:
        days: what is done on each, in order: who, and the words of a step.
        lists: rows of tables that a prefecture sends.
    """

    folder: Path
    campaign: str
    films: dict[str, StoryFilm]
    days: dict[date, list[list[str]]]
    lists: dict[str, list[list[Any]]]

    @property
    def prefectures(self) -> list[str]:
        """Every one of which the board has a row."""
        first = next(iter(blocks(self.folder / "board.txt").values()))
        return [row[0] for row in first.rows]

    @property
    def announced(self) -> set[str]:
        """Films of which somebody spoke before they were there, by a command or in a list."""
        said = [step for steps in self.days.values() for _, *step in steps if step[:2] == ["campaign", "announce"]]
        words = {str(word) for row in (*said, *(row for rows in self.lists.values() for row in rows)) for word in row}
        return {name for name, film in self.films.items() if film.title in words}

    def named(self, title: str | None) -> str:
        """The story's name of a film by a title of it; «?» for one without."""
        if title is None:
            return "?"
        return next(name for name, film in self.films.items() if title in (film.title, film.later))


@dataclass(frozen=True)
class Block:
    """What a table says of one day; `revision` is 0 where none is said."""

    rows: list[list[str]]
    revision: int = 0


def story(name: str) -> Story:
    """The season of this name."""
    folder = STORIES / name
    told = yaml.safe_load((folder / "story.yaml").read_text("utf-8"))
    days = {day: [[str(word) for word in step] for step in steps] for day, steps in told["days"].items()}
    assert list(days) == sorted(days)
    films = {key: StoryFilm(**values) for key, values in told["films"].items()}
    return Story(folder, told["campaign"], films, days, told.get("lists", {}))


def blocks(table: Path) -> dict[date, Block]:
    """Each day of a table."""
    found: dict[date, Block] = {}
    for line in _lines(table):
        if line.startswith("== "):
            day, *rest = line[3:].split()
            found[date.fromisoformat(day)] = block = Block([], int(rest[1]) if rest else 0)
        else:
            block.rows.append(line.split())
    return found


def order_rows(table: Path) -> tuple[list[tuple[str, str]], dict[str, str]]:
    """Of the running order: each slot with its film, and why a film has none."""
    slots, absent = [], {}
    for line in _lines(table):
        words = line.split()
        if len(words) == 3:
            slots.append((f"{words[0]} {words[1]}", words[2]))
        else:
            absent[words[0]] = words[1]
    return slots, absent


def lines_of(table: Path) -> list[str]:
    """What stands in a table, without remarks."""
    return list(_lines(table))


def _lines(table: Path) -> Iterator[str]:
    for line in table.read_text("utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            yield line.strip()


def whole(cell: str) -> str:
    """A cell of `board.txt` with its numbers."""
    return cell if ":" in cell else f"{cell}:{'1/1' if cell == 'ok' else '0/1'}"


def row_token(cell: Json) -> str:
    """A cell of a prefecture, as `show --json` has it, in the words of the table."""
    return f"{_sign(cell)}:{cell['done']}/{cell['of']}"


def film_token(cell: Json) -> str:
    """A cell of a film."""
    if cell["state"] == "implied":
        return "im"
    late = cell["late_days"] if cell["state"] == "done" else 0
    return f"{_sign(cell)}+{late}" if late else _sign(cell)


def _sign(cell: Json) -> str:
    state = cell["state"]
    if state in ("done", "implied"):
        return "ok"
    if state == "late":
        return f"L{cell['late_days']}"
    if state == "near":
        return f"N{cell['left_days']}"
    return SIGNS[state]


def board_rows(status: Json) -> dict[str, list[str]]:
    """Each prefecture's cells, as the board has them."""
    return {row["code"]: [row_token(cell) for cell in row["cells"]] for row in status["rows"]}


def film_rows(status: Json, told: Story) -> list[list[str]]:
    """Each film as a row of `films.txt`."""
    return [
        [row["code"], told.named(film["title"]), film["standing"], *map(film_token, film["cells"])]
        for row in sorted(status["rows"], key=lambda row: row["code"])
        for film in row["films"]
    ]
