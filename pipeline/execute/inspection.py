"""The inspection stage: a film is measured once, whoever asks and whatever the policy."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from pipeline.execute import digest, stages
from pipeline.execute.context import Context, counted
from pipeline.inspect import film
from pipeline.model.inspection import Inspection
from pipeline.model.profile import Heard, Profile

RESULT = "inspection.json"


def targets_of(profiles: Iterable[Profile]) -> tuple[film.Target, ...]:
    """The sound levels that these profiles ask for, each once, in one order."""
    heard = [item.audio for item in profiles if isinstance(item, Heard)]
    asked = {(item.loudness_lkfs, item.true_peak_dbtp) for item in heard if item.loudness_lkfs is not None}
    return tuple(film.Target(loudness, peak) for loudness, peak in sorted(asked) if loudness is not None)


def inspect(
    context: Context, path: Path, targets: Sequence[film.Target], *, without_line_up: bool = False
) -> Inspection:
    """The film's inspection for these sound levels, measured now unless it was before.

    Raises:
        Refused: it can't be read, with the finding's code. InputError: no such file.
    """
    film.head(path)  # first bytes decide, before a gigabyte of text is hashed
    hashed = counted(context.tell, "digest", path.stat().st_size)
    sha256 = digest.of(path, context.workspace.cache, hashed)
    inputs = {
        "film": sha256,
        "levels": " ".join(f"{target.loudness_lkfs:g}/{target.true_peak_dbtp:g}" for target in targets),
        "ffmpeg": context.capability.build,
        **({"line_up": "left out"} if without_line_up else {}),
    }

    def build(room: stages.Room) -> None:
        measured = film.inspect(
            path, sha256=sha256, targets=targets, ffmpeg=context.ffmpeg, folder=room.scratch, log=room.log,
            without_line_up=without_line_up, on_progress=context.teller("inspect"),
        )  # fmt: skip
        digest.confirm(path, context.workspace.cache, sha256)
        (room.folder / RESULT).write_bytes(measured.to_file())

    done = stages.run(context.workspace, context.journal, "inspection", film.VERSION, inputs, build)
    return Inspection.model_validate_json((done.folder / RESULT).read_bytes())
