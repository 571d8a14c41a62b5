"""A batch's plan by headers, its order, its forecast, and what is not begun since it would not end in time."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.errors import ProcessLost
from pipeline.execute.batch import BatchRun
from pipeline.execute.batch_film import BatchContext
from pipeline.execute.batch_item import BatchItem
from pipeline.execute.executor import TRIES
from pipeline.execute.forecast import FIXED_S, Forecast
from pipeline.execute.journal import Journal
from pipeline.execute.outcome import Outcome
from pipeline.execute.workload import Workload
from pipeline.settings import Settings
from pipeline.workspace import Workspace
from tests.execute.batches import carried_out, here, planned


def made(bench: BatchContext, items: list[BatchItem], until: datetime | None = None) -> BatchRun:
    run = BatchRun(bench, items, Forecast(bench.journal, 1), ended=lambda _item, _end: None, until=until)
    run.run()
    return run


def test_a_plan_measures_nothing_and_a_film_is_measured_just_ahead_of_its_encodes(bench: BatchContext) -> None:
    journal = bench.journal
    items = planned(bench)
    assert journal.rows("stage.started") == []
    assert all(item.workload.examine_s > 1 and item.workload.profiles == ("poster",) for item in items)
    other = here(bench).job.context.workspace.root / "films" / "other.mp4"
    _with_a_tail(Path(items[0].source.shown), other)
    made(bench, planned(bench))
    stages = [row["stage"] for row in journal.rows("stage.started") if row["stage"] != "package"]
    assert stages == ["inspection", "transcode"] * 2  # two of the three files are the same film
    assert [item.outcome for item in planned(bench)] == [Outcome.ALREADY] * 3
    shutil.rmtree(here(bench).job.context.workspace.work / "transcode")  # as where another machine made them
    assert [item.outcome for item in planned(bench)] == [Outcome.ALREADY] * 3


def _with_a_tail(film: Path, path: Path) -> None:
    """The same film in another file: a box that nobody reads behind it."""
    path.write_bytes(film.read_bytes() + (16).to_bytes(4, "big") + b"free" + b"\0" * 8)


def test_what_stalls_or_is_killed_fails_by_name_and_the_rest_goes_on(bench: BatchContext) -> None:
    rows = carried_out(bench, [ProcessLost("killed", where="x")] * TRIES)
    assert [row.outcome for row in rows] == [Outcome.FAILED, Outcome.DELIVERED]


def test_the_longest_is_begun_first(bench: BatchContext) -> None:
    items = planned(bench)
    items[1].workload = Workload(examine_s=500.0, pixels=10**9)
    made(bench, items)
    assert [item.number for item in items] == [2, 1]


def test_what_would_not_end_in_time_is_not_begun_and_what_would_is(bench: BatchContext) -> None:
    items = planned(bench)
    items[0].workload = Workload(examine_s=36_000.0, pixels=10**12)
    run = made(bench, items, datetime.now(UTC) + timedelta(seconds=300))
    assert [item.outcome for item in items] == [Outcome.NO_TIME, Outcome.DELIVERED]
    assert run.late() == [items[0]]
    assert run.cores_in_time() > 100
    assert made(bench, planned(bench)).items[0].outcome is Outcome.DELIVERED


def test_a_film_that_turns_out_larger_than_its_headers_said_is_not_encoded(
    bench: BatchContext,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    items = planned(bench)[:1]
    seconds = Forecast.seconds
    monkeypatch.setattr(Forecast, "seconds", lambda self, work: seconds(self, work) + (0 if work.examine_s else 10**6))
    made(bench, items, datetime.now(UTC) + timedelta(seconds=300))
    assert items[0].outcome is Outcome.NO_TIME
    assert bench.journal.rows("encode.started") == []


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(Workspace(tmp_path, Settings()).make())


def test_a_forecast_learns_from_what_ended(journal: Journal) -> None:
    told = Forecast(journal, 1)
    assumed = told.seconds(Workload(examine_s=60.0, pixels=10**10))
    told.learn(60.0, 30.0, 10**10, 1000.0)
    assert told.seconds(Workload(examine_s=60.0, pixels=10**10)) == pytest.approx(1030.0, rel=0.2)
    assert assumed != pytest.approx(1030.0, rel=0.2)


def test_what_this_machine_needed_before_is_known_to_the_next_batch(journal: Journal) -> None:
    journal.write("batch.film", **Forecast(journal, 1).learn(600.0, 300.0, 10**11, 10_000.0 + FIXED_S))
    minute = Workload(examine_s=60.0, pixels=10**10)
    assert Forecast(journal, 1).seconds(minute) == pytest.approx(1030.0 + FIXED_S, rel=0.001)
    assert Forecast(journal, 2).seconds(minute) < 1000  # two at once are another machine


def test_films_side_by_side_end_when_the_last_does(journal: Journal) -> None:
    told = Forecast(journal, 2)
    one = Workload(examine_s=0.0, pixels=10**10)
    alone = told.seconds(one)
    assert told.left([one]) == pytest.approx(alone)
    assert told.left([one, one]) == pytest.approx(alone)
    assert told.left([one, one, one]) == pytest.approx(2 * alone)
    assert told.left([one], [(one, alone / 2), (one, 0.0)]) == pytest.approx(1.5 * alone)
    assert told.left([], [(one, 2 * alone)]) == 0.0


def test_how_many_cores_would_do_it(journal: Journal) -> None:
    told = Forecast(journal, 1)
    works = [Workload(examine_s=0.0, pixels=10**10)] * 4
    assert told.cores_for(works, told.left(works)) == told.cores
    assert told.cores_for(works, told.left(works) / 2) == 2 * told.cores
    assert told.core_hours(works) == pytest.approx(told.left(works) * told.cores / 3600)


def test_each_promise_is_in_the_journal(bench: BatchContext) -> None:
    made(bench, planned(bench))
    rows = bench.journal.rows("batch.promised")
    assert len(rows) == 4  # before each film and after each
    assert json.dumps(rows)
    assert abs((datetime.fromisoformat(rows[-1]["end"]) - datetime.now(UTC)).total_seconds()) < 5
