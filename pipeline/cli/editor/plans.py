"""A plan on paper: outputs, budgets, sound, and with -v the command as a shell would take it."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

from pipeline import catalogue
from pipeline.cli.console import Console
from pipeline.execute.part_shown import PartShown
from pipeline.model.loudness import LevelAdjustment
from pipeline.model.plan import Output, Plan


def show_plan(console: Console, path: Path, plan: Plan, levels: Sequence[LevelAdjustment]) -> None:
    console.say("plan_head", file=path, set=plan.set_name, frames=plan.frames, duration=plan.duration_s)
    for output in plan.outputs:
        console.say("plan_output", name=output.name, file=output.file, what=_what(output))
        if budget := output.expected.mux:
            console.say(
                "plan_mux",
                video=budget.video_bps // 1000,
                audio=budget.audio_bps // 1000,
                mux=budget.muxrate_bps // 1000,
            )
    for note in plan.notes:
        console.say("plan_note", note=catalogue.say(console.language, f"note.{note.kind}", **note.values))
    for level in {(item.gain_db, item.limited, item.target_lkfs): item for item in levels}.values():
        limiter = catalogue.say(console.language, "text.plan_limiter") if level.limited else ""
        console.say("plan_level", gain=level.gain_db, target=level.target_lkfs, limiter=limiter)
    if not console.verbose:
        return
    for process in plan.processes:
        console.say("plan_process", name=process.name)
        console.line(f"    {shlex.join(process.argv)}")


def show_part(console: Console, part: PartShown) -> None:
    """How a part of a course will be seen, in a line."""
    console.give(asdict(part))
    console.say(
        "plan_part_slides" if part.slides else "plan_part",
        part=part.part,
        layout=console.word(f"plan_layout_{part.layout}"),
        slides=part.slides,
        turns=part.turns,
        duration=timedelta(seconds=round(part.duration_s)),
    )


def show_notes(console: Console, plan: Plan) -> None:
    """What people should know of a plan that is carried out, beside the result."""
    for note in plan.notes:
        console.remark("plan_note", note=catalogue.say(console.language, f"note.{note.kind}", **note.values))


def _what(output: Output) -> str:
    video, audio = output.expected.video, output.expected.audio
    parts = []
    if video:
        name = "@".join(part for part in (video.profile, video.level) if part)
        rate = f" {video.frame_rate:g}{'i' if video.interlaced else 'p'}" if video.frame_rate else ""
        parts.append(f"{video.codec}{' ' + name if name else ''} {video.width}x{video.height}{rate}")
    for track in audio:
        level = f" {track.loudness_lkfs:g} LKFS" if track.loudness_lkfs is not None else ""
        parts.append(f"{track.codec} {track.channels} ch {track.language}{level}")
    return ", ".join(parts)
