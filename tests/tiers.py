"""Which rows of a matrix the suite runs; the others are run by hand, with `pytest -m acceptance`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

import pytest

Row = TypeVar("Row")


def sampled(rows: Iterable[Row], is_kept: Callable[[Row], bool]) -> list[object]:
    """All rows; those that are not kept are marked `acceptance`. A tuple is a row of several values."""
    return [
        pytest.param(*(row if isinstance(row, tuple) else (row,)), marks=() if is_kept(row) else pytest.mark.acceptance)
        for row in rows
    ]


def kept(rows: Iterable[Row], *names: Row) -> list[object]:
    """All rows; those that are named stay in the suite."""
    every = list(rows)
    assert set(names) <= set(every), names
    return sampled(every, lambda row: row in names)
