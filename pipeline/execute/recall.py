"""What is known of a submission without measuring anything: for a plan of many, most of which may be done."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from pathlib import Path

from pipeline.exchange.intake import Intake
from pipeline.exchange.progress import ProgressCallback
from pipeline.execute import digest, job, shared_work
from pipeline.execute.context import Context
from pipeline.execute.job import Prepared
from pipeline.execute.job_context import JobContext
from pipeline.execute.perform import perform
from pipeline.execute.tasks import DeckTask, InspectTask, Task, TaskResult
from pipeline.model.stage import Stage
from pipeline.storage.bucket import Bucket


class NotMeasured(Exception):
    """Something of it was never measured here, or changed since."""


class _KnownContext(Context):
    """Of files that were hashed before."""

    def hashed(self, path: Path) -> str:
        """As `Context.hashed`, without reading the file.

        Raises:
            NotMeasured: it would have to be read.
        """
        sha256 = digest.known_sha256(path, self.workspace.cache)
        if sha256 is None:
            raise NotMeasured(str(path))
        self.sources.add(sha256, path)
        return sha256


@dataclass(frozen=True)
class _Done:
    """A task whose result was there."""

    result: TaskResult

    def follow(self, on_progress: ProgressCallback) -> TaskResult:  # noqa: ARG002 - there is nothing to tell
        return self.result

    def cancel(self) -> None:
        """There is nothing to end."""


@dataclass(frozen=True)
class _KnownResults:
    """An executor that gives what was measured before, here or by machines that share a bucket."""

    context: Context
    shared: Bucket | None

    def submit(self, task: Task) -> _Done:
        """The result of a measurement.

        Raises:
            NotMeasured: it would have to be made.
        """
        if not isinstance(task, InspectTask | DeckTask) or not self._is_there(task.stage):
            raise NotMeasured(task.kind)
        return _Done(perform(task, self.context))

    def _is_there(self, stage: Stage) -> bool:
        stages = self.context.stages
        return stages.is_done(stage) or (
            self.shared is not None and shared_work.fetched(stages, stage, self.shared) is not None
        )


def prepared(
    work: JobContext, intake: Intake, accepted_because: str | None = None, shared: Bucket | None = None
) -> Prepared | None:
    """As `job.prepare` of what was examined before; None where that would take measuring.

    Args:
        shared: where other machines' measurements lie.

    Raises:
        InputError: as `job.prepare`. IntegrityError, TransferError: of what is shared.
    """
    given = {item.name: getattr(work.context, item.name) for item in fields(Context)}
    known = _KnownContext(**given)
    try:
        return job.prepare(
            replace(work, context=known, executor=_KnownResults(known, shared)), intake, accepted_because
        )
    except NotMeasured:
        return None
