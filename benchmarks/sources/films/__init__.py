"""The lists of sources, one a family of oddities."""

from __future__ import annotations

from benchmarks.sources.films import plain
from benchmarks.sources.source import Source

FAMILIES = (plain,)


def every() -> tuple[Source, ...]:
    """All sources, in the order of their families."""
    return tuple(source for family in FAMILIES for source in family.SOURCES)
