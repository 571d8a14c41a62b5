"""How checks are put down: with their worst figure, how often, and where."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import TypeAlias

import numpy as np

from pipeline.media import timecode
from pipeline.media.mpegts.clock import PcrClock
from pipeline.media.mpegts.stream import Stream
from pipeline.model.stream import Check, Place, Status

MOST_PLACES = 10
PacketPlace: TypeAlias = tuple[int, int | None]  # packet, PID


class CheckCollector:
    """Collects the checks of one stream."""

    def __init__(self, stream: Stream, rate: Fraction):
        self.stream = stream
        self._face = timecode.Clock(rate)
        self.checks: list[Check] = []

    @property
    def clock(self) -> PcrClock:
        return self.stream.clock

    def count(
        self,
        identity: str,
        found: Iterable[PacketPlace],
        status: Status = Status.ERROR,
        *,
        text: str | None = None,
    ) -> None:
        """A thing that must not be there at all; `found` are (packet, pid)."""
        places = list(found)
        status = status if places else Status.PASS
        self._put(Check(id=identity, status=status, value=float(len(places)), text=text, limit="0"), places)

    def most(
        self,
        identity: str,
        value: float,
        limit: float,
        unit: str,
        places: Sequence[PacketPlace],
        status: Status = Status.ERROR,
    ) -> None:
        """A figure that has an upper limit."""
        status = status if places else Status.PASS
        self._put(Check(id=identity, status=status, value=value, unit=unit, limit=f"≤ {limit:g}"), places)

    def fact(
        self,
        identity: str,
        text: str,
        limit: str | None,
        *,
        good: bool,
        status: Status = Status.ERROR,
        places: Sequence[PacketPlace] = (),
    ) -> None:
        """A fact that is no figure."""
        status = Status.PASS if good else status
        self._put(Check(id=identity, status=status, text=text, limit=limit), places)

    def figure(
        self,
        identity: str,
        status: Status,
        value: float,
        limit: str,
        unit: str,
        places: Sequence[PacketPlace] = (),
    ) -> None:
        """A figure whose verdict the caller has."""
        self._put(Check(id=identity, status=status, value=value, unit=unit, limit=limit), places)

    def skip(self, identity: str, why: str) -> None:
        """A check that does not apply; `why` is a key of the catalogue's `check_why`."""
        self.checks.append(Check(id=identity, status=Status.NOT_APPLICABLE, why=why))

    def _put(self, check: Check, places: Sequence[PacketPlace]) -> None:
        """The check with the first places where it is broken, and how many there are."""
        broken = check.status is not Status.PASS
        shown = sorted(places, key=lambda place: place[0])[:MOST_PLACES] if broken else []
        update = {
            "value": None if check.value is None else round(check.value, 3),
            "count": max(1, len(places)) if broken else 0,
            "places": tuple(self._place(packet, pid) for packet, pid in shown),
        }
        self.checks.append(check.model_copy(update=update))

    def _place(self, packet: int, pid: int | None) -> Place:
        seconds = max(0.0, float(self.clock.seconds(np.array([packet]))[0]))
        return Place(at_s=round(seconds, 3), timecode=self._face.at(seconds), packet=packet, pid=pid)
