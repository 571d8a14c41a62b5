"""Standings on paper: a table of all, and what each person needs to know of one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from pipeline import durable
from pipeline.cli.completing import REMEMBERED
from pipeline.cli.console import Console, size
from pipeline.cli.tables import table
from pipeline.model.base import canonical
from pipeline.model.inbox import ReviewKind, SubmissionStatus
from pipeline.model.region import name_of
from pipeline.workspace import Workspace

CHINA = ZoneInfo("Asia/Shanghai")


def show_table(console: Console, items: Sequence[SubmissionStatus]) -> None:
    """One row each: what it is, how far it is, who is to move, since when."""
    table(
        console,
        ("id", "title", "prefecture", "revision", "stage", "since"),
        [
            (
                item.submission_id,
                item.title or "",
                name_of(item.prefecture, console.language),
                str(item.revision),
                console.word(f"stage_{item.stage}"),
                local(item.since)[5:],
            )
            for item in items
        ],
    )


def show_words(console: Console, item: SubmissionStatus) -> None:
    """Reason and notes of one submission, in the order of the timeline."""
    if not (item.reason or item.notes):
        return
    console.line("")
    console.say("words_of", id=item.submission_id, title=item.title or "", revision=item.revision)
    _reason_and_notes(console, item)


def show_one(console: Console, item: SubmissionStatus) -> None:
    """Everything about one submission."""
    console.say("status_line", id=item.submission_id, title=item.title or "", revision=item.revision)
    console.say("status_stage", stage=console.word(f"stage_{item.stage}"), since=local(item.since))
    _reason_and_notes(console, item)
    if item.delivery:
        console.say("status_package", package=item.delivery.package_id, size=size(item.delivery.size_bytes))
    show_todo(console, item)


def show_todo(console: Console, item: SubmissionStatus) -> None:
    """What is to be done next, and by whom."""
    todo = f"todo_{item.stage}"
    console.say("status_todo", todo=console.word(todo, id=item.submission_id, next=item.revision + 1))


def _reason_and_notes(console: Console, item: SubmissionStatus) -> None:
    """Somebody's words on a revision, its notes in the order of the timeline."""
    if item.reason:
        console.say("status_reason", reason=item.reason)
    notes = (note for note in item.notes if note.kind is ReviewKind.NOTE)
    for note in sorted(notes, key=lambda note: note.timecode or ""):
        console.say(
            "status_note",
            timecode=note.timecode,
            text=note.text,
            by=note.by,
            at=local(note.at),
            number=note.number,
        )
    if answer := item.answer:
        console.say("status_answer", text=answer.text, by=answer.by, at=local(answer.at))


def remember(place: Workspace, items: Sequence[SubmissionStatus]) -> None:
    """Keep the ids for shell completion, where there is a workspace."""
    if place.exists and place.cache.is_dir():
        durable.write(place.cache / REMEMBERED, canonical([item.submission_id for item in items]))


def local(at: datetime | None) -> str:
    """The time in China, as people read it."""
    return f"{at.astimezone(CHINA):%Y-%m-%d %H:%M}" if at else "-"
