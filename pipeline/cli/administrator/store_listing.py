"""showcase store ls, showcase store usage"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import click

from pipeline.cli import store_here
from pipeline.cli.administrator.store_group import command
from pipeline.cli.command_context import workspace_here
from pipeline.cli.console import Console, options, size
from pipeline.cli.layout import width
from pipeline.cli.tables import table
from pipeline.errors import EnvironmentFault, InputError
from pipeline.model import region
from pipeline.storage.buckets import Buckets
from pipeline.storage.s3.faults import DENIED
from pipeline.storage.upkeep import folders
from pipeline.storage.upkeep.folders import Child
from pipeline.storage.upkeep.usage import AGES_DAYS, Usage, roles, usages

_CELLS = (9, 10, 9, 10)  # of a row, before its name: size, age, objects, kind


@command.subcommand("ls", example="showcase store ls inbox")
@click.argument("prefix", required=False, metavar="PREFIX")
@options
def ls(console: Console, prefix: str | None) -> int:
    """Show what lies below a prefix: size, age, number of objects, kind."""
    place = workspace_here()
    with store_here.opened(console, place) as buckets:
        headings = [console.word(f"column_{name}") for name in ("size", "age", "objects", "kind", "name")]
        now, is_any = datetime.now(UTC), False
        unseen: list[str] = []
        for row in _rows(buckets, prefix or "", unseen.append):
            if not is_any:
                console.line(_aligned(headings))
            is_any = True
            console.give(_facts(row))
            console.line(_aligned([*_cells(console, row, now), _called(console, row)]))
    for name in unseen:
        console.give({"path": f"{name}/", "objects": None, "size_bytes": None})
        console.say("store_not_seen", bucket=name)
    if not is_any and not unseen:
        console.say("store_ls_nothing", prefix=prefix or "")
    return 0


def _rows(buckets: Buckets, path: str, not_seen: Callable[[str], None]) -> Iterator[Child]:
    """The buckets themselves, or what is below a path that begins with the name of one.

    Args:
        not_seen: is told of a bucket that these keys may not list; the others are.
    """
    if not path.strip("/"):
        for role, bucket, own in roles(buckets):
            try:
                if all_of_it := folders.whole(role, bucket, own):
                    yield all_of_it
            except EnvironmentFault as fault:
                if fault.key != DENIED:
                    raise
                not_seen(bucket.name)
        return
    name, _, below = path.lstrip("/").partition("/")
    known = {bucket.name: (role, bucket) for role, bucket, _ in roles(buckets)}
    if name not in known:
        raise InputError("store_no_bucket_so", where=path, known=", ".join(known))
    role, bucket = known[name]
    yield from folders.below(role, bucket, below)


def _facts(row: Child) -> dict[str, object]:
    return {
        "path": row.path,
        "objects": row.objects,
        "size_bytes": row.size_bytes,
        "modified": row.modified.isoformat(),
        "kind": row.kind.value,
    }


def _cells(console: Console, row: Child, now: datetime) -> list[str]:
    count = str(row.objects) if row.name.endswith("/") or not row.name else ""
    return [size(row.size_bytes), _age(console, now - row.modified), count, console.word(f"kind_{row.kind}")]


def _age(console: Console, age: timedelta) -> str:
    minutes = max(0, int(age.total_seconds()) // 60)
    hours, days = minutes // 60, minutes // 1440
    if days:
        return console.word("age_days", days=days)
    return console.word("age_hours", hours=hours) if hours else console.word("age_minutes", minutes=minutes)


def _called(console: Console, row: Child) -> str:
    """Its name, with that of the prefecture that it is of."""
    if row.prefix:
        return row.name
    if not row.name:
        return f"{row.bucket}/"
    code = row.name.rstrip("/")
    return f"{row.path} {region.name_of(code, console.language)}" if code in region.prefectures() else row.path


def _aligned(cells: list[str]) -> str:
    """A row as it comes: a listing may be longer than a table can be held."""
    *led, last = cells
    padded = [" " * max(0, wide - width(cell)) + cell for cell, wide in zip(led, _CELLS, strict=True)]
    return "  ".join([*padded, last])


@command.subcommand("usage", example="showcase store usage")
@options
def used(console: Console) -> int:
    """Show who fills the store: by prefecture, kind and age."""
    place = workspace_here()
    with store_here.opened(console, place) as buckets, console.waiting("store_counting"):
        rows = usages(buckets, datetime.now(UTC))
    for row in rows:
        console.give(_counted(row))
    headings = ("prefecture", "kind", "objects", "size", "age_week", "age_month", "age_more")
    table(console, headings, [_shown(console, row) for row in rows if row.kind])
    for row in rows:
        if row.kind is None:
            console.say("store_not_seen", bucket=row.bucket)
    seen = [row for row in rows if row.kind]
    total = sum(row.size_bytes for row in seen)
    console.say("store_usage_total", count=sum(row.objects for row in seen), size=size(total))
    return 0


def _counted(row: Usage) -> dict[str, object]:
    if row.kind is None:
        return {"bucket": row.bucket, "objects": None, "size_bytes": None}
    younger, middle, older = row.ages_bytes
    week, month = AGES_DAYS
    return {
        "prefecture": row.prefecture or None,
        "kind": row.kind.value,
        "objects": row.objects,
        "size_bytes": row.size_bytes,
        f"younger_than_{week}_days_bytes": younger,
        f"younger_than_{month}_days_bytes": middle,
        "older_bytes": older,
    }


def _shown(console: Console, row: Usage) -> list[str]:
    known = region.prefectures()
    whose = (
        f"{row.prefecture} {region.short_name_of(row.prefecture, console.language)}" if row.prefecture in known else ""
    )
    ages = [size(count) if count else "–" for count in row.ages_bytes]
    return [
        whose or row.prefecture or "–",
        console.word(f"kind_{row.kind}"),
        str(row.objects),
        size(row.size_bytes),
        *ages,
    ]
