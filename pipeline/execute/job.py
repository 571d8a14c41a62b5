"""The main job, from a submission to a delivery; `deliver` reads aloud as the nouns."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from filelock import FileLock

from pipeline.catalogue import Language
from pipeline.exchange.intake import Intake, IntakePart
from pipeline.exchange.progress import byte_progress
from pipeline.execute import audio_sources, digest, inspection, stages, subtitle_files, transcoding
from pipeline.execute.context import Context
from pipeline.execute.rule_sets import RuleSet, RuleSets
from pipeline.execute.subtitle_files import SubtitleFile
from pipeline.execute.transcoding import TranscodeResult, TranscodeTask
from pipeline.model.delivery import Delivery
from pipeline.model.finding import Report, Verdict, worst
from pipeline.model.inspection import Inspection
from pipeline.model.package import Acceptance, Judgement, Package, Tool
from pipeline.package import build as packaging
from pipeline.plan import build as planning
from pipeline.plan.spec import Sidecars
from pipeline.policy import evaluate
from pipeline.storage.buckets import Buckets

PACKAGE = "package"
# one language inside packages, so that their bytes do not depend on who made them
PACKAGE_LANGUAGE: Language = "zh"


@dataclass(frozen=True)
class PreparedPart:
    """A film that was judged; `work` is None when the submission is rejected."""

    part: IntakePart
    rules: RuleSet
    inspection: Inspection
    heard: Inspection  # what the rules are held to: a film without sound has that of its file
    texts: tuple[SubtitleFile, ...] = ()
    poster: Inspection | None = None  # a poster that was handed in
    work: TranscodeTask | None = None

    @property
    def sources(self) -> dict[str, Path]:
        """The files that the plan reads, by token."""
        return audio_sources.input_paths(
            self.part.path, self.part.sounds, self.part.poster[1] if self.part.poster else None
        )


@dataclass(frozen=True)
class Prepared:
    """A submission that was judged, part by part."""

    intake: Intake
    parts: tuple[PreparedPart, ...]
    acceptance: Acceptance
    rule_sets: RuleSets

    def reports(self, language: Language) -> list[Report]:
        """What the rules say of every file, in the reader's language."""
        return [report for item in self.parts for report in _judged(item, self.rule_sets, language)]

    @property
    def works(self) -> tuple[TranscodeTask, ...]:
        """What is to be made; nothing when the submission is rejected."""
        return tuple(part.work for part in self.parts if part.work)


@dataclass(frozen=True)
class Delivered:
    """A package in the store; `already` when there was nothing to do."""

    package: Package
    folder: Path
    delivery: Delivery
    already: bool


def prepare(context: Context, intake: Intake, rule_sets: RuleSets, accepted_because: str | None) -> Prepared:
    """Inspect, judge and plan; nothing is encoded.

    Raises:
        Refused: a file can't be read.
    """
    kind = intake.submission.kind
    parts = []
    for part in intake.parts:
        measured = inspection.inspect(context, part.path, rule_sets.targets(kind), without_line_up=part.trim_line_up)
        heard = audio_sources.with_audio_file(context, measured, part.sounds, rule_sets.targets(kind))
        read = tuple(subtitle_files.read(file, measured) for file in part.texts)
        poster = inspection.inspect_poster(context, part.poster[1]) if part.poster else None
        parts.append(PreparedPart(part, rule_sets.rules_for(kind, measured), measured, heard, read, poster))
    told = [(item.part.number, report) for item in parts for report in _judged(item, rule_sets, PACKAGE_LANGUAGE)]
    verdict = worst(report.verdict for _, report in told)
    rejected = verdict is Verdict.REJECT
    acceptance = Acceptance(
        verdict=verdict,
        accepted_because=accepted_because if rejected else None,
        judgements=tuple(
            Judgement(
                part=number, file=report.file, policy=report.policy, verdict=report.verdict, findings=report.findings
            )
            for number, report in told
        ),
    )
    if not rejected or accepted_because:
        parts = [_planned(context, intake, item) for item in parts]
    return Prepared(intake, tuple(parts), acceptance, rule_sets)


def _judged(item: PreparedPart, rule_sets: RuleSets, language: Language) -> Iterator[Report]:
    """The film, then what goes with it."""
    yield evaluate.judge(item.heard, item.rules.policy, file=item.part.file, language=language)
    for text in item.texts:
        yield subtitle_files.judge(text, rule_sets.subtitles, shown=text.file.file, language=language)
    if item.poster and item.part.poster:
        yield evaluate.judge(item.poster, rule_sets.poster, file=item.part.poster[0], language=language)


def _planned(context: Context, intake: Intake, item: PreparedPart) -> PreparedPart:
    tracks = tuple(text.track for text in item.texts)
    used, notes = planning.chosen(item.inspection, item.rules.chosen, item.rules.profiles, tracks)
    languages = intake.submission.languages
    language = languages[0] if languages else "und"
    dubs = audio_sources.further_audio(
        context, item.part.path, item.inspection, language, item.part.sounds, inspection.targets_of(used)
    )
    sidecars = Sidecars(dubs, tracks, subtitle_files.font_coverage(item.texts), item.poster)
    work = transcoding.plan_transcode(
        context,
        item.inspection,
        used,
        title=item.part.title,
        language=language,
        set_name=item.rules.chosen.name,
        notes=notes,
        sidecars=sidecars,
    )
    return replace(item, work=work)


def deliver(context: Context, prepared: Prepared, buckets: Buckets) -> Delivered:
    """Plans → renditions → package → delivery.

    Raises:
        MediaError, EnvironmentFault, TransferError, IntegrityError: as the rooms say; a rerun goes on.
    """
    made = [transcoding.run(context, part.work, part.sources) for part in prepared.parts if part.work]
    intake = prepared.intake
    submission = intake.submission
    name = packaging.package_id(
        submission, [work.plan for work in prepared.works], prepared.acceptance, context.capability
    )
    place = buckets.place_of_delivery(intake.ref)
    with FileLock(context.workspace.locks / f"deliver-{intake.ref.file_name}.lock"):
        revision = place.next_revision(name, at_least=intake.revision or 1)
        package, folder = pack(context, prepared, made, revision)
        already = place.package(name).is_ready(folder)
        uploaded = byte_progress(context.on_progress, "upload", sum(item.size_bytes for item in package.files))
        cache = context.workspace.cache
        content = submission.content([(file, digest.cached_sha256(path, cache)) for file, path in intake.files])
        delivery = place.package(name).deliver(package, folder, uploaded, content_sha256=content)
    context.journal.write("delivered", package=package.package_id, revision=revision, already=already)
    return Delivered(package, folder, delivery, already)


def is_delivered(context: Context, prepared: Prepared, buckets: Buckets) -> bool:
    """Whether exactly this stands in the store already; nothing is made to find out."""
    submission = prepared.intake.submission
    plans = [work.plan for work in prepared.works]
    name = packaging.package_id(submission, plans, prepared.acceptance, context.capability)
    return buckets.place_of_delivery(prepared.intake.ref).package(name).has_marker()


def pack(context: Context, prepared: Prepared, made: Sequence[TranscodeResult], revision: int) -> tuple[Package, Path]:
    """The package stage: the folder as it will lie in the store."""
    submission = prepared.intake.submission
    inputs = {
        "submission": submission.fingerprint(),
        "plans": " ".join(work.plan.fingerprint() for work in prepared.works),
        "acceptance": prepared.acceptance.fingerprint(),
        "revision": str(revision),
        "ffmpeg": context.capability.build,
    }

    def build(room: stages.StageDirs) -> None:
        root = room.folder / PACKAGE
        root.mkdir()
        contents = packaging.Contents(
            submission=submission,
            revision=revision,
            acceptance=prepared.acceptance,
            capability=context.capability,
            parts=tuple(
                packaging.PartContents(
                    number=item.part.number,
                    title=item.part.title,
                    inspection=item.inspection,
                    plan=item.work.plan,
                    renditions=result.renditions,
                )
                for item, result in zip(prepared.parts, made, strict=True)
                if item.work
            ),
        )
        for part, result in zip(contents.parts, made, strict=True):
            for folder in result.folders:
                shutil.copytree(folder, root / contents.prefix(part), copy_function=_link, dirs_exist_ok=True)
        packaging.build(contents, root, (Tool(name="ffmpeg", version=context.capability.version),))

    done = stages.run(context.workspace, context.journal, "package", packaging.VERSION, inputs, build)
    root = done.folder / PACKAGE
    return Package.model_validate_json((root / packaging.MANIFEST).read_bytes()), root


def _link(source: str, target: str) -> None:
    """A second name for a rendition's bytes, which never change; a copy where the file system has no links."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
