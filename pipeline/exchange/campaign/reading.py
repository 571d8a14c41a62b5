"""A record of a season as it lies in the store: read strictly, and where it is none, one line that names it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from pipeline.model.campaign_records import BadRecord, PlacedRecord, Side

MOST_RECORD = 1 << 20  # bytes
MOST_RECORDS = 1000  # of a prefecture in a bucket: those with greater numbers are not read


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


def read_record(raw: bytes | None, place: RecordPlace) -> PlacedRecord | BadRecord:
    """The record that lies there.

    Args:
        raw: its bytes; None where they are more than `MOST_RECORD`, and were not fetched.
    """
