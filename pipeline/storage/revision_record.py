"""A revision as listings tell of it: its claim and markers, and what is known of it by them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pipeline.errors import IntegrityError
from pipeline.model.inbox import Claim, InboxMarker
from pipeline.model.reference import SubmissionRef
from pipeline.storage import bounds, layout
from pipeline.storage.bucket import ListedObject
from pipeline.storage.place import Contents


@dataclass(frozen=True)
class Revision:
    """What is known of one revision; a marker that is not there yet is None."""

    ref: SubmissionRef
    number: int
    claim: Claim
    claimed_at: datetime
    draft: InboxMarker | None = None
    draft_at: datetime | None = None
    submitted: InboxMarker | None = None
    submitted_at: datetime | None = None

    @property
    def marker(self) -> InboxMarker | None:
        """The master's where there is one, else the draft's."""
        return self.submitted or self.draft


@dataclass(frozen=True)
class RevisionRecord:
    """One revision of which a listing tells."""

    ref: SubmissionRef
    number: int
    claim: ListedObject
    draft: ListedObject | None
    submitted: ListedObject | None
    cleared: frozenset[str] = frozenset()  # the names of its records that files were removed

    def objects(self) -> list[ListedObject]:
        """What must be read: the markers, which hold the claim's digest too, or the claim alone."""
        return [item for item in (self.draft, self.submitted) if item] or [self.claim]

    def is_claim_told(self, contents: Contents) -> bool:
        """Whether the claim's ETag tells that it is the one of the markers' content, which `contents` then has."""
        try:
            marker = self._marker(contents, self.submitted) or self._marker(contents, self.draft)
        except IntegrityError:
            return False  # whoever asks for the revision hears of it
        if marker is None:  # there was none, or it is gone since it was listed
            return self.claim in self.objects()
        content = Claim(content_sha256=marker.content_sha256).to_file()
        if hashlib.md5(content, usedforsecurity=False).hexdigest() != self.claim.etag:
            return False
        contents.keep(self.claim, content)
        return True

    def revision(self, contents: Contents) -> Revision | None:
        """What is known of it; None where its claim is gone.

        Raises:
            IntegrityError: a marker is none, or another's.
        """
        draft, submitted = self._marker(contents, self.draft), self._marker(contents, self.submitted)
        claim = contents.marker(self.claim, Claim)
        if claim is None:
            return None
        return Revision(
            self.ref,
            self.number,
            claim,
            self.claim.modified,
            draft,
            self.draft.modified if self.draft else None,
            submitted,
            self.submitted.modified if self.submitted else None,
        )

    def _marker(self, contents: Contents, listed: ListedObject | None) -> InboxMarker | None:
        named = {"prefecture": self.ref.prefecture, "submission_id": self.ref.submission_id, "revision": self.number}
        return contents.marker(listed, InboxMarker, **named)


def revision_records(ref: SubmissionRef, objects: Sequence[ListedObject]) -> tuple[RevisionRecord, ...]:
    """The revisions among the objects of one submission, the oldest first.

    Raises:
        IntegrityError: there are more than anybody reads.
    """
    there = {listed.key: listed for listed in objects}
    found: list[RevisionRecord] = []
    while claim := there.get(layout.submission_prefix(ref) + layout.claim_name(len(found) + 1)):
        number = len(found) + 1
        prefix = layout.revision_prefix(ref, number)
        found.append(
            RevisionRecord(
                ref,
                number,
                claim,
                there.get(prefix + layout.DRAFT),
                there.get(prefix + layout.SUBMITTED),
                frozenset(name for name in (layout.CLEARED, layout.DRAFT_CLEARED) if prefix + name in there),
            )
        )
        if number > bounds.MOST_REVISIONS:
            raise bounds.overfull(claim.where, bounds.MOST_REVISIONS, ref)
    return tuple(found)


def read_revisions(records: Sequence[RevisionRecord], contents: Contents) -> None:
    """Have all in `contents` that is needed to know each."""
    contents.read(listed for record in records for listed in record.objects())
    contents.read(record.claim for record in records if not record.is_claim_told(contents))


def revisions(records: Sequence[RevisionRecord], contents: Contents) -> list[Revision]:
    """What is known of each.

    Raises:
        IntegrityError: a marker is none, or another's.
    """
    made = [record.revision(contents) for record in records]
    return [item for item in made if item]
