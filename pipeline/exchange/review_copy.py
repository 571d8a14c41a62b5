"""What an editor looks at before an answer, fetched to this machine."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pipeline import locks
from pipeline.errors import InputError, IntegrityError
from pipeline.exchange import intake, progress, seen
from pipeline.exchange.intake import Intake
from pipeline.exchange.progress import ByteProgress, ProgressCallback
from pipeline.exchange.seen import Seen
from pipeline.exchange.unchanged import Ledger
from pipeline.model.finding import worst
from pipeline.model.inbox import InboxMarker, Reports
from pipeline.model.reference import SubmissionRef
from pipeline.storage import layout
from pipeline.storage.buckets import Buckets
from pipeline.storage.inbox import DRAFT_INSPECTION, INSPECTION, SUBMISSION, RevisionPlace
from pipeline.storage.revision_record import Revision
from pipeline.workspace import Workspace

FOLDER = "inbox"


@dataclass(frozen=True)
class ReviewCopy:
    """What an editor looks at and decides on: the master, or the draft while there is no master."""

    place: RevisionPlace
    marker: InboxMarker
    reports: Reports | None
    is_draft: bool

    @property
    def size_bytes(self) -> int:
        """Of all its files."""
        return sum(item.size_bytes for item in self.marker.files)

    def folder(self, workspace: Workspace) -> Path:
        """Where it is put on this machine."""
        ref = self.marker.ref
        return workspace.root / FOLDER / ref.prefecture / ref.submission_id / f"r{self.place.number}"

    def fetch(self, workspace: Workspace, on_progress: ProgressCallback) -> list[tuple[Path, int]]:
        """Bring it here; gives each file and its size.

        Raises:
            IntegrityError, TransferError: what came is not what was sent, or the line fails.
        """
        folder = self.folder(workspace)
        counted = ByteProgress(on_progress, self.size_bytes)
        with locks.held(folder, counted.wait):
            here = counted.same(progress.COMPARE)
            self.place.fetch(self.marker, folder, counted.of(progress.DOWNLOAD), on_same=here)
        if not self.is_draft:  # which has proxies in place of what the submission names
            read_fetched(self.place, self.marker, folder, workspace)
        seen.remember(Seen.FETCHED, self.marker.digest())
        ledger = Ledger(self.place.bucket.store)
        ledger.take(self.place.place.where(layout.DRAFT if self.is_draft else layout.SUBMITTED), self.marker)
        ledger.keep()
        return [(folder / item.file, item.size_bytes) for item in self.marker.files]


def read_fetched(place: RevisionPlace, marker: InboxMarker, folder: Path, workspace: Workspace) -> Intake:
    """The submission of a master that was fetched to a folder, as it was handed in.

    Raises:
        IntegrityError: its words are others than the marker's, or none: somebody changed them in the inbox.
    """
    differs = IntegrityError("inbox_differs", where=place.place.where(SUBMISSION), id=marker.ref.typed)
    try:
        given = intake.read(folder / SUBMISSION, workspace)
    except InputError as error:
        raise differs from error
    content = given.submission.content([(item.file, item.sha256) for item in marker.files])
    if given.ref != marker.ref or content != marker.content_sha256:
        raise differs
    return given


def newest_revision(buckets: Buckets, ref: SubmissionRef) -> Revision:
    """The newest revision in the inbox.

    Raises:
        InputError: nothing of it is in the inbox.
    """
    known = buckets.place_in_inbox(ref).revisions()
    if not known:
        raise InputError("not_in_inbox", where=ref.typed)
    return known[-1]


def copy_to_look_at(buckets: Buckets, ref: SubmissionRef) -> ReviewCopy:
    """What there is to look at of the newest revision.

    Raises:
        InputError: nothing of it is in the inbox.
        IntegrityError: what the check found can't be read, or is not what it was; the claim is of other contents.
    """
    revision = newest_revision(buckets, ref)
    marker = revision.marker
    if marker is None:
        raise InputError("not_in_inbox", where=ref.typed)
    place = buckets.place_in_inbox(ref).revision(revision.number)
    is_draft = revision.submitted is None
    if revision.claim.content_sha256 != marker.content_sha256:
        raise IntegrityError("inbox_differs", where=f"{buckets.inbox.name}/{ref}", id=ref.typed)
    reports = place.reports(draft=is_draft)
    if reports:
        _hold(buckets, place, reports, marker, is_draft=is_draft)
    return ReviewCopy(place, marker, reports, is_draft)


def _hold(buckets: Buckets, place: RevisionPlace, reports: Reports, marker: InboxMarker, *, is_draft: bool) -> None:
    """Let pass what the check said when the film was handed in: what was put before the marker, never changed.

    Raises:
        IntegrityError: it comes to another verdict than the marker's, or says other things than when it was read first.
    """
    where = place.place.where(DRAFT_INSPECTION if is_draft else INSPECTION)
    ledger = Ledger(buckets.delivery.store)
    try:
        is_same = ledger.is_first(where, reports.to_file())
    except ValueError:  # figures that no report of ours has, such as NaN
        is_same = False
    ledger.keep()
    if not is_same or worst(report.verdict for report in reports.reports) is not marker.verdict:
        raise IntegrityError("reports_differ", where=where, id=marker.ref.typed)
