"""The inspection stage: a film is measured once, whoever asks and whatever the policy."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.errors import Refused
from pipeline.execute import endings
from pipeline.execute.context import Context
from pipeline.execute.endings import FileKind
from pipeline.execute.tasks import InspectResult, InspectTask, result_of
from pipeline.inspect import first_bytes, versions
from pipeline.media.signature import Refusal
from pipeline.model.inspection import Inspection
from pipeline.model.inspection_request import AudioTarget, InspectionRequest
from pipeline.model.profile import Profile, ProfileWithAudio, audio_settings_of
from pipeline.model.stage import Stage

if TYPE_CHECKING:
    from pipeline.execute.executor import Executor

STAGE = "inspection"
# what goes with a film and is handed in as one by mistake, by what its first bytes say; each has words of its own
_OTHERS: dict[str, tuple[FileKind, ...]] = {
    Refusal.SUSPICIOUS.value: (FileKind.TABLE, FileKind.SUBTITLES),
    Refusal.NOT_MEDIA.value: (FileKind.PICTURE,),
}
_PICTURES = ("png_pipe", "jpeg_pipe")


def targets_of(profiles: Iterable[Profile]) -> tuple[AudioTarget, ...]:
    """The sound levels that these profiles ask for, each once, in one order."""
    audio = [
        item for profile in profiles if isinstance(profile, ProfileWithAudio) for item in audio_settings_of(profile)
    ]
    asked = {
        (item.loudness_lkfs, item.true_peak_dbtp, item.codec, item.bitrate_kbps or 0)
        for item in audio
        if item.loudness_lkfs is not None
    }
    return tuple(
        AudioTarget(loudness_lkfs=loudness, true_peak_dbtp=peak, codec=codec, bitrate_kbps=kbps or None)
        for loudness, peak, codec, kbps in sorted(asked)
    )


def inspect(context: Context, executor: Executor, path: Path, request: InspectionRequest) -> Inspection:
    """A film or a file of sound, measured now unless it was before.

    Raises:
        Refused: it can't be read, with the finding's code. InputError: no such file.
    """
    _refuse_other(path)  # first bytes decide, before a gigabyte of text is hashed
    sha256 = context.hashed(path)
    parameters = {"ffmpeg": context.capability.build, "analyzers": versions.TOLD, **request.parameters}
    stage = Stage(name=STAGE, version=versions.FILM, inputs={"film": sha256}, parameters=parameters)
    task = InspectTask(sha256=sha256, request=request, stage=stage)
    return result_of(executor.submit(task).follow(context.on_progress), InspectResult).inspection


def _refuse_other(path: Path) -> None:
    """Let pass what may be a film or sound.

    Raises:
        InputError, Refused: as `first_bytes.demuxer`; the reason is what the file is by its name where those fit it.
    """
    kind = endings.kind_of(path)
    try:
        demuxer = first_bytes.demuxer(path)
    except Refused as refused:
        if kind in _OTHERS.get(refused.code, ()):
            raise Refused(refused.code, where=str(path), reason=kind.value) from refused
        raise
    if kind is FileKind.PICTURE and demuxer in _PICTURES:
        raise Refused(Refusal.NOT_MEDIA.value, where=str(path), reason=kind.value)


def inspect_poster(context: Context, path: Path) -> Inspection:
    """A poster that was handed in.

    Raises:
        Refused: it is no PNG or JPEG. InputError: no such file.
    """
    from pipeline.ffmpeg.runner import Runner
    from pipeline.inspect import poster

    with tempfile.TemporaryDirectory(dir=context.workspace.scratch, prefix="poster-") as folder:
        found = poster.inspect(path, Runner(context.ffmpeg, Path(folder), Path(folder) / "poster.log"))
    context.sources.add(found.sha256, path)
    return found
