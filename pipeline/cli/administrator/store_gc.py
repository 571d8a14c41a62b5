"""showcase store gc"""

from __future__ import annotations

from datetime import UTC, datetime

import click

from pipeline.cli import store_here
from pipeline.cli.administrator.store_group import command
from pipeline.cli.asking import agreed
from pipeline.cli.command_context import user_here, workspace_here
from pipeline.cli.console import Console, left_out, options, size
from pipeline.cli.tables import table
from pipeline.errors import InputError, IntegrityError
from pipeline.exchange import keeping
from pipeline.execute.cleaning import UPLOAD_DAYS, Cleaner, Cleaning, Heap
from pipeline.execute.journal import Journal
from pipeline.model import region
from pipeline.storage import connect, vacuum
from pipeline.storage.upkeep.clearing import Clearance

DAYS = 30  # a batch that lasts longer puts its films again
MOST_SHOWN = 100


@command.subcommand("gc", example="showcase store gc -n")
@click.option("--days", type=click.IntRange(1), default=DAYS, metavar="NUMBER")
@click.option("-n", "--dry-run", is_flag=True)
@click.option("-y", "--yes", is_flag=True)
@options
def clean(console: Console, days: int, dry_run: bool, yes: bool) -> int:
    """Remove what nothing asks for any more, and what the rules of keeping.yaml let go."""
    place = workspace_here()
    store_here.refuse_but_administrator(place)
    rules = keeping.read(place.root)
    faults: list[IntegrityError] = []
    with store_here.opened(console, place) as buckets:
        cleaner = Cleaner(buckets, place, rules, days, datetime.now(UTC))
        with console.waiting("store_counting"):
            found = cleaner.look(faults.append)
        heaps = found.heaps()
        _show(console, found, heaps, dry_run=dry_run)
        if dry_run or not heaps:
            console.say("store_gc_would" if heaps else "store_gc_nothing", **_said(found, heaps, days))
            return left_out(console, faults)
        agreed(console, _doubt(found, heaps), said=yes)
        cleaner.carry_out(found, user_here(place), Journal(place.make()), console.on_progress)
        console.say("store_gc_removed", **_said(found, heaps, days))
        if connect.is_private(place):
            before, after = vacuum.vacuum(place.store)
            console.give({"disk_before_bytes": before, "disk_after_bytes": after})
            console.say("store_gc_disk", before=size(before), after=size(after))
    return left_out(console, faults)


def _doubt(found: Cleaning, heaps: list[Heap]) -> InputError:
    count = sum(heap.count for heap in heaps)
    return InputError("gc_not_asked", option="--yes", count=count, size=size(found.size_bytes))


def _said(found: Cleaning, heaps: list[Heap], days: int) -> dict[str, object]:
    count = sum(heap.count for heap in heaps)
    return {"count": count, "size": size(found.size_bytes), "days": days, "upload_days": UPLOAD_DAYS}


def _show(console: Console, found: Cleaning, heaps: list[Heap], *, dry_run: bool) -> None:
    """What goes and how much, prefecture by prefecture; what goes by a rule by its name."""
    for heap in heaps:
        console.give(
            {
                "prefecture": heap.prefecture or None,
                "what": heap.what,
                "rule": heap.rule or None,
                "count": heap.count,
                "size_bytes": heap.size_bytes,
                "dry_run": dry_run,
            }
        )
    rows = [
        (
            _whose(console, heap),
            console.word(f"going_{heap.what}"),
            heap.rule or "–",
            str(heap.count),
            size(heap.size_bytes),
        )
        for heap in heaps
    ]
    table(console, ("prefecture", "kind", "rule", "count", "size"), rows)
    for item in found.clearances:
        console.give(_facts(item))
    for item in found.clearances[:MOST_SHOWN]:
        console.say(
            "store_gc_item", where=item.place.where(), count=item.objects, size=size(item.size_bytes), rule=item.rule
        )
    if len(found.clearances) > MOST_SHOWN:
        console.say("store_gc_more", count=len(found.clearances) - MOST_SHOWN)


def _whose(console: Console, heap: Heap) -> str:
    if heap.prefecture in region.prefectures():
        return f"{heap.prefecture} {region.name_of(heap.prefecture, console.language)}"
    return heap.prefecture or "–"


def _facts(item: Clearance) -> dict[str, object]:
    return {
        "where": item.place.where(),
        "id": str(item.ref),
        "kind": item.kind.value,
        "rule": item.rule,
        "objects": item.objects,
        "size_bytes": item.size_bytes,
    }
