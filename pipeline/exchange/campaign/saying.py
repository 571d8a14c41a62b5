"""What a command says of films: one record a prefecture, put once, of what is news alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.errors import InputError
from pipeline.exchange.campaign.asking import news
from pipeline.exchange.campaign.reading import MOST_RECORDS
from pipeline.exchange.campaign.season import Season
from pipeline.model.campaign_records import MOST_ENTRIES, CampaignRecord, Entry, Side
from pipeline.storage import campaigns
from pipeline.storage.bounds import MOST_RECORD
from pipeline.storage.buckets import Buckets


@dataclass(frozen=True)
class Put:
    """What was said of one prefecture's films.

    Args:
        entries: what was news of it; nothing where all was said already.
        keys: of the records, with their bucket; none where nothing was put.
    """

    prefecture: str
    entries: tuple[Entry, ...]
    keys: tuple[str, ...] = ()


def say(
    buckets: Buckets, season: Season, entries: Mapping[str, Sequence[Entry]], by: str, *, dry_run: bool = False
) -> tuple[Put, ...]:
    """Put what is said, by the side that looked at the season; nothing where any of it can't be said.

    Args:
        entries: by the code of the prefecture that they speak of; the records are put in this order.
        by: who signs.
        dry_run: nothing is put, and what would be is told.

    Raises:
        InputError: something can't be said, as of `asking.news`; another prefecture is spoken of; there are as many
            records as are read.
        EnvironmentFault: these keys may not put it. TransferError: the store does not answer.
    """
    for code in entries:
        if season.side is Side.PREFECTURE and code != season.own:
            raise InputError("campaign_others", where=code, own=season.own or "-")
    told = {code: news(season.status, code, season.side, said) for code, said in entries.items()}
    records = {code: list(_records(season, code, said, by)) for code, said in told.items()}
    if dry_run:
        return tuple(Put(code, said) for code, said in told.items())
    return tuple(Put(code, said, _put(buckets, season, records[code])) for code, said in told.items())


def _put(buckets: Buckets, season: Season, records: Sequence[CampaignRecord]) -> tuple[str, ...]:
    bucket = buckets.inbox if season.side is Side.PREFECTURE else buckets.delivery
    keys: list[str] = []
    numbers = season.free_numbers(records[0].prefecture) if records else iter(())
    for record in records:
        key = campaigns.put_record(bucket, record, numbers)
        if key is None:
            raise InputError("campaign_records_full", where=record.prefecture, most=MOST_RECORDS)
        keys.append(key)
    return tuple(keys)


def _records(season: Season, prefecture: str, entries: Sequence[Entry], by: str) -> Iterator[CampaignRecord]:
    """One, and more only where that would be larger than anybody reads."""
    if not entries:
        return
    if len(entries) <= MOST_ENTRIES:
        made = CampaignRecord(campaign=season.campaign, prefecture=prefecture, by=by, entries=tuple(entries))
        if len(entries) == 1 or len(made.to_file()) <= MOST_RECORD:
            yield made
            return
    half = len(entries) // 2
    yield from _records(season, prefecture, entries[:half], by)
    yield from _records(season, prefecture, entries[half:], by)
