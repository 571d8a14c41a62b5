"""`showcase` alone: what to do next in this workspace."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline import catalogue
from pipeline.catalogue import Language
from pipeline.cli import status_view, store_here
from pipeline.cli.command_context import workspace_here
from pipeline.cli.console import Console, guarded, left_out
from pipeline.errors import ShowcaseError
from pipeline.exchange import acknowledgement, status
from pipeline.execute import endings
from pipeline.execute.submission_names import is_submission
from pipeline.model.inbox import Person, Stage, SubmissionStatus
from pipeline.model.reference import SubmissionRef
from pipeline.storage import connect
from pipeline.workspace import Workspace

MOST = 5
STREAMS = (".ts", ".m3u8")  # what an operator can verify


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
    waiting = found.waiting if found else ()
    for item in waiting[:MOST]:
        status_view.show_next(console, item, verified=found is not None and item.ref in found.verified)
    if len(waiting) > MOST:
        console.say("next_more", count=len(waiting) - MOST)
    if found and found.count and not waiting:
        console.say("next_none_waits", count=found.count)
    is_told = _show_files(console, Path.cwd())
    if not is_told and found is not None and not found.count:
        console.say(console.own("next_nothing"))
    console.say("next_help")
    return 0


def _show_files(console: Console, here: Path) -> bool:
    """What can be done with what lies in a folder, by whose part it is; False where there is nothing of it."""
    is_operator = console.role == Person.OPERATOR
    kinds = STREAMS if is_operator else endings.FILMS
    submissions = sorted(path for path in here.glob("*.y*ml") if is_submission(path.name) and not is_operator)
    films = sorted(path for path in here.iterdir() if path.suffix.lower() in kinds)
    if len(submissions) > 1:
        console.say(console.own("next_submissions"), count=len(submissions))
    elif submissions:
        console.say(console.own("next_submission"), file=submissions[0].name)
    elif len(films) == 1:
        console.say(console.own("next_film"), file=films[0].name)
    elif films:
        console.say(console.own("next_films"), count=len(films), file=films[0].name)
    return bool(submissions or films)


@dataclass(frozen=True)
class _Found:
    """What the store holds for whoever sits here.

    Args:
        count: of all that may be seen.
        waiting: for them.
        verified: those of the first of these whose package this machine has verified.
    """

    count: int = 0
    waiting: Sequence[SubmissionStatus] = ()
    verified: frozenset[SubmissionRef] = frozenset()


def _found(console: Console, place: Workspace) -> _Found | None:
    """All that may be seen: nothing where no store was ever set or used, None where the one that is does not answer."""
    if connect.configured_endpoint(place) is None and not place.store.is_dir():
        if not place.settings.embedded:
            console.hang(console.word("next_setup"))
        return _Found()
    store_here.announce(console, place)
    try:
        with connect.opened(place) as buckets:
            faults: list[ShowcaseError] = []
            found = store_here.as_far_as_seen(
                console, buckets, lambda seen: status.submission_statuses(seen, unreadable=faults.append)
            )
            me = status_view.person_here(place)
            waiting = [item for item in found if item.wanted_of is not None and me in (None, item.wanted_of)]
            verified = [
                item.ref
                for item in waiting[:MOST]
                if item.stage is Stage.READY and item.delivery and acknowledgement.is_verified(item.delivery)
            ]
        left_out(console, faults)
    except ShowcaseError as error:
        what, *_, advice = catalogue.error_lines(console.language, error, console.role)
        console.hang(console.word("next_no_store", what=what))
        console.hang(advice)
        return None
    return _Found(len(found), waiting, frozenset(verified))
