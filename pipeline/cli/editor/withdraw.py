"""showcase withdraw"""

from __future__ import annotations

import click

from pipeline.cli import status_view, store_here, words
from pipeline.cli.command_context import user_here, workspace_here
from pipeline.cli.completing import submission_ids
from pipeline.cli.console import Console, options
from pipeline.exchange import status, withdrawal
from pipeline.model.inbox import Person


@words.command("withdraw", example="showcase withdraw 653200-film --reason 版权到期")
@click.argument("wanted", metavar="ID", shell_complete=submission_ids)
@click.option("--reason", metavar="REASON")
@click.option("--undo", is_flag=True)
@options
def command(console: Console, wanted: str, reason: str | None, undo: bool) -> int:
    """End a delivery, or take that back: whoever pulled it is told."""
    place = workspace_here()
    store_here.refuse_others_right(place, Person.EDITOR)
    with store_here.opened(console, place, place.settings.delivery) as buckets:
        there, new = withdrawal.withdraw(buckets, wanted, reason, user_here(place), undo=undo)
        standing = status.the_status(buckets, str(there.ref))
    console.give(there)
    values = {
        "id": there.ref.typed,
        "title": there.title,
        "revision": there.revision or "?",
        "package": there.package_id,
    }
    if undo:
        console.tell("withdrew_undone", **values, state=console.word(f"stage_{there.state}"))
    else:
        standing_reason = there.withdrawal.reason if there.withdrawal else None
        console.tell("withdrew" if new else "withdrew_already", **values, reason=standing_reason or "-")
    if standing.earlier and standing.earlier.package_id == there.package_id:
        status_view.show_one(console, standing)
    return 0
