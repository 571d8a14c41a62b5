"""A batch on a store with faults put into single calls."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipeline.errors import ShowcaseError
from pipeline.execute import batch, batch_sources
from pipeline.execute.batch import BatchRun
from pipeline.execute.batch_film import BatchContext
from pipeline.execute.batch_item import BatchItem, Outcome
from pipeline.execute.forecast import Forecast
from pipeline.storage.bucket import Bucket


@dataclass(frozen=True)
class Faulty(Bucket):
    """A real bucket, but the next calls that put an object end as they are told to."""

    faults: list[ShowcaseError] = field(default_factory=list, hash=False, compare=False)

    def put(self, key: str, content: bytes, *, sha256: str, media_type: str) -> None:
        if self.faults:
            raise self.faults.pop(0)
        super().put(key, content, sha256=sha256, media_type=media_type)


def carried_out(bench: BatchContext, faults: list[ShowcaseError], *, fail_fast: bool = False) -> list[BatchItem]:
    items = batch_sources.folder(bench.job.context.workspace.root / "films", bench.job.context.workspace)
    rows = batch.plan_batch(bench, items)
    assert [row.outcome for row in rows] == [Outcome.PLANNED, Outcome.PLANNED]
    assert isinstance(bench.buckets.delivery, Faulty)
    bench.buckets.delivery.faults[:] = faults
    ended: list[str] = []
    told = Forecast(bench.job.context.journal, 1)
    BatchRun(bench, rows, told, ended=lambda row, _end: ended.append(row.name), fail_fast=fail_fast).run()
    assert len(ended) == sum(row.outcome is not Outcome.NOT_BEGUN for row in rows)
    return rows
