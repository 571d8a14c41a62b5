"""showcase review"""

from __future__ import annotations

import click

from pipeline.cli import asking, status_view, store_here, words
from pipeline.cli.command_context import show_report, user_here, workspace_here
from pipeline.cli.completing import submission_ids
from pipeline.cli.console import Console, each, options, size
from pipeline.cli.line_options import line_options
from pipeline.errors import InputError
from pipeline.exchange import review, review_copy, status
from pipeline.exchange.review import ReviewAnswer, Reviewed
from pipeline.model.inbox import Person, ReviewKind, SubmissionStatus
from pipeline.storage.buckets import Buckets
from pipeline.workspace import Workspace


@words.command("review", example="showcase review 653200-film")
@click.argument("items", nargs=-1, required=True, metavar="ID", shell_complete=submission_ids)
@click.option("--note", "notes", nargs=2, multiple=True, metavar="NOTE")
@click.option("--part", metavar="PART")
@click.option("--return", "returned", metavar="REASON")
@click.option("--approve", is_flag=True)
@click.option("--retract", "retracts", type=int, metavar="NUMBER")
@click.option("--yes", is_flag=True)
@options
@line_options
def command(  # noqa: PLR0913 - a command has a parameter for each of its options
    console: Console,
    items: tuple[str, ...],
    notes: tuple[tuple[str, str], ...],
    part: str | None,
    returned: str | None,
    approve: bool,
    retracts: int | None,
    yes: bool,
) -> int:
    """Answer what came in; without an answer, fetch it and show what the check found."""
    if approve and returned is not None:
        raise InputError("one_decision")
    if len(items) > 1 and (notes or retracts is not None):
        raise InputError("several_reviewed")
    place = workspace_here()
    store_here.refuse_without_inbox(place)
    decision = ReviewKind.APPROVE if approve else ReviewKind.RETURN if returned is not None else None
    given = ReviewAnswer(user_here(place), notes, decision, returned, retracts, part)
    if not given.is_empty:
        store_here.refuse_others_right(place, Person.EDITOR)
    written = () if given.is_empty else (place.settings.delivery,)
    with store_here.opened(console, place, *written) as buckets:

        def one(wanted: str) -> int:
            store_here.refuse_others_film(place, wanted)
            item = status.the_status(buckets, wanted)
            if given.is_empty:
                _look(console, buckets, place, item)
            else:
                _answer(console, buckets, item, given, yes=yes)
            return 0

        return each(console, items, one)


def _answer(console: Console, buckets: Buckets, item: SubmissionStatus, given: ReviewAnswer, *, yes: bool) -> None:
    review.refuse(item, given)
    revision = review_copy.newest_revision(buckets, item.ref)
    if given.decision is ReviewKind.APPROVE and (doubt := review.doubt(revision)):
        asking.agreed(console, doubt, said=yes)
    put = review.answer(buckets, item, revision, given)
    for row in put.reviews:
        console.give(row)
    for note in put.converted:
        console.remark("note_from_zero", given=note.given, timecode=note.timecode)
    _said(console, item, put)
    status_view.show_one(console, status.the_status(buckets, str(item.ref)))


def _said(console: Console, item: SubmissionStatus, put: Reviewed) -> None:
    """What was put; what stood already; and the other editor's decision that it takes the place of."""
    film = {"id": item.ref.typed, "title": item.title or "", "revision": item.revision}
    if put.stands:
        console.tell("reviewed_stands", **film, by=put.stands.by, at=status_view.local(put.stands.at))
    if put.reviews or not put.stands:
        console.tell("reviewed", **film, count=len(put.reviews))
    if gone := put.replaces:
        key = f"replaced_{gone.kind}"
        console.tell(key, by=gone.by, at=status_view.local(gone.at), text=gone.text or "")


def _look(console: Console, buckets: Buckets, place: Workspace, item: SubmissionStatus) -> None:
    copy = review_copy.copy_to_look_at(buckets, item.ref)
    status_view.show_one(console, item)
    for report in copy.reports.reports if copy.reports else ():
        show_report(console, report)
    files = copy.fetch(place, console.on_progress)
    for path, size_bytes in files:
        console.give({"item": item.submission_id, "file": str(path), "size_bytes": size_bytes})
        console.say("placed", file=path, size=size(size_bytes))
    if place.settings.role not in (Person.PRODUCER, Person.OPERATOR):  # who may not answer is not told how
        console.remark("review_how")
