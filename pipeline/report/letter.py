"""A letter to a prefecture: short enough for a chat, or whole as a draft (.eml) that a mail program sends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from pipeline.exchange.campaign.step_typed import typed
from pipeline.graphemes import cut
from pipeline.model.campaign_letters import Letter, LetterItem, LongerDay
from pipeline.model.campaign_status import Extension
from pipeline.report.season_words import SeasonWords, joined_lines, plain

# what one message of a chat holds: programs for work take 2,048 bytes (WeCom), of which a Chinese letter is three
MOST_CHARACTERS, MOST_BYTES = 600, 2_048


@dataclass(frozen=True)
class _Room:
    """Characters for what people wrote, and for lists of steps."""

    title: int = 10_000
    reason: int = 10_000
    steps: int = 10_000


_IN_CHAT, _IN_MAIL = _Room(title=24, reason=60, steps=80), _Room()


def subject(letter: Letter, words: SeasonWords) -> str:
    """What the letter is about, in one line."""
    name = words.prefecture(letter.prefecture)
    return words.word("letter_subject", campaign=words.name, prefecture=name, day=words.day(letter.today))


def chat(letter: Letter, words: SeasonWords) -> str:
    """The letter within `MOST_CHARACTERS` and `MOST_BYTES`; what has no room is counted."""
    return _text(letter, words, _IN_CHAT)


def whole(letter: Letter, words: SeasonWords) -> str:
    """All of it, for a mail."""
    return _text(letter, words, _IN_MAIL)


def eml(letter: Letter, words: SeasonWords) -> bytes:
    """A draft that a mail program opens (RFC 5322, UTF-8): the same bytes for the same letter.

    Neither Date nor Message-ID nor From are in it: the program that sends it puts its own.
    """
    made = EmailMessage(policy=SMTP)
    made["Subject"] = subject(letter, words)
    receivers = [
        Address(plain(item.name or ""), addr_spec=item.email) for item in letter.contacts if item.email is not None
    ]
    if receivers:
        made["To"] = receivers
    made["X-Unsent"] = "1"  # Outlook opens it to be sent, not as a message that came
    made.set_content(whole(letter, words) + "\n", charset="utf-8", cte="base64")
    return made.as_bytes()


def _text(letter: Letter, words: SeasonWords, room: _Room) -> str:
    head = words.word(
        "letter_head",
        prefecture=words.prefecture(letter.prefecture),
        campaign=words.name,
        air=words.day(words.campaign.air_date),
        day=words.day(letter.today),
        count=len(letter.items),
    )
    end = words.word("letter_end")
    blocks = [*_items(letter, words, room), *_dates(letter, words, room)]
    if room is _IN_MAIL:
        return "\n".join((head, *blocks, end))
    kept = list(blocks)
    while True:
        left = len(blocks) - len(kept)
        more = [words.word("letter_more", count=left, prefecture=letter.prefecture)] if left else []
        text = "\n".join((head, *kept, *more, end))
        if not kept or (len(text) <= MOST_CHARACTERS and len(text.encode()) <= MOST_BYTES):
            return text
        kept.pop()


def _items(letter: Letter, words: SeasonWords, room: _Room) -> Iterator[str]:
    for number, item in enumerate(letter.items, start=1):
        yield "\n".join(_item(number, item, words, room))


def _item(number: int, item: LetterItem, words: SeasonWords, room: _Room) -> Iterator[str]:
    cell = item.cell
    values = {
        "number": number,
        "step": words.milestone(cell.milestone),
        "due": words.day(cell.due),
        "when": words.when(cell),
    }
    if item.id is None:
        yield words.word("letter_nameless", count=item.count, **values)
    else:
        yield words.word("letter_item", film=_title(item.title, item.id, words, room.title), **values)
    if cell.extension:
        yield "   " + words.word("letter_longer", **_extension(cell.extension, words, room))
    if item.reason:
        yield "   " + words.word("letter_returned", reason=cut(joined_lines(item.reason), room.reason))
    if item.also:
        steps = words.between.join(
            words.word("letter_step", step=words.milestone(step.milestone), when=words.when(step)) for step in item.also
        )
        yield "   " + words.word("letter_also", steps=cut(steps, room.steps))
    yield "   " + to_type(item, words)


def to_type(item: LetterItem, words: SeasonWords) -> str:
    """What is to be typed for an item."""
    step = typed(words.campaign, item.cell.milestone, words.language)
    return words.word(f"letter_type_{item.act}", id=item.typed or "", step=step)


def _title(title: str | None, identity: str, words: SeasonWords, most: int) -> str:
    named = plain(title) if title else ""
    if named[:1] == "《" and named[-1:] == "》" and named.count("《") == 1:
        named = named[1:-1].strip()  # lists often have titles in their marks; the letter puts its own
    return words.word("letter_film", title=cut(named, most)) if named else identity


def _dates(letter: Letter, words: SeasonWords, room: _Room) -> Sequence[str]:
    """Dates that moved and later days, a line each."""
    moved = [
        words.word(
            "letter_moved",
            step=words.word("air_date") if item.milestone is None else words.milestone(item.milestone),
            old=words.day(item.old),
            new=words.day(item.new),
        )
        for item in letter.moved
    ]
    return [*moved, *(_longer(item, words, room) for item in letter.extended)]


def _longer(item: LongerDay, words: SeasonWords, room: _Room) -> str:
    film = words.word("letter_all_films") if item.id is None else _title(item.title, item.id, words, room.title)
    values = _extension(item.extension, words, room)
    return words.word("letter_extended", film=film, step=words.milestone(item.milestone), **values)


def _extension(extension: Extension, words: SeasonWords, room: _Room) -> dict[str, object]:
    return {
        "old": words.day(extension.due),
        "new": words.day(extension.until),
        "reason": cut(joined_lines(extension.reason), room.reason),
    }
