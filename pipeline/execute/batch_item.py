"""One thing of a batch, and what becomes of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipeline.errors import ShowcaseError
from pipeline.execute.batch_source import BatchSource
from pipeline.execute.film_usage import FilmUsage
from pipeline.execute.films import FilmDelivered, FilmFound
from pipeline.execute.outcome import Outcome
from pipeline.execute.workload import Workload


@dataclass
class BatchItem:
    """One item and what is known of it so far.

    Args:
        found: None until it was examined.
        workload: what is left to be done, by its headers until it was examined.
        number: its place among those that were begun, from 1, `of` so many when it was.
        film_s: seconds of film that were measured for it, examine_s: which took so long.
        pixels: that were encoded for it, deliver_s: which took so long, with all that came after.
        usage: what it took of whoever worked on it; None before.
    """

    source: BatchSource
    outcome: Outcome = Outcome.NOT_BEGUN
    found: FilmFound | None = None
    workload: Workload = field(default_factory=Workload)
    error: ShowcaseError | None = None
    delivered: FilmDelivered | None = None
    number: int = 0
    of: int = 0
    film_s: float = 0.0
    examine_s: float = 0.0
    pixels: int = 0
    deliver_s: float = 0.0
    usage: FilmUsage | None = None

    def used(self, usage: FilmUsage) -> None:
        """Count what a further piece of work took."""
        self.usage = self.usage.and_then(usage) if self.usage else usage

    @property
    def seconds(self) -> float:
        """How long it took."""
        return self.examine_s + self.deliver_s

    @property
    def place(self) -> str:
        """`3/12 ` in front of its name, from when it was begun."""
        return f"{self.number}/{self.of} " if self.number else ""

    @property
    def name(self) -> str:
        """What people call it, as they type it."""
        ref = self.found.ref if self.found else self.source.ref
        return ref.typed if ref else self.source.shown

    @property
    def title(self) -> str:
        """Of the film, as far as it is known."""
        return (self.found.title if self.found else self.source.title) or ""

    @property
    def submission_id(self) -> str | None:
        """What programs call it."""
        return self.found.submission_id if self.found else self.source.identity

    @property
    def recorded(self) -> str:
        """What records call it: no two submissions have the same."""
        return str(self.found.ref) if self.found else self.source.recorded

    @property
    def identity(self) -> tuple[str, int | None]:
        """What it is, in the inbox with the revision: a list that is read again tells it from what is new."""
        return self.source.recorded, self.source.revision
