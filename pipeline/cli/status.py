"""showcase status"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import click

from pipeline import catalogue
from pipeline.cli import words
from pipeline.cli.console import Console, options, size
from pipeline.cli.surroundings import workspace_here
from pipeline.errors import InputError
from pipeline.model.delivery import Delivery
from pipeline.storage import connect, delivery

CHINA = ZoneInfo("Asia/Shanghai")


@words.command("status", example="showcase status")
@click.argument("wanted", required=False, metavar="ID")
@options
def command(console: Console, wanted: str | None) -> int:
    """Show where each submission is and what the operator answered, newest first."""
    place = workspace_here()
    with connect.opened(place) as store:
        found = delivery.every(store, place.settings.delivery, wanted)
    if wanted and not found:
        raise InputError("no_such_delivery", where=wanted)
    if not found:
        console.remark("nothing_delivered")
    for item in found:
        show(console, item)
    return 0


def show(console: Console, item: Delivery) -> None:
    """One delivery."""
    console.give(item)
    state = catalogue.say(console.language, f"text.state_{item.state}")
    console.say("status_line", id=item.submission_id, revision=item.revision or "?", state=state)
    if item.acknowledgement and item.acknowledgement.reason:
        console.say("status_reason", reason=item.acknowledgement.reason)
    at = item.acknowledgement.at if item.acknowledgement else item.ready_at
    console.say("status_more", package=item.package_id, size=size(item.size_bytes), at=_local(at))


def _local(at: datetime | None) -> str:
    return f"{at.astimezone(CHINA):%Y-%m-%d %H:%M}" if at else "-"
