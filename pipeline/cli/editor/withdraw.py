"""showcase withdraw"""

from __future__ import annotations

from datetime import UTC, datetime

import click

from pipeline.cli import c2_view, status_view, store_here, words
from pipeline.cli.command_context import user_here, workspace_here
from pipeline.cli.completing import submission_ids
from pipeline.cli.console import Console, options
from pipeline.errors import ShowcaseError
from pipeline.exchange import status, withdrawal
from pipeline.exchange.c2 import sending
from pipeline.exchange.c2.head_end import GivenHeadEnd
from pipeline.model.delivery import Delivery
from pipeline.model.inbox import Person, SubmissionStatus
from pipeline.storage.buckets import Buckets
from pipeline.workspace import Workspace


@words.command("withdraw", example="showcase withdraw 653200-film --reason 版权到期")
@click.argument("wanted", metavar="ID", shell_complete=submission_ids)
@click.option("--reason", metavar="REASON")
@click.option("--all", "every", is_flag=True)
@click.option("--undo", is_flag=True)
@options
def command(console: Console, wanted: str, reason: str | None, every: bool, undo: bool) -> int:
    """End a delivery, or take that back: whoever pulled it is told, and the head-end that holds it."""
    place = workspace_here()
    store_here.refuse_others_right(place, Person.EDITOR)
    with store_here.opened(console, place, place.settings.delivery) as buckets:
        if every:
            done = withdrawal.withdraw_all(buckets, wanted, reason, user_here(place), undo=undo)
        else:
            done = [withdrawal.withdraw(buckets, wanted, reason, user_here(place), undo=undo)]
        newest = max((there for there, _ in done), key=lambda item: item.revision or 0)
        again = withdrawal.on_offer_again(buckets, newest)
        standing = status.the_status(buckets, str(newest.ref))
        for there, new in done:
            console.give(there)
            _tell(console, there, undo=undo, new=new)
        if again:
            _tell_again(console, again)
        elif not every and (gone := withdrawal.cleared_below(buckets, newest)) and gone.cleared:
            values = {"id": gone.ref.typed, "revision": gone.revision or "?", "date": gone.cleared.day}
            console.say("withdrew_none_left", **values, rule=gone.cleared.rule)
        for head_end in standing.c2_owed:
            _remove(console, place, buckets, standing, head_end)
    if standing.earlier and standing.earlier.package_id == newest.package_id:
        told = standing.model_copy(update={"c2_owed": ()})  # of each of them it was said what became of it
        status_view.show_one(console, told)
    return 0


def _tell(console: Console, there: Delivery, *, undo: bool, new: bool) -> None:
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


def _remove(console: Console, place: Workspace, buckets: Buckets, standing: SubmissionStatus, name: str) -> None:
    """Tell a head-end that holds what is withdrawn; where that can't be done it stays owed, and is said."""
    if status_view.may_hold(standing, name):  # an order of it has no result: nothing can be told before
        status_view.show_owed(console, standing, name)
        return
    try:
        sender = sending.sender(place, GivenHeadEnd(), user_here(place)) if place.settings.c2_url else None
        if sender and sender.head_end.name == name:
            known = sending.told(
                buckets,
                sending.prepare(buckets, str(standing.ref), sender),
                sender,
                lambda answer: c2_view.show_answer(console, answer),
            )
            shown = known.standing(datetime.now(UTC))
            console.give({"item": standing.submission_id, **shown.model_dump(mode="json")})
            c2_view.show_order(console, shown)
            return
    except ShowcaseError as error:  # the withdrawal stands all the same
        console.complain(error)
    status_view.show_owed(console, standing, name)


def _tell_again(console: Console, again: Delivery) -> None:
    """That an older version is given out now: the way back to an older cut, and wrong where a licence has ended."""
    console.give(
        {
            "item": again.submission_id,
            "package_id": again.package_id,
            "revision": again.revision,
            "on_offer_again": True,
        }
    )
    console.say("withdrew_on_offer_again", id=again.ref.typed, revision=again.revision or "?", package=again.package_id)
