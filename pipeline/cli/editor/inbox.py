"""showcase inbox"""

from __future__ import annotations

from pipeline.cli import status_view, store_here, words
from pipeline.cli.command_context import workspace_here
from pipeline.cli.console import Console, left_out, options
from pipeline.errors import ShowcaseError
from pipeline.exchange import status
from pipeline.model.inbox import Person


@words.command("inbox", example="showcase inbox")
@status_view.filters
@options
def command(console: Console, prefecture: str | None, wanted_of: str | None) -> int:
    """Show what came in and is not delivered yet, newest first."""
    place = workspace_here()
    store_here.refuse_without_inbox(place)
    faults: list[ShowcaseError] = []
    with store_here.opened(console, place) as buckets:
        found = status_view.filtered(status.came_in(buckets, faults.append), prefecture, wanted_of)
    if not found:
        console.remark("nothing_fits" if prefecture or wanted_of else "inbox_empty")
    for item in found:
        console.give(item)
    me = status_view.person_here(place) if place.settings.role else Person.EDITOR
    status_view.show_list(console, found, me)
    editors = [item for item in found if item.wanted_of is Person.EDITOR]
    mine = [item for item in found if me and item.wanted_of is me]
    if found:
        console.say("inbox_wanted", count=len(editors), total=len(found))
    if mine:
        status_view.show_todo(console, mine[0])
    status_view.remember(place, found)
    return left_out(console, faults)
