"""showcase store"""

from __future__ import annotations

import time
from contextlib import suppress

import click

from pipeline import settings
from pipeline.cli.administrator import store_check, store_gc, store_listing, store_verify
from pipeline.cli.administrator.store_group import command
from pipeline.cli.command_context import workspace_here
from pipeline.cli.console import Console, options
from pipeline.storage import connect, embedded

__all__ = ["command", "store_gc", "store_listing", "store_verify"]


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


@command.subcommand("check", example="showcase store check")
@click.option("--bucket", metavar="NAME")
@options
def checked(console: Console, bucket: str | None) -> int:
    """Try everything that the pipeline asks of the store."""
    return store_check.check(console, bucket)
