"""A season from its first plan to its last slot: fourteen prefectures, twenty films, real identities on one store.

What everybody sees at six dates was written down before (`season/`); a second season is nothing but other data.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from tests import season_right
from tests.season_look import Looks, absent, showings
from tests.season_story import order_rows

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(1800)]
each = pytest.mark.parametrize("name", ["july", "winter"])


@each
def test_the_board_is_the_tables_on_each_day(
    name: str, seasons: Callable[[str], Looks], subtests: pytest.Subtests
) -> None:
    season_right.board(seasons(name), subtests)


@each
def test_films_are_the_tables(name: str, seasons: Callable[[str], Looks], subtests: pytest.Subtests) -> None:
    season_right.films(seasons(name), subtests)


@each
def test_a_prefecture_sees_its_own_row_alone(name: str, seasons: Callable[[str], Looks]) -> None:
    season_right.own_rows(seasons(name))


@each
def test_each_status_is_the_tables(name: str, seasons: Callable[[str], Looks], subtests: pytest.Subtests) -> None:
    season_right.statuses(seasons(name), subtests)


@each
def test_letters_go_to_whom_they_should(name: str, seasons: Callable[[str], Looks], subtests: pytest.Subtests) -> None:
    season_right.letters(seasons(name), subtests)


@each
def test_a_later_look_at_an_earlier_day_is_the_same(name: str, seasons: Callable[[str], Looks]) -> None:
    season_right.later_looks(seasons(name))


def test_the_running_order_is_the_tables(july: Looks) -> None:
    slots, left_out = order_rows(july.table("order"))
    (order,) = july.play.rows("editor", "campaign", "schedule", "--today", "2026-06-25")
    assert (showings(order, july.story), absent(order, july.story)) == (slots, left_out)
    order, *gaps = july.orders[date(2026, 6, 26)]
    assert showings(order, july.story) == slots
    assert absent(order, july.story) == {"I2": "not_in_order"}  # taken over since
    (gap,) = gaps
    assert (gap["gap"]["title"]["zh"], gap["why"]["reason"]) == ("我们的村医", "withdrawn")
    assert july.play.ref("I2") in gap["fits"]
    assert july.orders[date(2026, 6, 15)] == []


def test_the_report_counts_what_was_counted_by_hand(july: Looks) -> None:
    season_right.report(july)


def test_what_moved_is_shown_from_old_to_new(july: Looks) -> None:
    assert july.boards[date(2026, 5, 18)]["moved"] == []
    (moved,) = july.boards[date(2026, 6, 8)]["moved"]
    assert (moved["milestone"], moved["old"], moved["new"]) == ("first-submission", "2026-06-10", "2026-06-12")
    said = july.play.does("editor", "campaign", "show", "653200", "--today", "2026-06-08").out
    assert "06-10" in said
    assert "06-12" in said
