"""The transcode stage: a profile's outputs have a key of their own, those that are missing are made in one process.

So a changed profile redoes only what it touches, and everything that is new shares one decode.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline import durable
from pipeline.execute import digest, estimate, stages
from pipeline.execute.context import Context
from pipeline.ffmpeg.runner import Runner
from pipeline.inspect import fonts
from pipeline.model.inspection import Inspection
from pipeline.model.plan import Note, Plan
from pipeline.model.profile import Profile
from pipeline.model.rendition import Rendition
from pipeline.plan import build as planning
from pipeline.plan.spec import MAIN, NO_SIDECARS, Sidecars
from pipeline.transcode import encode as encoding

STAGE, VERSION = "transcode", 4
OUTPUTS, RENDITIONS = "outputs", "renditions.json"


@dataclass(frozen=True)
class TranscodeTask:
    """A plan, and the same decision for some of its profiles only (both from `plan`, with nothing decided here)."""

    plan: Plan
    only: Callable[[Sequence[str]], Plan]


@dataclass(frozen=True)
class TranscodeResult:
    """Accepted renditions in the plan's order and the folders that hold their files."""

    renditions: tuple[Rendition, ...]
    folders: tuple[Path, ...]


def plan_transcode(
    context: Context,
    inspection: Inspection,
    profiles: Sequence[Profile],
    *,
    title: str,
    language: str,
    set_name: str,
    notes: Sequence[Note] = (),
    sidecars: Sidecars = NO_SIDECARS,
) -> TranscodeTask:
    """Plan a film for these profiles.

    Raises:
        MediaError, EnvironmentFault: as `plan` says.
    """

    def only(names: Sequence[str]) -> Plan:
        wanted = [item for item in profiles if item.name in names]
        # without set or notes: the same output has the same key whatever asked for it
        return planning.plan(
            inspection, wanted, context.capability, title=title, language=language, set_name="", sidecars=sidecars
        )

    whole = planning.plan(
        inspection,
        profiles,
        context.capability,
        title=title,
        language=language,
        set_name=set_name,
        notes=notes,
        sidecars=sidecars,
    )
    # what is written beside renditions changes with the subtitles; the renditions without them do not
    return TranscodeTask(whole.model_copy(update={"subtitles": sidecars.subtitles}), only)


def run(context: Context, work: TranscodeTask, sources: Mapping[str, Path]) -> TranscodeResult:
    """Every output of the plan, made now unless it is there; `sources` by token, the film first.

    Raises:
        MediaError, EnvironmentFault: as `transcode` says; outputs that were there before stay.
    """
    inputs = _inputs(context, work)

    def build(rooms: Mapping[str, stages.StageDirs]) -> None:
        plan = work.plan if len(rooms) == len(inputs) else work.only(list(rooms))
        first = next(iter(rooms.values()))
        folder = first.scratch / OUTPUTS
        folder.mkdir()
        context.journal.write("encode.started", plan=plan.fingerprint(), profiles=list(rooms))
        encoded = encoding.encode(
            plan,
            sources,
            folder,
            Runner(context.ffmpeg, first.scratch, first.log),
            fonts=fonts.paths() if any(process.fonts for process in plan.processes) else {},
            on_progress=lambda name, progress: context.on_progress(name, progress.fraction, progress.speed),
        )
        for token, sha256 in {MAIN: plan.source_sha256, **plan.beside_sha256}.items():
            digest.confirm(sources[token], context.workspace.cache, sha256)
        for name, room in rooms.items():
            _keep([item for item in encoded.renditions if item.profile == name], folder, room.folder)
        context.journal.write("outputs.verified", wall_s=round(encoded.verified_s, 2), profiles=list(rooms))
        usages = encoded.usages
        context.journal.write(
            "encode.finished",
            wall_s=round(sum(item.wall_s for item in usages), 2),
            cpu_s=round(sum(item.cpu_s for item in usages), 2),
            peak_rss_bytes=max((item.peak_rss_bytes for item in usages), default=0),
            film_s=plan.duration_s,
            pixels=estimate.pixels(plan, list(rooms)),
            profiles=list(rooms),
        )

    done = stages.together(context.workspace, context.journal, STAGE, VERSION, inputs, build)
    renditions = [item for stage in done.values() for item in _kept(stage.folder)]
    return TranscodeResult(tuple(renditions), tuple(stage.folder / OUTPUTS for stage in done.values()))


def missing(context: Context, work: TranscodeTask) -> list[str]:
    """The profiles whose outputs are not there yet."""
    return [
        name
        for name, given in _inputs(context, work).items()
        if not stages.is_done(context.workspace, STAGE, VERSION, given)
    ]


def _inputs(context: Context, work: TranscodeTask) -> dict[str, dict[str, str]]:
    return {
        used.name: {
            "plan": work.only([used.name]).fingerprint(),
            "planning": str(planning.VERSION),
            "ffmpeg": context.capability.build,
        }
        for used in work.plan.profiles
    }


def _keep(renditions: Sequence[Rendition], made: Path, folder: Path) -> None:
    """Move one profile's files to where they will stay, with the record of what they are."""
    for item in renditions:
        for stored in item.files:
            target = folder / OUTPUTS / stored.path
            durable.make_folder(target.parent)
            (made / stored.path).replace(target)
    rows = [item.model_dump(mode="json") for item in renditions]
    (folder / RENDITIONS).write_text(json.dumps(rows), encoding="utf-8")


def _kept(folder: Path) -> list[Rendition]:
    rows = json.loads((folder / RENDITIONS).read_text(encoding="utf-8"))
    return [Rendition.model_validate_json(json.dumps(row)) for row in rows]
