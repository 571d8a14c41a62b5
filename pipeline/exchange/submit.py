"""A submission on its way to the editor: the content that has a revision, the files under plain keys, the marker."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from pipeline import durable, yamlio
from pipeline.model.course import PartKey
from pipeline.model.finding import Report, worst
from pipeline.model.inbox import InboxFile, InboxMarker, PartsIn, Reports
from pipeline.model.reference import SubmissionRef
from pipeline.model.rendition import StoredFile
from pipeline.model.submission import Kind, Role, Submission
from pipeline.storage import inbox, layout
from pipeline.storage.bucket import Bucket
from pipeline.storage.inbox import RevisionPlace
from pipeline.storage.transfer.callbacks import BytesCallback


@dataclass(frozen=True)
class HashedFile:
    """A file of the submission that was hashed; `part` is the key of its part, None for the whole course's."""

    path: Path
    name: str
    sha256: str
    role: Role
    part: PartKey | None


@dataclass(frozen=True)
class Proxy:
    """The small pictures of a part of a rough cut."""

    part: PartKey
    path: Path


@dataclass(frozen=True)
class SubmissionUpload:
    """A submission, its films, and what the check said of them.

    Args:
        parts: how many parts of a course can be shown; None of a film.
    """

    submission: Submission
    folder: Path
    media: tuple[HashedFile, ...]
    reports: tuple[Report, ...]
    duration_s: float
    parts: PartsIn | None = None

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
    place: RevisionPlace,
    upload: SubmissionUpload,
    scratch: Path,
    on_bytes: BytesCallback = lambda _: None,
    *,
    on_same: BytesCallback | None = None,
) -> tuple[InboxMarker, bool]:
    """The films themselves, then SUBMITTED.json; False when all of it stood there.

    `on_same` is told of the films' bytes that the store had before, as `upload.upload` has it.
    """
    keys = keys_of(upload)
    files = tuple(
        inbox.file_of(item.path, key, item.name, item.sha256) for key, item in zip(keys, upload.media, strict=True)
    )
    marker = marker_of(place, upload, files)
    if standing := place.standing(layout.SUBMITTED, marker):
        return standing, place.restore(standing, upload.folder, on_bytes, on_same=on_same)
    place.send_extra(scratch, _extra_files(upload, scratch, inbox.INSPECTION), on_bytes)
    place.send(layout.SUBMITTED, marker, upload.folder, on_bytes, on_same=on_same)
    return marker, True


def send_draft(
    place: RevisionPlace,
    upload: SubmissionUpload,
    proxies: Sequence[Proxy],
    scratch: Path,
    on_bytes: BytesCallback = lambda _: None,
    *,
    on_same: BytesCallback | None = None,
) -> tuple[InboxMarker, bool]:
    """A proxy of each film, then DRAFT.json; False when it stood there. The proxies lie in one folder."""
    is_course = upload.submission.kind is Kind.COURSE
    files = tuple(
        inbox.file_of(
            item.path,
            f"proxy-{item.part}{item.path.suffix}" if is_course else "proxy.mp4",
            item.path.name,
            durable.digest(item.path),
        )
        for item in proxies
    )
    marker = marker_of(place, upload, files)
    if standing := place.standing(layout.DRAFT, marker):
        return standing, False
    place.send_extra(scratch, _extra_files(upload, scratch, inbox.DRAFT_INSPECTION), on_bytes)
    place.send(layout.DRAFT, marker, proxies[0].path.parent, on_bytes, on_same=on_same)
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
        parts=upload.parts,
        column=submission.column,
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


def keys_of(upload: SubmissionUpload) -> list[str]:
    """Keys are plain; what a file is called stands in the marker. In a course they come from the part's id and the
    role, so that what comes into one part moves nothing in another."""
    keys: list[str] = []
    counts: Counter[str] = Counter()
    for number, item in enumerate(upload.media, start=1):
        suffix = PurePosixPath(item.name).suffix.lower()
        suffix = suffix if re.fullmatch(r"[.][a-z0-9]{1,8}", suffix) else ""
        if upload.submission.kind is Kind.FILM:
            keys.append(f"media/{number:02}{suffix}")
            continue
        folder = f"media/{item.part}/{item.role}" if item.part is not None else f"media/{item.role}"
        counts[folder] += 1
        keys.append(f"{folder}-{counts[folder]}{suffix}")
    return keys
