"""showcase campaign remind"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import click

from pipeline import durable
from pipeline.cli import campaign_here, store_here, tables
from pipeline.cli.command_context import workspace_here
from pipeline.cli.console import Console, left_out, options
from pipeline.cli.layout import cut
from pipeline.exchange.campaign import contacts, letters
from pipeline.model import region
from pipeline.model.campaign_letters import Contact, Letter, Letters
from pipeline.model.china_time import day_in_china
from pipeline.model.inbox import Person
from pipeline.report import letter
from pipeline.report.season_words import SeasonWords, joined_lines
from pipeline.workspace import Workspace

_MOST_NAMED, _MOST_NOTE, _MOST_NAME = 5, 60, 12  # letters that are named; cells of a note and of a name
_OURS = re.compile(r"\d{6}-.+\.(txt|eml)")


@click.option("-o", "--output", "folder", metavar="FOLDER", type=click.Path(path_type=Path))
@click.option("--contacts", "table", metavar="TABLE", type=click.Path(path_type=Path))
@click.option("--calls", is_flag=True)
@campaign_here.on_day
@campaign_here.which
@options
def remind(
    console: Console,
    folder: Path | None,
    table: Path | None,
    calls: bool,
    today: str | None,
    campaign: str | None,
) -> int:
    """Write a letter to each prefecture of which something is late, near or came back; nothing is sent."""
    place = workspace_here()
    store_here.refuse_others_right(place, Person.EDITOR)
    day = campaign_here.day(today)
    known = _contacts(console, place, table)
    if folder:
        durable.make_folder(folder)
    with store_here.opened(console, place) as buckets:
        season = campaign_here.loaded(console, place, buckets, campaign, day)
    found = letters.letters(season.status, known)
    words = SeasonWords(console.language, season.status.campaign, season.status.today)
    for item in found.letters:
        text = letter.chat(item, words)
        console.give(
            {**item.model_dump(mode="json"), "subject": letter.subject(item, words), "text": text, "length": len(text)}
        )
    if calls:
        _call(console, found, words)
    if folder:
        _write(console, folder, found, words)
    elif not calls:
        _show(console, found, words)
    if not found.letters:
        console.say("remind_none", day=words.day(words.today))
    if found.elsewhere:
        names = words.between.join(
            console.word("remind_waits", prefecture=region.short_name_of(code, console.language), count=count)
            for code, count in found.elsewhere
        )
        console.hang(console.word("remind_elsewhere", names=names), beside=True)
    return left_out(console, season.faults)


def _contacts(console: Console, place: Workspace, table: Path | None) -> Mapping[str, tuple[Contact, ...]]:
    """The table that is named, else that of the settings."""
    said = table or (Path(place.settings.contacts) if place.settings.contacts else None)
    if said is None:
        console.remark("remind_no_table")
        return {}
    return contacts.read(said, console.remark)


def _show(console: Console, found: Letters, words: SeasonWords) -> None:
    for item in found.letters:
        text = letter.chat(item, words)
        console.tell("remind_head", about=_about(item, words), contact=_contact(console, item), length=len(text))
        for line in text.split("\n"):
            console.line(line)
        console.line("")


def _write(console: Console, folder: Path, found: Letters, words: SeasonWords) -> None:
    written: set[str] = set()
    for item in found.letters:
        name = f"{item.prefecture}-{region.short_name_of(item.prefecture, console.language)}"
        text = letter.chat(item, words)
        for ending, content in ((".txt", f"{text}\n".encode()), (".eml", letter.eml(item, words))):
            durable.write(folder / f"{name}{ending}", content)
            written.add(f"{name}{ending}")
        values = {"about": _about(item, words), "contact": _contact(console, item), "length": len(text)}
        console.tell("remind_written", file=folder / f"{name}.txt", **values)
    old = sorted(path.name for path in folder.iterdir() if _OURS.fullmatch(path.name) and path.name not in written)
    if old:
        console.remark("remind_old", count=len(old), names=", ".join(old[:_MOST_NAMED]))


def _about(item: Letter, words: SeasonWords) -> str:
    """Whose letter it is, and how late."""
    return words.word("of", prefecture=words.prefecture(item.prefecture), when=words.when(item.items[0].most_late))


def _contact(console: Console, item: Letter) -> str:
    """Whom it goes to, or that nobody is named."""
    named = [" ".join(filter(None, (cut(one.name or "", _MOST_NAME), one.phone, one.email))) for one in item.contacts]
    return "; ".join(filter(None, named)) or console.word("remind_no_contact")


def _call(console: Console, found: Letters, words: SeasonWords) -> None:
    """A table of whom to ring, the most late first, within 80 columns."""
    rows: list[list[str]] = []
    for item in found.letters:
        lead = [region.short_name_of(item.prefecture, console.language), words.when(item.items[0].most_late)]
        note = _note(item, words)
        for name, phone in [(one.name, one.phone) for one in item.contacts] or [(None, None)]:
            rows.append([*lead, cut(name or "", _MOST_NAME), phone or console.word("remind_no_phone"), note])
            lead, note = ["", ""], ""
    tables.table(console, ("prefecture", "when", "person", "phone", "last_note"), rows)


def _note(item: Letter, words: SeasonWords) -> str:
    """The newest words on a prefecture, with their day."""
    last = item.last_note
    if last is None:
        return ""
    day = words.day(day_in_china(last.said.at))
    return cut(words.word("note", day=day, text=joined_lines(last.text)), _MOST_NOTE)
