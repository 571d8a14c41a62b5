"""The inspection stage: a film is measured once, whoever asks and whatever the policy."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from pipeline.exchange.progress import byte_progress
from pipeline.execute import digest, stages
from pipeline.execute.context import Context
from pipeline.inspect import film, poster
from pipeline.model.inspection import Inspection
from pipeline.model.profile import Profile, ProfileWithAudio, audio_settings_of

RESULT = "inspection.json"


def targets_of(profiles: Iterable[Profile]) -> tuple[film.Target, ...]:
    """The sound levels that these profiles ask for, each once, in one order."""
    heard = [sound for item in profiles if isinstance(item, ProfileWithAudio) for sound in audio_settings_of(item)]
    asked = {
        (item.loudness_lkfs, item.true_peak_dbtp, item.codec, item.bitrate_kbps or 0)
        for item in heard
        if item.loudness_lkfs is not None
    }
    return tuple(film.Target(loudness, peak, codec, kbps or None) for loudness, peak, codec, kbps in sorted(asked))


def inspect(
    context: Context,
    path: Path,
    targets: Sequence[film.Target],
    *,
    without_line_up: bool = False,
    track: int | None = None,
    span: film.Span | None = None,
) -> Inspection:
    """The film's inspection for these sound levels, measured now unless it was before.

    Raises:
        Refused: it can't be read, with the finding's code. InputError: no such file.
    """
    film.head(path)  # first bytes decide, before a gigabyte of text is hashed
    hashed = byte_progress(context.on_progress, "digest", path.stat().st_size)
    sha256 = digest.cached_sha256(path, context.workspace.cache, hashed)
    inputs = {
        "film": sha256,
        "levels": " ".join(
            f"{target.loudness_lkfs:g}/{target.true_peak_dbtp:g}/{target.codec}{target.bitrate_kbps or ''}"
            for target in targets
        ),
        "ffmpeg": context.capability.build,
        **({"line_up": "left out"} if without_line_up else {}),
        **({"track": str(track)} if track is not None else {}),
        **({"span": f"{span[0]:.6f} {span[1]:.6f}"} if span else {}),
    }

    def build(room: stages.StageDirs) -> None:
        measured = film.inspect(
            path,
            sha256=sha256,
            targets=targets,
            ffmpeg=context.ffmpeg,
            folder=room.scratch,
            log=room.log,
            without_line_up=without_line_up,
            track=track,
            span=span,
            on_progress=context.progress_of("inspect"),
        )
        digest.confirm(path, context.workspace.cache, sha256)
        (room.folder / RESULT).write_bytes(measured.to_file())

    done = stages.run(context.workspace, context.journal, "inspection", film.VERSION, inputs, build)
    return Inspection.model_validate_json((done.folder / RESULT).read_bytes())


def inspect_poster(context: Context, path: Path) -> Inspection:
    """A poster that was handed in.

    Raises:
        Refused: it is no PNG or JPEG. InputError: no such file.
    """
    with tempfile.TemporaryDirectory(dir=context.workspace.scratch, prefix="poster-") as folder:
        return poster.inspect(path, ffmpeg=context.ffmpeg, folder=Path(folder))
