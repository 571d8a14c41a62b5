"""What a batch will cost, before it begins: seconds by what this machine needed so far, bytes by the plans."""

from __future__ import annotations

import os
import shutil
import statistics
from collections.abc import Sequence
from pathlib import Path

from pipeline.errors import EnvironmentFault
from pipeline.execute.journal import Journal
from pipeline.model.plan import Output, Plan

SECONDS_A_PIXEL = 2.7e-8  # of one core, all outputs at preset medium (transcode baseline); then as measured here
REMEMBERED = 20
CAPPED_SHARE = 0.6  # what constant quality leaves of its cap in an ordinary film
SPARE_BYTES = 500_000_000


def pixels(plan: Plan, profiles: Sequence[str]) -> int:
    """Pixels that these profiles encode: what the time goes with."""
    videos = [output.expected.video for output in plan.outputs if output.profile in profiles]
    return sum(video.width * video.height * video.frames for video in videos if video)


def seconds(count: int, journal: Journal) -> float:
    """Wall time for so many pixels."""
    rates = [
        float(row["wall_s"]) / row["pixels"]
        for row in journal.rows("encode.finished")[-REMEMBERED:]
        if row.get("pixels") and row.get("wall_s")
    ]
    rate = statistics.median(rates) if rates else SECONDS_A_PIXEL / (os.cpu_count() or 1)
    return count * rate


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
