"""What each task does, wherever it runs: its files by digest, its outputs under its stages' keys.

What measures, draws, encodes, packs or uploads is imported where it does so: what is there already needs none of it.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline import durable
from pipeline.exchange.progress import REUSE, UPLOAD, ByteProgress
from pipeline.execute import md5_sums, slides
from pipeline.execute.context import Context
from pipeline.execute.stages import StageDirs
from pipeline.execute.tasks import (
    DeckResult,
    DeckTask,
    InspectResult,
    InspectTask,
    PackageResult,
    PackageTask,
    PagesResult,
    PagesTask,
    PartToPack,
    SlidesResult,
    SlidesTask,
    Task,
    TaskResult,
    TranscodeResult,
    TranscodeTask,
    UploadResult,
    UploadTask,
)
from pipeline.ffmpeg.source import MAIN
from pipeline.model.handed_in import HandedInDocument
from pipeline.model.inspection import Inspection
from pipeline.model.package import Package, Tool
from pipeline.model.plan import Plan
from pipeline.model.reference import SubmissionRef
from pipeline.model.rendition import Rendition
from pipeline.model.stage import Stage

if TYPE_CHECKING:
    from pipeline.package.build import PartContents
    from pipeline.package.handed_in import DocumentContents
    from pipeline.storage.buckets import Buckets

INSPECTION = "inspection.json"
OUTPUTS, RENDITIONS = "outputs", "renditions.json"
PACKAGE = "package"


def perform(task: Task, context: Context, buckets: Buckets | None = None) -> TaskResult:
    """Do one task here; what is there already is not done again.

    Raises:
        Refused, MediaError, EnvironmentFault, TransferError, IntegrityError: as the rooms say.
    """
    match task:
        case InspectTask():
            return InspectResult(inspection=_inspect(task, context))
        case DeckTask():
            return DeckResult(deck=slides.looked_at(task, context))
        case SlidesTask():
            slides.made(task.film, context)
            return SlidesResult(sha256=task.film.sha256)
        case PagesTask():
            slides.pictured(task.pages, context)
            return PagesResult(count=len(task.pages.shapes))
        case TranscodeTask():
            return TranscodeResult(renditions=_transcode(task, context))
        case PackageTask():
            return PackageResult(package=_package(task, context))
        case UploadTask():
            if buckets is None:
                raise AssertionError("uploads are given to executors that have a store")
            return _upload(task, context, buckets)


def _inspect(task: InspectTask, context: Context) -> Inspection:
    def build(dirs: StageDirs) -> None:
        from pipeline.inspect import film

        measured = film.inspect(
            context.sources.path(task.sha256),
            task.request,
            context.runner(dirs),
            sha256=task.sha256,
            on_progress=context.progress_of("inspect"),
        )
        context.confirm(task.sha256)
        (dirs.folder / INSPECTION).write_bytes(measured.to_file())

    done = context.stages.run(task.stage, build)
    return Inspection.model_validate_json((done.folder / INSPECTION).read_bytes())


def _transcode(task: TranscodeTask, context: Context) -> tuple[Rendition, ...]:
    """Every profile of the task, made now unless it is there: what is missing is made in one process."""

    def build(missing: Mapping[str, StageDirs]) -> None:
        from pipeline.plan import build as planning

        plan = planning.plan(task.request.only(missing.keys())).model_copy(update={"adi": task.request.adi})
        film = task.request.slides
        made = {film.sha256: slides.made(film, context)} if film else {}
        _encode(plan, missing, context, made)

    done = context.stages.run_together(task.stages, build)
    return tuple(item for stage in done.values() for item in kept_renditions(stage.folder))


def _encode(plan: Plan, missing: Mapping[str, StageDirs], context: Context, made: Mapping[str, Path]) -> None:
    """One plan's outputs, each into the folder of its stage; `made` are inputs of our own, by their digest."""
    from pipeline.execute import estimate
    from pipeline.inspect import fonts
    from pipeline.transcode import encode as encoding

    digests = {MAIN: plan.source_sha256, **plan.beside_sha256}
    first = next(iter(missing.values()))
    folder = first.scratch / OUTPUTS
    folder.mkdir()
    context.journal.write("encode.started", plan=plan.fingerprint(), profiles=list(missing))
    encoded = encoding.encode(
        plan,
        {token: made.get(sha256) or context.sources.path(sha256) for token, sha256 in digests.items()},
        folder,
        context.runner(first),
        fonts=fonts.paths() if any(process.fonts for process in plan.processes) else {},
        on_progress=lambda name, progress: context.on_progress(name, progress.fraction, progress.speed),
    )
    for sha256 in digests.values():
        if sha256 not in made:
            context.confirm(sha256)
    for name, dirs in missing.items():
        _keep([item for item in encoded.renditions if item.profile == name], folder, dirs.folder)
    context.journal.write("outputs.verified", wall_s=round(encoded.verified_s, 2), profiles=list(missing))
    usages = encoded.usages
    context.journal.write(
        "encode.finished",
        wall_s=round(sum(item.wall_s for item in usages), 2),
        cpu_s=round(sum(item.cpu_s for item in usages), 2),
        peak_rss_bytes=max((item.peak_rss_bytes for item in usages), default=0),
        film_s=plan.duration_s,
        pixels=estimate.pixels(plan, list(missing)),
        profiles=list(missing),
    )


def _keep(renditions: Sequence[Rendition], made: Path, folder: Path) -> None:
    """Move one profile's files to where they will stay, with the record of what they are."""
    for item in renditions:
        for stored in item.files:
            target = folder / OUTPUTS / stored.path
            durable.make_folder(target.parent)
            (made / stored.path).replace(target)
    rows = [item.model_dump(mode="json") for item in renditions]
    (folder / RENDITIONS).write_text(json.dumps(rows), encoding="utf-8")


def kept_renditions(folder: Path) -> list[Rendition]:
    """The record of what lies in a transcode stage's folder."""
    rows = json.loads((folder / RENDITIONS).read_text(encoding="utf-8"))
    return [Rendition.model_validate_json(json.dumps(row)) for row in rows]


def _package(task: PackageTask, context: Context) -> Package:
    """The folder as it will lie in the store."""
    from pipeline.package import build as packaging

    def build(dirs: StageDirs) -> None:
        root = dirs.folder / PACKAGE
        root.mkdir()
        contents = packaging.Contents(
            submission=task.submission,
            description=task.description,
            revision=task.revision,
            acceptance=task.acceptance,
            capability=task.capability,
            parts=tuple(_part_contents(part, context) for part in task.parts),
            documents=tuple(_document_contents(item, context) for item in task.documents),
        )
        for part, packed in zip(task.parts, contents.parts, strict=True):
            for stage in part.stages:
                outputs = context.stages.folder(stage) / OUTPUTS
                shutil.copytree(
                    outputs, root / contents.prefix(packed.key), copy_function=durable.link_or_copy, dirs_exist_ok=True
                )
        packaging.build(contents, root, _tools(task))

    context.stages.run(task.stage, build)
    return Package.model_validate_json((package_folder(context, task.stage) / packaging.MANIFEST).read_bytes())


def _tools(task: PackageTask) -> tuple[Tool, ...]:
    """The programs that shaped the bytes."""
    films = [part.plan.slides for part in task.parts if part.plan.slides]
    renderers = [film.renderer for film in films] + [item.pages.renderer for item in task.documents if item.pages]
    versions = sorted({renderer.pdfium for renderer in renderers if renderer})
    return (
        Tool(name="ffmpeg", version=task.capability.version),
        *(Tool(name="PDFium", version=version) for version in versions),
    )


def _document_contents(document: HandedInDocument, context: Context) -> DocumentContents:
    from pipeline.package.handed_in import DocumentContents

    context.confirm(document.sha256)
    pictures = slides.pictured(document.pages, context) if document.pages else None
    return DocumentContents(document, context.sources.path(document.sha256), pictures)


def _part_contents(part: PartToPack, context: Context) -> PartContents:
    from pipeline.package.build import PartContents

    renditions = []
    for stage in part.stages:
        folder = context.stages.folder(stage)
        kept = kept_renditions(folder)
        renditions += md5_sums.with_md5(kept, folder / OUTPUTS) if part.plan.adi else md5_sums.without_md5(kept)
    return PartContents(
        key=part.key,
        number=part.number,
        title=part.title,
        inspection=part.inspection,
        plan=part.plan,
        renditions=tuple(renditions),
    )


def package_folder(context: Context, stage: Stage) -> Path:
    """Where a package stage's package lies."""
    return context.stages.folder(stage) / PACKAGE


def _upload(task: UploadTask, context: Context, buckets: Buckets) -> UploadResult:
    from pipeline.package import build as packaging

    folder = package_folder(context, task.stage)
    package = Package.model_validate_json((folder / packaging.MANIFEST).read_bytes())
    ref = SubmissionRef(package.prefecture, package.submission_id)
    place = buckets.place_of_delivery(ref).package(package.package_id)
    already = place.is_ready(folder)
    counted = ByteProgress(context.on_progress, sum(item.size_bytes for item in package.files))
    delivery = place.deliver(
        package, folder, counted.of(UPLOAD), on_same=counted.same(REUSE), content_sha256=task.content_sha256
    )
    counted.ended()
    return UploadResult(
        delivery=delivery, already=already, sent_bytes=counted.bytes_of(UPLOAD), reused_bytes=counted.bytes_of(REUSE)
    )
