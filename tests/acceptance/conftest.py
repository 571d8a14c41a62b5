from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.season_look import Looks, looks_at
from tests.season_play import played
from tests.season_story import blocks, story


@pytest.fixture(scope="session")
def seasons(tmp_path_factory: pytest.TempPathFactory, film_of: Callable[..., Path]) -> Iterator[Callable[[str], Looks]]:
    """Each season is played once, when the first test asks for it; its store stays up until the last."""
    kept: dict[str, Looks] = {}
    with pytest.MonkeyPatch.context() as clean, ExitStack() as stores:
        for name in [name for name in os.environ if name.startswith(("AWS_", "SHOWCASE_"))]:
            clean.delenv(name)

        def season(name: str) -> Looks:
            if name not in kept:
                told = story(name)
                play = stores.enter_context(played(tmp_path_factory.mktemp(name), told, film_of))
                kept[name] = looks_at(play, blocks(told.folder / "board.txt"))
            return kept[name]

        yield season


@pytest.fixture
def july(seasons: Callable[[str], Looks]) -> Looks:
    """The season of fourteen prefectures, all played."""
    return seasons("july")
