"""What the board of a season is made of, cut at a moment."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from pipeline.errors import InputError
from pipeline.model.campaign import Campaign, PublishedCampaign
from pipeline.model.campaign_facts import FilmFacts
from pipeline.model.campaign_records import BadKind, BadRecord, PlacedRecord, Side
from pipeline.model.china_time import day_in_china, end_of_day

_COUNTED = (BadKind.TOO_MANY, BadKind.LOCKED)


@dataclass(frozen=True)
class Known:
    """All that is known of a season.

    Args:
        history: every revision of the campaign.
        records: what was said of it, in any order.
        bad: what lies there and is no record.
        films: what the store knew at the end of the day that is looked at.
    """

    history: Sequence[PublishedCampaign]
    records: Iterable[PlacedRecord] = ()
    bad: Iterable[BadRecord] = ()
    films: Iterable[FilmFacts] = ()


@dataclass(frozen=True)
class Look:
    """The same as it was known on a day: records the oldest first.

    Args:
        history: the revisions until then, the oldest first.
        now: the end of the day, or the moment on it.
        bad: one line a record; what is beyond the number that is read is one line a folder.
    """

    history: tuple[PublishedCampaign, ...]
    records: tuple[PlacedRecord, ...]
    bad: tuple[BadRecord, ...]
    films: tuple[FilmFacts, ...]
    today: date
    now: datetime

    @property
    def campaign(self) -> Campaign:
        """As it held on that day."""
        return self.history[-1].revision.campaign


def look(known: Known, today: date, now: datetime | None, prefectures: Container[str] | None) -> Look:
    """What was known at the end of a day in China, or at a moment on it.

    Raises:
        InputError: nothing was published until then.
    """
    end = end_of_day(today)
    history = sorted(
        (item for item in known.history if item.at < end), key=lambda item: (item.at, item.revision.number)
    )
    if not history:
        first = min((day_in_china(item.at) for item in known.history), default=None)
        raise InputError("campaign_not_published", day=str(today), first=str(first or "-"))

    def seen(prefecture: str) -> bool:
        return prefectures is None or prefecture in prefectures

    records = [item for item in known.records if item.at < end and seen(item.record.prefecture)]
    bad = [item for item in known.bad if (item.at is None or item.at < end) and seen(item.prefecture)]
    films = [item for item in known.films if seen(item.prefecture)]
    return Look(
        tuple(history),
        tuple(sorted(records, key=lambda item: item.order)),
        _one_a_folder(bad),
        tuple(sorted(films, key=lambda item: item.ref)),
        today,
        min(now, end) if now else end,
    )


def _one_a_folder(bad: Sequence[BadRecord]) -> tuple[BadRecord, ...]:
    """Whoever fills a folder, or locks it, costs one line: it names the first that is not read, and says how many there
    are."""
    found: dict[tuple[str, Side, BadKind], list[BadRecord]] = {}
    for item in bad:
        if item.kind in _COUNTED:
            found.setdefault((item.prefecture, item.side, item.kind), []).append(item)
    first = [(min(items, key=lambda item: (item.number, item.key)), len(items)) for items in found.values()]
    counted = [item.model_copy(update={"what": str(count)}) for item, count in first]
    others = [item for item in bad if item.kind not in _COUNTED]
    return tuple(sorted((*others, *counted), key=lambda item: (item.prefecture, item.side, item.number, item.key)))
