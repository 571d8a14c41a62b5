"""What a plan will cost: pixels to be encoded, bytes on the disk."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from pipeline.errors import EnvironmentFault
from pipeline.model.plan import Output, Plan
from pipeline.plan.outlook import CAPPED_SHARE

SPARE_BYTES = 500_000_000


def pixels(plan: Plan, profiles: Sequence[str]) -> int:
    """Pixels that these profiles encode: what the time goes with."""
    videos = [output.expected.video for output in plan.outputs if output.profile in profiles]
    return sum(video.width * video.height * video.frames for video in videos if video)


def size(outputs: Sequence[Output]) -> int:
    """Bytes that these outputs will take."""
    return sum(
        output.expected.most_bytes if output.expected.mux else int(output.expected.most_bytes * CAPPED_SHARE)
        for output in outputs
    )


def refuse_without_room(folder: Path, needed: int) -> int:
    """Free bytes where the work will lie.

    Raises:
        EnvironmentFault: it will not hold what is planned.
    """
    free = shutil.disk_usage(folder).free
    if needed and free < needed + SPARE_BYTES:
        raise EnvironmentFault("no_room", where=str(folder), needed_mb=round(needed / 1e6), free_mb=round(free / 1e6))
    return free
