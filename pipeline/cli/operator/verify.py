"""showcase verify"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import click

from pipeline.cli import status_view, store_here, words
from pipeline.cli.command_context import context_here, workspace_here, workspace_or_cache
from pipeline.cli.console import Console, options
from pipeline.cli.operator import analysis, rungs
from pipeline.errors import InputError
from pipeline.exchange import seen
from pipeline.exchange.announced import Announced, announced
from pipeline.exchange.seen import Seen
from pipeline.execute.context import Context
from pipeline.execute.folder_problem import CheckLine, FolderCheck, Problem, Result
from pipeline.execute.package_folder import AskStore
from pipeline.execute.verification import Verified, ladder, package, stream
from pipeline.media.mpegts import analysis as made
from pipeline.model.delivery import Cleared
from pipeline.model.package import Package
from pipeline.model.reference import SubmissionRef
from pipeline.package import build as packaging
from pipeline.package import checksums
from pipeline.storage import layout
from pipeline.storage.buckets import Buckets
from pipeline.storage.rights import Role

PLAYLISTS = (".m3u8", ".m3u")
MOST_SHOWN, MOST_PROBLEMS, MOST_PATH = 10, 100, 300
_ABSENT = (FolderCheck.EXTRA, FolderCheck.NEWEST, FolderCheck.STANDING)  # passed where there is none
_MARKS = {Result.PASS: "✓", Result.NOTE: "i", Result.SKIPPED: "–"}


@words.command("verify", example="showcase verify incoming/650000-film/0123456789abcdef")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--store", "of_store", is_flag=True)
@options
def command(console: Console, paths: tuple[Path, ...], of_store: bool) -> int:
    """Verify packages (checksums, manifest, streams, full decode), bare transport streams and HLS playlists."""
    place = workspace_or_cache()
    for path in paths:
        if not path.exists():
            raise InputError("path_missing", where=str(path))
    context = context_here(console, place)
    found = [item for path in paths for item in _packages(path)]
    if of_store and not any(item.is_dir() for item in found):
        raise InputError("store_of_packages", where=str(found[0]))
    answered: set[str] = set()
    cleared: list[Cleared] = []
    with ExitStack() as held:
        ask = None
        if of_store:
            buckets = held.enter_context(store_here.opened(console, workspace_here()))
            ask = partial(_asked, buckets, answered, cleared)
        judged = [judge(console, context, item, ask) for item in found]
    for record in cleared:
        status_view.show_cleared(console, record)
    good = [found.package for found in judged if found.package and not found.problems]
    _show_next(console, [item for item in good if item.package_id not in answered])
    return max(found.exit_code for found in judged)


def _asked(
    buckets: Buckets, answered: set[str], cleared: list[Cleared], ref: SubmissionRef, package_id: str
) -> Announced:
    """What the store says; `answered` gets a package that is answered already, or was cleared: then nobody asks for an
    answer; `cleared` gets how it went."""
    told = announced(buckets, ref, package_id)
    if told.delivery and told.delivery.acknowledgement:
        answered.add(package_id)
    if told.cleared:
        answered.add(package_id)
        cleared.append(told.cleared)
    return told


def _show_next(console: Console, good: Sequence[Package]) -> None:
    """The operator's answer comes next."""
    if console.role not in (None, Role.OPERATOR):
        return
    for item in good[:MOST_SHOWN]:
        ref = SubmissionRef(item.prefecture, item.submission_id)
        console.tell("next_answer", id=ref.typed, title=item.submission.title_zh)


def _packages(path: Path) -> list[Path]:
    """The path itself, or the packages below a folder that is none."""
    if not path.is_dir() or (path / packaging.MANIFEST).exists() or (path / checksums.NAME).exists():
        return [path]
    lists = (packaging.MANIFEST, checksums.NAME)
    heads = {found.parent for name in lists for found in path.rglob(name)}
    # of one that lost a list its marker still tells
    below = sorted(
        head for head in heads if all((head / name).exists() for name in lists) or (head / layout.READY).is_file()
    )
    whole = [found for found in below if not any(part.startswith(".") for part in found.relative_to(path).parts)]
    return whole or [path]


def judge(console: Console, context: Context, path: Path, ask_store: AskStore | None = None) -> Verified:
    """One path: 6 where bytes are not as listed, 1 where a stream is not as it must be, else 0."""
    with tempfile.TemporaryDirectory(prefix="showcase-") as scratch:
        if path.is_dir():
            result = package(context, path, Path(scratch), ask_store)
        else:
            judged = ladder if path.suffix.lower() in PLAYLISTS else stream
            result = judged(context, path, Path(scratch))
    _show(console, path, result)
    if result.manifest_sha256:
        note = seen.forget if result.problems else seen.remember
        note(Seen.VERIFIED, result.manifest_sha256)
    return result


def _show(console: Console, path: Path, result: Verified) -> None:
    problems = [{"path": item.path, "kind": item.kind, "detail": item.detail} for item in result.problems]
    streams = {name: report.model_dump(mode="json") for name, report in result.streams.items()}
    ladders = {name: report.model_dump(mode="json") for name, report in result.ladders.items()}
    console.give(
        {
            "item": str(path),
            "good": not problems,
            "files": result.files,
            "streams": streams,
            "ladders": ladders,
            "problems": problems,
            **({"checks": [line.row() for line in result.checks]} if path.is_dir() else {}),
        }
    )
    if not path.is_dir():
        for name, report in result.streams.items():
            analysis.show(console, name, report)
        for name, found in result.ladders.items():
            rungs.show(console, name, found)
    if path.is_dir() and problems:
        console.say("verified_not", path=path, count=len(problems))
    elif path.is_dir():
        console.say("verified", path=path, files=result.files)
    for problem in result.problems[:MOST_PROBLEMS]:
        console.say("verify_problem", path=problem.path[:MOST_PATH], problem=_words(console, problem))
    if len(result.problems) > MOST_PROBLEMS:
        console.say("verify_more", count=len(result.problems) - MOST_PROBLEMS)
    for line in result.checks:
        _show_check(console, line)
    for way in result.ways_out if path.is_dir() else ():
        console.say("do", action=console.word(f"verify_do_{way}"))
    lead = "  " if path.is_dir() else ""  # below the folder's own line
    for name, found in result.ladders.items():
        if not path.is_dir() or not result.problems:
            rungs.end(console, lead + name, found, good=not result.problems)
    for name, report in result.streams.items() if not result.problems else ():
        figures = made.gate(report)
        console.say(
            "verified_stream",
            path=lead + name,
            units=figures.units,
            slack=figures.least_slack_ms,
            pcr=figures.pcr_interval_ms,
        )


def _show_check(console: Console, line: CheckLine) -> None:
    """How one check ended; one that failed has its problems in lines of their own."""
    if line.result is Result.FAIL or (line.check is FolderCheck.NEWEST and line.why == "store_not_asked"):
        return  # that the store was not asked is said once
    how = line.why or ("none" if line.check in _ABSENT else "good")
    said = console.word("said", lead=console.word(f"folder_check_{line.check}"), text=console.word(f"folder_why_{how}"))
    console.say("verify_check", mark=_MARKS[line.result], text=said)


def _words(console: Console, problem: Problem) -> str:
    if problem.check:
        return analysis.words(console, problem.check)
    return console.word(f"problem_{problem.kind}", detail=problem.detail)
