"""Revisions in the inbox: claimed, sent with the marker last, found again, fetched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline import durable
from pipeline.errors import InputError, IntegrityError, TransferError
from pipeline.model.delivery import Cleared
from pipeline.model.inbox import Claim, InboxFile, InboxMarker, Reports
from pipeline.model.reference import SubmissionRef
from pipeline.model.rendition import StoredFile
from pipeline.storage import layout
from pipeline.storage.bounds import MOST_RECORD, Tally
from pipeline.storage.bucket import Bucket
from pipeline.storage.place import Contents, Place, parsed
from pipeline.storage.revision_record import Revision, read_revisions, revision_records, revisions
from pipeline.storage.s3.faults import MISSING
from pipeline.storage.transfer import copying, download, upload
from pipeline.storage.transfer.callbacks import BytesCallback
from pipeline.storage.transfer.copying import Earlier
from pipeline.storage.transfer.part_upload import CHANGED

SUBMISSION, INSPECTION, DRAFT_INSPECTION = layout.SUBMISSION, layout.INSPECTION, layout.DRAFT_INSPECTION


@dataclass(frozen=True)
class InboxPlace:
    """A submission's place in the inbox."""

    bucket: Bucket
    ref: SubmissionRef

    @property
    def place(self) -> Place:
        """All of it."""
        return Place(self.bucket, layout.submission_prefix(self.ref))

    def revisions(self) -> list[Revision]:
        """Every revision, the oldest first.

        Raises:
            IntegrityError: a marker is none, or another's.
        """
        tally = Tally(self.bucket.name)
        found = list(self.bucket.walk(self.place.prefix, tally.skipped, layout.INBOX_KEYS))
        tally.refuse(self.ref)
        records = revision_records(self.ref, found)
        contents = Contents()
        read_revisions(records, contents)
        return revisions(records, contents)

    def claim(self, content_sha256: str) -> int:
        """The revision of this content: the newest one where it is the same, else the next.

        Raises:
            InputError: somebody else took that number at the same moment.
        """
        known = self.revisions()
        if known and known[-1].claim.content_sha256 == content_sha256:
            return known[-1].number
        number = len(known) + 1
        name = layout.claim_name(number)
        if not self.place.put_if_absent(name, Claim(content_sha256=content_sha256)):
            there = self.place.marker(name, Claim)  # another machine may send the same at this moment
            if there is None or there.content_sha256 != content_sha256:
                raise InputError("revision_taken", where=self.ref.submission_id, revision=number)
        return number

    def revision(self, number: int) -> RevisionPlace:
        """The place of one of its revisions."""
        return RevisionPlace(self.bucket, self.ref, number)


@dataclass(frozen=True)
class RevisionPlace:
    """The place of one revision in the inbox."""

    bucket: Bucket
    ref: SubmissionRef
    number: int

    @property
    def place(self) -> Place:
        """All of it."""
        return Place(self.bucket, layout.revision_prefix(self.ref, self.number))

    def standing(self, name: str, marker: InboxMarker) -> InboxMarker | None:
        """The marker `name` where it is put already: its keys count, whatever they would be today.

        Raises:
            IntegrityError: it stands there with other contents.
        """
        there = self.place.marker(name, InboxMarker)
        if there is not None and there.content_sha256 != marker.content_sha256:
            raise IntegrityError("delivered_differs", where=self.place.where())
        return there

    def restore(
        self,
        marker: InboxMarker,
        root: Path,
        on_bytes: BytesCallback = lambda _: None,
        *,
        on_same: BytesCallback | None = None,
    ) -> bool:
        """Send the files of a marker that stands again that lie there no longer as it lists them.

        Raises:
            IntegrityError: a local file is not what the marker lists. TransferError: the line fails after retries.
        """
        return self._upload(marker, root, on_bytes, on_same) > 0

    def send_extra(self, root: Path, files: Sequence[StoredFile], on_bytes: BytesCallback = lambda _: None) -> None:
        """Small files of the revision that its marker does not list."""
        upload.upload(self.place, root, files, on_bytes)
        upload.confirm(self.place, files)

    def send(
        self,
        name: str,
        marker: InboxMarker,
        root: Path,
        on_bytes: BytesCallback = lambda _: None,
        *,
        on_same: BytesCallback | None = None,
    ) -> None:
        """Upload what is missing, ask for everything again, then put the marker `name`.

        Args:
            on_same: as `upload.upload` has it: what other revisions hold is not sent.

        Raises:
            IntegrityError: the marker stands there with other contents. TransferError: the line fails after retries.
        """
        self._upload(marker, root, on_bytes, on_same)
        upload.confirm(self.place, marker.files)
        if not self.place.put_if_absent(name, marker) and self.standing(name, marker) is None:
            raise IntegrityError("delivered_differs", where=self.place.where())

    def _upload(self, marker: InboxMarker, root: Path, on_bytes: BytesCallback, on_same: BytesCallback | None) -> int:
        try:
            return upload.upload(
                self.place,
                root,
                marker.files,
                on_bytes,
                on_same=on_same,
                names={item.path: item.file for item in marker.files},
                earlier=self._earlier(),
            )
        except IntegrityError as error:
            if error.key != CHANGED:
                raise
            raise IntegrityError("film_changed", where=error.where) from error  # its producer's, no package's

    def _earlier(self) -> Earlier:
        """The files of the other revisions that a marker lists: what was sent and never marked is no source."""
        others = [item for item in InboxPlace(self.bucket, self.ref).revisions() if item.number != self.number]
        return copying.listed(
            (layout.revision_prefix(self.ref, item.number), marker.files)
            for item in reversed(others)
            for marker in (item.submitted, item.draft)
            if marker
        )

    def fetch(
        self,
        marker: InboxMarker,
        folder: Path,
        on_bytes: BytesCallback = lambda _: None,
        *,
        on_same: BytesCallback | None = None,
    ) -> None:
        """Every file of `marker` into `folder` under the submission's names, with its `submission.yaml`.

        Args:
            on_same: is told of the bytes that are there before, else `on_bytes` is.

        Raises:
            IntegrityError: what lies there is not what the marker lists. InputError: it was cleared.
            TransferError: the line fails after retries.
        """
        names = {item.path: item.file for item in marker.files}
        try:
            download.download(
                self.place, marker.files, durable.make_folder(folder), on_bytes, on_same=on_same, names=names
            )
        except IntegrityError as error:
            raise IntegrityError("inbox_differs", where=error.where, id=self.ref.typed) from error
        except TransferError as error:
            if error.detail in MISSING and (cleared := self.cleared(marker)):
                raise revision_cleared(self.ref, self.number, cleared) from error
            raise
        text = self.place.get(SUBMISSION, MOST_RECORD)
        if text is None:
            raise IntegrityError("inbox_differs", where=self.place.where(SUBMISSION), id=self.ref.typed)
        durable.write(folder / SUBMISSION, text)

    def cleared(self, marker: InboxMarker | None = None) -> Cleared | None:
        """That its files, or those of its draft alone, were removed by a rule; None where they were not.

        Args:
            marker: the one whose files are meant: a draft's go before the others.
        """
        named: dict[str, Any] = {"submission_id": self.ref.submission_id, "revision": self.number}
        is_draft = marker is not None and any(layout.is_of_draft(item.path) for item in marker.files)
        of_draft = self.place.marker(layout.DRAFT_CLEARED, Cleared, **named) if is_draft else None
        return of_draft or self.place.marker(layout.CLEARED, Cleared, **named)

    def reports(self, *, draft: bool) -> Reports | None:
        """What the check said of the draft, or of the master.

        Raises:
            IntegrityError: it can't be read.
        """
        name = DRAFT_INSPECTION if draft else INSPECTION
        content = self.place.get(name)
        return None if content is None else parsed(content, Reports, self.place.where(name), {})


def revision_cleared(ref: SubmissionRef, number: int, cleared: Cleared) -> InputError:
    """What is said where the files of a revision are wanted that were removed by a rule."""
    return InputError(
        "revision_cleared",
        where=f"{ref}/r{number}",
        id=ref.typed,
        date=cleared.day,
        rule=cleared.rule,
    )


def file_of(path: Path, key: str, name: str, sha256: str) -> InboxFile:
    """A local file as the marker lists it."""
    return InboxFile(path=key, file=name, size_bytes=path.stat().st_size, sha256=sha256)
