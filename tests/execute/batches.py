"""A batch on a store with faults put into single calls."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipeline.errors import ShowcaseError
from pipeline.execute import batch, batch_sources
from pipeline.execute.batch import BatchRun
from pipeline.execute.batch_film import BatchContext
from pipeline.execute.batch_item import BatchItem
from pipeline.execute.films import LocalFilms
from pipeline.execute.forecast import Forecast
from pipeline.execute.outcome import Outcome
from pipeline.storage.bucket import Bucket
from pipeline.storage.network.sent_body import SentBody


@dataclass(frozen=True)
class Faulty(Bucket):
    """A real bucket, but the next calls that put an object end as they are told to."""

    faults: list[ShowcaseError] = field(default_factory=list, hash=False, compare=False)

    def put_file(self, key: str, body: SentBody, *, sha256: str, media_type: str) -> None:
        if self.faults and key.endswith(
            "programme.json"
        ):  # one in a package: what is put side by side takes no second fault
            raise self.faults.pop(0)
        super().put_file(key, body, sha256=sha256, media_type=media_type)


def here(bench: BatchContext) -> LocalFilms:
    """The machine that makes them."""
    assert isinstance(bench.films, LocalFilms)
    return bench.films


def planned(bench: BatchContext, *, examine: bool = False) -> list[BatchItem]:
    """What lies in the folder of films."""
    place = here(bench).job.context.workspace
    items = batch_sources.folder(place.root / "films", place)
    return batch.plan_batch(bench, items, here(bench), examine=examine)


def carried_out(bench: BatchContext, faults: list[ShowcaseError], *, fail_fast: bool = False) -> list[BatchItem]:
    rows = planned(bench)
    assert [row.outcome for row in rows] == [Outcome.PLANNED, Outcome.PLANNED]
    delivery = here(bench).buckets.delivery
    assert isinstance(delivery, Faulty)
    delivery.faults[:] = faults
    ended: list[str] = []
    told = Forecast(bench.journal, 1)
    BatchRun(bench, rows, told, ended=lambda row, _end: ended.append(row.name), fail_fast=fail_fast).run()
    assert len(ended) == sum(row.outcome is not Outcome.NOT_BEGUN for row in rows)
    return rows
