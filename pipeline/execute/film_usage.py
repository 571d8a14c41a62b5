"""What a piece of work on a film took, and who did it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from pipeline.children import ChildGroup
from pipeline.model.base import Noun


class FilmUsage(Noun):
    """What it took.

    Args:
        worker: who did it: a worker's address in Dask, else the name of this machine.
        began_at, ended_at: on that machine's clock.
        cpu_s: seconds of a processor, of all programs that were started for it (ffmpeg, MediaInfo), retries too.
        peak_rss_bytes: memory of the largest of them.
    """

    worker: str
    began_at: datetime
    ended_at: datetime
    cpu_s: float = 0.0
    peak_rss_bytes: int = 0

    def and_then(self, later: FilmUsage) -> FilmUsage:
        """Of both; who did the later one counts."""
        return FilmUsage(
            worker=later.worker,
            began_at=min(self.began_at, later.began_at),
            ended_at=max(self.ended_at, later.ended_at),
            cpu_s=self.cpu_s + later.cpu_s,
            peak_rss_bytes=max(self.peak_rss_bytes, later.peak_rss_bytes),
        )


UsageCallback = Callable[[FilmUsage], None]


@contextmanager
def measured(worker: str, on_usage: UsageCallback) -> Iterator[None]:
    """Tell what is done here takes, however it ends."""
    began_at = datetime.now(UTC)
    with ChildGroup() as group:
        try:
            yield
        finally:
            on_usage(
                FilmUsage(
                    worker=worker,
                    began_at=began_at,
                    ended_at=datetime.now(UTC),
                    cpu_s=group.cpu_s,
                    peak_rss_bytes=group.peak_rss_bytes,
                )
            )
