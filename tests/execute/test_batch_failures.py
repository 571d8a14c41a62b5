"""Failures of a batch by kind, on the real store with faults put into single calls."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from pipeline.errors import EnvironmentFault, IntegrityError, ShowcaseError, TransferError
from pipeline.exchange.intake import Intake
from pipeline.execute import batch, batch_film, batch_record, batch_sources, context, job
from pipeline.execute.batch import BatchRun
from pipeline.execute.batch_film import BatchContext
from pipeline.execute.batch_item import BatchItem, Outcome
from pipeline.execute.executor import LocalExecutor
from pipeline.execute.forecast import Forecast
from pipeline.execute.job_context import JobContext
from pipeline.execute.rule_sets import RuleSets
from pipeline.settings import Settings
from pipeline.storage import embedded
from pipeline.storage.bucket import Bucket
from pipeline.storage.buckets import Buckets
from pipeline.storage.s3 import Store
from pipeline.workspace import Workspace
from tests.conftest import wait_for_none


@dataclass(frozen=True)
class Faulty(Bucket):
    """A real bucket, but the next calls that put an object end as they are told to."""

    faults: list[ShowcaseError] = field(default_factory=list, hash=False, compare=False)

    def put(self, key: str, content: bytes, *, sha256: str, media_type: str) -> None:
        if self.faults:
            raise self.faults.pop(0)
        super().put(key, content, sha256=sha256, media_type=media_type)


@pytest.fixture(scope="module")
def buckets(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Buckets]:
    folder = tmp_path_factory.mktemp("store")
    with embedded.serve(folder, ("delivery", "inbox")) as server:
        store = Store(server.connection, endpoint_shown="")
        yield Buckets(Bucket(store, "inbox"), Faulty(store, "delivery"))
    assert wait_for_none(folder) == []


@pytest.fixture
def bench(
    tmp_path: Path, buckets: Buckets, small_film: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[BatchContext]:
    """Two films and a profile that is quickly made."""
    monkeypatch.setattr(batch_film, "BACK_OFF_S", (0.05, 0.05, 0.05))
    place = Workspace(tmp_path, Settings(set_name="quick")).make()
    (tmp_path / "profiles" / "sets").mkdir(parents=True)
    (tmp_path / "profiles" / "sets" / "quick.yaml").write_text(
        "schema_version: 1\npolicy: showcase-film\nprofiles: [{name: poster}]\n"
    )
    (tmp_path / "films").mkdir()
    for name in ("a.mp4", "b.mp4"):
        shutil.copy(small_film, tmp_path / "films" / f"{tmp_path.name[-20:]}-{name}")
    made = context.prepare(place)
    with LocalExecutor(made, buckets) as executor:
        work = JobContext(made, executor, RuleSets(made))
        yield BatchContext(work, buckets, tmp_path / "record.json", lambda _item: lambda _s, _f, _v: None)


def run(bench: BatchContext, faults: list[ShowcaseError], *, fail_fast: bool = False) -> list[BatchItem]:
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


def lost() -> TransferError:
    return TransferError("transfer_failed", where="x", detail="InternalError")


def test_a_broken_line_is_tried_again_with_back_off(bench: BatchContext) -> None:
    rows = run(bench, [lost(), lost(), lost()])
    assert [row.outcome for row in rows] == [Outcome.DELIVERED, Outcome.DELIVERED]
    assert len(bench.job.context.journal.rows("batch.again")) >= 1
    assert len(bench.job.context.journal.rows("encode.started")) == 1  # one film under two names has one set of outputs


def test_what_stays_broken_fails_and_the_next_one_goes_on(bench: BatchContext, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_film, "BACK_OFF_S", ())
    rows = run(bench, [lost()])
    assert [row.outcome for row in rows] == [Outcome.FAILED, Outcome.DELIVERED]
    assert batch_record.failed_before(bench.record) == {rows[0].recorded, rows[0].source.recorded}


def test_fail_fast_begins_nothing_more(bench: BatchContext, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_film, "BACK_OFF_S", ())
    rows = run(bench, [lost()], fail_fast=True)
    assert [row.outcome for row in rows] == [Outcome.FAILED, Outcome.NOT_BEGUN]


def test_a_fault_of_the_machine_stops_the_batch(bench: BatchContext) -> None:
    rows = run(bench, [EnvironmentFault("store_denied", where="x")])
    assert [row.outcome for row in rows] == [Outcome.FAILED, Outcome.NOT_BEGUN]
    assert isinstance(rows[0].error, EnvironmentFault)
    assert run(bench, [])[0].outcome is Outcome.DELIVERED  # a rerun goes on


def test_what_stands_there_with_other_bytes_is_not_tried_again(bench: BatchContext) -> None:
    rows = run(bench, [IntegrityError("delivered_differs", where="x")])
    assert [row.outcome for row in rows] == [Outcome.FAILED, Outcome.DELIVERED]
    assert bench.job.context.journal.rows("batch.again") == []


@pytest.mark.parametrize("key", batch_film.BROKEN_ON_THE_WAY)
def test_bytes_that_were_broken_on_the_way_are_sent_again(key: str, bench: BatchContext) -> None:
    rows = run(bench, [IntegrityError(key, where="x")])
    assert [row.outcome for row in rows] == [Outcome.DELIVERED, Outcome.DELIVERED]


@pytest.mark.parametrize("fault", [RuntimeError("odd"), ZeroDivisionError(), UnicodeError("x"), RecursionError()])
def test_a_fault_not_ours_while_looking_at_one_film_leaves_the_others(
    fault: Exception, bench: BatchContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare = job.prepare
    calls: list[str] = []

    def once(work: JobContext, given: Intake, because: str | None) -> job.Prepared:
        calls.append(given.shown)
        if len(calls) == 1:
            raise fault
        return prepare(work, given, because)

    monkeypatch.setattr(job, "prepare", once)
    items = batch_sources.folder(bench.job.context.workspace.root / "films", bench.job.context.workspace)
    rows = batch.plan_batch(bench, items, examine=True)
    assert [row.outcome for row in rows] == [Outcome.FAILED, Outcome.PLANNED]
    assert rows[0].error is not None
    assert (rows[0].error.key, rows[0].error.exit_code) == ("internal", 1)
    assert type(fault).__name__ in str(rows[0].error.detail)
