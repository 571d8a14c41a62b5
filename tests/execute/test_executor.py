"""Tasks are data: a second executor, which shares nothing with the first, makes the same bytes."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from pipeline import shipped
from pipeline.errors import Interrupted
from pipeline.exchange import intake
from pipeline.exchange.progress import ProgressCallback
from pipeline.execute import context, job
from pipeline.execute.context import Context
from pipeline.execute.executor import Executor, LocalExecutor, LocalTask
from pipeline.execute.inspection import inspect
from pipeline.execute.job_context import JobContext
from pipeline.execute.perform import PACKAGE
from pipeline.execute.rule_sets import RuleSets
from pipeline.execute.tasks import RESULT, TASK, Task, TaskResult, TranscodeResult, TranscodeTask, result_of
from pipeline.model.inspection_request import InspectionRequest
from pipeline.package import checksums
from pipeline.settings import Settings
from pipeline.storage.bucket import Bucket
from pipeline.storage.buckets import Buckets
from pipeline.storage.s3.session import Connection
from pipeline.storage.s3.store import Store
from pipeline.workspace import Workspace
from tests.acceptance.test_pins import PINS
from tests.common_store import CommonStore
from tests.conftest import ROOT, processes_under, wait_for_none

QUICK = "schema_version: 1\npolicy: showcase-film\nprofiles: [{name: poster}, {name: sprite}, {name: audio-only}]\n"


@dataclass
class FreshProcess:
    """A task in a process that was started for it."""

    child: subprocess.Popen[bytes]
    description: bytes

    def follow(self, on_progress: ProgressCallback) -> TaskResult:
        out, err = self.child.communicate(self.description, timeout=600)
        assert self.child.returncode == 0, err.decode()
        return RESULT.validate_json(out)

    def cancel(self) -> None:
        self.child.kill()


@dataclass
class FreshProcessExecutor:
    """Each task in a fresh Python process with a work folder of its own; sources and stages lie in a folder each."""

    root: Path
    context: Context
    environment: dict[str, str]
    submitted: list[Task] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=itertools.count)

    def submit(self, task: Task) -> FreshProcess:
        sources, stages = self.root / "sources", self.root / "stages"
        for folder in (sources, stages):
            folder.mkdir(exist_ok=True, parents=True)
        for sha256, path in self.context.sources.known():
            if not (sources / sha256).exists():
                shutil.copy(path, sources / sha256)
        self.submitted.append(task)
        work = self.root / f"work-{next(self.numbers)}"
        argv = [
            sys.executable,
            "-m",
            "tests.execute.task_process",
            str(work),
            str(sources),
            str(stages),
            self.context.workspace.settings.delivery,
        ]
        child = subprocess.Popen(
            argv,
            cwd=ROOT,
            env={**os.environ, **self.environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        return FreshProcess(child, TASK.dump_json(task, by_alias=True))


@dataclass
class Halves:
    """Two tasks that are one."""

    task: TranscodeTask
    running: list[FreshProcess]

    def follow(self, on_progress: ProgressCallback) -> TaskResult:
        results = [result_of(item.follow(on_progress), TranscodeResult) for item in self.running]
        renditions = [rendition for result in results for rendition in result.renditions]
        order = list(self.task.stages)
        return TranscodeResult(renditions=tuple(sorted(renditions, key=lambda item: order.index(item.profile))))

    def cancel(self) -> None:
        for item in self.running:
            item.cancel()


@dataclass
class SplittingExecutor(FreshProcessExecutor):
    """The same, a film's profiles in two processes at once."""

    def submit(self, task: Task) -> FreshProcess | Halves:  # type: ignore[override]  # another kind of running task
        if not isinstance(task, TranscodeTask):
            return super().submit(task)
        names = list(task.stages)
        halves = (tuple(names[::2]), tuple(names[1::2]))
        return Halves(task, [super(SplittingExecutor, self).submit(task.only(half)) for half in halves])


@pytest.fixture(scope="module")
def connection(common_store: CommonStore) -> Iterator[Connection]:
    with common_store.taken("delivery", "inbox") as connection:
        yield connection


def credentials(given: Connection) -> dict[str, str]:
    return {
        "AWS_ENDPOINT_URL_S3": given.endpoint or "",
        "AWS_ACCESS_KEY_ID": given.access_key or "",
        "AWS_SECRET_ACCESS_KEY": given.secret_key or "",
    }


def buckets_of(connection: Connection, settings: Settings) -> Buckets:
    store = Store(connection, endpoint_shown="")
    delivery = Bucket(store, settings.delivery)
    delivery.make_if_missing()
    return Buckets(Bucket(store, settings.inbox), delivery)


def deliver(here: Context, executor: Executor, buckets: Buckets, given: Path) -> job.Delivered:
    work = JobContext(here, executor, RuleSets(here))
    prepared = job.prepare(work, intake.read(given, here.workspace), None)
    assert prepared.parts, prepared.examination.reports("en")
    return job.deliver(work, prepared, buckets)


def digests(root: Path) -> dict[str, str]:
    """Every file of a package."""
    return checksums.parse((root / checksums.NAME).read_bytes())


def only_package(stages: Path) -> Path:
    return next((stages / "package").glob(f"*/{PACKAGE}"))


@pytest.mark.acceptance
def test_tasks_in_fresh_processes_make_the_same_package(
    tmp_path: Path, small_film: Path, connection: Connection
) -> None:
    film = tmp_path / "film.mp4"
    shutil.copy(small_film, film)
    packages = []
    for name in ("local", "fresh"):
        place = Workspace(tmp_path / name, Settings(set_name="quick", delivery=f"delivery-{name}")).make()
        buckets = buckets_of(connection, place.settings)
        (place.profiles / "sets").mkdir(parents=True)
        (place.profiles / "sets" / "quick.yaml").write_text(QUICK)
        here = context.prepare(place)
        if name == "local":
            with LocalExecutor(here, buckets) as local:
                packages.append(deliver(here, local, buckets, film).folder)
        else:
            fresh = SplittingExecutor(tmp_path / "elsewhere", here, credentials(connection))
            delivered = deliver(here, fresh, buckets, film)
            assert not any(here.workspace.work.rglob("*")), "nothing was made in the caller's folder"
            kinds = [task.kind for task in fresh.submitted]
            assert kinds == ["inspect", "transcode", "transcode", "package", "upload"]
            assert delivered.delivery.state.value == "ready"
            packages.append(only_package(tmp_path / "elsewhere" / "stages"))
    assert digests(packages[0]) == digests(packages[1])


@pytest.mark.acceptance
@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", ["film", "languages"])
def test_a_sample_whose_profiles_are_split_in_two_has_the_pinned_digests(
    name: str, tmp_path: Path, connection: Connection
) -> None:
    shutil.copytree(shipped.folder("samples") / name, tmp_path / name)
    place = Workspace(tmp_path, Settings(delivery=f"pinned-{name}")).make()
    buckets = buckets_of(connection, place.settings)
    here = context.prepare(place)
    fresh = SplittingExecutor(tmp_path / "elsewhere", here, credentials(connection))
    delivered = deliver(here, fresh, buckets, tmp_path / name / "submission.yaml")
    pinned = json.loads((PINS / f"{name}.package.json").read_text())
    assert delivered.package.package_id == pinned.pop("id")
    assert digests(only_package(tmp_path / "elsewhere" / "stages")) == pinned


@pytest.fixture
def silent(tmp_path: Path) -> Context:
    """A machine whose ffmpeg never says anything and never ends."""
    stuck = tmp_path / "ffmpeg"
    stuck.write_text("#!/bin/sh\nexec sleep 600\n")
    stuck.chmod(stuck.stat().st_mode | stat.S_IXUSR)
    return replace(context.prepare(Workspace(tmp_path / "w", Settings()).make()), ffmpeg=stuck)


def test_cancel_ends_a_process_that_tells_no_progress(silent: Context, small_film: Path, tmp_path: Path) -> None:
    with LocalExecutor(silent) as executor:
        ended: list[BaseException] = []

        def follow() -> None:
            try:
                inspect(silent, recording, small_film, InspectionRequest())
            except Interrupted as interrupted:
                ended.append(interrupted)

        recording = Recording(executor)
        following = threading.Thread(target=follow)
        following.start()
        deadline = time.monotonic() + 20
        while not processes_under(silent.workspace.root):
            assert time.monotonic() < deadline
            time.sleep(0.05)
        began = time.monotonic()
        recording.running[-1].cancel()
        following.join(10)
        assert time.monotonic() - began < 5
    assert len(ended) == 1
    assert wait_for_none(tmp_path) == []
    assert not any(silent.workspace.work.rglob("*"))


def test_whoever_follows_a_silent_task_can_end_it(silent: Context, small_film: Path, tmp_path: Path) -> None:
    told: list[str] = []

    def give_up(stage: str, fraction: float | None, speed: float | None) -> None:
        told.append(stage)
        if told.count("inspect") > 1:
            raise Interrupted("interrupted")

    began = time.monotonic()
    with LocalExecutor(silent) as executor, pytest.raises(Interrupted):
        inspect(replace(silent, on_progress=give_up), executor, small_film, InspectionRequest())
    assert time.monotonic() - began < 8
    assert wait_for_none(tmp_path) == []


@dataclass
class Recording:
    """An executor that remembers what it took."""

    executor: LocalExecutor
    running: list[LocalTask] = field(default_factory=list)

    def submit(self, task: Task) -> LocalTask:
        self.running.append(self.executor.submit(task))
        return self.running[-1]


def test_a_finished_task_is_not_done_again(tmp_path: Path, small_film: Path) -> None:
    here = context.prepare(Workspace(tmp_path, Settings()).make())
    with LocalExecutor(here) as executor:
        first = inspect(here, executor, small_film, InspectionRequest())
        assert inspect(here, executor, small_film, InspectionRequest()) == first
    assert len(here.journal.rows("stage.started")) == 1
