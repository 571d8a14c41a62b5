"""In which parts a large file goes."""

from __future__ import annotations

import pytest

from pipeline.model.storage_preset import Multipart
from pipeline.storage.transfer import part_sizes
from pipeline.storage.transfer.part_sizes import MIB, Grid

GIB = 1 << 30
LIMITS = Multipart()


@pytest.mark.parametrize(
    ("size_bytes", "bytes_per_s", "part_mib"),
    [
        (100 * MIB, 250_000, 5),  # 2 Mbit/s
        (100 * MIB, 1_500_000, 7),
        (100 * MIB, 1e9, 7),  # so that a cut costs a sixteenth at most
        (1 * GIB, 1_500_000, 14),
        (2 * GIB, 1e9, 64),
        (100 * MIB, None, 5),
        (4 * GIB, None, 11),
        (1 << 40, None, 105),  # no more than 10,000
        (1 << 40, 250_000, 105),
    ],
)
def test_parts_take_ten_seconds_within_what_stores_take(
    size_bytes: int, bytes_per_s: float | None, part_mib: int
) -> None:
    grid = part_sizes.chosen(size_bytes, bytes_per_s, LIMITS)
    assert grid.part_bytes == part_mib * MIB
    assert grid.count <= 10_000


def test_a_store_that_takes_other_parts_gets_them() -> None:
    grid = part_sizes.chosen(GIB, 1000, Multipart(least_part_bytes=8 * MIB, most_parts=100))
    assert (grid.part_bytes, grid.count) == (11 * MIB, 94)
    assert part_sizes.chosen(GIB, 1e9, Multipart(most_part_bytes=20 * MIB)).part_bytes == 20 * MIB


@pytest.mark.parametrize(
    ("there", "part_mib"),
    [
        ({}, None),
        ({1: 8 * MIB}, 8),
        ({2: 8 * MIB, 3: 8 * MIB}, 8),
        ({1: 8 * MIB, 13: 4 * MIB}, 8),  # with the last one
        ({13: 4 * MIB}, None),  # which alone tells nothing
        ({1: 5 * MIB, 2: 8 * MIB, 3: 8 * MIB}, 8),  # what does not fit is sent again
        ({40: 8 * MIB}, None),  # behind the file's end
        ({1: 1000}, None),
    ],
)
def test_what_lies_there_tells_in_which_parts_it_was_begun(there: dict[int, int], part_mib: int | None) -> None:
    grid = part_sizes.found(100 * MIB, there, LIMITS)
    assert (grid and grid.part_bytes) == (part_mib and part_mib * MIB)


def test_the_last_part_is_what_is_left() -> None:
    grid = Grid(12 * MIB + 1, 5 * MIB)
    assert [len(grid.span(number)) for number in (1, 2, 3)] == [5 * MIB, 5 * MIB, 2 * MIB + 1]
    assert grid.span(3).stop == grid.size_bytes
    assert grid.holds(3, 2 * MIB + 1)
    assert not grid.holds(2, 2 * MIB + 1)
    assert not grid.holds(4, 5 * MIB)
    assert not grid.holds(0, 5 * MIB)


def test_objects_that_do_not_say_it_lie_in_the_parts_of_before() -> None:
    assert part_sizes.former(1).part_bytes == 16 * MIB
    assert part_sizes.former(1 << 40).count <= 9000
