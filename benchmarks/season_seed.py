"""What a season's store holds: submissions in every prefecture, half of them delivered, a third of those answered."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime

from pipeline.model import region
from pipeline.model.base import Noun
from pipeline.model.delivery import Acknowledgement, Decision, Ready
from pipeline.model.finding import Verdict
from pipeline.model.inbox import Claim, InboxMarker, Reports, Review, ReviewKind
from pipeline.model.reference import SubmissionRef
from pipeline.model.submission import Kind
from pipeline.storage.bucket import Bucket
from pipeline.storage.buckets import Buckets

PREFECTURES = region.known()[1:15]
AT = datetime(2026, 6, 1, 8, tzinfo=UTC)


@dataclass(frozen=True)
class Seed:
    """The submission of a number, and what becomes of it."""

    number: int

    @property
    def ref(self) -> SubmissionRef:
        """Prefectures in turn, ids as `init` writes them."""
        prefecture = PREFECTURES[self.number // 2 % len(PREFECTURES)]  # halves: of each some are delivered
        return SubmissionRef(prefecture, f"{prefecture}-{_digest('id', self.number)[:10]}")

    @property
    def package_id(self) -> str | None:
        """Every other one is delivered."""
        return _digest("package", self.number)[:16] if self.number % 2 == 0 else None

    @property
    def is_answered(self) -> bool:
        """A third of those."""
        return self.number % 6 == 0

    @property
    def stage(self) -> str:
        """Where it stands."""
        return "accepted" if self.is_answered else "ready" if self.package_id else "submitted"


def _digest(*words: object) -> str:
    return hashlib.sha256(" ".join(map(str, words)).encode()).hexdigest()


def inbox_records(seed: Seed) -> dict[str, bytes]:
    """The objects of its one revision."""
    content = _digest("content", seed.number)
    marker = InboxMarker(
        submission_id=seed.ref.submission_id,
        prefecture=seed.ref.prefecture,
        title=f"影片 {seed.number}",
        kind=Kind.FILM,
        revision=1,
        content_sha256=content,
        verdict=Verdict.WARN,
        duration_s=600.0,
        files=(),
    )
    return {
        "r1.json": Claim(content_sha256=content).to_file(),
        "r1/media/01.mp4": b"film",
        "r1/inspection.json": Reports(reports=()).to_file(),
        "r1/submission.yaml": b"schema_version: 1\n",
        "r1/SUBMITTED.json": marker.to_file(),
    }


def delivery_records(seed: Seed, objects: int) -> dict[str, bytes]:
    """Claim, reviews and markers; the package's other objects are counted by `segments`."""
    ref, package_id = seed.ref, seed.package_id or ""
    manifest = b"{}"
    ready = Ready(
        package_id=package_id,
        submission_id=ref.submission_id,
        title=f"影片 {seed.number}",
        revision=1,
        content_sha256=_digest("content", seed.number),
        manifest_sha256=hashlib.sha256(manifest).hexdigest(),
        files=objects - 1,
        size_bytes=800_000_000,
    )
    records: dict[str, Noun] = {
        f"reviews/r1-{number:04}.json": Review(
            submission_id=ref.submission_id,
            revision=1,
            number=number,
            kind=kind,
            timecode="00:01:12:10" if kind is ReviewKind.NOTE else None,
            text="错字",
            by="王编辑",
            at=AT,
        )
        for number, kind in ((1, ReviewKind.NOTE), (2, ReviewKind.APPROVE))
    }
    if seed.is_answered:
        records[f"{package_id}/ACK.json"] = Acknowledgement(package_id=package_id, decision=Decision.ACCEPT, at=AT)
    made = {name: record.to_file() for name, record in records.items()}
    made |= {"r1.json": b"{}", f"{package_id}/checksums.sha256": b"x", f"{package_id}/package.json": manifest}
    return made | {f"{package_id}/READY.json": ready.to_file()}


def segments(objects: int) -> list[str]:
    """Names of a package's media: an HLS ladder of four, streams, pictures, metadata."""
    names = ["ts/hd.ts", "ts/sd.ts", "images/poster.jpg", "images/sprite.jpg", "metadata/c2.xml", "hls/main.m3u8"]
    number = 0
    while len(names) < objects - 4:  # beside the markers, checksums and manifest
        names.append(f"hls/{'abcd'[number % 4]}/{number // 4:05}.m4s")
        number += 1
    return names[: max(0, objects - 4)]


def put_records(buckets: Buckets, seed: Seed, objects: int) -> None:
    """Everything of one submission but its segments."""
    put_all(buckets.inbox, f"{seed.ref}/", inbox_records(seed))
    if seed.package_id:
        put_all(buckets.delivery, f"{seed.ref}/", delivery_records(seed, objects))


def put_all(bucket: Bucket, prefix: str, contents: dict[str, bytes]) -> None:
    """Small objects by their names."""
    for name, content in contents.items():
        sha256 = hashlib.sha256(content).hexdigest()
        bucket.put(prefix + name, content, sha256=sha256, media_type="application/json")
