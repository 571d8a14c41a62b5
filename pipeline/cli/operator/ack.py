"""showcase ack"""

from __future__ import annotations

import click

from pipeline.cli import asking, store_here, words
from pipeline.cli.command_context import workspace_here
from pipeline.cli.console import Console, options
from pipeline.exchange import acknowledgement
from pipeline.model.delivery import Decision
from pipeline.model.inbox import Person


@words.command("ack", example="showcase ack 650000-film accept")
@click.argument("wanted", metavar="ID")
@click.argument("decision", type=click.Choice([item.value for item in Decision]))
@click.option("--reason", metavar="REASON")
@click.option("--correct", is_flag=True)
@click.option("--yes", is_flag=True)
@options
def command(console: Console, wanted: str, decision: str, reason: str | None, correct: bool, yes: bool) -> int:
    """Answer a package: ID is a submission's (its newest revision) or a package's."""
    place = workspace_here()
    store_here.refuse_others_right(place, Person.OPERATOR)
    with store_here.opened(console, place, place.settings.delivery) as buckets:
        there = acknowledgement.newest(buckets, wanted)
        if doubt := acknowledgement.doubt(buckets, there, Decision(decision)):
            asking.agreed(console, doubt, said=yes)
        there, new = acknowledgement.answer(buckets, there, Decision(decision), reason, correct=correct)
    console.give(there)
    console.tell(
        "answered" if new else "answered_already",
        id=there.ref.typed,
        title=there.title,
        revision=there.revision or "?",
        decision=console.word(f"decision_{decision}"),
    )
    return 0
