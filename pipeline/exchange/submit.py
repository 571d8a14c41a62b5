"""A submission on its way to the editor: the content that has a revision, the files under plain keys, the marker."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from pipeline import durable, yamlio
from pipeline.model.finding import Report, worst
from pipeline.model.inbox import InboxFile, InboxMarker, Reports
from pipeline.model.reference import SubmissionRef
from pipeline.model.rendition import StoredFile
from pipeline.model.submission import Submission
from pipeline.storage import inbox, layout
from pipeline.storage.bucket import Bucket
from pipeline.storage.inbox import RevisionPlace
from pipeline.storage.transfer import BytesCallback


@dataclass(frozen=True)
class HashedFile:
    """A file of the submission that was hashed."""

    path: Path
    name: str
    sha256: str


@dataclass(frozen=True)
class SubmissionUpload:
    """A submission, its films, and what the check said of them."""

    submission: Submission
    folder: Path
    media: tuple[HashedFile, ...]
    reports: tuple[Report, ...]
    duration_s: float

    @property
    def content(self) -> str:
        """SHA-256 of what makes a revision: the films and the submission's own words."""
        return self.submission.content([(item.name, item.sha256) for item in self.media])


def claim(inbox_bucket: Bucket, upload: SubmissionUpload) -> RevisionPlace:
    """The place of the upload's revision.

    Raises:
        InputError: somebody else took that number at the same moment.
    """
    submission = upload.submission
    place = inbox.InboxPlace(inbox_bucket, SubmissionRef(submission.prefecture, submission.identity()))
    return place.revision(place.claim(upload.content))


def send_master(
    place: RevisionPlace, upload: SubmissionUpload, scratch: Path, on_bytes: BytesCallback = lambda _: None
) -> tuple[InboxMarker, bool]:
    """The films themselves, then SUBMITTED.json; False when all of it stood there."""
    files = tuple(
        inbox.file_of(item.path, _key(number, item.name), item.name, item.sha256)
        for number, item in enumerate(upload.media, start=1)
    )
    marker = marker_of(place, upload, files)
    if place.stands(layout.SUBMITTED, marker):
        return marker, place.restore(marker, upload.folder, on_bytes)
    place.send_extra(scratch, _extra_files(upload, scratch, inbox.INSPECTION), on_bytes)
    place.send(layout.SUBMITTED, marker, upload.folder, on_bytes)
    return marker, True


def send_draft(
    place: RevisionPlace,
    upload: SubmissionUpload,
    proxies: Sequence[Path],
    scratch: Path,
    on_bytes: BytesCallback = lambda _: None,
) -> tuple[InboxMarker, bool]:
    """A proxy of each film, then DRAFT.json; False when it stood there. The proxies lie in one folder."""
    several = len(proxies) > 1
    files = tuple(
        inbox.file_of(path, f"proxy-{number:02}.mp4" if several else "proxy.mp4", path.name, durable.digest(path))
        for number, path in enumerate(proxies, start=1)
    )
    marker = marker_of(place, upload, files)
    if place.stands(layout.DRAFT, marker):
        return marker, False
    place.send_extra(scratch, _extra_files(upload, scratch, inbox.DRAFT_INSPECTION), on_bytes)
    place.send(layout.DRAFT, marker, proxies[0].parent, on_bytes)
    return marker, True


def marker_of(place: RevisionPlace, upload: SubmissionUpload, files: tuple[InboxFile, ...]) -> InboxMarker:
    """What is put last, once all files are there."""
    submission = upload.submission
    return InboxMarker(
        submission_id=submission.identity(),
        prefecture=submission.prefecture,
        title=submission.title_zh,
        kind=submission.kind,
        revision=place.number,
        content_sha256=upload.content,
        verdict=worst(report.verdict for report in upload.reports),
        duration_s=upload.duration_s,
        files=files,
    )


def _extra_files(upload: SubmissionUpload, scratch: Path, inspection: str) -> list[StoredFile]:
    """`submission.yaml` and what the check said, written to be sent: the same bytes for the same content."""
    values = upload.submission.model_dump(mode="json", by_alias=True, exclude_none=True)
    contents = {
        inbox.SUBMISSION: yamlio.dump(values),
        inspection: Reports(reports=upload.reports).to_file(),
    }
    stored = []
    for name, content in contents.items():
        durable.write(scratch / name, content)
        stored.append(StoredFile(path=name, size_bytes=len(content), sha256=hashlib.sha256(content).hexdigest()))
    return stored


def _key(number: int, name: str) -> str:
    """Keys are plain; what a film is called stands in the marker."""
    suffix = PurePosixPath(name).suffix.lower()
    return f"media/{number:02}{suffix if re.fullmatch(r'[.][a-z0-9]{1,8}', suffix) else ''}"
