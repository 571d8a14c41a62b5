"""The main job, from a submission to a delivery; `deliver` reads aloud as the nouns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.catalogue import Language
from pipeline.documents.kinds import right_suffix
from pipeline.errors import InputError
from pipeline.exchange import cuts
from pipeline.exchange.describing import describe
from pipeline.exchange.intake import Intake
from pipeline.execute import part_plan, transcoding
from pipeline.execute.document_roles import ExaminedDocument, ExaminedSlides
from pipeline.execute.examination import Examination, examine
from pipeline.execute.examined_part import ExaminedPart
from pipeline.execute.job_context import JobContext
from pipeline.execute.perform import package_folder
from pipeline.execute.tasks import (
    PackageResult,
    PackageTask,
    PagesResult,
    PagesTask,
    PartToPack,
    UploadResult,
    UploadTask,
    result_of,
)
from pipeline.execute.transcoding import PlannedTranscode
from pipeline.locks import locked
from pipeline.model.course import PartKey, label
from pipeline.model.delivery import Delivery, State
from pipeline.model.finding import Verdict
from pipeline.model.handed_in import HandedInDocument, PagePictures
from pipeline.model.package import Acceptance, Judgement, Package
from pipeline.model.programme import Description
from pipeline.model.stage import Stage
from pipeline.model.submission import Kind
from pipeline.package import build as packaging
from pipeline.package.metadata import adi
from pipeline.plan.posters import NO_POSTERS, Posters
from pipeline.storage.buckets import Buckets
from pipeline.storage.delivery import package_cleared

PACKAGE_STAGE = "package"
# one language inside packages, so that their bytes do not depend on who made them
PACKAGE_LANGUAGE: Language = "zh"


@dataclass(frozen=True)
class PreparedPart:
    """A film that will be made."""

    examined: ExaminedPart
    planned: PlannedTranscode

    @property
    def key(self) -> PartKey:
        if self.examined.part.key is None:
            raise AssertionError("nothing is made of what belongs to a whole course")
        return self.examined.part.key


@dataclass(frozen=True)
class Prepared:
    """A submission that was examined; `parts` is empty where it is rejected or can't be read."""

    examination: Examination
    acceptance: Acceptance
    parts: tuple[PreparedPart, ...]
    description: Description
    documents: tuple[HandedInDocument, ...] = ()

    @property
    def intake(self) -> Intake:
        return self.examination.intake

    @property
    def stages(self) -> tuple[Stage, ...]:
        """Every stage of what is to be made."""
        return tuple(stage for part in self.parts for stage in part.planned.stages.values())


@dataclass(frozen=True)
class Delivered:
    """A package in the store; `already` when there was nothing to do.

    `sent_bytes` went there; `reused_bytes` were there before, and were not sent.
    """

    package: Package
    folder: Path
    delivery: Delivery
    already: bool
    sent_bytes: int = 0
    reused_bytes: int = 0


def prepare(job: JobContext, intake: Intake, accepted_because: str | None) -> Prepared:
    """Examine and plan; nothing is encoded. `accepted_because` lets a reject pass, but no file that can't be read.

    Raises:
        InputError: a file is not there, a profile or policy is wrong, or ADI is wanted of what nothing dates.
    """
    examination = examine(job, intake)
    rejected = examination.verdict is Verdict.REJECT
    acceptance = Acceptance(
        verdict=examination.verdict,
        accepted_because=accepted_because if rejected else None,
        judgements=tuple(
            Judgement(
                part=item.part,
                file=report.file,
                policy=report.policy,
                verdict=report.verdict,
                findings=report.findings,
            )
            for item, report in zip(examination.files, examination.reports(PACKAGE_LANGUAGE), strict=True)
        ),
    )
    stops = examination.refused is not None or (rejected and not accepted_because)
    shown = (part for part in examination.parts if part.part.shown)
    course = examination.whole.posters if examination.whole else NO_POSTERS
    parts = () if stops else tuple(_planned(intake, part, course) for part in shown)
    description = describe(intake.submission, _titles(intake, parts), job.rule_sets.vocabularies)
    if any(part.planned.plan.adi for part in parts) and adi.creation_date(description) is None:
        raise InputError("adi_undated", where=intake.shown)
    return Prepared(examination, acceptance, parts, description, () if stops else _documents(examination))


def _titles(intake: Intake, parts: Sequence[PreparedPart]) -> list[tuple[PartKey, int, str]]:
    """Of what will be made its key, its place from 1, and its title."""
    places = {part.id: number for number, part in enumerate(intake.submission.course_parts, start=1)}
    return [(item.key, places.get(str(item.key), 1), item.examined.part.title) for item in parts]


def _planned(intake: Intake, part: ExaminedPart, course: Posters) -> PreparedPart:
    rules = part.rules
    request = part_plan.request_for(part, intake.submission, rules.chosen, rules.profiles, course)
    return PreparedPart(part, transcoding.plan_transcode(request))


def _documents(examination: Examination) -> tuple[HandedInDocument, ...]:
    """What is packed as it came: of each part, then the whole course's."""
    whole = (examination.whole,) if examination.whole else ()
    return tuple(_handed_in(item) for part in (*examination.parts, *whole) for item in part.documents)


def _handed_in(item: ExaminedDocument | ExaminedSlides) -> HandedInDocument:
    if item.structure.kind is None:
        raise AssertionError("what is too large is not taken")
    pages = None
    if item.deck:
        from pipeline.documents import page_pictures

        shapes = tuple(page.shape for page in item.deck.pages)
        pages = PagePictures(
            sha256=item.sha256, shapes=shapes, renderer=item.deck.renderer, coder=page_pictures.coder()
        )
    return HandedInDocument(
        part=item.file.part,
        role=item.file.role.value,
        file=item.file.file,
        language=item.file.language,
        sha256=item.sha256,
        ending=right_suffix(item.structure.kind),
        pages=pages,
    )


def package_id(job: JobContext, prepared: Prepared) -> str:
    """Of what will be delivered; nothing is made to find out."""
    plans = [part.planned.plan for part in prepared.parts]
    return packaging.package_id(
        prepared.intake.submission,
        prepared.description,
        plans,
        prepared.acceptance,
        job.context.capability,
        prepared.documents,
    )


def standing(job: JobContext, prepared: Prepared, buckets: Buckets) -> Delivery:
    """Where exactly this stands in the store: its id is made of all that decides its bytes."""
    return buckets.place_of_delivery(prepared.intake.ref).package(package_id(job, prepared)).delivery()


def doubt(job: JobContext, prepared: Prepared, buckets: Buckets) -> InputError | None:
    """Why what lies here may be another film than the one that was delivered under its id, or a course lacks parts.

    What comes from the inbox was asked about when it was submitted.

    Raises:
        InputError: this was delivered, and a newer cut after it.
    """
    place = buckets.place_of_delivery(prepared.intake.ref)
    ready = [item for item in place.deliveries() if item.state is not State.UPLOADING and item.cleared is None]
    same = next((item for item in ready if item.package_id == package_id(job, prepared)), None)
    if same is not None:
        cuts.refuse_superseded(ready, same)
    if same is not None or not ready or prepared.intake.revision is not None:
        return None
    newest = max(ready, key=lambda item: item.revision or 0)
    package, _ = place.package(newest.package_id).manifest()
    if package.submission.kind is Kind.COURSE:
        delivered = {str(part.key) for part in package.parts}
        if gone := cuts.parts_gone(prepared.intake.ref, delivered, {str(part.key) for part in prepared.parts}):
            return gone
    before = {label(part.key): part.duration_s for part in package.parts}
    now = {label(part.key): part.planned.plan.duration_s for part in prepared.parts}
    return cuts.of(prepared.intake.submission, now, newest.title, before)


def deliver(job: JobContext, prepared: Prepared, buckets: Buckets) -> Delivered:
    """Plans → renditions → package → delivery.

    Raises:
        InputError: exactly this was withdrawn.
        MediaError, EnvironmentFault, TransferError, IntegrityError: as the rooms say; a rerun goes on.
    """
    context, intake = job.context, prepared.intake
    there = standing(job, prepared, buckets)
    if there.state is State.CLEARED and there.cleared:
        raise package_cleared(there.ref, there.cleared)
    if there.state is State.WITHDRAWN:
        raise InputError(
            "delivery_withdrawn",
            where=str(intake.ref),
            id=intake.ref.typed,
            title=intake.submission.title_zh,
        )
    for item in prepared.documents:
        if item.pages:
            result_of(job.executor.submit(PagesTask(pages=item.pages)).follow(context.on_progress), PagesResult)
    for part in prepared.parts:
        transcoding.transcode(job, part.planned)
    lock = context.workspace.locks / f"deliver-{intake.ref.file_name}.lock"
    with locked(lock, lambda: context.on_progress(PACKAGE_STAGE, None, None)):
        place = buckets.place_of_delivery(intake.ref)
        revision = place.next_revision(package_id(job, prepared), at_least=intake.revision or 1)
        task = _package_task(job, prepared, revision)
        packed = result_of(job.executor.submit(task).follow(context.on_progress), PackageResult)
        content = intake.submission.content([(name, context.hashed(path)) for name, path in intake.files])
        upload = UploadTask(content_sha256=content, stage=task.stage)
        sent = result_of(job.executor.submit(upload).follow(context.on_progress), UploadResult)
    context.journal.write("delivered", package=packed.package.package_id, revision=revision, already=sent.already)
    folder = package_folder(context, task.stage)
    return Delivered(packed.package, folder, sent.delivery, sent.already, sent.sent_bytes, sent.reused_bytes)


def _package_task(job: JobContext, prepared: Prepared, revision: int) -> PackageTask:
    submission, capability = prepared.intake.submission, job.context.capability
    stage = Stage(
        name=PACKAGE_STAGE,
        version=packaging.VERSION,
        inputs={
            "submission": submission.fingerprint(),
            "description": prepared.description.fingerprint(),
            "plans": " ".join(part.planned.plan.fingerprint() for part in prepared.parts),
            "acceptance": prepared.acceptance.fingerprint(),
            **(
                {"documents": " ".join(item.fingerprint() for item in prepared.documents)} if prepared.documents else {}
            ),
        },
        parameters={"revision": str(revision), "ffmpeg": capability.build},
    )
    parts = tuple(
        PartToPack(
            key=item.key,
            number=number,
            title=title,
            inspection=part_plan.source_of(item.examined, item.planned.task.request),
            plan=item.planned.plan,
            stages=tuple(item.planned.stages.values()),
        )
        for item, (_, number, title) in zip(prepared.parts, _titles(prepared.intake, prepared.parts), strict=True)
    )
    return PackageTask(
        submission=submission,
        description=prepared.description,
        revision=revision,
        acceptance=prepared.acceptance,
        capability=capability,
        parts=parts,
        documents=prepared.documents,
        stage=stage,
    )
