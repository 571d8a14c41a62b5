"""Run the plan's processes into a folder and keep only what stands up to being measured anew."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import EnvironmentFault, MediaError
from pipeline.ffmpeg.run import Progress, Sandbox, Task, run
from pipeline.model.plan import Plan, Process
from pipeline.model.rendition import Rendition
from pipeline.process import Usage
from pipeline.transcode import verify

SPARE_BYTES = 256 << 20


@dataclass(frozen=True)
class Encoded:
    """Accepted renditions, what they cost, and how long it took to accept them."""

    renditions: tuple[Rendition, ...]
    usages: tuple[Usage, ...]
    verified_s: float = 0.0


def encode(
    plan: Plan,
    sources: Mapping[str, Path],
    folder: Path,
    *,
    ffmpeg: Path,
    scratch: Path,
    log: Path,
    on_progress: Callable[[str, Progress], None] = lambda _name, _progress: None,
) -> Encoded:
    """Fill `folder` with every output of `plan`; `sources` are what its input tokens stand for, the film first.

    Raises:
        MediaError: an output is not what the plan says, with the output's name and the figures.
        EnvironmentFault: no space, no memory, no time.
    """
    _room(plan, folder)
    usages = [_run(process, plan, sources, folder, ffmpeg, log, on_progress) for process in plan.processes]
    renditions = []
    began = time.monotonic()
    for output in plan.outputs:
        judged = verify.output(
            output, folder, ffmpeg=ffmpeg, scratch=scratch, log=log.with_suffix(f".{output.name}.log"),
            on_progress=lambda progress, name=output.name: on_progress(f"verify {name}", progress),  # type: ignore[misc]
        )  # fmt: skip
        renditions.append(judged)
    return Encoded(tuple(renditions), tuple(usages), time.monotonic() - began)


def _run(
    process: Process,
    plan: Plan,
    sources: Mapping[str, Path],
    folder: Path,
    ffmpeg: Path,
    log: Path,
    on_progress: Callable[[str, Progress], None],
) -> Usage:
    largest = max(output.expected.most_bytes for output in process.outputs)
    task = Task(
        argv=process.argv, folder=folder, log=log, inputs=sources, outputs=process.files,
        where=next(iter(sources.values())).name, total_s=plan.duration_s, total_frames=plan.frames,
        sandbox=Sandbox(file_bytes=largest),
    )  # fmt: skip
    result = run(task, ffmpeg, on_progress=lambda progress: on_progress(process.name, progress))
    if result.said.damage:
        raise MediaError("output_damaged", where=process.name, detail=" | ".join(result.said.damage[:3]))
    return result.usage


def _room(plan: Plan, folder: Path) -> None:
    """Say that the disk is too small before hours are spent, not after."""
    needed = sum(output.expected.most_bytes for output in plan.outputs)
    free = shutil.disk_usage(folder).free
    if free < min(needed, needed // 2 + SPARE_BYTES):
        raise EnvironmentFault("no_room", where=str(folder), needed_mb=round(needed / 1e6), free_mb=round(free / 1e6))
