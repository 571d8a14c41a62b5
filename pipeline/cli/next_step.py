"""`showcase` alone: what to do next in this workspace."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pipeline import catalogue
from pipeline.catalogue import Language
from pipeline.cli import status_view, store_here
from pipeline.cli.command_context import workspace_here
from pipeline.cli.console import Console, guarded, left_out
from pipeline.errors import ShowcaseError
from pipeline.exchange import status
from pipeline.execute import batch_sources
from pipeline.execute.submission_names import is_submission
from pipeline.model.inbox import SubmissionStatus
from pipeline.storage import connect
from pipeline.workspace import Workspace

MOST = 5


def show(language: Language) -> int:
    """What waits in the store, what lies in this folder, and where help is."""
    console = Console(language)
    return guarded(console, lambda: _show(console))


def _show(console: Console) -> int:
    place = workspace_here()
    console.say("next_here", folder=place.root)
    if place.settings.role:
        role = console.word(f"role_{place.settings.role}")
        console.line(console.word("next_role", role=role, user=place.settings.user or "").rstrip())
    found = _found(console, place)
    me = status_view.person_here(place)
    waiting = [item for item in found or () if item.wanted_of is not None and me in (None, item.wanted_of)]
    for item in waiting[:MOST]:
        status_view.show_next(console, item)
    if len(waiting) > MOST:
        console.say("next_more", count=len(waiting) - MOST)
    if found and not waiting:
        console.say("next_none_waits", count=len(found))
    here = Path.cwd()
    submissions = sorted(path for path in here.glob("*.y*ml") if is_submission(path.name))
    films = sorted(path for path in here.iterdir() if path.suffix.lower() in batch_sources.FILMS)
    if len(submissions) > 1:
        console.say("next_submissions", count=len(submissions))
    elif submissions:
        console.say("next_submission", file=submissions[0].name)
    elif len(films) == 1:
        console.say("next_film", file=films[0].name)
    elif films:
        console.say(console.own("next_films"), count=len(films), file=films[0].name)
    elif found is not None and not found:
        console.say("next_nothing")
    console.say("next_help")
    return 0


def _found(console: Console, place: Workspace) -> Sequence[SubmissionStatus] | None:
    """All that may be seen: nothing where no store was ever set or used, None where the one that is does not answer."""
    if connect.configured_endpoint(place) is None and not place.store.is_dir():
        if not place.settings.embedded:
            console.hang(console.word("next_setup"))
        return ()
    store_here.announce(console, place)
    try:
        with connect.opened(place) as buckets:
            faults: list[ShowcaseError] = []
            found = store_here.as_far_as_seen(
                console, buckets, lambda seen: status.submission_statuses(seen, unreadable=faults.append)
            )
        left_out(console, faults)
    except ShowcaseError as error:
        what, *_, advice = catalogue.error_lines(console.language, error, console.role)
        console.hang(console.word("next_no_store", what=what))
        console.hang(advice)
        return None
    return found
