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
        self._put(
            identity, status if places else Status.PASS, value=float(len(places)), limit="0", places=places, text=text
        )

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
        self._put(
            identity, status if places else Status.PASS, value=value, unit=unit, limit=f"≤ {limit:g}", places=places
        )

    def told(
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
        self._put(identity, Status.PASS if good else status, text=text, limit=limit, places=places)

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
        self._put(identity, status, value=value, unit=unit, limit=limit, places=places)

    def skip(self, identity: str, why: str) -> None:
        """A check that does not apply; `why` is a key of the catalogue's `check_why`."""
        self.checks.append(Check(id=identity, status=Status.NOT_APPLICABLE, why=why))

    def _put(
        self,
        identity: str,
        status: Status,
        *,
        places: Sequence[PacketPlace] = (),
        value: float | None = None,
        unit: str = "",
        text: str | None = None,
        limit: str | None = None,
    ) -> None:
        shown = [] if status is Status.PASS else sorted(places, key=lambda place: place[0])[:MOST_PLACES]
        self.checks.append(
            Check(
                id=identity,
                status=status,
                value=None if value is None else round(value, 3),
                unit=unit,
                text=text,
                limit=limit,
                count=0 if status is Status.PASS else max(1, len(places)),
                places=tuple(self._place(packet, pid) for packet, pid in shown),
            )
        )

    def _place(self, packet: int, pid: int | None) -> Place:
        seconds = max(0.0, float(self.clock.seconds(np.array([packet]))[0]))
        return Place(at_s=round(seconds, 3), timecode=self._face.at(seconds), packet=packet, pid=pid)
