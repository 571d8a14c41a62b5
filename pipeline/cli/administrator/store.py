"""showcase store"""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime, timedelta

import click

from pipeline import settings
from pipeline.cli import store_here, words
from pipeline.cli.administrator import store_check
from pipeline.cli.command_context import workspace_here
from pipeline.cli.console import Console, options, size
from pipeline.cli.tables import table
from pipeline.storage import connect, embedded, expiry
from pipeline.storage.usage import usages

DAYS = 30  # a batch that lasts longer puts its films again

command = words.group("store", example="showcase store serve")


@command.subcommand("serve", example="showcase store serve")
@options
def serve(console: Console) -> int:
    """Keep the store up until Ctrl-C."""
    place = workspace_here().make()
    if connect.is_private(place) and not place.settings.embedded:
        settings.write(place.root / settings.NAME, {"embedded": True})
    with embedded.serve(place.store, place.settings.buckets) as server, suppress(KeyboardInterrupt):
        connection = server.connection
        console.give({"endpoint": connection.endpoint, "credentials": str(place.store / "s3.json")})
        console.say("serving", endpoint=connection.endpoint)
        console.say("serving_env")
        console.line(f"  export AWS_ENDPOINT_URL_S3={connection.endpoint}")
        console.line(f"  export AWS_ACCESS_KEY_ID={connection.access_key}")
        console.line(f"  export AWS_SECRET_ACCESS_KEY={connection.secret_key}")
        while embedded.is_up(place.store):
            time.sleep(0.5)
    return 0


@command.subcommand("usage", example="showcase store usage")
@options
def used(console: Console) -> int:
    """Show how much lies in each bucket."""
    place = workspace_here()
    rows = []
    with store_here.opened(console, place) as buckets:
        for row in usages(buckets):
            console.give(asdict(row))
            count = console.word("store_not_seen") if row.objects is None else str(row.objects)
            rows.append((f"{row.bucket}/{row.part}", count, "–" if row.objects is None else size(row.size_bytes)))
    table(console, ("bucket", "objects", "size"), rows)
    return 0


@command.subcommand("check", example="showcase store check")
@click.option("--bucket", metavar="NAME")
@options
def checked(console: Console, bucket: str | None) -> int:
    """Try everything that the pipeline asks of the store."""
    return store_check.check(console, bucket)


@command.subcommand("gc", example="showcase store gc -n")
@click.option("--days", type=click.IntRange(1), default=DAYS, metavar="NUMBER")
@click.option("-n", "--dry-run", is_flag=True)
@options
def clean(console: Console, days: int, dry_run: bool) -> int:
    """Remove what machines shared and nothing asks for any more."""
    place = workspace_here()
    store_here.refuse_but_administrator(place)
    with store_here.opened(console, place) as buckets:
        found = expiry.expired(buckets.work, datetime.now(UTC) - timedelta(days=days))
        if not dry_run:
            expiry.remove(found)
    facts = {"sources": len(found.sources), "stages": len(found.stages), "uploads": len(found.uploads)}
    console.give({"bucket": buckets.work.name, "removed": not dry_run, "size_bytes": found.size_bytes, **facts})
    key = "store_gc_nothing" if not any(facts.values()) else "store_gc_would" if dry_run else "store_gc_removed"
    console.say(key, bucket=buckets.work.name, days=days, size=size(found.size_bytes), **facts)
    return 0
