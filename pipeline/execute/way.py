"""The main job, from a film to a delivery; `deliver` reads aloud as the nouns."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from pipeline.catalogue import Language
from pipeline.execute import digest, inspection, stages
from pipeline.execute.context import Context, counted
from pipeline.execute.handed_in import HandedIn
from pipeline.model.delivery import Delivery
from pipeline.model.finding import Policy, Report, Verdict
from pipeline.model.inspection import Inspection
from pipeline.model.package import Acceptance, Package, Tool
from pipeline.model.plan import Plan
from pipeline.model.profile import Profile, ProfileSet
from pipeline.model.rendition import Rendition
from pipeline.package import build as packaging
from pipeline.plan import build as planning
from pipeline.plan import load as profiles_by_name
from pipeline.policy import evaluate
from pipeline.policy import load as policies_by_name
from pipeline.storage import delivery as deliveries
from pipeline.storage.s3 import Store
from pipeline.transcode import encode as encoding

TRANSCODE_VERSION = 1
OUTPUTS, RENDITIONS, PACKAGE = "outputs", "renditions.json", "package"
# one language inside packages, so that their bytes do not depend on who made them
PACKAGE_LANGUAGE: Language = "zh"


@dataclass(frozen=True)
class Rules:
    """What is delivered and what is accepted."""

    chosen: ProfileSet
    profiles: tuple[Profile, ...]
    policy: Policy


@dataclass(frozen=True)
class Prepared:
    """A film that was judged; `plan` is None when it is rejected."""

    handed_in: HandedIn
    inspection: Inspection
    report: Report
    acceptance: Acceptance
    plan: Plan | None


@dataclass(frozen=True)
class Delivered:
    """A package in the store; `already` when there was nothing to do."""

    package: Package
    folder: Path
    delivery: Delivery
    already: bool


def rules(context: Context) -> Rules:
    """The workspace's set, its profiles and its policy.

    Raises:
        InputError: a file is wrong, with FILE:LINE:COLUMN.
    """
    chosen, profiles = profiles_by_name.profile_set(context.workspace.settings.set_name, context.profile_folders)
    return Rules(chosen, profiles, policies_by_name.policy(chosen.policy, context.profile_folders))


def prepare(context: Context, handed_in: HandedIn, use: Rules, accepted_because: str | None) -> Prepared:
    """Inspect, judge and plan; nothing is encoded.

    Raises:
        Refused: the film can't be read.
    """
    measured = inspection.inspect(context, handed_in.main, inspection.target_of(use.profiles))
    report = evaluate.judge(measured, use.policy, file=handed_in.submission.main.file, language=PACKAGE_LANGUAGE)
    rejected = report.verdict is Verdict.REJECT
    acceptance = Acceptance(
        policy=use.policy.name, verdict=report.verdict, findings=report.findings,
        accepted_because=accepted_because if rejected else None,
    )  # fmt: skip
    plan = None
    if not rejected or accepted_because:
        plan = planning.plan(handed_in.submission, measured, use.chosen, use.profiles, context.capability)
    return Prepared(handed_in, measured, report, acceptance, plan)


def deliver(context: Context, prepared: Prepared, plan: Plan, store: Store) -> Delivered:
    """Plan → renditions → package → delivery.

    Raises:
        MediaError, EnvironmentFault, TransferError, IntegrityError: as the rooms say; a rerun goes on.
    """
    bucket = context.workspace.settings.delivery
    renditions, outputs = transcode(context, plan, prepared.handed_in.main)
    submission = prepared.handed_in.submission
    name = packaging.package_id(submission, plan, prepared.acceptance, context.capability)
    lock = FileLock(context.workspace.locks / f"deliver-{submission.identity()}.lock")
    with lock:
        revision = deliveries.next_revision(store, bucket, submission.prefecture, submission.identity(), name)
        package, folder = pack(context, prepared, plan, renditions, outputs, revision)
        already = deliveries.is_ready(store, bucket, package, folder)
        uploaded = counted(context.tell, "upload", sum(item.size_bytes for item in package.files))
        delivery = deliveries.deliver(store, bucket, package, folder, uploaded)
    context.journal.write("delivered", package=package.package_id, revision=revision, already=already)
    return Delivered(package, folder, delivery, already)


def transcode(context: Context, plan: Plan, source: Path) -> tuple[tuple[Rendition, ...], Path]:
    """The transcode stage: accepted renditions and the folder that holds their files."""
    inputs = {"plan": plan.fingerprint(), "planning": str(planning.VERSION), "ffmpeg": context.capability.build}

    def build(room: stages.Room) -> None:
        outputs = room.folder / OUTPUTS
        outputs.mkdir()
        context.journal.write("encode.started", plan=plan.fingerprint())
        encoded = encoding.encode(
            plan, source, outputs, ffmpeg=context.ffmpeg, scratch=room.scratch, log=room.log,
            on_progress=lambda name, progress: context.tell(name, progress.fraction, progress.speed),
        )  # fmt: skip
        digest.confirm(source, context.workspace.cache, plan.source_sha256)
        rows = [item.model_dump(mode="json") for item in encoded.renditions]
        (room.folder / RENDITIONS).write_text(json.dumps(rows), encoding="utf-8")
        for usage in encoded.usages:
            context.journal.write("encode.finished", wall_s=round(usage.wall_s, 2), cpu_s=round(usage.cpu_s, 2),
                                  peak_rss_bytes=usage.peak_rss_bytes)  # fmt: skip

    done = stages.run(context.workspace, context.journal, "transcode", TRANSCODE_VERSION, inputs, build)
    rows = json.loads((done.folder / RENDITIONS).read_text(encoding="utf-8"))
    return tuple(Rendition.model_validate_json(json.dumps(row)) for row in rows), done.folder / OUTPUTS


def pack(
    context: Context, prepared: Prepared, plan: Plan, renditions: tuple[Rendition, ...], outputs: Path, revision: int
) -> tuple[Package, Path]:
    """The package stage: the folder as it will lie in the store."""
    submission = prepared.handed_in.submission
    inputs = {
        "submission": submission.fingerprint(),
        "plan": plan.fingerprint(),
        "acceptance": prepared.acceptance.fingerprint(),
        "revision": str(revision),
        "ffmpeg": context.capability.build,
    }

    def build(room: stages.Room) -> None:
        root = room.folder / PACKAGE
        shutil.copytree(outputs, root, copy_function=_link)
        contents = packaging.Contents(
            submission=submission, revision=revision, inspection=prepared.inspection, plan=plan,
            acceptance=prepared.acceptance, capability=context.capability, renditions=renditions,
        )  # fmt: skip
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
