"""A workspace with a film that was delivered for television: one transport stream, its poster, its C2 order."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Showcase, code_quickly, deliver_for_television, wait_for_none


@pytest.fixture
def television(small_film: Path, made_once: Callable[[str, Callable[[Path], object]], Path]) -> Path:
    """Made once: to be copied by `copy_of`."""

    def fill(folder: Path) -> None:
        code_quickly(folder)
        deliver_for_television(folder)
        shutil.copy(small_film, folder / "film.mp4")
        ran = Showcase(folder)("run", "film.mp4")
        assert ran.code == 0, ran.err
        assert wait_for_none(folder) == []
        (folder / ".showcase" / "store" / "ports.json").unlink()  # each copy takes ports of its own

    return made_once("television", fill)
