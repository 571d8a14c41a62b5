"""A rough cut over a bad line: small pictures of each part, with the sound as it came."""

from __future__ import annotations

from pathlib import Path

from pipeline import durable
from pipeline.exchange.submit import Proxy
from pipeline.execute import part_plan, single, transcoding
from pipeline.execute.examination import Examination
from pipeline.execute.examined_part import ExaminedPart
from pipeline.execute.job_context import JobContext
from pipeline.execute.transcoding import PlannedTranscode
from pipeline.model.submission import Kind, Submission
from pipeline.plan import load

PROFILE, SOUND_PROFILE = "proxy", "audio-only"


def proxies(job: JobContext, examination: Examination, folder: Path) -> list[Proxy]:
    """A proxy of each part in `folder`, named after its film; of sound alone a small file of sound.

    Raises:
        InputError: the profile is wrong. MediaError, EnvironmentFault: as `transcode` says.
    """
    submission = examination.intake.submission
    made = []
    for examined in examination.parts:
        part = examined.part
        if part.key is None or part.shown is None:
            continue
        planned = _planned(job, examined, submission)
        stored = transcoding.transcode(job, planned)[0].files[0]
        made_in = transcoding.output_folders(job.context, tuple(planned.stages.values()))[0]
        own = f"{part.key}." if submission.kind is Kind.COURSE else ""
        target = folder / f"{own}{part.path.stem}.{PROFILE}{Path(stored.path).suffix}"
        durable.link_or_copy(made_in / stored.path, target)
        made.append(Proxy(part.key, target))
    return made


def _planned(job: JobContext, part: ExaminedPart, submission: Submission) -> PlannedTranscode:
    profile = load.profile(PROFILE, job.context.profile_folders)
    if request := part_plan.request_alone(part, submission, profile):
        return transcoding.plan_transcode(request)
    if submission.kind is Kind.COURSE and part.examined.is_sound_alone:
        profile = load.profile(SOUND_PROFILE, job.context.profile_folders)
    return single.plan_film(job, part.part.path, [profile]).planned
