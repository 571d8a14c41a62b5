"""The inspection stage: a film is measured once, whoever asks and whatever the policy."""

from __future__ import annotations

from pathlib import Path

from pipeline.catalogue import Language
from pipeline.execute import digest, stages
from pipeline.execute.context import Context, counted
from pipeline.inspect import film
from pipeline.model.finding import Policy, Report
from pipeline.model.inspection import Inspection
from pipeline.model.profile import Hls, Profile, TransportStream
from pipeline.policy import evaluate

RESULT = "inspection.json"


def target_of(profiles: tuple[Profile, ...]) -> film.Target:
    """The sound level that a set's profiles ask for; they share one sound stream, so the first one's."""
    for profile in profiles:
        if isinstance(profile, TransportStream | Hls):
            return film.Target(profile.audio.loudness_lkfs, profile.audio.true_peak_dbtp)
    return film.Target(-24.0, -2.0)


def inspect(context: Context, path: Path, target: film.Target) -> Inspection:
    """The film's inspection, measured now unless it was before.

    Raises:
        Refused: it can't be read, with the finding's code. InputError: no such file.
    """
    film.head(path)  # first bytes decide, before a gigabyte of text is hashed
    hashed = counted(context.tell, "digest", path.stat().st_size)
    sha256 = digest.of(path, context.workspace.cache, hashed)
    inputs = {
        "film": sha256,
        "loudness": f"{target.loudness_lkfs:g}",
        "true_peak": f"{target.true_peak_dbtp:g}",
        "ffmpeg": context.capability.build,
    }

    def build(room: stages.Room) -> None:
        measured = film.inspect(
            path, sha256=sha256, target=target, ffmpeg=context.ffmpeg, folder=room.scratch, log=room.log,
            on_progress=context.teller("inspect"),
        )  # fmt: skip
        digest.confirm(path, context.workspace.cache, sha256)
        (room.folder / RESULT).write_bytes(measured.to_file())

    done = stages.run(context.workspace, context.journal, "inspection", film.VERSION, inputs, build)
    return Inspection.model_validate_json((done.folder / RESULT).read_bytes())


def check(context: Context, path: Path, shown: str, policy: Policy, target: film.Target, language: Language) -> Report:
    """Inspect and judge; a file that can't be read is a report too.

    Raises:
        InputError: no such file. EnvironmentFault: this machine can't do it now.
    """
    try:
        inspection = inspect(context, path, target)
    except film.Refused as refused:
        return evaluate.refuse(refused.code, policy, file=shown, sha256=None, language=language)
    return evaluate.judge(inspection, policy, file=shown, language=language)
