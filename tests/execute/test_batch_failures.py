"""Failures of a batch by kind, on the real store with faults put into single calls."""

from __future__ import annotations

import pytest

from pipeline.errors import EnvironmentFault, IntegrityError, TransferError
from pipeline.exchange.intake import Intake
from pipeline.execute import batch_film, batch_record, job
from pipeline.execute.batch_film import BatchContext
from pipeline.execute.job_context import JobContext
from pipeline.execute.outcome import Outcome
from tests.execute.batches import carried_out, planned
from tests.tiers import kept


def lost() -> TransferError:
    return TransferError("transfer_failed", where="x", detail="InternalError")


def test_a_broken_line_is_tried_again_with_back_off(bench: BatchContext) -> None:
    rows = carried_out(bench, [lost(), lost(), lost()])
    assert [row.outcome for row in rows] == [Outcome.DELIVERED, Outcome.DELIVERED]
    assert len(bench.journal.rows("batch.again")) >= 1
    assert len(bench.journal.rows("encode.started")) == 1  # one film under two names has one set of outputs


def test_what_stays_broken_fails_and_the_next_one_goes_on(bench: BatchContext, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_film, "BACK_OFF_S", ())
    rows = carried_out(bench, [lost()])
    assert [row.outcome for row in rows] == [Outcome.FAILED, Outcome.DELIVERED]
    assert batch_record.failed_before(bench.record) == {rows[0].recorded, rows[0].source.recorded}


def test_fail_fast_begins_nothing_more(bench: BatchContext, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_film, "BACK_OFF_S", ())
    rows = carried_out(bench, [lost()], fail_fast=True)
    assert [row.outcome for row in rows] == [Outcome.FAILED, Outcome.NOT_BEGUN]


def test_a_fault_of_the_machine_stops_the_batch(bench: BatchContext) -> None:
    rows = carried_out(bench, [EnvironmentFault("store_denied", where="x")])
    assert [row.outcome for row in rows] == [Outcome.FAILED, Outcome.NOT_BEGUN]
    assert isinstance(rows[0].error, EnvironmentFault)
    assert carried_out(bench, [])[0].outcome is Outcome.DELIVERED  # a rerun goes on


def test_what_stands_there_with_other_bytes_is_not_tried_again(bench: BatchContext) -> None:
    rows = carried_out(bench, [IntegrityError("delivered_differs", where="x")])
    assert [row.outcome for row in rows] == [Outcome.FAILED, Outcome.DELIVERED]
    assert bench.journal.rows("batch.again") == []


@pytest.mark.parametrize("key", kept(batch_film.BROKEN_ON_THE_WAY, "object_differs"))
def test_bytes_that_were_broken_on_the_way_are_sent_again(key: str, bench: BatchContext) -> None:
    rows = carried_out(bench, [IntegrityError(key, where="x")])
    assert [row.outcome for row in rows] == [Outcome.DELIVERED, Outcome.DELIVERED]


@pytest.mark.parametrize(
    "fault",
    [
        RuntimeError("odd"),
        *(
            pytest.param(fault, marks=pytest.mark.acceptance)
            for fault in (ZeroDivisionError(), UnicodeError("x"), RecursionError())
        ),
    ],
)
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
    rows = planned(bench, examine=True)
    assert [row.outcome for row in rows] == [Outcome.FAILED, Outcome.PLANNED]
    assert rows[0].error is not None
    assert (rows[0].error.key, rows[0].error.exit_code) == ("internal", 1)
    assert type(fault).__name__ in str(rows[0].error.detail)
