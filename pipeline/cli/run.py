"""showcase run"""

from __future__ import annotations

import shlex
from collections.abc import Callable
from functools import partial
from pathlib import Path

import click

from pipeline import catalogue
from pipeline.cli.check import exit_code
from pipeline.cli.console import Console, failed, options, size, unforeseen
from pipeline.cli.surroundings import context_here, show_report
from pipeline.errors import InputError, ShowcaseError
from pipeline.execute import handed_in, way
from pipeline.execute.context import Context
from pipeline.inspect.film import Refused
from pipeline.model.inspection import Level
from pipeline.model.plan import Output, Plan
from pipeline.policy import evaluate
from pipeline.storage import connect
from pipeline.storage.s3 import Store


@click.command("run", epilog="Example: showcase run film.mp4")
@click.argument("items", nargs=-1, required=True, metavar="SUBMISSION...", type=click.Path(path_type=Path))
@click.option("-n", "--dry-run", is_flag=True, help="Print the plan, run nothing.")
@click.option("--accept", metavar="REASON", help="Go on although the policy rejects; recorded in the package.")
@options
def command(console: Console, items: tuple[Path, ...], dry_run: bool, accept: str | None) -> int:
    """Inspect, transcode, package and deliver films or submissions (submission.yaml)."""
    if accept is not None and not accept.strip():
        raise InputError("reason_missing")
    for path in items:
        if not path.exists():
            raise InputError("path_missing", where=str(path))
    context = context_here(console)
    use = way.rules(context)
    if dry_run:
        codes = [_each(console, path, partial(_plan, console, context, use, path, accept)) for path in items]
        return _worst(console, codes)
    with connect.opened(context.workspace) as store:
        acts = [(path, partial(deliver, console, context, use, path, accept, store)) for path in items]
        codes = [_each(console, path, act) for path, act in acts]
    return _worst(console, codes)


def _worst(console: Console, codes: list[int]) -> int:
    bad = [code for code in codes if code]
    if len(codes) > 1 and bad:
        console.remark("several_failed", failed=len(bad), total=len(codes))
        return 7
    return bad[0] if bad else 0


def _each(console: Console, path: Path, act: Callable[[], int]) -> int:
    """One item; its failure is said and the next one begins."""
    try:
        return act()
    except ShowcaseError as error:
        failed(console, error, item=str(path))
        return error.exit_code
    except Exception as error:  # noqa: BLE001 - a fault on one film must not keep the next from being made
        fault = unforeseen(error)
        failed(console, fault, item=str(path))
        return fault.exit_code


def _prepared(console: Console, context: Context, use: way.Rules, path: Path, accept: str | None) -> way.Prepared | int:
    """The film, judged in the reader's language; the exit code where the way ends here."""
    given = handed_in.read(path, context.workspace)
    try:
        prepared = way.prepare(context, given, use, accept)
    except Refused as refused:
        report = evaluate.refuse(refused.code, use.policy, file=str(path), sha256=None, language=console.language)
        show_report(console, report)
        return exit_code(report)
    report = evaluate.judge(prepared.inspection, use.policy, file=str(path), language=console.language)
    show_report(console, report)
    if prepared.plan is None:
        console.remark("rejected_stop", file=path)
        return 1
    if prepared.acceptance.accepted_because:
        console.say("accepted_because", reason=prepared.acceptance.accepted_because)
    return prepared


def deliver(console: Console, context: Context, use: way.Rules, path: Path, accept: str | None, store: Store) -> int:
    prepared = _prepared(console, context, use, path, accept)
    if isinstance(prepared, int) or prepared.plan is None:
        return prepared if isinstance(prepared, int) else 1
    done = way.deliver(context, prepared, prepared.plan, store)
    package = done.package
    console.give({"item": str(path), "already": done.already, "package": str(done.folder),
                  "delivery": done.delivery.model_dump(mode="json")})  # fmt: skip
    values = {"id": package.submission_id, "revision": package.revision, "package": package.package_id}
    if done.already:
        console.say("already", **values)
    else:
        total = sum(item.size_bytes for item in package.files)
        console.say("delivered", **values, files=len(package.files) + 2, size=size(total))
    console.say("package_folder", folder=done.folder)
    return 0


def _plan(console: Console, context: Context, use: way.Rules, path: Path, accept: str | None) -> int:
    prepared = _prepared(console, context, use, path, accept)
    if isinstance(prepared, int) or prepared.plan is None:
        return prepared if isinstance(prepared, int) else 1
    console.give(prepared.plan)
    _show_plan(console, path, prepared.plan, prepared.inspection.level)
    return 0


def _show_plan(console: Console, path: Path, plan: Plan, level: Level | None) -> None:
    console.say("plan_head", file=path, set=plan.set_name, frames=plan.frames, duration=plan.duration_s)
    for output in plan.outputs:
        console.say("plan_output", name=output.name, file=output.file, what=_what(output))
        if budget := output.expected.mux:
            console.say("plan_mux", video=budget.video_bps // 1000, audio=budget.audio_bps // 1000,
                        mux=budget.muxrate_bps // 1000)  # fmt: skip
    for note in plan.notes:
        console.say("plan_note", note=note)
    if level:
        limiter = catalogue.say(console.language, "text.plan_limiter") if level.limited else ""
        console.say("plan_level", gain=level.gain_db, target=level.target_lkfs, limiter=limiter)
    for process in plan.processes:
        console.say("plan_process", name=process.name)
        console.line(f"    {shlex.join(process.argv)}")
    console.say("plan_nothing")


def _what(output: Output) -> str:
    video, audio = output.expected.video, output.expected.audio
    parts = []
    if video:
        name = "@".join(part for part in (video.profile, video.level) if part)
        rate = f" {video.frame_rate}p" if video.frame_rate else ""
        parts.append(f"{video.codec}{' ' + name if name else ''} {video.width}x{video.height}{rate}")
    if audio:
        level = f" {audio.loudness_lkfs:g} LKFS" if audio.loudness_lkfs is not None else ""
        parts.append(f"{audio.codec} {audio.channels} ch{level}")
    return ", ".join(parts)
