"""showcase review"""

from __future__ import annotations

import click

from pipeline.cli import status_view, store_here, words
from pipeline.cli.command_context import show_report, user_here, workspace_here
from pipeline.cli.completing import submission_ids
from pipeline.cli.console import Console, options, size
from pipeline.errors import InputError
from pipeline.exchange import review, status
from pipeline.exchange.progress import byte_progress
from pipeline.exchange.review import ReviewAnswer
from pipeline.model.inbox import ReviewKind, SubmissionStatus
from pipeline.storage.buckets import Buckets
from pipeline.workspace import Workspace


@words.command("review", example="showcase review 653200-film")
@click.argument("wanted", metavar="ID", shell_complete=submission_ids)
@click.option("--note", "notes", nargs=2, multiple=True, metavar="NOTE")
@click.option("--return", "returned", metavar="REASON")
@click.option("--approve", is_flag=True)
@options
def command(
    console: Console, wanted: str, notes: tuple[tuple[str, str], ...], returned: str | None, approve: bool
) -> int:
    """Answer what came in; without an answer, fetch it and show what the check found."""
    if approve and returned is not None:
        raise InputError("one_decision")
    place = workspace_here()
    store_here.refuse_without_inbox(place)
    if not (notes or approve or returned is not None):
        with store_here.opened(console, place) as buckets:
            _look(console, buckets, place, status.the_status(buckets, wanted))
        return 0
    decision = ReviewKind.APPROVE if approve else ReviewKind.RETURN if returned is not None else None
    given = ReviewAnswer(user_here(place), notes, decision, returned)
    with store_here.opened(console, place, place.settings.delivery) as buckets:
        item = status.the_status(buckets, wanted)
        put = review.answer(buckets, item, given)
        for row in put.reviews:
            console.give(row)
        for note in put.converted:
            console.remark("note_from_zero", given=note.given, timecode=note.timecode)
        console.say("reviewed", id=item.submission_id, revision=item.revision, count=len(put.reviews))
        status_view.show_one(console, status.the_status(buckets, str(item.ref)))
    return 0


def _look(console: Console, buckets: Buckets, place: Workspace, item: SubmissionStatus) -> None:
    copy = review.copy_to_look_at(buckets, item.ref)
    status_view.show_one(console, item)
    for report in copy.reports.reports if copy.reports else ():
        show_report(console, report)
    files = copy.fetch(place, byte_progress(console.on_progress, "download", copy.size_bytes))
    for path, size_bytes in files:
        console.give({"item": item.submission_id, "file": str(path), "size_bytes": size_bytes})
        console.say("placed", file=path, size=size(size_bytes))
