"""A small season by real people on a real store that tells the story's days; `acceptance` plays two whole ones."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests import season_right
from tests.season_look import Looks, looks_at
from tests.season_play import played
from tests.season_story import blocks, story


@pytest.fixture(scope="module")
def spring(tmp_path_factory: pytest.TempPathFactory, film_of: Callable[..., Path]) -> Iterator[Looks]:
    told = story("spring")
    with played(tmp_path_factory.mktemp("spring"), told, film_of) as play:
        yield looks_at(play, blocks(told.folder / "board.txt"))


def test_board_films_status_and_letters_are_the_tables(spring: Looks, subtests: pytest.Subtests) -> None:
    season_right.board(spring, subtests)
    season_right.films(spring, subtests)
    season_right.statuses(spring, subtests)
    season_right.letters(spring, subtests)


def test_a_prefecture_sees_its_own_and_a_later_look_says_the_same(spring: Looks) -> None:
    season_right.own_rows(spring)
    season_right.later_looks(spring)
