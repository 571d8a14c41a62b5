"""showcase review"""

from __future__ import annotations

from pathlib import Path

import click

from pipeline.cli import status_view, words
from pipeline.cli.command_context import show_report, user_here, workspace_here
from pipeline.cli.completing import submission_ids
from pipeline.cli.console import Console, options, size
from pipeline.errors import InputError
from pipeline.exchange import review, status
from pipeline.exchange.progress import byte_progress
from pipeline.model.inbox import ReviewKind, SubmissionStatus
from pipeline.storage import connect, inbox
from pipeline.storage.s3 import Store
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
    with connect.opened(place) as store:
        item = find(store, place, wanted)
        if not (notes or approve or returned is not None):
            _look(console, store, place, item)
            return 0
        decision = ReviewKind.APPROVE if approve else ReviewKind.RETURN if returned is not None else None
        given = review.answer(
            store, place.settings, item, notes=notes, decision=decision, reason=returned, by=user_here(place)
        )
        for row in given:
            console.give(row)
        console.say("reviewed", id=item.submission_id, revision=item.revision, count=len(given))
        status_view.show_one(console, find(store, place, item.submission_id))
    return 0


def find(store: Store, place: Workspace, wanted: str) -> SubmissionStatus:
    """The one submission of this id.

    Raises:
        InputError: there is none.
    """
    found = status.submission_statuses(store, place.settings, wanted)
    if not found:
        raise InputError("no_such_submission", where=wanted)
    return found[0]


def _look(console: Console, store: Store, place: Workspace, item: SubmissionStatus) -> None:
    revision = review.revision_of(store, place.settings, item)
    status_view.show_one(console, item)
    handed = revision.draft or revision.submitted  # the proxy where there is one: it plays over a bad line
    if handed is None:
        raise InputError("not_in_inbox", where=item.submission_id)
    reports = inbox.reports(store, place.settings.inbox, revision)
    for report in reports.reports if reports else ():
        show_report(console, report)
    folder = place.root / "inbox" / item.submission_id / f"r{item.revision}"
    heard = byte_progress(console.tell, "download", sum(file.size_bytes for file in handed.files))
    inbox.fetch(store, place.settings.inbox, handed, folder, heard)
    for file in handed.files:
        path = Path(folder) / file.file
        console.give({"item": item.submission_id, "file": str(path), "size_bytes": file.size_bytes})
        console.say("placed", file=path, size=size(file.size_bytes))
