"""A rough cut over a bad line: small pictures of each part, with the sound as it came."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from pipeline.exchange.intake import Intake
from pipeline.execute import audio_sources, single, transcoding
from pipeline.execute.context import Context
from pipeline.plan import load

PROFILE = "proxy"


def proxies(context: Context, intake: Intake, folder: Path) -> list[Path]:
    """A proxy of each part in `folder`, named after its film.

    Raises:
        InputError: the profile is wrong. MediaError, EnvironmentFault: as `transcode` says.
    """
    profile = load.profile(PROFILE, context.profile_folders)
    made = []
    for part in intake.parts:
        planned = single.plan(context, part.path, [profile])
        result = transcoding.run(context, planned.work, audio_sources.input_paths(part.path, ()))
        stored = result.renditions[0].files[0]
        number = f"{part.number:02}." if len(intake.parts) > 1 else ""
        target = folder / f"{number}{part.path.stem}.{PROFILE}.mp4"
        try:
            os.link(result.folders[0] / stored.path, target)
        except OSError:
            shutil.copyfile(result.folders[0] / stored.path, target)
        made.append(target)
    return made
