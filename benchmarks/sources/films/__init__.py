"""The lists of sources, one a family of oddities."""

from __future__ import annotations

from benchmarks.sources.films import (
    changes,
    codecs,
    colours,
    containers,
    extras,
    geometry,
    gstreamer,
    others,
    plain,
    sounds,
    streams,
    timing,
)
from benchmarks.sources.source import Source

FAMILIES = (plain, geometry, streams, containers, timing, colours, codecs, sounds, changes, extras, gstreamer, others)


def every() -> tuple[Source, ...]:
    """All sources, in the order of their families."""
    return tuple(source for family in FAMILIES for source in family.SOURCES)
