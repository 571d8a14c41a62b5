"""Run the plan's processes into a folder and keep only what stands up to being measured anew."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from pipeline import durable
from pipeline.children import ChildGroup, Usage
from pipeline.errors import EnvironmentFault, MediaError
from pipeline.ffmpeg import graph
from pipeline.ffmpeg.invocation import Invocation, Progress
from pipeline.ffmpeg.runner import Runner
from pipeline.model.plan import Output, Plan, Process
from pipeline.model.rendition import Rendition
from pipeline.transcode import labelling, segmenting, verify

SPARE_BYTES = 256 << 20
AT_ONCE = 2
STAGE = "encode"  # what progress is reported of, whichever process it is


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
    runner: Runner,
    *,
    fonts: Mapping[str, Path] = MappingProxyType({}),
    on_progress: Callable[[str, Progress], None] = lambda _name, _progress: None,
) -> Encoded:
    """Fill `folder` with every output of `plan`.

    Args:
        sources: what the plan's input tokens stand for, the film first.
        runner: its folder is for scratch; the encoders work in `folder`.
        fonts: where each font lies by its name in the plan.

    Raises:
        MediaError: an output is not what the plan says, with the output's name and the figures.
        EnvironmentFault: no space, no memory. ProcessLost: an encoder stood still or was killed.
        Interrupted: the work was ended.
    """
    _check_free_space(plan, folder)
    usages = []
    for number, process in enumerate(plan.processes):
        _put_beside(process, folder, fonts)

        def on_one(progress: Progress, before: int = number) -> None:
            """Of all processes together."""
            done_s = before * plan.duration_s + progress.done_s
            on_progress(STAGE, replace(progress, done_s=done_s, total_s=len(plan.processes) * plan.duration_s))

        usages.append(_run(process, plan, sources, runner.inside(folder).named(process.name), on_one))
    for output in plan.outputs:
        if output.segments:
            segmenting.cut(output, output.segments, folder)
        if output.generated_label is not None:
            labelling.put(output.generated_label, folder / output.file, output.form, where=output.name)
    began = time.monotonic()
    renditions = _verified(plan, folder, runner, lambda progress: on_progress("verify", progress))
    return Encoded(renditions, tuple(usages), time.monotonic() - began)


def _verified(
    plan: Plan, folder: Path, runner: Runner, on_progress: Callable[[Progress], None]
) -> tuple[Rendition, ...]:
    """Every output measured anew, two at a time: a decode leaves a core idle while it begins and ends."""
    done_s = dict.fromkeys((output.name for output in plan.outputs), 0.0)
    total_s = sum(output.expected.duration_s or 0.0 for output in plan.outputs)

    def one(output: Output) -> Rendition:
        scratch = runner.folder / output.name
        scratch.mkdir(exist_ok=True)

        def on_one(progress: Progress) -> None:
            done_s[output.name] = progress.done_s
            on_progress(Progress(sum(done_s.values()), total_s, None, progress.frame))

        own = runner.inside(scratch).named(output.name)
        return verify.output(output, folder, own, md5=plan.adi is not None, on_progress=on_one)

    with ChildGroup() as siblings, ThreadPoolExecutor(AT_ONCE, thread_name_prefix="verify") as pool:
        try:
            # each in the context of the group, so that whoever ends it or the task ends these processes too
            running = [pool.submit(copy_context().run, one, output) for output in plan.outputs]
            return tuple(item.result() for item in running)
        except BaseException:  # Ctrl-C too: what still runs is stopped, what waits does not begin
            siblings.kill()
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _put_beside(process: Process, folder: Path, fonts: Mapping[str, Path]) -> None:
    """The texts and fonts that an encoder opens by plain names."""
    for name, text in process.texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    for font in process.fonts:
        target = durable.make_folder(folder / graph.FONTS) / font.file
        if not target.exists():  # from the process before
            durable.copy(fonts[font.file], target)


def _run(
    process: Process,
    plan: Plan,
    sources: Mapping[str, Path],
    runner: Runner,
    on_progress: Callable[[Progress], None],
) -> Usage:
    # the first output tells of each picture (`plan.joining`); one that has a single one is silent until the film's end
    pictures = next((item.expected.video.frames for item in process.outputs if item.expected.video), 0)
    invocation = Invocation(
        process.argv,
        inputs=sources,
        outputs=process.files,
        where=next(iter(sources.values())).name,
        total_s=plan.duration_s,
        total_frames=plan.frames,
        silent_s=0.0 if pictures > 1 else plan.duration_s,
    )
    bounded = runner.writing_at_most(max(output.expected.most_bytes for output in process.outputs))
    result = bounded.run(invocation, on_progress=on_progress)
    if result.stderr.damage:
        raise MediaError("output_damaged", where=process.name, detail=" | ".join(result.stderr.damage[:3]))
    return result.usage


def _check_free_space(plan: Plan, folder: Path) -> None:
    """Say that the disk is too small before hours are spent, not after."""
    needed = sum(output.expected.most_bytes for output in plan.outputs)
    free = shutil.disk_usage(folder).free
    if free < min(needed, needed // 2 + SPARE_BYTES):
        raise EnvironmentFault("no_room", where=str(folder), needed_mb=round(needed / 1e6), free_mb=round(free / 1e6))
