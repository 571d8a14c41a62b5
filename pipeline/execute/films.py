"""Who examines films and makes them, one after the other, for whoever has many: the protocol, and this machine."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from filelock import FileLock, Timeout

from pipeline.catalogue import LANGUAGES
from pipeline.errors import Unsuitable
from pipeline.exchange.intake import Intake
from pipeline.exchange.progress import ProgressCallback
from pipeline.execute import film_usage, job, recall, workload
from pipeline.execute.batch_source import BatchSource
from pipeline.execute.film_usage import UsageCallback
from pipeline.execute.job import Prepared
from pipeline.execute.job_context import JobContext
from pipeline.execute.outcome import Outcome
from pipeline.execute.workload import Workload
from pipeline.model.base import Noun
from pipeline.model.delivery import Delivery, State
from pipeline.model.finding import ReportedFinding
from pipeline.model.reference import SubmissionRef
from pipeline.storage.buckets import Buckets


class FilmDelivered(Noun):
    """A package in the store; `already` when there was nothing to do.

    `sent_bytes` went there; `reused_bytes` were there before, and were not sent.
    """

    package_id: str
    revision: int
    already: bool
    sent_bytes: int = 0
    reused_bytes: int = 0


class FilmFound(Noun):
    """What was found out of a submission, as far as those who have many go by it.

    Args:
        outcome: PLANNED where there is something to do.
        workload: what is left to be done.
        errors: what keeps it from being taken, by the reader's language.
        plans: fingerprints of what is to be made of it.
        standing: what is in the store already, where nothing is to do.
    """

    prefecture: str
    submission_id: str
    title: str
    outcome: Outcome
    workload: Workload
    errors: Mapping[str, tuple[ReportedFinding, ...]]
    plans: tuple[str, ...]
    standing: FilmDelivered | None = None

    @property
    def ref(self) -> SubmissionRef:
        """Which submission it is."""
        return SubmissionRef(self.prefecture, self.submission_id)


class FilmMaker(Protocol):
    """Examines films and makes what was examined. Every call may come from another thread, and tells what it took."""

    def examine(self, source: BatchSource, on_progress: ProgressCallback, on_usage: UsageCallback) -> FilmFound:
        """Measure and plan it; nothing is encoded.

        Raises:
            ShowcaseError: it can't be read, or somebody must say first that it is meant.
        """

    def deliver(
        self, source: BatchSource, found: FilmFound, on_progress: ProgressCallback, on_usage: UsageCallback
    ) -> FilmDelivered | None:
        """Make and deliver what was examined; None where somebody else is at it.

        Args:
            found: by `examine`, or by what was known before.

        Raises:
            ShowcaseError: as the rooms say; a rerun goes on.
        """


@dataclass(frozen=True)
class LocalFilms:
    """This machine.

    Args:
        same_film: every one is a cut of the film that has its id, whatever its title or length.
        accepted_because: why a reject is made all the same.
        shares_work: what other machines measured need not be measured here.
        worker: what this machine is called where it is told what films took.
    """

    job: JobContext
    buckets: Buckets
    same_film: bool = False
    accepted_because: str | None = None
    shares_work: bool = False
    worker: str = field(default_factory=platform.node)
    _prepared: dict[str, Prepared] = field(default_factory=dict)

    def recall(self, source: BatchSource, intake: Intake) -> FilmFound | None:
        """As `examine`, of what was measured before; None where that would take measuring."""
        shared = self.buckets.work if self.shares_work else None
        prepared = recall.prepared(self.job, intake, self.accepted_because, shared)
        return self._judged(self.job, source, prepared) if prepared else None

    def examine(self, source: BatchSource, on_progress: ProgressCallback, on_usage: UsageCallback) -> FilmFound:
        """Measure and plan it; nothing is encoded.

        Raises:
            ShowcaseError: it can't be read, or somebody must say first that it is meant.
        """
        work = self.job.telling(on_progress)
        with film_usage.measured(self.worker, on_usage):
            return self._judged(work, source, job.prepare(work, source.opened(on_progress), self.accepted_because))

    def _judged(self, work: JobContext, source: BatchSource, prepared: Prepared) -> FilmFound:
        """What is to be done of what was examined."""
        self._prepared[source.recorded] = prepared
        found = found_in(work, self.buckets, prepared)
        is_meant = self.same_film or found.outcome not in (Outcome.PLANNED, Outcome.ALREADY)
        if not is_meant and (doubt := job.doubt(work, prepared, self.buckets)):
            raise doubt
        return found

    def deliver(
        self,
        source: BatchSource,
        found: FilmFound,  # noqa: ARG002 - here there is more of it
        on_progress: ProgressCallback,
        on_usage: UsageCallback,
    ) -> FilmDelivered | None:
        """Make and deliver what was examined; None where another command of this workspace is at it.

        Raises:
            ShowcaseError: as the rooms say; a rerun goes on.
        """
        prepared = self._prepared[source.recorded]
        work = self.job.telling(on_progress)
        lock = FileLock(work.context.workspace.locks / f"batch-{prepared.intake.ref.file_name}.lock")
        try:
            with lock.acquire(timeout=0), film_usage.measured(self.worker, on_usage):
                done = job.deliver(work, prepared, self.buckets)
        except Timeout:
            return None
        del self._prepared[source.recorded]  # of hundreds of films it is much
        package = done.package
        return FilmDelivered(
            package_id=package.package_id,
            revision=package.revision,
            already=done.already,
            sent_bytes=done.sent_bytes,
            reused_bytes=done.reused_bytes,
        )


def found_in(work: JobContext, buckets: Buckets, prepared: Prepared) -> FilmFound:
    """What was found, and what of it is to be done, by what is here and in the store."""
    ref, examination = prepared.intake.ref, prepared.examination
    outcome, delivery = _outcome(work, buckets, prepared)
    standing = None
    if outcome is Outcome.ALREADY and delivery is not None:
        standing = FilmDelivered(package_id=delivery.package_id, revision=delivery.revision or 1, already=True)
    return FilmFound(
        prefecture=ref.prefecture,
        submission_id=ref.submission_id,
        title=prepared.intake.submission.title_zh,
        outcome=outcome,
        workload=Workload() if outcome is Outcome.ALREADY else workload.of_prepared(work.context, prepared),
        errors={language: tuple(examination.errors(language)) for language in LANGUAGES},
        plans=tuple(part.planned.plan.fingerprint() for part in prepared.parts),
        standing=standing,
    )


def _outcome(work: JobContext, buckets: Buckets, prepared: Prepared) -> tuple[Outcome, Delivery | None]:
    """By what stands in the store, whoever brought it there; given too."""
    if refused := prepared.examination.refused:
        return Outcome.REJECTED if isinstance(refused, Unsuitable) else Outcome.UNREADABLE, None
    if not prepared.parts:
        return Outcome.REJECTED, None
    delivery = job.standing(work, prepared, buckets)
    if delivery.state in (State.WITHDRAWN, State.CLEARED):
        return Outcome.WITHDRAWN, delivery
    return Outcome.PLANNED if delivery.state is State.UPLOADING else Outcome.ALREADY, delivery
