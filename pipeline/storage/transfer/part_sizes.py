"""In which parts a large file goes: by its size and the line, or as they lie in the store already."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.model.storage_preset import Multipart

MIB = 1 << 20
OVER_BYTES = 5 * MIB  # larger files go in parts: S3 joins none under 5 MiB but the last
LEAST_BYTES, MOST_BYTES = 5 * MIB, 64 * MIB
PART_S = 10.0  # that one part takes on a line whose rate is known
LEAST_PARTS = 16  # of a file, where they are not smaller than a store takes: a line may be another one than last time
UNKNOWN_PARTS, UNKNOWN_BYTES = 400, 16 * MIB  # of a file on a line that is not known: what a cut costs stays small
FORMER_BYTES, FORMER_PARTS = 16 * MIB, 9000  # of objects that do not say it: 16 MiB, more only for over 9,000 parts


@dataclass(frozen=True)
class Grid:
    """A file in parts of one size, of which the last may be smaller."""

    size_bytes: int
    part_bytes: int

    @property
    def count(self) -> int:
        """How many parts there are."""
        return -(-self.size_bytes // self.part_bytes)

    def span(self, number: int) -> range:
        """The bytes of a part; they are counted from 1."""
        return range((number - 1) * self.part_bytes, min(number * self.part_bytes, self.size_bytes))

    def holds(self, number: int, size_bytes: int) -> bool:
        """Whether a part of this number and size is one of these."""
        return 1 <= number <= self.count and len(self.span(number)) == size_bytes


def least(size_bytes: int, limits: Multipart) -> int:
    """The smallest parts that a store takes of a file of this size."""
    return max(LEAST_BYTES, limits.least_part_bytes, _whole_mib(size_bytes, limits.most_parts))


def chosen(size_bytes: int, bytes_per_s: float | None, limits: Multipart) -> Grid:
    """The parts of a file that is begun: of about ten seconds, 5 to 64 MiB, as many as a store takes.

    Args:
        bytes_per_s: what the line carries; None is not known.
    """
    if bytes_per_s is None:
        wanted = min(_whole_mib(size_bytes, UNKNOWN_PARTS), UNKNOWN_BYTES)
    else:
        wanted = min(int(bytes_per_s * PART_S) // MIB * MIB, _whole_mib(size_bytes, LEAST_PARTS), MOST_BYTES)
    smallest = least(size_bytes, limits)
    return Grid(size_bytes, max(smallest, min(wanted, limits.most_part_bytes)))


def found(size_bytes: int, there: Mapping[int, int], limits: Multipart) -> Grid | None:
    """The parts that an unfinished upload was begun in, as far as what lies there tells; None where it does not.

    Args:
        there: sizes by number. Those that do not fit the others are sent again.
    """
    smallest = least(size_bytes, limits)
    grids = (Grid(size_bytes, size) for size in sorted({*there.values()}) if size >= min(smallest, size_bytes))
    fitting = {
        grid: sum(size for number, size in there.items() if grid.holds(number, size))
        for grid in grids
        if grid.count <= limits.most_parts
    }
    best = max(fitting, key=lambda grid: fitting[grid], default=None)
    return best if best and fitting[best] else None


def former(size_bytes: int) -> Grid:
    """The parts of objects that do not say in which they were sent."""
    return Grid(size_bytes, max(FORMER_BYTES, _whole_mib(size_bytes, FORMER_PARTS)))


def _whole_mib(size_bytes: int, parts: int) -> int:
    """MiB, rounded up, so that there are no more parts than this."""
    return -(-size_bytes // parts // MIB) * MIB
