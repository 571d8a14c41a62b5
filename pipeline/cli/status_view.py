"""Standings on paper: a table of all, and what each person needs to know of one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

import click

from pipeline import durable
from pipeline.cli import rejections_here
from pipeline.cli.command_context import prefecture_code, workspace_here
from pipeline.cli.completing import REMEMBERED
from pipeline.cli.console import Console, size
from pipeline.cli.layout import cut, terminal_width, width
from pipeline.errors import ShowcaseError
from pipeline.exchange.c2 import head_end
from pipeline.model.base import canonical
from pipeline.model.c2_records import OrderAction, OrderStanding
from pipeline.model.china_time import CHINA
from pipeline.model.delivery import Acknowledgement, Cleared, State
from pipeline.model.inbox import Person, ReviewKind, SubmissionStatus
from pipeline.model.region import name_of
from pipeline.model.text import in_one_line
from pipeline.workspace import Workspace


def filters(function: Callable[..., int]) -> Callable[..., int]:
    """The options by which lists are made shorter."""
    people = click.Choice([person.value for person in Person])
    function = click.option("--wanted-of", type=people)(function)
    return click.option("--prefecture", metavar="CODE")(function)


def person_here(place: Workspace) -> Person | None:
    """Who sits here, where the settings say a role that has something to do with films."""
    return next((person for person in Person if person.value == place.settings.role), None)


def filtered(
    items: Sequence[SubmissionStatus], prefecture: str | None, wanted_of: str | None
) -> list[SubmissionStatus]:
    """Those of a prefecture, by its code or name, and those that somebody is to move.

    Raises:
        InputError: there is no such prefecture.
    """
    code = prefecture_code(prefecture, "--prefecture") if prefecture else None
    kept = [item for item in items if code in (None, item.prefecture)]
    return [item for item in kept if wanted_of in (None, item.wanted_of)]


def show_list(console: Console, items: Sequence[SubmissionStatus], me: Person | None) -> None:
    """Two lines each, within the terminal: what it is; how far it is, since when, why. What is wanted of me first."""
    mine = [item for item in items if me and item.wanted_of is me]
    others = [item for item in items if not (me and item.wanted_of is me)]
    for heading, group in (("status_mine", mine), ("status_others", others)):
        if me and group:
            console.say(heading, count=len(group))
        for item in group:
            show_row(console, item)


def show_row(console: Console, item: SubmissionStatus) -> None:
    """Two lines within the terminal: what it is; how far it is, since when, why."""
    _head(console, item)
    console.line(f"    {cut(_how_far(console, item), terminal_width() - 4)}")


def show_next(console: Console, item: SubmissionStatus, *, verified: bool = False) -> None:
    """Two lines likewise: what it is; how far it is, and the command that comes next, which is never cut.

    Args:
        verified: its package was fetched and verified on this machine: the answer to it comes next.
    """
    _head(console, item)
    command = console.word("next_ready_verified" if verified else f"next_{item.stage}", id=item.ref.typed)
    room = terminal_width() - width(command) - 7
    console.line(f"    {cut(_how_far(console, item), room)} → {command}")


def _head(console: Console, item: SubmissionStatus) -> None:
    cells = terminal_width()
    where = f"{name_of(item.prefecture, console.language)} {console.word('event_revision', revision=item.revision)}"
    room = cells - width(item.submission_id) - width(where) - 4
    console.line(f"{item.submission_id}  {cut(item.title or '', room)}  {where}")


def _how_far(console: Console, item: SubmissionStatus) -> str:
    """Since when, the stage, and the last words on it: the producer's answer stands over what it answers."""
    said = console.word("row_answer", text=item.answer.text) if item.answer else _reason(console, item)
    stage = f"{local(item.since)[5:]} {console.word(f'stage_{item.stage}')}"
    if item.parts and item.parts.there < item.parts.expected:
        stage = console.word("row_parts", stage=stage, there=item.parts.there, expected=item.parts.expected)
    if item.c2_owed:
        is_unclear = all(may_hold(item, name) for name in item.c2_owed)
        word = "order_may_hold" if is_unclear else "order_owed"
        stage = console.word("row_order", stage=stage, state=console.word(word))
    elif item.c2:
        stage = console.word("row_order", stage=stage, state=console.word(f"order_{item.c2[-1].state}"))
    return _with(console, stage, said)


def _reason(console: Console, item: SubmissionStatus) -> str | None:
    """Why it stands so; of a new cut, why the operator rejected the one before."""
    shown, earlier = item.delivery, item.earlier
    if shown and not shown.withdrawal and shown.acknowledgement:
        return _why(console, shown.acknowledgement)
    if item.reason is None and earlier and earlier.state is State.REJECTED and earlier.acknowledgement:
        why = _why(console, earlier.acknowledgement) or ""
        return console.word("row_earlier", revision=earlier.revision or "?", text=why)
    return item.reason


def _why(console: Console, answer: Acknowledgement) -> str | None:
    return rejections_here.words_of(console, answer.code, answer.reason)


def _with(console: Console, lead: str, text: str | None) -> str:
    """Two that belong together, with the language's colon between them."""
    return console.word("said", lead=lead, text=in_one_line(text)) if text else lead


def show_one(console: Console, item: SubmissionStatus, step: str = "") -> None:
    """Everything about one submission.

    Args:
        step: as of `show_todo`.
    """
    console.tell("status_line", id=item.submission_id, title=item.title or "", revision=item.revision)
    _stage(console, item)
    _reason_and_notes(console, item)
    if item.delivery:
        console.say("status_package", package=item.delivery.package_id, size=size(item.delivery.size_bytes))
        if item.delivery.cleared:
            show_cleared(console, item.delivery.cleared)
    show_earlier(console, item)
    show_todo(console, item, step)


def show_owed(console: Console, item: SubmissionStatus, name: str) -> None:
    """That a head-end holds what was withdrawn, or may hold it."""
    own = item.ref.typed if _is_configured(name) else f"{item.ref.typed} --to {name}"
    if unclear := may_hold(item, name):
        console.say("c2_may_hold", head_end=name, id=own, order=unclear.correlate_id)
    else:
        console.say("c2_owed", head_end=name, id=own)


def _is_configured(name: str) -> bool:
    """Whether `c2 send` tells this head-end without being told which."""
    try:
        return head_end.named(workspace_here()) == name
    except ShowcaseError:  # of settings: the commands that need them tell of it
        return False


def may_hold(item: SubmissionStatus, name: str) -> OrderStanding | None:
    """The order without a result by which a head-end that is owed a removal may hold the film; None where it does."""
    brought = (told for told in item.c2 if told.head_end == name and told.action is not OrderAction.DELETE)
    return next((told for told in brought if not told.state.is_over), None)


def show_cleared(console: Console, cleared: Cleared) -> None:
    """That the store has the files of a package or a revision no more, since when, and by which rule."""
    console.tell(
        "status_cleared",
        what=cleared.package_id or console.word("event_revision", revision=cleared.revision or "?"),
        date=cleared.day,
        rule=cleared.rule,
        by=cleared.by,
    )


def show_stage(console: Console, item: SubmissionStatus) -> None:
    """How far it is, since when, and what is to be done next."""
    _stage(console, item)
    show_todo(console, item)


def show_earlier(console: Console, item: SubmissionStatus) -> None:
    """How the package stands that was delivered before the cut that is in review."""
    if earlier := item.earlier:
        ended, answer = earlier.withdrawal, earlier.acknowledgement
        said = ended.reason if ended else _why(console, answer) if answer else None
        stage = _with(console, console.word(f"stage_{earlier.state}"), said)
        console.tell("status_earlier", revision=earlier.revision or "?", package=earlier.package_id, stage=stage)
        if earlier.cleared:
            show_cleared(console, earlier.cleared)


def _stage(console: Console, item: SubmissionStatus) -> None:
    console.say("status_stage", stage=console.word(f"stage_{item.stage}"), since=local(item.since))
    if item.parts:
        console.say("status_parts", there=item.parts.there, expected=item.parts.expected)


def show_answered(console: Console, given: Acknowledgement) -> None:
    """The operator's answer to a package: what, by whom, when."""
    decision = console.word(f"decision_{given.decision}")
    console.tell("status_answered", decision=decision, by=given.by or console.word("by_unknown"), at=local(given.at))


def show_todo(console: Console, item: SubmissionStatus, step: str = "") -> None:
    """What is to be done next, and by whom; of what is owed to a head-end nobody is told that nothing is to be done.

    Args:
        step: what a season asks for, where the submission by itself asks nobody for anything.
    """
    for name in item.c2_owed:
        show_owed(console, item, name)
    if step and item.wanted_of is None:
        console.hang(console.word("status_todo", todo=step))
        return
    if item.c2_owed and item.wanted_of is None:
        return
    todo = f"todo_{item.stage}"
    words = console.word(todo, id=item.ref.typed, next=item.revision + 1)
    console.hang(console.word("status_todo", todo=words))


def _reason_and_notes(console: Console, item: SubmissionStatus) -> None:
    """Somebody's words on a revision, its notes in the order of the timeline."""
    if reason := _reason(console, item):
        console.tell("status_reason", reason=reason)
    if item.delivery and (given := item.delivery.acknowledgement):
        show_answered(console, given)
    notes = (note for note in item.notes if note.kind is ReviewKind.NOTE)
    for note in sorted(notes, key=lambda note: note.place or ""):
        console.tell(
            "status_note",
            timecode=note.place,
            text=note.text,
            by=note.by,
            at=local(note.at),
            number=note.number,
        )
    if answer := item.answer:
        console.tell("status_answer", text=answer.text, by=answer.by, at=local(answer.at))


def remember(place: Workspace, items: Sequence[SubmissionStatus]) -> None:
    """Keep the ids for shell completion, where there is a workspace."""
    if place.exists and place.cache.is_dir():
        durable.write(place.cache / REMEMBERED, canonical([item.submission_id for item in items]))


def local(at: datetime | None) -> str:
    """The time in China, as people read it."""
    return f"{at.astimezone(CHINA):%Y-%m-%d %H:%M}" if at else "-"
