"""A record of a season as it lies in the store: read strictly, and where it is none, one line that names it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from pydantic import ValidationError

from pipeline.model.campaign_records import (
    RECORD_VERSION,
    BadKind,
    BadRecord,
    CampaignRecord,
    Done,
    MovedIn,
    PlacedRecord,
    Side,
    may,
)
from pipeline.model.china_time import day_in_china
from pipeline.model.text import is_line
from pipeline.storage import bounds

MOST_RECORDS = 1000  # of a prefecture in a bucket: those with greater numbers are not read
_MOST_SHOWN = 80


@dataclass(frozen=True)
class RecordPlace:
    """Where a record lies.

    Args:
        campaign, prefecture, number: by its key.
        key: with its bucket.
        at: when the store got it.
    """

    campaign: str
    prefecture: str
    side: Side
    number: int
    key: str
    at: datetime

    def bad(self, kind: BadKind, what: str = "") -> BadRecord:
        """The line of what lies there."""
        return BadRecord(
            prefecture=self.prefecture,
            side=self.side,
            number=self.number,
            key=self.key,
            at=self.at,
            kind=kind,
            what=what,
        )


def read_record(raw: bytes | None, place: RecordPlace) -> PlacedRecord | BadRecord:
    """The record that lies there.

    Args:
        raw: its bytes; None where they were not fetched: more than `bounds.MOST_RECORD`, or a number beyond
            `MOST_RECORDS`.
    """
    if place.number > MOST_RECORDS:
        return place.bad(BadKind.TOO_MANY)
    if raw is None or len(raw) > bounds.MOST_RECORD or bounds.is_bomb(raw):
        return place.bad(BadKind.TOO_LARGE)
    try:
        data = json.loads(raw)
    except (ValueError, RecursionError):
        return place.bad(BadKind.UNREADABLE)
    version = data.get("schema_version") if isinstance(data, dict) else None
    if isinstance(version, int) and version > RECORD_VERSION:
        return place.bad(BadKind.NEWER, str(version)[:20])
    try:
        return placed(CampaignRecord.model_validate_json(raw), place)
    except ValidationError as error:
        field = error.errors(include_url=False, include_input=False, include_context=False)[0]["loc"]
        named = ".".join(map(str, field))[:_MOST_SHOWN]
        return place.bad(BadKind.UNREADABLE, named if is_line(named) else "")


def placed(record: CampaignRecord, place: RecordPlace) -> PlacedRecord | BadRecord:
    """A record at its place, if it may say there what it says: all of it, or none."""
    if record.prefecture != place.prefecture:
        return place.bad(BadKind.FOREIGN, record.prefecture)
    if record.campaign != place.campaign:
        return place.bad(BadKind.OTHER_CAMPAIGN, record.campaign)
    today = day_in_china(place.at)
    for entry in record.entries:
        if not may(place.side, entry.kind):
            return place.bad(BadKind.EDITOR_ALONE, entry.kind)
        said = [entry.on] if isinstance(entry, Done) else []
        said += [item.on for item in entry.done] if isinstance(entry, MovedIn) else []
        if to_come := next((day for day in said if day and day > today), None):
            return place.bad(BadKind.DATE_TO_COME, str(to_come))
    return PlacedRecord(record=record, side=place.side, number=place.number, key=place.key, at=place.at)
