"""A season as it lies in the store: one look at everything, from which the board is made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from pipeline import shipped
from pipeline.errors import EnvironmentFault, InputError, IntegrityError
from pipeline.exchange import status
from pipeline.exchange.campaign.board import board
from pipeline.exchange.campaign.facts import ColumnCallback, film_facts
from pipeline.exchange.campaign.known import Known
from pipeline.exchange.campaign.reading import MOST_RECORDS, RecordPlace, read_record
from pipeline.exchange.running_order import absences
from pipeline.exchange.unchanged import Ledger
from pipeline.exchange.vocabularies import Vocabularies
from pipeline.model.campaign_records import BadKind, BadRecord, PlacedRecord, Side
from pipeline.model.campaign_status import CampaignStatus
from pipeline.model.china_time import day_in_china, end_of_day
from pipeline.model.inbox import SubmissionStatus
from pipeline.model.reference import SubmissionRef
from pipeline.model.running_order import Absence, RunningOrder
from pipeline.storage import bounds, campaigns, layout
from pipeline.storage.bucket import ListedObject
from pipeline.storage.buckets import Buckets, SubmissionRecords, contents_of
from pipeline.storage.campaigns import Plans
from pipeline.storage.place import Contents
from pipeline.storage.s3.faults import DENIED


class NoCampaign(InputError):
    """Nothing was published yet: what is to be done first is in its words."""

    def __init__(self) -> None:
        super().__init__("campaign_none")


@dataclass(frozen=True)
class Season:
    """One look at a season.

    Args:
        campaign: its id.
        others: ids of the other seasons that there are, the one that was published last first.
        side: of who looks: a prefecture sees its own part of it alone.
        own: that prefecture; None of an editor.
        order: the running order that counts; ordered_at: when the store got it.
        submissions: where those stand that may be seen, newest first, whether they are of the season or not.
        listed: their records as the listings have them now, whatever day is looked at.
        absent: by submission, when nobody had it to put on air.
        taken: by side and prefecture the numbers that something lies under.
        read: by its place, what was read of the season's plan, running order and records.
        faults: what could not be read, and is left out: for a line each.
    """

    campaign: str
    known: Known
    status: CampaignStatus
    side: Side
    own: str | None = None
    order: RunningOrder | None = None
    ordered_at: datetime | None = None
    submissions: Sequence[SubmissionStatus] = ()
    listed: Sequence[SubmissionRecords] = ()
    absent: Mapping[SubmissionRef, Sequence[Absence]] = field(default_factory=dict)
    others: Sequence[str] = ()
    taken: Mapping[tuple[Side, str], frozenset[int]] = field(default_factory=dict)
    read: Mapping[str, bytes] = field(default_factory=dict)
    faults: Sequence[IntegrityError] = ()

    def free_numbers(self, prefecture: str) -> Iterator[int]:
        """Numbers for what this side says of a prefecture, in their order: those behind the last record that counts,
        then those that are free before it. Junk takes no number but its own, wherever it lies."""
        taken = self.taken.get((self.side, prefecture), frozenset())
        own = (item for item in self.known.records if (item.side, item.record.prefecture) == (self.side, prefecture))
        last = max((item.number for item in own), default=0)
        numbers = (*range(last + 1, MOST_RECORDS + 1), *range(1, last))
        return (number for number in numbers if number not in taken)


def side_of(buckets: Buckets) -> Side:
    """The side that this identity speaks for: a prefecture's, where it may see no other, else the editor's."""
    return Side.PREFECTURE if buckets.own and not buckets.sees_others else Side.EDITOR


def plans_of(buckets: Buckets, wanted: str | None = None, until: datetime | None = None) -> Plans:
    """The plans of the season that is meant: of its id, else of the one that was published last.

    Args:
        until: by then, where any was.

    Raises:
        NoCampaign: nothing was published.
        InputError: not this one.
        EnvironmentFault: these keys may not see plans (`campaign_not_seen`); or the store does not answer.
    """
    return _chosen(_all_plans(buckets), wanted, until)


def _all_plans(buckets: Buckets) -> dict[str, Plans]:
    with _seeing_plans(buckets):
        return campaigns.plans(buckets.delivery)


def _chosen(found: dict[str, Plans], wanted: str | None, until: datetime | None) -> Plans:
    chosen = found.get(wanted) if wanted else campaigns.latest(found, until)
    if chosen is None and found:
        raise InputError("campaign_unknown", where=wanted, known=", ".join(sorted(found)))
    if chosen is None:
        raise NoCampaign
    return chosen


@contextmanager
def _seeing_plans(buckets: Buckets) -> Iterator[None]:
    """Keys of before there were seasons have no right to see plans: all else works with them."""
    try:
        yield
    except EnvironmentFault as fault:
        if fault.key != DENIED:
            raise
        raise EnvironmentFault("campaign_not_seen", where=f"{buckets.delivery.name}/{layout.CAMPAIGN}/") from fault


def load(
    buckets: Buckets,
    *,
    wanted: str | None = None,
    today: date | None = None,
    side: Side | None = None,
    columns: ColumnCallback | None = None,
    ledger: Ledger | None = None,
) -> Season:
    """A season as it was known at the end of a day.

    Args:
        wanted: its id; the one that was published last where none is said.
        today: a day in China; now where none is said.
        side: of who looks, where the identity does not tell (`side_of`).
        columns: as of `film_facts`; by the vocabulary that comes with the program where none is said.
        ledger: what this machine read before, to which submissions are held; None where they are not.

    Raises:
        InputError, EnvironmentFault: as `plans_of`; nothing was published until that day.
        TransferError: the store does not answer.
    """
    now = datetime.now(UTC)
    is_now = today is None or today == day_in_china(now)
    day = today or day_in_china(now)
    until = None if is_now else end_of_day(day)
    own_side = side or side_of(buckets)
    own = buckets.own if own_side is Side.PREFECTURE else None
    faults: list[IntegrityError] = []
    seasons = _all_plans(buckets)
    plans = _chosen(seasons, wanted, until)
    looked = buckets.look(campaign=plans.campaign)
    submissions = status.then(looked.submissions, until)
    contents = contents_of(submissions)
    contents.read(absences.unread(submissions))
    with _seeing_plans(buckets):
        history = plans.history(contents, faults.append)
    if not history:
        raise faults[0] if faults else NoCampaign()
    order = published_order(plans, contents, until, faults)
    records, bad = _said(buckets, plans.campaign, looked.said, contents, until)
    found = status.statuses_in(submissions, contents, faults.append, until, ledger)
    own_objects = [*plans.revisions.values(), *plans.orders.values(), *looked.said]
    named = columns or _shipped_columns
    absent = {item.ref: _absences(item, contents, until, faults) for item, _ in found}
    films = [film_facts(item, standing, order, named, absent[item.ref]) for item, standing in found]
    known = Known(history, records, bad, films)
    return Season(
        campaign=plans.campaign,
        known=known,
        status=board(known, day, now=now if is_now else None, prefectures={own} if own else None),
        side=own_side,
        own=own,
        order=order,
        ordered_at=plans.orders[order.number].modified if order and order.number else None,
        submissions=status.newest_first(standing for _, standing in found),
        listed=looked.submissions,
        absent=absent,
        others=[item.campaign for item in campaigns.newest_first(seasons, until) if item is not plans],
        taken=_taken(buckets, looked.said),
        read={item.where: said for item in own_objects if (said := contents.content(item)) is not None},
        faults=faults,
    )


def published_order(
    plans: Plans, contents: Contents, until: datetime | None, faults: list[IntegrityError]
) -> RunningOrder | None:
    """The running order that counts at a moment; one that is none is named among the faults."""
    there = {number: item for number, item in plans.orders.items() if until is None or item.modified < until}
    if not there:
        return None
    number = max(there)
    contents.read([there[number]])
    try:
        return contents.marker(there[number], RunningOrder, campaign=plans.campaign, number=number)
    except IntegrityError as fault:
        faults.append(fault)
        return None


def _absences(
    record: SubmissionRecords, contents: Contents, until: datetime | None, faults: list[IntegrityError]
) -> Sequence[Absence]:
    """When nobody had a film to put on air; an older record that is none is named among the faults."""
    try:
        return absences.absences(record, contents, until)
    except IntegrityError as fault:
        faults.append(fault)
        return ()


def _said(
    buckets: Buckets, campaign: str, listed: Sequence[ListedObject], contents: Contents, until: datetime | None
) -> tuple[list[PlacedRecord], list[BadRecord]]:
    there = [item for item in listed if until is None or item.modified < until]
    placed = [(item, place) for item in there if (place := _place(buckets, campaign, item))]
    contents.read(item for item, place in placed if _is_read(item, place))
    records: list[PlacedRecord] = []
    bad: list[BadRecord] = []
    for item, place in placed:
        if contents.is_refused(item):
            bad.append(place.bad(BadKind.LOCKED))
            continue
        made = read_record(contents.content(item) if _is_read(item, place) else None, place)
        if isinstance(made, PlacedRecord):
            records.append(made)
        else:
            bad.append(made)
    return records, bad


def _is_read(item: ListedObject, place: RecordPlace) -> bool:
    return place.number <= MOST_RECORDS and item.size_bytes <= bounds.MOST_RECORD


def _place(buckets: Buckets, campaign: str, item: ListedObject) -> RecordPlace | None:
    told = layout.campaign_record_of(item.key)
    if told is None:
        return None
    side = Side.PREFECTURE if item.bucket == buckets.inbox else Side.EDITOR
    return RecordPlace(campaign, told[0], side, told[2], item.where, item.modified)


def _taken(buckets: Buckets, listed: Iterable[ListedObject]) -> dict[tuple[Side, str], frozenset[int]]:
    """Of the numbers that are read, those that something lies under, whatever it is."""
    found: dict[tuple[Side, str], set[int]] = {}
    for item in listed:
        told = layout.campaign_record_of(item.key)
        if told and told[2] <= MOST_RECORDS:
            side = Side.PREFECTURE if item.bucket == buckets.inbox else Side.EDITOR
            found.setdefault((side, told[0]), set()).add(told[2])
    return {place: frozenset(numbers) for place, numbers in found.items()}


def _shipped_columns(written: str) -> str | None:
    term = Vocabularies((shipped.folder("profiles"),)).columns.find(written)
    return term.name if term else None
