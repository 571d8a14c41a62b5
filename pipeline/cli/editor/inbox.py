"""showcase inbox"""

from __future__ import annotations

from pipeline.cli import status_view, store_here, words
from pipeline.cli.command_context import workspace_here
from pipeline.cli.console import Console, left_out, options
from pipeline.errors import ShowcaseError
from pipeline.exchange import status
from pipeline.model.inbox import Person


@words.command("inbox", example="showcase inbox")
@options
def command(console: Console) -> int:
    """Show what came in and is not delivered yet, newest first."""
    place = workspace_here()
    store_here.refuse_without_inbox(place)
    faults: list[ShowcaseError] = []
    with store_here.opened(console, place) as buckets:
        found = status.came_in(buckets, faults.append)
    if not found:
        console.remark("inbox_empty")
    for item in found:
        console.give(item)
    status_view.show_table(console, found)
    mine = [item for item in found if item.wanted_of is Person.EDITOR]
    if found:
        console.say("inbox_wanted", count=len(mine), total=len(found))
    if mine:
        console.say(
            "status_todo",
            todo=console.word(f"todo_{mine[0].stage}", id=mine[0].submission_id, next=mine[0].revision + 1),
        )
    status_view.remember(place, found)
    return left_out(console, faults)
