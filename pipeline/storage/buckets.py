"""The buckets of a season, and what lies in them: listed by few questions at once, then read side by side."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from pipeline.errors import EnvironmentFault, IntegrityError
from pipeline.model.delivery import Delivery
from pipeline.model.inbox import Answer, Review
from pipeline.model.reference import SubmissionRef
from pipeline.storage import layout
from pipeline.storage.bounds import Tally
from pipeline.storage.bucket import Bucket, ListedObject
from pipeline.storage.delivery import DeliveryPlace
from pipeline.storage.inbox import InboxPlace
from pipeline.storage.network.together import together
from pipeline.storage.orders import KnownOrder, OrderRecord, known_orders, order_records
from pipeline.storage.package_record import PackageRecord, package_records
from pipeline.storage.place import Contents
from pipeline.storage.reviews import ReviewRecord, review_records, reviews
from pipeline.storage.revision_record import Revision, RevisionRecord, read_revisions, revision_records, revisions
from pipeline.storage.s3.faults import DENIED


@dataclass(frozen=True)
class SubmissionRecords:
    """All that listings tell of one submission."""

    ref: SubmissionRef
    revisions: tuple[RevisionRecord, ...]
    packages: tuple[PackageRecord, ...]
    reviews: tuple[ReviewRecord, ...]
    answers: tuple[ReviewRecord, ...] = ()
    orders: tuple[OrderRecord, ...] = ()
    fault: IntegrityError | None = None  # there are more than anybody reads, and none of them is here

    def refuse_overfull(self) -> None:
        """Let pass a submission whose records are here.

        Raises:
            IntegrityError: there are more than anybody reads.
        """
        if self.fault:
            raise self.fault

    def read_revisions(self, contents: Contents) -> list[Revision]:
        """Its revisions, the oldest first. Raises IntegrityError as the others: a record is none, another's, or as
        `refuse_overfull`."""
        self.refuse_overfull()
        return revisions(self.revisions, contents)

    def read_packages(self, contents: Contents) -> list[Delivery]:
        """Its packages, by their ids."""
        self.refuse_overfull()
        return [record.delivery(contents) for record in self.packages]

    def read_reviews(self, contents: Contents) -> list[Review]:
        """Its notes and decisions, in the order in which they were given."""
        return reviews(self.ref, self.reviews, contents, Review)

    def read_answers(self, contents: Contents) -> list[Answer]:
        """The producer's words on them."""
        return reviews(self.ref, self.answers, contents, Answer)

    def read_orders(self, contents: Contents) -> list[KnownOrder]:
        """What head-ends were told of its packages, and what they said, the oldest first."""
        self.refuse_overfull()
        return known_orders(self.orders, contents)


@dataclass(frozen=True)
class Look:
    """All that listings tell.

    Args:
        said: the records of a season.
    """

    submissions: list[SubmissionRecords]
    said: list[ListedObject]


def contents_of(records: Sequence[SubmissionRecords]) -> Contents:
    """What stands in all records, read side by side."""
    contents = Contents(
        [
            *(listed for record in records for package in record.packages for listed in package.objects()),
            *(said.listed for record in records for said in (*record.reviews, *record.answers)),
            *(listed for record in records for order in record.orders for listed in order.objects()),
        ]
    )
    read_revisions([revision for record in records for revision in record.revisions], contents)
    return contents


@dataclass(frozen=True)
class Buckets:
    """Inbox and deliveries, as far as an identity may see them.

    Args:
        own: the prefecture that this workspace is of, whose submissions are meant first.
        sees_others: whether other prefectures' may be asked for.
        sees_inbox: whether the inbox may; what is to be known of all then comes from the deliveries.
        work_name: what the bucket is called that machines share; nobody asks for it who works alone.
    """

    inbox: Bucket
    delivery: Bucket
    own: str | None = None
    sees_others: bool = True
    sees_inbox: bool = True
    work_name: str = "work"

    @property
    def work(self) -> Bucket:
        """What machines that work together share."""
        return Bucket(self.delivery.store, self.work_name)

    @property
    def seen(self) -> tuple[Bucket, ...]:
        """The buckets that may be listed."""
        return (self.inbox, self.delivery) if self.sees_inbox else (self.delivery,)

    def without_closed_inbox(self) -> Buckets | None:
        """The same without the inbox where this identity may not list it; None where it may.

        Raises:
            EnvironmentFault, TransferError: the store does not answer.
        """
        try:
            self.inbox.has(layout.prefecture_prefix(self.own) if self.own else "")
        except EnvironmentFault as fault:
            if fault.key != DENIED:
                raise
            return replace(self, sees_inbox=False)
        return None

    def place_in_inbox(self, ref: SubmissionRef) -> InboxPlace:
        """A submission's place in the inbox."""
        return InboxPlace(self.inbox, ref)

    def place_of_delivery(self, ref: SubmissionRef) -> DeliveryPlace:
        """A submission's place in the delivery bucket."""
        return DeliveryPlace(self.delivery, ref)

    def prefectures(self, among: Sequence[Bucket]) -> list[tuple[Bucket, str]]:
        """Each bucket with the prefectures that it holds something of, as far as this identity may see."""

        if self.own and not self.sees_others:
            return [(bucket, self.own) for bucket in among]

        def ask(bucket: Bucket) -> list[str]:
            return [name for name in bucket.folders("") if layout.is_ours(name)]

        try:
            found = together(ask, among)
        except EnvironmentFault:
            if self.own is None:
                raise
            return [(bucket, self.own) for bucket in among]
        return [(bucket, name) for bucket, names in zip(among, found, strict=True) for name in names]

    def records(self, among: Sequence[Bucket] = (), ref: SubmissionRef | None = None) -> list[SubmissionRecords]:
        """What listings tell of every submission, or of one; of deliveries alone where `among` says so."""
        return self.look(among, ref).submissions

    def look(self, among: Sequence[Bucket] = (), ref: SubmissionRef | None = None, campaign: str | None = None) -> Look:
        """The same, and with it what was said in a season, which lies between the submissions."""
        among = among or self.seen
        if ref is None:
            places = [(bucket, layout.prefecture_prefix(name)) for bucket, name in self.prefectures(among)]
        else:
            places = [(bucket, layout.submission_prefix(ref)) for bucket in among]
        found = together(lambda place: self._walk(place[0], place[1], campaign), places)
        sorted_out: dict[SubmissionRef, dict[Bucket, list[ListedObject]]] = {}
        said: list[ListedObject] = []
        for listed in (item for items, _ in found for item in items):
            if of := layout.ref_of(listed.key):
                sorted_out.setdefault(of, {}).setdefault(listed.bucket, []).append(listed)
            elif campaign and (told := layout.campaign_record_of(listed.key)) and told[1] == campaign:
                said.append(listed)
        overfull = {of: fault for _, tally in found for of, fault in tally.overfull.items()}
        submissions = [
            SubmissionRecords(of, (), (), (), fault=overfull[of])
            if of in overfull
            else self._records(of, sorted_out[of])
            for of in sorted({*sorted_out, *overfull})
        ]
        return Look(submissions, said)

    def named(self, submission_id: str, among: Sequence[Bucket] = ()) -> list[SubmissionRef]:
        """The submissions of this id, whosever they are: a short listing a prefecture and bucket."""
        among = among or self.seen

        def ask(place: tuple[Bucket, str]) -> SubmissionRef | None:
            ref = SubmissionRef(place[1], submission_id)
            return ref if place[0].has(layout.submission_prefix(ref)) else None

        return _distinct(together(ask, self.prefectures(among)))

    def _walk(self, bucket: Bucket, prefix: str, campaign: str | None) -> tuple[list[ListedObject], Tally]:
        keys = layout.INBOX_KEYS if bucket == self.inbox else layout.DELIVERY_KEYS
        tally = Tally(bucket.name, campaign)

        def is_dense(key: str) -> bool:
            told = layout.campaign_record_of(key)
            return told is not None and told[1] == campaign

        return list(bucket.walk(prefix, tally.skipped, keys, is_dense)), tally

    def _records(self, ref: SubmissionRef, objects: dict[Bucket, list[ListedObject]]) -> SubmissionRecords:
        delivered, sent = objects.get(self.delivery, []), objects.get(self.inbox, [])
        try:
            return SubmissionRecords(
                ref,
                revision_records(ref, sent),
                package_records(ref, delivered),
                review_records(ref, delivered, Review),
                review_records(ref, sent, Answer),
                order_records(ref, delivered),
            )
        except IntegrityError as fault:
            return SubmissionRecords(ref, (), (), (), fault=fault)


def _distinct(refs: Iterable[SubmissionRef | None]) -> list[SubmissionRef]:
    return sorted({ref for ref in refs if ref is not None})
