"""A season from its first plan to its last slot: fourteen prefectures, twenty films, real identities on one store.

What everybody sees at six dates was written down before (`season/`); a second season is nothing but other data.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from tests.season_look import Looks, absent, letter_rows, showings, status_rows
from tests.season_story import blocks, board_rows, film_rows, order_rows, whole

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(1200)]
EACH = ["july", "winter"]


@pytest.mark.parametrize("name", EACH)
def test_the_board_is_the_tables_on_each_day(
    name: str, seasons: Callable[[str], Looks], subtests: pytest.Subtests
) -> None:
    looks = seasons(name)
    for day, block in blocks(looks.table("board")).items():
        board = looks.boards[day]
        with subtests.test(day=str(day)):
            assert board["revision"] == block.revision
            assert board_rows(board) == {code: [whole(cell) for cell in cells] for code, *cells in block.rows}
            late = [row["late_days"] for row in board["rows"]]
            assert late == sorted(late, reverse=True)
            assert board["bad"] == board["contradictions"] == []


@pytest.mark.parametrize("name", EACH)
def test_films_are_the_tables(name: str, seasons: Callable[[str], Looks], subtests: pytest.Subtests) -> None:
    looks = seasons(name)
    for day, block in blocks(looks.table("films")).items():
        with subtests.test(day=str(day)):
            assert sorted(film_rows(looks.boards[day], looks.story)) == sorted(block.rows)


@pytest.mark.parametrize("name", EACH)
def test_a_prefecture_sees_its_own_row_alone(name: str, seasons: Callable[[str], Looks]) -> None:
    looks = seasons(name)
    for day, boards in looks.own.items():
        whole_board = {row["code"]: row for row in looks.boards[day]["rows"]}
        for code, own in boards.items():
            assert own["rows"] == [whole_board[code]], (day, code)
            assert {item["prefecture"] for item in own["wanted"]} <= {code}


@pytest.mark.parametrize("name", EACH)
def test_each_status_is_the_tables(name: str, seasons: Callable[[str], Looks], subtests: pytest.Subtests) -> None:
    looks = seasons(name)
    for day, block in blocks(looks.table("status")).items():
        with subtests.test(day=str(day)):
            assert status_rows(looks, day) == sorted(block.rows)


@pytest.mark.parametrize("name", EACH)
def test_letters_go_to_whom_they_should(name: str, seasons: Callable[[str], Looks], subtests: pytest.Subtests) -> None:
    looks = seasons(name)
    for day, block in blocks(looks.table("letters")).items():
        with subtests.test(day=str(day)):
            got = letter_rows(looks.letters[day], looks.story)
            maybe = [row[:3] for row in block.rows if "maybe" in row]
            assert [row for row in got if row not in maybe] == sorted(
                row[:3] for row in block.rows if "maybe" not in row
            )
            texts = {item["prefecture"]: item["text"] for item in looks.letters[day]}
            for code, film, _, *reason in block.rows:
                if reason and reason != ["maybe"]:
                    assert reason[0] in texts[code]
                if film != "?" and code in texts:
                    assert looks.story.films[film].last_title in texts[code]


def test_the_running_order_is_the_tables(july: Looks) -> None:
    slots, left_out = order_rows(july.table("order"))
    withdrawn = date(2026, 6, 26)
    order, *gaps = july.orders[withdrawn]
    assert showings(order, july.story) == slots
    assert absent(order, july.story) == left_out
    (gap,) = gaps
    assert (gap["gap"]["title"]["zh"], gap["why"]["reason"]) == ("我们的村医", "withdrawn")
    assert july.play.ref("I2") in gap["fits"]  # taken over since, and on air nowhere
    assert not any("showings" in row for row in july.orders[date(2026, 6, 15)])


@pytest.mark.parametrize("name", EACH)
def test_a_later_look_at_an_earlier_day_is_the_same(name: str, seasons: Callable[[str], Looks]) -> None:
    looks = seasons(name)
    for day, board in looks.boards.items():
        assert looks.play.board(day) == board
        code = looks.story.prefectures[0]
        assert looks.play.rows(code, "status", "--today", str(day)) == looks.statuses[day][code]


def test_what_moved_is_shown_from_old_to_new(july: Looks) -> None:
    assert july.boards[date(2026, 5, 18)]["moved"] == []
    (moved,) = july.boards[date(2026, 6, 8)]["moved"]
    assert (moved["milestone"], moved["old"], moved["new"]) == ("first-submission", "2026-06-10", "2026-06-12")
    said = july.play.does("editor", "campaign", "show", "--today", "2026-06-08").out
    assert "06-10" in said
    assert "06-12" in said
