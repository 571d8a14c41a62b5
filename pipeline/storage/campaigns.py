"""Seasons in the store: revisions of their plans and running orders, and what is said of films, each put once."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from pipeline.errors import IntegrityError
from pipeline.model.campaign import CampaignRevision, PublishedCampaign
from pipeline.model.campaign_records import CampaignRecord
from pipeline.storage import layout
from pipeline.storage.bounds import MOST_RECORD
from pipeline.storage.bucket import MOST_KEYS, Bucket, ListedObject
from pipeline.storage.place import Contents, Place

MOST_PLANS = 20_000  # keys of all seasons; beyond them nothing is seen
MOST_READ = 500  # revisions of a season, the newest; nobody publishes as many
_KEY = re.compile(rf"{layout.CAMPAIGN}/([^/]+)/(r|order-)([1-9][0-9]{{0,4}})\.json")


@dataclass
class Plans:
    """What a listing tells of one season: its revisions and running orders by their numbers."""

    campaign: str
    revisions: dict[int, ListedObject] = field(default_factory=dict)
    orders: dict[int, ListedObject] = field(default_factory=dict)

    def published_at(self, until: datetime | None = None) -> tuple[bool, datetime]:
        """When its newest revision was put; behind the sign whether that was before a moment."""
        times = [item.modified for item in self.revisions.values()]
        before = [at for at in times if until is None or at < until]
        return bool(before), max(before or times)

    @property
    def last_order(self) -> ListedObject | None:
        """The running order that counts."""
        return self.orders[max(self.orders)] if self.orders else None

    def revision(self, number: int) -> CampaignRevision:
        """One of its revisions.

        Raises:
            IntegrityError: it is none, another's, or gone.
        """
        listed = self.revisions[number]
        made = self._made(listed, number, Contents([listed]))
        if made is None:
            raise IntegrityError("marker_unreadable", where=listed.where)
        return made

    def _made(self, listed: ListedObject, number: int, contents: Contents) -> CampaignRevision | None:
        made = contents.marker(listed, CampaignRevision, number=number)
        if made and made.campaign.id != self.campaign:
            raise IntegrityError("marker_differs", where=listed.where)
        return made

    def history(self, contents: Contents, unreadable: Callable[[IntegrityError], None]) -> list[PublishedCampaign]:
        """Every revision, the oldest first, read together with all that is to be read.

        Args:
            unreadable: hears of each that is none.
        """
        newest = sorted(self.revisions)[-MOST_READ:]
        contents.read(self.revisions[number] for number in newest)
        found = []
        for number in newest:
            listed = self.revisions[number]
            try:
                made = self._made(listed, number, contents)
            except IntegrityError as fault:
                unreadable(fault)
                continue
            if made:
                found.append(PublishedCampaign(revision=made, at=listed.modified))
        return found


def plans(delivery: Bucket) -> dict[str, Plans]:
    """Every season that has a revision; one listing of what lies apart from prefectures.

    Raises:
        EnvironmentFault: these keys may not see them; or the store does not answer, as TransferError.
    """
    found: dict[str, Plans] = {}
    for listed in islice(delivery.walk(f"{layout.CAMPAIGN}/", lambda _: None, MOST_KEYS), MOST_PLANS):
        match = _KEY.fullmatch(listed.key)
        if match is None or not layout.is_ours(match[1]):
            continue
        own = found.setdefault(match[1], Plans(match[1]))
        of_kind = own.revisions if match[2] == "r" else own.orders
        of_kind[int(match[3])] = listed
    return {name: item for name, item in found.items() if item.revisions}


def latest(found: dict[str, Plans], until: datetime | None = None) -> Plans | None:
    """The season whose newest revision is the newest of all: of those before a moment, where there are any."""
    return next(iter(newest_first(found, until)), None)


def newest_first(found: dict[str, Plans], until: datetime | None = None) -> list[Plans]:
    """Every season, by its newest revision as of `latest`."""
    return sorted(found.values(), key=lambda item: (item.published_at(until), item.campaign), reverse=True)


def publish(delivery: Bucket, revision: CampaignRevision) -> bool:
    """Put a revision under its number; False where somebody else has that.

    Raises:
        IntegrityError: it is larger than anybody reads.
    """
    place = Place(delivery, layout.campaign_prefix(revision.campaign.id))
    name = layout.claim_name(revision.number)
    if len(revision.to_file()) > MOST_RECORD:
        raise IntegrityError("record_too_large", where=place.where(name))
    return place.put_if_absent(name, revision)


def put_record(bucket: Bucket, record: CampaignRecord, numbers: Iterable[int]) -> str | None:
    """Put what is said under the first number that nobody has.

    Args:
        numbers: those that it may have, in the order in which they are tried; one that has it is used up.

    Returns:
        Its key with the bucket; None where all numbers are taken.
    """
    content = record.to_file()
    for number in numbers:
        key = layout.campaign_record(record.prefecture, record.campaign, number)
        if bucket.put_if_absent(key, content):
            return f"{bucket.name}/{key}"
    return None
