"""A rough cut over a bad line: small pictures of each part, with the sound as it came."""

from __future__ import annotations

from pathlib import Path

from pipeline import durable
from pipeline.exchange.intake import Intake
from pipeline.exchange.submit import Proxy
from pipeline.execute import single, transcoding
from pipeline.execute.job_context import JobContext
from pipeline.model.submission import Kind
from pipeline.plan import load

PROFILE = "proxy"


def proxies(job: JobContext, intake: Intake, folder: Path) -> list[Proxy]:
    """A proxy of each part in `folder`, named after its film.

    Raises:
        InputError: the profile is wrong. MediaError, EnvironmentFault: as `transcode` says.
    """
    profile = load.profile(PROFILE, job.context.profile_folders)
    made = []
    for part in intake.parts:
        if part.key is None or part.shown is None:
            continue
        film = single.plan_film(job, part.path, [profile])
        stored = transcoding.transcode(job, film.planned)[0].files[0]
        made_in = transcoding.output_folders(job.context, tuple(film.planned.stages.values()))[0]
        own = f"{part.key}." if intake.submission.kind is Kind.COURSE else ""
        target = folder / f"{own}{part.path.stem}.{PROFILE}.mp4"
        durable.link_or_copy(made_in / stored.path, target)
        made.append(Proxy(part.key, target))
    return made
