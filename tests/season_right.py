"""What everybody saw of a season that was played, held against its tables."""

from __future__ import annotations

import pytest

from tests.season_look import Looks, letter_rows, status_rows
from tests.season_story import Json, blocks, board_rows, film_rows, lines_of, whole


def board(looks: Looks, subtests: pytest.Subtests) -> None:
    """Each prefecture × milestone, on each day; the most late first."""
    for day, block in blocks(looks.table("board")).items():
        seen = looks.boards[day]
        with subtests.test(day=str(day)):
            assert seen["revision"] == block.revision
            assert board_rows(seen) == {code: [whole(cell) for cell in cells] for code, *cells in block.rows}
            late = [row["late_days"] for row in seen["rows"]]
            assert late == sorted(late, reverse=True)
            assert seen["bad"] == seen["contradictions"] == []


def films(looks: Looks, subtests: pytest.Subtests) -> None:
    """Each film × milestone."""
    for day, block in blocks(looks.table("films")).items():
        with subtests.test(day=str(day)):
            assert sorted(film_rows(looks.boards[day], looks.story)) == sorted(block.rows)


def own_rows(looks: Looks) -> None:
    """A prefecture's board is its own row, and nothing of another."""
    for day, boards in looks.own.items():
        whole_board = {row["code"]: row for row in looks.boards[day]["rows"]}
        for code, own in boards.items():
            assert own["rows"] == [whole_board[code]], (day, code)
            assert {item["prefecture"] for item in own["wanted"]} <= {code}


def statuses(looks: Looks, subtests: pytest.Subtests) -> None:
    """What each prefecture's `status` says of each film."""
    for day, block in blocks(looks.table("status")).items():
        with subtests.test(day=str(day)):
            assert status_rows(looks, day) == sorted(block.rows)


def letters(looks: Looks, subtests: pytest.Subtests) -> None:
    """Who gets a letter, and about which step of which film."""
    for day, block in blocks(looks.table("letters")).items():
        with subtests.test(day=str(day)):
            maybe = [row[:3] for row in block.rows if "maybe" in row]
            certain = sorted(row[:3] for row in block.rows if "maybe" not in row)
            assert [row for row in letter_rows(looks.letters[day], looks.story) if row not in maybe] == certain
            texts = {item["prefecture"]: item["text"] for item in looks.letters[day]}
            for code, film, _, *reason in block.rows:
                if reason and reason != ["maybe"]:
                    assert reason[0] in texts[code]
                if film != "?" and code in texts:
                    assert looks.story.films[film].last_title in texts[code]


def report(looks: Looks) -> None:
    """The figures of the whole."""
    (told,) = looks.play.rows("editor", "campaign", "report", "--today", str(looks.last))
    assert _figures(told) == lines_of(looks.table("report"))


def _figures(told: Json) -> list[str]:
    """A report in the words of `report.txt`."""
    total, hands, first = told["total"], told["hands"], told["first_cut"]
    reached = " ".join(f"{name} {figure['count']}" for name, figure in total["reached"].items())
    found = [
        f"films expected {total['expected']} named {total['named']['count']} ended {total['ended']['count']}",
        f"reached {reached}",
        f"first_cut {first['count']} of {first['of']}",
    ]
    for key, value in (("days", "days"), ("most", "most_days")):
        found.append(" ".join((key, *(f"{person} {figure[value]:g}" for person, figure in hands.items()))))
    for step in told["by_milestone"]:
        figures = [step[name] for name in ("done", "still_open", "extended")]
        found.append(" ".join((step["name"], *(f"{item['count']} {item['most_days']:g}" for item in figures))))
    return found


def later_looks(looks: Looks) -> None:
    """A later look at an earlier day says the same."""
    code = looks.story.prefectures[0]
    for day, seen in looks.boards.items():
        assert looks.play.board(day) == seen
        assert looks.play.rows(code, "status", "--today", str(day)) == looks.statuses[day][code]
