"""A film's task as a worker does it: its files from the store, what comes of them to the store, its disk clean."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline import durable, errors
from pipeline.errors import EnvironmentFault, MediaError, ShowcaseError
from pipeline.exchange import intake
from pipeline.exchange.intake import Intake
from pipeline.exchange.progress import ProgressCallback
from pipeline.execute import context, digest, film_usage, shared_work, store_away
from pipeline.execute.batch_source import BatchSource
from pipeline.execute.context import Context
from pipeline.execute.executor import LocalExecutor, RunningTask
from pipeline.execute.film_tasks import (
    ExamineFilmTask,
    FilmAnswer,
    FilmDescription,
    FilmResult,
    FilmTask,
    fault_of,
)
from pipeline.execute.film_usage import FilmUsage
from pipeline.execute.films import LocalFilms
from pipeline.execute.in_flight import PART, FilmInFlight, in_flight
from pipeline.execute.job_context import JobContext
from pipeline.execute.outcome import Outcome
from pipeline.execute.rule_sets import RuleSets
from pipeline.execute.tasks import DeckTask, InspectTask, Task, TaskResult
from pipeline.model.generated import Propagation
from pipeline.model.stage import Stage
from pipeline.storage import connect
from pipeline.storage.buckets import Buckets
from pipeline.workspace import Workspace

FILE, RULES = "files", "profiles"


def answered(
    task: FilmTask, place: Workspace, worker: str, maker: Callable[[], str], on_progress: ProgressCallback
) -> FilmAnswer:
    """Do a task in this machine's workspace; what goes wrong is an answer too, since errors of ours are data.

    Args:
        worker: what this one is called where it is told who did what.
        maker: what this machine is, as tasks want one.
    """
    took: list[FilmUsage] = []
    with film_usage.measured(worker, took.append):
        result = _result(task, place, worker, maker, on_progress)
    return FilmAnswer(result=result, usage=took[0])


def _result(
    task: FilmTask, place: Workspace, worker: str, maker: Callable[[], str], on_progress: ProgressCallback
) -> FilmResult:
    try:
        if (own := maker()) != task.maker:  # it joined just now, and nobody asked it yet
            raise EnvironmentFault("worker_differs", where=worker, there=own, here=task.maker)
        return _done(task, place, on_progress)
    except ShowcaseError as error:
        return FilmResult(fault=fault_of(error))
    except Exception as error:  # noqa: BLE001 - a fault of this program's is told where the batch is
        return FilmResult(fault=fault_of(errors.unforeseen(error)))


def _done(task: FilmTask, place: Workspace, on_progress: ProgressCallback) -> FilmResult:
    film = task.film
    settings = replace(place.settings, set_name=film.set_name, c2_dialect=film.dialect, wait_s=store_away.AWAY_S)
    with _working(replace(place, settings=settings, part=PART), on_progress, film) as (work, buckets, folder, flight):
        given = _brought(work.context, flight, buckets, film, folder)
        films = LocalFilms(work, buckets, film.same_film, film.accepted_because)
        source = BatchSource(film.shown, given.ref, lambda: given)
        found = films.examine(source, on_progress, _not_told)
        if isinstance(task, ExamineFilmTask):
            return FilmResult(found=found)
        if found.plans != task.plans:
            raise MediaError("plan_differs", where=film.shown)
        if found.outcome is Outcome.ALREADY:  # who did it before was lost after its end, or only thought to be
            return FilmResult(delivered=found.standing)
        return FilmResult(delivered=films.deliver(source, found, on_progress, _not_told))


def _not_told(_: FilmUsage) -> None:
    """The whole task is measured."""


@contextmanager
def _working(
    place: Workspace, on_progress: ProgressCallback, film: FilmDescription
) -> Iterator[tuple[JobContext, Buckets, Path, FilmInFlight]]:
    """This machine's means for one film, whose traces go with it."""
    place.make()
    names = place.settings.delivery, place.settings.work
    with ExitStack() as held:
        flight = held.enter_context(in_flight(place))
        buckets = store_away.waited_for(lambda: held.enter_context(connect.opened(place, *names)), on_progress)
        folder = flight.folder(film.fingerprint())
        for name, text in film.own_rules.items():
            path = folder / RULES / name
            durable.make_folder(path.parent)
            path.write_text(text, encoding="utf-8")
        durable.make_folder(folder / FILE)
        here = replace(
            context.prepare(place, on_progress),
            on_stage=flight.take,
            own_rules=folder / RULES,
            passed_on_by=film.propagation or Propagation(),
        )
        with LocalExecutor(here, buckets) as executor:
            shared = SharedResults(executor, here, buckets)
            yield JobContext(here, shared, RuleSets(here, film.threads)), buckets, folder / FILE, flight


def _brought(here: Context, flight: FilmInFlight, buckets: Buckets, film: FilmDescription, folder: Path) -> Intake:
    """The submission with its files, by their own names, beside each other."""
    for item in film.files:
        copy = shared_work.brought(here, flight, buckets, item.place)
        path = folder / item.file
        durable.make_folder(path.parent)
        if not path.exists():
            durable.link_or_copy(copy, path)
        # its bytes were held to its digest when they came
        digest.remember(path, here.workspace.cache, item.place.sha256)
    name = folder / "submission.yaml"  # JSON is YAML
    name.write_text(json.dumps(film.submission.model_dump(mode="json", by_alias=True), ensure_ascii=False), "utf-8")
    given = intake.read(name, here.workspace)
    return replace(given, shown=film.shown, revision=film.revision, is_bare=film.is_bare)


@dataclass(frozen=True)
class SharedResults:
    """An executor whose measurements are shared: what another machine measured is not measured again."""

    executor: LocalExecutor
    context: Context
    buckets: Buckets

    def submit(self, task: Task) -> RunningTask:
        """Take a task; it begins when there is room."""
        if not isinstance(task, InspectTask | DeckTask):
            return self.executor.submit(task)
        shared_work.fetched(self.context.stages, task.stage, self.buckets.work)
        return _Published(self.executor.submit(task), task.stage, self)

    def publish(self, stage: Stage) -> None:
        """Give what was measured to the others."""
        shared_work.published(self.context.stages, stage, self.buckets.work)


@dataclass(frozen=True)
class _Published:
    """A measurement that goes to the store when it is made."""

    running: RunningTask
    stage: Stage
    shared: SharedResults

    def follow(self, on_progress: ProgressCallback) -> TaskResult:
        """As `RunningTask.follow`."""
        result = self.running.follow(on_progress)
        self.shared.publish(self.stage)
        return result

    def cancel(self) -> None:
        """As `RunningTask.cancel`."""
        self.running.cancel()
