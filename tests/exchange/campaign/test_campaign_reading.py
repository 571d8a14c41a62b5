"""What comes from the store is read strictly: a bad record is one line that names it, and says why."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pipeline.exchange.campaign.reading import MOST_RECORDS, RecordPlace, read_record
from pipeline.model.campaign_records import (
    ENTRY_RULES,
    MOST_ENTRIES,
    BadKind,
    BadRecord,
    EntryKind,
    PlacedRecord,
    Side,
    may,
)
from tests.seasons import HOTAN, at

DONE = {"kind": "done", "id": "a", "milestone": "topic"}
ANNOUNCE = {"kind": "announce", "id": "653200-cunyi", "title": "我们的村医"}


def place(side: Side = Side.PREFECTURE, number: int = 7) -> RecordPlace:
    return RecordPlace("july-1-2027", HOTAN, side, number, f"inbox/{HOTAN}/7.json", at("2027-03-02", "23:30"))


def raw(*entries: dict[str, Any], **values: Any) -> bytes:
    record = {"schema_version": 1, "campaign": "july-1-2027", "prefecture": HOTAN, "by": "阿依古丽"}
    return json.dumps({**record, "entries": entries or [ANNOUNCE], **values}).encode()


def test_a_record_is_read_as_it_was_put() -> None:
    found = read_record(raw(), place())
    assert isinstance(found, PlacedRecord)
    assert (found.number, found.side, found.record.entries[0].kind) == (7, Side.PREFECTURE, "announce")
    assert read_record(found.record.to_file(), place()) == found


@pytest.mark.parametrize(
    ("content", "kind", "what"),
    [
        (None, BadKind.TOO_LARGE, ""),
        (raw() + b" " * (1 << 20), BadKind.TOO_LARGE, ""),
        (b"[" + b"[]," * 50_000 + b"[]]", BadKind.TOO_LARGE, ""),
        (b"", BadKind.UNREADABLE, ""),
        (b"\xff\xfe", BadKind.UNREADABLE, ""),
        (b"[" * 5000, BadKind.UNREADABLE, ""),
        (b"[]", BadKind.UNREADABLE, ""),
        (raw(colour="red"), BadKind.UNREADABLE, "colour"),
        (raw(**{"a\n\x1b[31m": 1}), BadKind.UNREADABLE, ""),  # no words of its own in our line
        (raw(schema_version=2), BadKind.NEWER, "2"),
        (raw(schema_version=0), BadKind.UNREADABLE, "schema_version"),
        (raw(prefecture="653100"), BadKind.FOREIGN, "653100"),
        (raw(campaign="other"), BadKind.OTHER_CAMPAIGN, "other"),
        (raw({**ANNOUNCE, "title": "长" * 201}), BadKind.UNREADABLE, "entries.0.announce.title"),
        (raw({**ANNOUNCE, "title": "  "}), BadKind.UNREADABLE, "entries.0.announce.title"),
        (raw({**ANNOUNCE, "title": "a\nb"}), BadKind.UNREADABLE, "entries.0.announce.title"),
        (raw({**ANNOUNCE, "length_s": 1e9}), BadKind.UNREADABLE, "entries.0.announce.length_s"),
        (raw({**ANNOUNCE, "id": "../x"}), BadKind.UNREADABLE, "entries.0.announce.id"),
        (raw({"kind": "erase", "id": "a"}), BadKind.UNREADABLE, "entries.0"),
        (raw({"kind": "note", "text": " \n "}), BadKind.UNREADABLE, "entries.0.note.text"),
        (raw({"kind": "drop", "id": "a"}), BadKind.UNREADABLE, "entries.0.drop.reason"),
        (raw({**DONE, "on": "9999-01-01"}), BadKind.UNREADABLE, "entries.0.done.on"),
        (raw({**DONE, "on": "2027-03-03"}), BadKind.DATE_TO_COME, "2027-03-03"),
        (raw({"kind": "joined", "submission": "a", "announced": "b"}), BadKind.EDITOR_ALONE, "joined"),
        (raw(*[ANNOUNCE] * (MOST_ENTRIES + 1)), BadKind.UNREADABLE, "entries"),
        (raw(entries=[]), BadKind.UNREADABLE, "entries"),
    ],
)
def test_what_is_no_record_is_one_line(content: bytes | None, kind: BadKind, what: str) -> None:
    found = read_record(content, place())
    assert isinstance(found, BadRecord)
    assert (found.kind, found.what, found.key) == (kind, what, f"inbox/{HOTAN}/7.json")


def test_the_last_values_that_fit_are_taken() -> None:
    title = {**ANNOUNCE, "title": "长" * 200, "length_s": 86_400}
    today = {**DONE, "on": "2027-03-02"}
    assert isinstance(read_record(raw(title, today), place()), PlacedRecord)
    assert isinstance(read_record(raw(*[ANNOUNCE] * MOST_ENTRIES), place(number=MOST_RECORDS)), PlacedRecord)


def test_the_record_after_the_last_that_is_read_is_named() -> None:
    found = read_record(raw(), place(number=MOST_RECORDS + 1))
    assert isinstance(found, BadRecord)
    assert found.kind is BadKind.TOO_MANY


def test_markup_and_bidi_stay_text() -> None:
    title = "<b>=1+1\u202e\u2066"
    found = read_record(raw({**ANNOUNCE, "title": title}), place())
    assert isinstance(found, PlacedRecord)
    assert json.loads(found.record.to_json())["entries"][0]["title"] == title


def test_a_carried_day_to_come_is_bad_too() -> None:
    moved = {"kind": "moved_in", "id": "a", "origin": "653100", "title": "甲"}
    done = [{"milestone": "topic", "on": "2027-03-03", "by": "某人"}]
    assert isinstance(read_record(raw(moved), place(Side.EDITOR)), PlacedRecord)
    found = read_record(raw({**moved, "done": done}), place(Side.EDITOR))
    assert isinstance(found, BadRecord)
    assert found.kind is BadKind.DATE_TO_COME


@pytest.mark.parametrize("kind", EntryKind)
def test_one_table_says_who_may(kind: EntryKind) -> None:
    alone = {EntryKind.EXTEND, EntryKind.MOVED_IN, EntryKind.MOVED_OUT, EntryKind.JOINED}
    assert may(Side.EDITOR, kind)
    assert may(Side.PREFECTURE, kind) is (kind not in alone)
    assert ENTRY_RULES[kind].command.startswith("showcase campaign ")


def test_a_day_that_nobody_said_is_written_where_it_is_so_and_stands_beside_no_day() -> None:
    """Records from before the field have the bytes that they had."""
    for more, written in (({}, None), ({"undated": True}, True)):
        found = read_record(raw({**DONE, **more}), place())
        assert isinstance(found, PlacedRecord)
        assert json.loads(found.record.to_file())["entries"][0].get("undated") is written
    both = read_record(raw({**DONE, "on": "2027-03-01", "undated": True}), place())
    assert isinstance(both, BadRecord)
    assert both.kind is BadKind.UNREADABLE
