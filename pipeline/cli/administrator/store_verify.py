"""showcase store verify"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import click

from pipeline import durable, locks
from pipeline.cli import store_here
from pipeline.cli.administrator.problem_lines import ProblemLines
from pipeline.cli.administrator.store_group import command
from pipeline.cli.command_context import workspace_here
from pipeline.cli.console import Console, options, size
from pipeline.errors import InputError, IntegrityError
from pipeline.exchange import choosing
from pipeline.exchange.audit import progress_file
from pipeline.exchange.audit.found import Fault, Item, Look
from pipeline.exchange.audit.progress_file import Asked, Progress
from pipeline.exchange.audit.reading import Counts, problems
from pipeline.exchange.audit.walk import stops, walked
from pipeline.model.china_time import CHINA
from pipeline.storage import connect
from pipeline.storage.buckets import Buckets
from pipeline.workspace import Workspace

STAGE = "audit"


@command.subcommand("verify", example="showcase store verify --sample 5%")
@click.argument("prefix", required=False, metavar="PREFIX")
@click.option("--since", metavar="DATE")
@click.option("--sample", metavar="SHARE")
@click.option("--seed", type=click.IntRange(0, (1 << 32) - 1), metavar="NUMBER")
@options
def verify(console: Console, prefix: str | None, since: str | None, sample: str | None, seed: int | None) -> int:
    """Hold every object of the store to what its marker or manifest says."""
    place = workspace_here()
    day = choosing.day(since, "--since") if since else None
    first = datetime(day.year, day.month, day.day, tzinfo=CHINA) if day else None
    asked = Asked(_share(sample), since=since or "", prefix=(prefix or "").strip("/"))
    with store_here.opened(console, place) as buckets:
        path = _path(place, asked)
        with locks.locked(path.with_suffix(".lock"), lambda: console.on_progress("wait", None, None)):
            progress = progress_file.begin(path, asked, seed)
            if progress.before:
                console.remark("audit_goes_on", count=progress.before)
            counts, is_done = Counts(), False
            try:
                found = _run(console, buckets, first, progress, counts)
                is_done = True
            finally:
                progress.close(is_done=is_done)
    _sum_up(console, counts, found, progress.asked)
    return IntegrityError.exit_code if found else 0


def _share(sample: str | None) -> float:
    """How much is read whole, as people type it: 5%, 0.5 %.

    Raises:
        InputError: it is no share.
    """
    if sample is None:
        return 1.0
    match = re.fullmatch(r"\s*(\d{1,3}(?:\.\d{1,4})?)\s*[%％]\s*", sample)
    if match is None or not 0 <= float(match[1]) <= 100:
        raise InputError("sample_wrong", where="--sample")
    return float(match[1]) / 100


def _path(place: Workspace, asked: Asked) -> Path:
    """Where it is kept what was read; a store is known by its address, the workspace's own by its folder."""
    store = connect.configured_endpoint(place) or str(place.store.resolve())
    own = place.settings
    name = "\0".join((store, *own.buckets, asked.prefix, str(asked.share), asked.since))
    folder = durable.make_folder(place.or_user_cache().cache / "audit")
    return folder / f"{hashlib.sha256(name.encode()).hexdigest()[:24]}.read"


def _run(
    console: Console, buckets: Buckets, since: datetime | None, progress: Progress, counts: Counts
) -> dict[Fault, int]:
    """Look at everything; what is wrong is told at once. Gives how many there are of each."""
    found: dict[Fault, int] = {}
    parts, stray = stops(buckets)
    meant = [stop for stop in parts if _is_meant(f"{stop.bucket.name}/{stop.prefix}", progress.asked.prefix)]
    if not meant and progress.asked.prefix:
        raise InputError("store_nothing_there", where=progress.asked.prefix)
    told = [item for item in stray if _is_meant(item.where, progress.asked.prefix)]

    def items() -> Iterator[Item]:
        yield from told
        for number, stop in enumerate(meant):
            console.on_progress(STAGE, number / len(meant), None)
            for item in walked(stop, since):
                if _is_meant(item.listed.where if isinstance(item, Look) else item.where, progress.asked.prefix):
                    yield item

    lines = ProblemLines(console)
    for problem in problems(items(), progress, counts):
        found[problem.fault] = found.get(problem.fault, 0) + 1
        console.give({"where": problem.where, "problem": problem.fault.value, "detail": problem.detail})
        lines.show(problem)
    lines.end()
    return found


def _is_meant(where: str, prefix: str) -> bool:
    """Whether a place lies below the prefix that is asked for, or holds it."""
    return where.startswith(prefix) or (where.endswith("/") and f"{prefix}/".startswith(where))


def _sum_up(console: Console, counts: Counts, found: dict[Fault, int], asked: Asked) -> None:
    wrong = sum(found.values())
    console.give(
        {
            "objects": counts.objects,
            "read": counts.read,
            "read_bytes": counts.read_bytes,
            "read_before": counts.known,
            "without_digest": counts.bare,
            "not_announced": counts.pending,
            "problems": wrong,
            "sample": asked.share,
            "seed": asked.seed,
        }
    )
    for fault in found:
        console.say("do", action=console.word(f"audit_do_{fault}"))
    values = {"objects": counts.objects, "read": counts.read + counts.known, "size": size(counts.read_bytes)}
    console.say("audit_wrong" if wrong else "audit_good", **values, count=wrong)
    if asked.share < 1:
        console.say("audit_sample", share=f"{asked.share * 100:g}", seed=asked.seed)
    if counts.bare:
        console.say("audit_bare", count=counts.bare)
    if counts.pending:
        console.say("audit_pending", count=counts.pending)
