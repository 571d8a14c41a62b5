"""A rough cut over a bad line: small pictures of each part, with the sound as it came."""

from __future__ import annotations

from pathlib import Path

from pipeline import durable
from pipeline.exchange.intake import Intake
from pipeline.execute import single, transcoding
from pipeline.execute.job_context import JobContext
from pipeline.plan import load

PROFILE = "proxy"


def proxies(job: JobContext, intake: Intake, folder: Path) -> list[Path]:
    """A proxy of each part in `folder`, named after its film.

    Raises:
        InputError: the profile is wrong. MediaError, EnvironmentFault: as `transcode` says.
    """
    profile = load.profile(PROFILE, job.context.profile_folders)
    made = []
    for part in intake.parts:
        film = single.plan_film(job, part.path, [profile])
        stored = transcoding.transcode(job, film.planned)[0].files[0]
        made_in = transcoding.output_folders(job.context, tuple(film.planned.stages.values()))[0]
        number = f"{part.number:02}." if len(intake.parts) > 1 else ""
        target = folder / f"{number}{part.path.stem}.{PROFILE}.mp4"
        durable.link_or_copy(made_in / stored.path, target)
        made.append(target)
    return made
