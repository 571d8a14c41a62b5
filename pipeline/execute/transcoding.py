"""What is to be transcoded: one plan, a stage for each profile, and what is missing of them.

So a changed profile redoes only what it touches, and everything that is new shares one decode.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.execute.context import Context
from pipeline.execute.job_context import JobContext
from pipeline.execute.perform import OUTPUTS
from pipeline.execute.tasks import TranscodeResult, TranscodeTask, result_of
from pipeline.ffmpeg.source import MAIN
from pipeline.model.plan import Plan
from pipeline.model.rendition import Rendition
from pipeline.model.stage import Stage
from pipeline.plan import build as planning
from pipeline.plan import generated
from pipeline.plan.request import PlanRequest

STAGE, VERSION = "transcode", 5


@dataclass(frozen=True)
class PlannedTranscode:
    """The plan of all that is wanted of a film, and the task that makes it."""

    plan: Plan
    task: TranscodeTask

    @property
    def stages(self) -> Mapping[str, Stage]:
        """By the profile's name, in the plan's order."""
        return self.task.stages


def plan_transcode(request: PlanRequest) -> PlannedTranscode:
    """Plan a film, and each of its profiles alone: that is what a profile's outputs are kept by. Pure.

    Raises:
        MediaError, EnvironmentFault: as `plan` says.
    """
    # what is written beside renditions changes with the subtitles and for ADI; the renditions without them do not
    plan = planning.plan(request)
    beside = {
        "subtitles": request.sidecars.subtitles,
        "chapters": planning.chapters_beside(request, plan),
        "generated_label": generated.of_whole(request),
        "of_course": request.sidecars.posters.outputs_of_course(request.profiles),
        "adi": request.adi,
    }
    whole = plan.model_copy(update={**beside, "deck_sha256": request.deck_sha256, "slides": request.slides})
    stages = {used.name: _stage(request, used.name) for used in whole.profiles}
    return PlannedTranscode(whole, TranscodeTask(request=request, stages=stages))


def missing(context: Context, stages: Mapping[str, Stage]) -> list[str]:
    """The profiles whose outputs are not there yet."""
    return [name for name, stage in stages.items() if not context.stages.is_done(stage)]


def transcode(job: JobContext, planned: PlannedTranscode) -> tuple[Rendition, ...]:
    """Every output of the plan, made now unless it is there.

    Raises:
        MediaError, EnvironmentFault: as `transcode` says; outputs that were there before stay.
    """
    return result_of(job.executor.submit(planned.task).follow(job.context.on_progress), TranscodeResult).renditions


def output_folders(context: Context, stages: Sequence[Stage]) -> list[Path]:
    """Where the files of each profile lie, by their places inside the package."""
    return [context.stages.folder(stage) / OUTPUTS for stage in stages]


def _stage(request: PlanRequest, name: str) -> Stage:
    alone = planning.plan(request.only([name]))
    return Stage(
        name=STAGE,
        version=VERSION,
        inputs={MAIN: alone.source_sha256, **alone.beside_sha256},
        parameters={
            "plan": alone.fingerprint(),
            "planning": str(planning.VERSION),
            "ffmpeg": request.capability.build,
        },
    )
