"""When a batch will be done: by what this machine needed for films before, and for those of this batch."""

from __future__ import annotations

import heapq
import math
import os
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.execute.journal import Journal
from pipeline.execute.workload import Workload

ENDED = "batch.film"  # the journal's row of a film that was made
CORE_S_A_PIXEL = 2.3e-8  # all outputs of a standard delivery (docs/performance.md)
CORE_S_A_SECOND = 0.8  # of measuring a second of film of 1080 lines
FIXED_S = 4.0  # of each film: processes that start, outputs measured anew, the package
REMEMBERED = 20
ASSUMED_PIXELS = 25 * 3e6  # what is known from before weighs as much as a moment of a film: one film tells more
ASSUMED_FILM_S = 3.0


@dataclass
class _Rate:
    """Seconds of the clock for a unit of work: what is assumed weighs as much as `weight` units that were measured."""

    assumed: float
    weight: float
    seconds: float = 0.0
    units: float = 0.0

    def learn(self, seconds: float, units: float) -> None:
        if units > 0:
            self.seconds += max(0.0, seconds)
            self.units += units

    @property
    def value(self) -> float:
        return (self.seconds + self.weight * self.assumed) / (self.units + self.weight)


class Forecast:
    """Learns from each film that ends.

    Args:
        journal: what it is told of films before, with as many at once.
        jobs: films at once.
        cores: of all machines that make them; else this one's.
    """

    def __init__(self, journal: Journal, jobs: int, cores: int | None = None):
        self.jobs = jobs
        self.cores = cores or os.cpu_count() or 1
        self._examine = _Rate(CORE_S_A_SECOND * jobs / self.cores, ASSUMED_FILM_S)
        self._deliver = _Rate(CORE_S_A_PIXEL * jobs / self.cores, ASSUMED_PIXELS)
        before = [row for row in journal.rows(ENDED) if row.get("jobs") == jobs][-REMEMBERED:]
        examined = sum(row["film_s"] for row in before if row["film_s"])
        pixels = sum(row["pixels"] for row in before)
        if examined:
            self._examine.assumed = sum(row["examine_s"] for row in before if row["film_s"]) / examined
        if pixels:
            spent = sum(max(0.0, row["deliver_s"] - FIXED_S) for row in before if row["pixels"])
            self._deliver.assumed = spent / pixels

    def learn(self, film_s: float, examine_s: float, pixels: int, deliver_s: float) -> dict[str, object]:
        """What a film cost: seconds of the clock for measuring so much of it, and for encoding so many pixels.

        Gives what the journal is to hold of it.
        """
        self._examine.learn(examine_s, film_s)
        self._deliver.learn(deliver_s - FIXED_S, pixels)
        return {
            "jobs": self.jobs,
            "film_s": round(film_s, 3),
            "examine_s": round(examine_s, 2),
            "pixels": pixels,
            "deliver_s": round(deliver_s, 2),
        }

    def seconds(self, work: Workload) -> float:
        """Of the clock, from beginning a film to its end."""
        encoded = work.pixels * self._deliver.value
        return FIXED_S + work.examine_s * self._examine.value + encoded

    def left(self, waiting: Sequence[Workload], running: Sequence[tuple[Workload, float]] = ()) -> float:
        """Seconds until all is done, begun in this order.

        Args:
            running: with the seconds since each began.
        """
        free = [max(0.0, self.seconds(work) - since_s) for work, since_s in running]
        free += [0.0] * (self.jobs - len(free))
        heapq.heapify(free)
        for work in waiting:
            heapq.heappush(free, heapq.heappop(free) + self.seconds(work))
        return max(free, default=0.0)

    def core_hours(self, works: Sequence[Workload]) -> float:
        """Of all of these, on machines like this one."""
        return self._core_s(sum(map(self.seconds, works))) / 3600

    def cores_for(self, works: Sequence[Workload], within_s: float, spent_s: float = 0.0) -> int:
        """How many cores like this machine's would do these in that time, with what other films took of it."""
        return max(1, math.ceil(self._core_s(spent_s + sum(map(self.seconds, works))) / max(1.0, within_s)))

    def _core_s(self, films_s: float) -> float:
        """Of a processor, for so many seconds that films took or will."""
        return films_s / self.jobs * self.cores
