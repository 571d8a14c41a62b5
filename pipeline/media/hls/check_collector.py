"""How the clauses are put down: by number, with the worst figure and where."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TypeAlias

from pipeline.media import timecode
from pipeline.media.hls.ladder import Ladder, Rendition
from pipeline.model.stream import Check, Place, Status

MOST_PLACES = 10
# the file, the segment's number from 0, seconds from the film's beginning
RenditionPlace: TypeAlias = tuple[str, int | None, float | None]


class CheckCollector:
    """Collects the checks of one presentation."""

    def __init__(self, ladder: Ladder):
        self.ladder = ladder
        lead = ladder.lead
        rate = lead.measured.coding.frame_rate if lead and lead.measured and lead.measured.coding else None
        self.frame_s = 1 / rate if rate else 0.04
        self._face = timecode.Clock(Fraction(rate or 25).limit_denominator(1001))
        self.checks: list[Check] = []

    def must(
        self,
        clause: str,
        found: Sequence[RenditionPlace],
        *,
        text: str | None = None,
        limit: str | None = None,
        value: float | None = None,
        unit: str = "",
    ) -> None:
        """A rule whose breach stops players; `found` are the places where it is broken."""
        status = Status.ERROR if found else Status.PASS
        self._put(Check(id=clause, status=status, value=value, unit=unit, text=text, limit=limit), found)

    def should(
        self,
        clause: str,
        found: Sequence[RenditionPlace],
        *,
        text: str | None = None,
        limit: str | None = None,
        value: float | None = None,
        unit: str = "",
    ) -> None:
        """A recommendation."""
        status = Status.WARNING if found else Status.PASS
        self._put(Check(id=clause, status=status, value=value, unit=unit, text=text, limit=limit), found)

    def skip(self, clause: str, why: str, found: Sequence[RenditionPlace] = (), *, text: str | None = None) -> None:
        """A rule that does not apply, or not to the places `found`; `why` is a key of the catalogue's `check_why`."""
        self._put(Check(id=clause, status=Status.NOT_APPLICABLE, why=why, text=text), found)

    def place(self, item: Rendition, segment: int | None = None, at_s: float | None = None) -> RenditionPlace:
        """Somewhere in a rendition."""
        return item.uri, segment, at_s

    def _put(self, check: Check, found: Sequence[RenditionPlace]) -> None:
        """A check, with the first of the places where it is broken."""
        self.checks.append(
            check.model_copy(
                update={
                    "value": None if check.value is None else round(check.value, 3),
                    "count": len(found),
                    "places": tuple(self._place(*item) for item in found[:MOST_PLACES]),
                }
            )
        )

    def _place(self, file: str, segment: int | None, at_s: float | None) -> Place:
        return Place(
            at_s=None if at_s is None else round(at_s, 3),
            timecode="" if at_s is None else self._face.at(max(0.0, at_s)),
            file=file,
            segment=None if segment is None else segment + 1,
        )
