"""A batch of two films on the real store, with faults put into single calls."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.execute import batch_film, context
from pipeline.execute.batch_film import BatchContext
from pipeline.execute.executor import LocalExecutor
from pipeline.execute.films import LocalFilms
from pipeline.execute.job_context import JobContext
from pipeline.execute.rule_sets import RuleSets
from pipeline.settings import Settings
from pipeline.storage.bucket import Bucket
from pipeline.storage.buckets import Buckets
from pipeline.storage.s3.store import Store
from pipeline.workspace import Workspace
from tests.common_store import CommonStore
from tests.execute.batches import Faulty


@pytest.fixture(scope="module")
def buckets(common_store: CommonStore) -> Iterator[Buckets]:
    with common_store.taken("delivery", "inbox") as connection:
        store = Store(connection, endpoint_shown="")
        yield Buckets(Bucket(store, "inbox"), Faulty(store, "delivery"))


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
        films = LocalFilms(work, buckets)
        yield BatchContext(films, made.journal, tmp_path / "record.json", lambda _item: lambda _s, _f, _v: None)
