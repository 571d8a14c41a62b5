"""showcase log"""

from __future__ import annotations

import click

from pipeline.cli import rejections_here, status_view, store_here, words
from pipeline.cli.command_context import workspace_here
from pipeline.cli.completing import submission_ids
from pipeline.cli.console import Console, options
from pipeline.exchange import selection, status, story
from pipeline.exchange.story import Event
from pipeline.model.inbox import Person, SubmissionStatus
from pipeline.storage.buckets import Buckets


@words.command("log", example="showcase log 653200-film")
@click.argument("wanted", metavar="ID", shell_complete=submission_ids)
@options
def command(console: Console, wanted: str) -> int:
    """Tell a submission's story: who did what, and when, the oldest first."""
    place = workspace_here()
    store_here.refuse_others_film(place, wanted)
    with store_here.opened(console, place) as buckets:
        item, told = store_here.as_far_as_seen(console, buckets, lambda seen: _told(seen, wanted))
    console.tell("status_line", id=item.submission_id, title=item.title or "", revision=item.revision)
    for event in told:
        console.give(event)
        by = f"{console.word(f'person_{event.who}')} {event.by or ''}".strip()
        is_retractable = event.number and event.who is Person.EDITOR and not event.retracts
        number = console.word("event_number", number=event.number) if is_retractable else ""
        revision = console.word("event_revision", revision=event.revision) if event.revision else ""
        rest = (revision, number, event.timecode, rejections_here.words_of(console, event.code, event.text))
        key = "event_answer_of" if event.answers else f"event_{event.what}"
        what = console.word(key, retracts=event.retracts, answers=event.answers)
        line = " ".join(part for part in rest if part)
        console.hang(console.word("event", at=status_view.local(event.at), by=by, what=what, rest=line).rstrip())
    status_view.show_todo(console, item)
    return 0


def _told(buckets: Buckets, wanted: str) -> tuple[SubmissionStatus, list[Event]]:
    item = status.the_status(buckets, wanted)
    found = selection.select(buckets, str(item.ref))
    return item, [event for meant in found for event in story.story(meant.records)]
