"""What may be cleared by the administrator's rules: what was superseded or withdrawn, and nobody needs any more.

Never the newest revision, what a standing approval or a live package names, what a head-end may still fetch or is owed
the removal of, anything of a submission that something is being sent of (it may be copied from the others), and nothing
that came within a day.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from pipeline import yamlio
from pipeline.errors import IntegrityError
from pipeline.exchange import decisions, versions
from pipeline.exchange.c2 import holdings
from pipeline.exchange.selection import Unreadable, refuse
from pipeline.model.delivery import Clearable, Cleared, Delivery, State
from pipeline.model.inbox import Review, ReviewKind
from pipeline.model.keeping import Keeping
from pipeline.model.reference import SubmissionRef
from pipeline.storage import layout
from pipeline.storage.bucket import MOST_KEYS, Bucket
from pipeline.storage.buckets import Buckets, SubmissionRecords, contents_of
from pipeline.storage.orders import KnownOrder
from pipeline.storage.place import Contents
from pipeline.storage.revision_record import Revision, RevisionRecord
from pipeline.storage.upkeep.clearing import Clearance
from pipeline.storage.upkeep.unfinished import unfinished

FILE = "keeping.yaml"
LEAST = timedelta(days=1)  # nothing younger goes, whatever a rule says


def read(root: Path) -> Keeping:
    """The rules of a workspace; none where it has no such file.

    Raises:
        InputError: the file is wrong, with FILE:LINE:COLUMN.
    """
    path = root / FILE
    if not path.exists() and not path.is_symlink():  # a link to nowhere was meant to hold some
        return Keeping(schema_version=1)
    return yamlio.validate(Keeping, yamlio.load(path), form="keeping")


def clearances(
    buckets: Buckets, keeping: Keeping, now: datetime, unreadable: Unreadable = refuse
) -> Iterator[Clearance]:
    """What may be cleared now, and what a clearing that was broken off left; one prefecture after the other.

    Args:
        unreadable: hears of each submission that is left alone because a record of it is none.

    Raises:
        EnvironmentFault, TransferError: the store does not answer.
    """
    for prefecture in sorted({name for _, name in buckets.prefectures(buckets.seen)}):
        own = replace(buckets, own=prefecture, sees_others=False)
        for record in own.records():
            yield from _tried(own, record, keeping, now, unreadable)


def still(buckets: Buckets, item: Clearance, keeping: Keeping, now: datetime) -> Clearance | None:
    """The same, asked anew right before it goes; None where it may no longer.

    Raises:
        IntegrityError: a record of the submission is none. EnvironmentFault, TransferError: the store does not answer.
    """
    own = replace(buckets, own=item.ref.prefecture, sees_others=False)
    named = (item.kind, item.package_id, item.revision)
    for record in own.records(ref=item.ref):
        for found in _tried(own, record, keeping, now, refuse):
            if (found.kind, found.package_id, found.revision) == named:
                return found
    return None


def _tried(
    buckets: Buckets, record: SubmissionRecords, keeping: Keeping, now: datetime, unreadable: Unreadable
) -> Iterator[Clearance]:
    try:
        yield from _Submission.read(buckets, record, keeping, now).clearances()
    except IntegrityError as fault:
        unreadable(fault)


@dataclass(frozen=True)
class _Submission:
    """One submission's records, read, and what is asked of them."""

    buckets: Buckets
    record: SubmissionRecords
    contents: Contents
    keeping: Keeping
    now: datetime
    packages: Sequence[Delivery]
    revisions: Sequence[Revision]
    said: Sequence[Review]
    orders: Sequence[KnownOrder]

    @classmethod
    def read(cls, buckets: Buckets, record: SubmissionRecords, keeping: Keeping, now: datetime) -> _Submission:
        contents = contents_of([record])
        return cls(
            buckets,
            record,
            contents,
            keeping,
            now,
            record.read_packages(contents),
            record.read_revisions(contents),
            record.read_reviews(contents),
            record.read_orders(contents),
        )

    @property
    def ref(self) -> SubmissionRef:
        return self.record.ref

    def clearances(self) -> Iterator[Clearance]:
        packages = [item for item in map(self._sized, self._packages()) if item]
        going = {item.package_id for item in packages}
        found = [*packages, *(item for item in map(self._sized, self._revisions(going)) if item)]
        if found and not self._is_under_way():
            yield from found

    def _packages(self) -> Iterator[Clearance]:
        given = versions.offered(self.packages)
        accepted = self._accepted_at(given) if given else None
        owed = holdings.owed(self.orders, self.packages, self.now)
        for listed, package in zip(self.record.packages, self.packages, strict=True):
            is_old = given is not None and (package.revision or 0) < (given.revision or 0)
            if package.cleared:
                is_announced = layout.READY in listed.markers and package.state is not State.WITHDRAWN
                if listed.is_half_cleared and (is_old or not is_announced):  # a record alone takes nothing that is live
                    yield self._begun(package.cleared)
                continue
            if any(
                item.order.package_id == package.package_id and not item.state(self.now).is_over for item in self.orders
            ):
                continue
            if package.state is State.WITHDRAWN and not owed:
                yield from self._by(Clearable.WITHDRAWN_PACKAGE, listed.series(layout.WITHDRAWN)[-1].modified, package)
            if is_old and accepted and package.state not in (State.UPLOADING, State.WITHDRAWN):
                yield from self._by(Clearable.SUPERSEDED_PACKAGE, accepted, package)

    def _accepted_at(self, given: Delivery) -> datetime | None:
        """Since when the version that is given out is accepted: before that an older one may be on the air."""
        listed = next(item for item in self.record.packages if item.package_id == given.package_id)
        taken = holdings.accepted_at(self.orders, given.package_id)
        if given.state is State.ACCEPTED:
            return max(listed.series(layout.ACK)[-1].modified, given.ready_at or self.now)
        return max(taken, given.ready_at or self.now) if taken and given.state is State.READY else None

    def _revisions(self, going: Container[str | None]) -> Iterator[Clearance]:
        listed = {item.number: item for item in self.record.revisions}
        for revision in self.revisions:
            record = listed[revision.number]
            newer = [item for item in self.revisions if item.number > revision.number and item.submitted_at]
            whole: list[Clearance] = []
            if layout.CLEARED in record.cleared:
                whole = list(self._broken_off(revision, layout.CLEARED, going))
            elif newer and revision.marker and not self._is_named(revision, going):
                since = newer[-1].submitted_at or self.now
                whole = list(self._by(Clearable.SUPERSEDED_REVISION, since, revision=revision))
            yield from whole or self._of_draft(revision, record, newer)  # its draft goes with it

    def _of_draft(self, revision: Revision, record: RevisionRecord, newer: Sequence[Revision]) -> Iterator[Clearance]:
        came = revision.submitted_at or (newer[-1].submitted_at if newer else None)
        if layout.DRAFT_CLEARED in record.cleared:
            yield from self._broken_off(revision, layout.DRAFT_CLEARED, ())
        elif revision.draft and came and layout.CLEARED not in record.cleared:
            approved = self._approved(revision.number)
            if approved is None or approved != revision.draft.digest():
                yield from self._by(Clearable.DRAFT, came, revision=revision)

    def _approved(self, number: int) -> str | None:
        """The digest of the marker that the standing approval of a revision names."""
        decision = decisions.decision([item for item in self.said if item.revision == number])
        return decision.marker_sha256 if decision and decision.kind is ReviewKind.APPROVE else None

    def _is_named(self, revision: Revision, going: Container[str | None]) -> bool:
        """Whether an approval stands of it, or a package was made of it that stays and is not withdrawn."""
        gone = (State.WITHDRAWN, State.CLEARED)
        live = {
            item.content_sha256 for item in self.packages if item.state not in gone and item.package_id not in going
        }
        return self._approved(revision.number) is not None or revision.claim.content_sha256 in live

    def _by(
        self, kind: Clearable, since: datetime, package: Delivery | None = None, revision: Revision | None = None
    ) -> Iterator[Clearance]:
        """By the first rule that it is old enough for."""
        for rule in self.keeping.of(kind, self.ref.prefecture):
            if since < self.now - max(timedelta(days=rule.older_than_days), LEAST):
                yield self._clearance(kind, rule.name, package, revision)
                return

    def _clearance(
        self, kind: Clearable, rule: str, package: Delivery | None, revision: Revision | None, *, is_begun: bool = False
    ) -> Clearance:
        if package is None:
            number = revision.number if revision else None
            return Clearance(kind, rule, self.buckets.inbox, self.ref, revision=number, is_begun=is_begun)
        place = self.buckets.place_of_delivery(self.ref).package(package.package_id)
        return Clearance(
            kind,
            rule,
            self.buckets.delivery,
            self.ref,
            package_id=package.package_id,
            ready=None if is_begun else place.ready(),
            ready_at=package.ready_at,
            is_begun=is_begun,
        )

    def _begun(self, cleared: Cleared) -> Clearance:
        package = next((item for item in self.packages if item.package_id == cleared.package_id), None)
        revision = next((item for item in self.revisions if item.number == cleared.revision), None)
        return self._clearance(cleared.kind, cleared.rule, package, revision, is_begun=True)

    def _broken_off(self, revision: Revision, name: str, going: Container[str | None]) -> Iterator[Clearance]:
        """What a clearing left of a revision. A prefecture can put such a record itself: what is named stays."""
        place = self.buckets.place_in_inbox(self.ref).revision(revision.number)
        cleared = place.place.marker(name, Cleared, submission_id=self.ref.submission_id, revision=revision.number)
        newest = max((item.number for item in self.revisions if item.marker), default=0)
        is_draft = name == layout.DRAFT_CLEARED
        is_kept = (
            revision.submitted is None if is_draft else revision.number >= newest or self._is_named(revision, going)
        )
        if cleared and not is_kept and (cleared.kind is Clearable.DRAFT) is is_draft:
            yield self._begun(cleared)

    def _sized(self, item: Clearance) -> Clearance | None:
        """With what is there of it; None where that is nothing, or came within a day."""
        objects = size_bytes = 0
        for listed in item.files():
            if listed.modified > self.now - LEAST:
                return None
            objects, size_bytes = objects + 1, size_bytes + listed.size_bytes
        return replace(item, objects=objects, size_bytes=size_bytes) if objects else None

    def _is_under_way(self) -> bool:
        """Whether something of the submission came within a day that is not announced yet."""
        places: list[tuple[Bucket, str]] = [
            (self.buckets.delivery, layout.package_prefix(self.ref, item.package_id))
            for item in self.packages
            if item.state is State.UPLOADING
        ]
        places += [
            (self.buckets.inbox, layout.revision_prefix(self.ref, item.number))
            for item in self.revisions
            if item.marker is None
        ]
        young = self.now - LEAST
        if any(item.marker is None and item.claimed_at > young for item in self.revisions):
            return True
        came = (
            listed.modified for bucket, prefix in places for listed in bucket.walk(prefix, lambda _: None, MOST_KEYS)
        )
        open_ones = (
            upload.touched
            for bucket in self.buckets.seen
            for upload in unfinished(bucket, layout.submission_prefix(self.ref))
        )
        return any(at > young for at in came) or any(at > young for at in open_ones)
