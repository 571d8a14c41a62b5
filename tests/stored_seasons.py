"""A season on a real store: plans, records and submissions put as they lie there, without any film."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from pipeline.model.base import Noun
from pipeline.model.campaign import Campaign, CampaignRevision
from pipeline.model.campaign_records import CampaignRecord, Entry, Side
from pipeline.model.delivery import Acknowledgement, Decision, Ready
from pipeline.model.finding import Report, ReportedFinding, Severity, Verdict
from pipeline.model.inbox import Claim, InboxMarker, Reports, Review, ReviewKind
from pipeline.model.submission import Kind
from pipeline.storage import campaigns, layout
from pipeline.storage.bucket import Bucket
from pipeline.storage.buckets import Buckets, SubmissionRecords

AT = datetime(2027, 6, 1, tzinfo=UTC)
Dates = Mapping[str, datetime]


@dataclass(frozen=True)
class StoredFilm:
    """One submission that is put piece by piece.

    Args:
        prefecture: its code.
        identity: its id.
    """

    buckets: Buckets
    prefecture: str
    identity: str
    title: str = "村医"

    def key(self, name: str) -> str:
        return f"{self.prefecture}/{self.identity}/{name}"

    def hand_in(self, revision: int, *, draft: bool = False) -> str:
        """A revision; the key of its marker."""
        content = f"{revision:064}"
        self._put(self.buckets.inbox, layout.claim_name(revision), Claim(content_sha256=content))
        marker = self._marker(revision)
        return self._put(self.buckets.inbox, f"r{revision}/{layout.DRAFT if draft else layout.SUBMITTED}", marker)

    def found(self, revision: int, codes: Mapping[str, Severity]) -> str:
        """The report beside a revision."""
        findings = [
            ReportedFinding(code=code, severity=severity, expected="-", actual="-", message=code, advice=code)
            for code, severity in codes.items()
        ]
        report = Report(
            file="film.mp4", sha256="0" * 64, verdict=Verdict.WARN, policy="showcase-film", findings=tuple(findings)
        )
        return self._put(self.buckets.inbox, f"r{revision}/{layout.INSPECTION}", Reports(reports=(report,)))

    def say(self, revision: int, number: int, kind: ReviewKind, text: str | None = None) -> str:
        """The editor's word on a revision."""
        digest = None if kind is ReviewKind.NOTE else self._marker(revision).digest()
        review = Review(
            submission_id=self.identity,
            revision=revision,
            number=number,
            kind=kind,
            text=text,
            marker_sha256=digest,
            of_draft=False,
            by="编辑",
            at=AT,
        )
        return self._put(self.buckets.delivery, layout.said_name(layout.REVIEWS, revision, number), review)

    def retract(self, revision: int, number: int, of: int) -> str:
        """The editor takes a word back."""
        review = Review(
            submission_id=self.identity,
            revision=revision,
            number=number,
            kind=ReviewKind.RETRACT,
            retracts=of,
            by="编辑",
            at=AT,
        )
        return self._put(self.buckets.delivery, layout.said_name(layout.REVIEWS, revision, number), review)

    def put_raw(self, name: str, content: bytes) -> None:
        """Anything at all in the inbox."""
        digest = hashlib.sha256(content).hexdigest()
        self.buckets.inbox.put(self.key(name), content, sha256=digest, media_type="application/json")

    def deliver(self, revision: int, package: str = "p1") -> str:
        """A package of a revision."""
        ready = Ready.model_validate(
            {
                "submission_id": self.identity,
                "package_id": package,
                "title": self.title,
                "revision": revision,
                "content_sha256": f"{revision:064}",
                "manifest_sha256": "0" * 64,
                "files": 1,
                "size_bytes": 1,
                "column": "showcase",
            }
        )
        return self._put(self.buckets.delivery, f"{package}/{layout.READY}", ready)

    def answer(self, number: int, decision: Decision, reason: str | None = None, package: str = "p1") -> str:
        """The operator's answer."""
        said = Acknowledgement(package_id=package, decision=decision, reason=reason, by="运营", at=AT)
        return self._put(self.buckets.delivery, f"{package}/{layout.numbered(layout.ACK, number)}", said)

    def _marker(self, revision: int) -> InboxMarker:
        return InboxMarker(
            submission_id=self.identity,
            prefecture=self.prefecture,
            title=self.title,
            kind=Kind.FILM,
            revision=revision,
            content_sha256=f"{revision:064}",
            verdict=Verdict.WARN,
            duration_s=60.0,
            files=(),
        )

    def _put(self, bucket: Bucket, name: str, record: Noun) -> str:
        bucket.put_if_absent(self.key(name), record.to_file())
        return f"{bucket.name}/{self.key(name)}"


def publish(buckets: Buckets, *revisions: Campaign) -> None:
    """Revisions of a plan, from the first."""
    for number, item in enumerate(revisions, start=1):
        assert campaigns.publish(buckets.delivery, CampaignRevision(number=number, campaign=item, by="编辑"))


def say(buckets: Buckets, campaign: str, prefecture: str, *entries: Entry, side: Side = Side.PREFECTURE) -> str:
    """One record; its key."""
    bucket = buckets.inbox if side is Side.PREFECTURE else buckets.delivery
    record = CampaignRecord(campaign=campaign, prefecture=prefecture, by="阿依古丽", entries=entries)
    key = campaigns.put_record(bucket, record, range(1, 1001))
    assert key
    return key


def dated(records: Sequence[SubmissionRecords], dates: Dates) -> list[SubmissionRecords]:
    """The same, put on other days: the store tells one time of all that a test puts.

    Args:
        dates: by key with its bucket; every object must be there.
    """

    def when(listed: object) -> object:
        return replace(listed, modified=dates[listed.where])  # type: ignore[attr-defined,type-var]

    return [_dated(item, when) for item in records]


def _dated(record: SubmissionRecords, when: Callable) -> SubmissionRecords:
    return replace(
        record,
        revisions=tuple(
            replace(
                item,
                claim=when(item.claim),
                draft=item.draft and when(item.draft),
                submitted=item.submitted and when(item.submitted),
            )
            for item in record.revisions
        ),
        packages=tuple(
            replace(item, markers={name: when(listed) for name, listed in item.markers.items()})
            for item in record.packages
        ),
        reviews=tuple(replace(item, listed=when(item.listed)) for item in record.reviews),
        answers=tuple(replace(item, listed=when(item.listed)) for item in record.answers),
    )
