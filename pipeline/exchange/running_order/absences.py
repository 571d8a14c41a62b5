"""When nobody had a film to put on air: its package was withdrawn, and no other one was taken over.

Moments are the store's, whoever signed with which clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from pipeline.exchange.c2 import holdings
from pipeline.model.delivery import Acknowledgement, Decision, Withdrawal
from pipeline.model.running_order import Absence
from pipeline.storage import layout
from pipeline.storage.bucket import ListedObject
from pipeline.storage.buckets import SubmissionRecords
from pipeline.storage.orders import KnownOrder
from pipeline.storage.package_record import PackageRecord
from pipeline.storage.place import Contents

Value = TypeVar("Value")


def unread(records: Iterable[SubmissionRecords]) -> list[ListedObject]:
    """What is to be read beside all that tells where submissions stand: of what was withdrawn once the older records,
    since each counted until the next."""
    return [
        listed
        for record in records
        if _was_withdrawn(record)
        for package in record.packages
        if package.objects()
        for name in (layout.ACK, layout.WITHDRAWN)
        for listed in package.series(name)[:-1]
    ]


def absences(record: SubmissionRecords, contents: Contents, until: datetime | None = None) -> tuple[Absence, ...]:
    """The spans of one film, the earliest first; the last is without an end where it is withdrawn still.

    Args:
        contents: has what its standing is made of, and `unread`.
        until: the moment at which the records are looked at (`looking_back.until`), which know of what was cleared
            since.

    Raises:
        IntegrityError: a record is none, or another's.
    """
    if not _was_withdrawn(record):
        return ()
    results = _results(record, contents)
    told = [_told(package, contents, results) for package in record.packages if package.objects()]
    moments = sorted({at for package in told for at in package.moments if until is None or at < until})
    found: list[Absence] = []
    began: datetime | None = None
    for at in moments:
        taken = any(package.is_taken(at) for package in told)
        is_absent = not taken and any(package.is_withdrawn(at) for package in told)
        if is_absent and began is None:
            began = at
        elif began is not None and not is_absent:
            found.append(Absence(start=began, end=at))
            began = None
    return (*found, Absence(start=began)) if began is not None else tuple(found)


@dataclass(frozen=True)
class _Package:
    """What was said of a package, each with its moment, in the order in which it was said.

    Args:
        answers: whether an operator took it over.
        ends: whether it was withdrawn, or that was undone.
        results: of head-ends, which count where no operator answered.
        cleared_at: when its files went.
    """

    package_id: str
    answers: Sequence[tuple[datetime, bool]]
    ends: Sequence[tuple[datetime, bool]]
    results: Sequence[tuple[datetime, KnownOrder]]
    cleared_at: datetime | None

    @property
    def moments(self) -> Iterator[datetime]:
        """At which something became another."""
        yield from (at for series in (self.answers, self.ends, self.results) for at, _ in series)
        if self.cleared_at:
            yield self.cleared_at

    def is_withdrawn(self, at: datetime) -> bool:
        """Whether the editor had ended it."""
        return _last(self.ends, at) or False

    def is_taken(self, at: datetime) -> bool:
        """Whether it stood, and somebody had it to put on air."""
        if self.is_withdrawn(at) or (self.cleared_at is not None and self.cleared_at <= at):
            return False
        answer = _last(self.answers, at)
        if answer is not None:
            return answer
        known = [order for then, order in self.results if then <= at]
        return holdings.accepted_at(known, self.package_id) is not None


def _told(package: PackageRecord, contents: Contents, results: Sequence[tuple[datetime, KnownOrder]]) -> _Package:
    named = {"package_id": package.package_id}
    answers, ends = [], []
    for listed in package.series(layout.ACK):
        if answer := contents.marker(listed, Acknowledgement, **named):
            answers.append((listed.modified, answer.decision is Decision.ACCEPT))
    for listed in package.series(layout.WITHDRAWN):
        if end := contents.marker(listed, Withdrawal, **named):
            ends.append((listed.modified, not end.undo))
    cleared = package.markers.get(layout.CLEARED)
    own = [(at, order) for at, order in results if order.order.package_id == package.package_id]
    return _Package(package.package_id, answers, ends, own, cleared.modified if cleared else None)


def _results(record: SubmissionRecords, contents: Contents) -> list[tuple[datetime, KnownOrder]]:
    found = [
        (item.listed[layout.RESULT].modified, known)
        for item in record.orders
        if layout.RESULT in item.listed and (known := item.read(contents))
    ]
    return sorted(found, key=lambda pair: (pair[1].order.at, pair[1].order.correlate_id))


def _was_withdrawn(record: SubmissionRecords) -> bool:
    return any(layout.WITHDRAWN in package.markers for package in record.packages)


def _last(series: Iterable[tuple[datetime, Value]], at: datetime) -> Value | None:
    """What was said last by a moment."""
    return next((value for then, value in reversed(list(series)) if then <= at), None)
