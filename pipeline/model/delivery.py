"""Markers in the delivery bucket, and where a delivery stands."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, StringConstraints

from pipeline.model.base import Noun
from pipeline.model.china_time import CHINA
from pipeline.model.reference import SubmissionRef
from pipeline.model.text import Line, Lines

REJECTION_CODE = r"^[a-z][a-z0-9-]{0,31}$"
RejectionCode = Annotated[str, StringConstraints(pattern=REJECTION_CODE)]


class Ready(Noun):
    """READY.json: put last; the digest of package.json makes everything under it checkable.

    Args:
        column: of the submission, for who pulls by it; empty where it names none; None in older markers.
    """

    schema_version: Literal[1] = 1
    package_id: str
    submission_id: str
    title: str = ""
    revision: int
    content_sha256: str | None = None
    manifest_sha256: str
    files: int
    size_bytes: int
    column: Annotated[Line | Literal[""] | None, Field(exclude_if=lambda value: value is None)] = None


class Decision(StrEnum):
    """The operator's answer."""

    ACCEPT = "accept"
    REJECT = "reject"


class Acknowledgement(Noun):
    """ACK.json: the operator's answer to one package; ACK-0002.json and so on correct it, the newest counts.

    Args:
        code: why it was rejected, of the vocabulary `rejections`.
        by: the name that was signed with; None in older records.
    """

    schema_version: Literal[1] = 1
    package_id: str
    decision: Decision
    reason: Annotated[str, StringConstraints(max_length=1024)] | None = None
    code: Annotated[RejectionCode | None, Field(exclude_if=lambda value: value is None)] = None
    by: Annotated[Line | None, Field(exclude_if=lambda value: value is None)] = None
    at: AwareDatetime


class Withdrawal(Noun):
    """WITHDRAWN.json: the editor's end of a delivery; WITHDRAWN-0002.json and so on undo or repeat it."""

    schema_version: Literal[1] = 1
    package_id: str
    reason: Lines | None = None
    undo: bool = False
    by: Line
    at: AwareDatetime


class Clearable(StrEnum):
    """What may be cleared, where a rule says so."""

    SUPERSEDED_PACKAGE = "superseded-package"
    WITHDRAWN_PACKAGE = "withdrawn-package"
    SUPERSEDED_REVISION = "superseded-revision"
    DRAFT = "draft"


class Cleared(Noun):
    """CLEARED.json of a package or a revision, DRAFT-CLEARED.json of a draft: put before the first file goes.

    Args:
        rule: the name of the rule by which it went.
        objects, size_bytes: of what was to go.
        ready: of a package, the marker that went with its files, by which it still is known.
        ready_at: when the store had that marker.
    """

    schema_version: Literal[1] = 1
    submission_id: str
    package_id: Annotated[str | None, Field(exclude_if=lambda value: value is None)] = None
    revision: Annotated[int | None, Field(exclude_if=lambda value: value is None)] = None
    kind: Clearable
    rule: Line
    objects: int
    size_bytes: int
    by: Line
    at: AwareDatetime
    ready: Annotated[Ready | None, Field(exclude_if=lambda value: value is None)] = None
    ready_at: Annotated[AwareDatetime | None, Field(exclude_if=lambda value: value is None)] = None

    @property
    def day(self) -> str:
        """When, as a day in China."""
        return f"{self.at.astimezone(CHINA):%Y-%m-%d}"


class State(StrEnum):
    """Where a delivery is."""

    UPLOADING = "uploading"
    READY = "ready"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    CLEARED = "cleared"  # superseded, and its files are no longer there


class Delivery(Noun):
    """One package in the store.

    Args:
        cleared: that its files are no longer there, and by which rule; also of one that was withdrawn before.
        column: as of `Ready`; it and the manifest's digest are for filters and receipts, and not in the JSON.
    """

    schema_version: Literal[1] = 1
    prefecture: str
    submission_id: str
    package_id: str
    title: str = ""
    revision: int | None
    state: State
    ready_at: datetime | None = None
    acknowledgement: Acknowledgement | None = None
    withdrawal: Withdrawal | None = None
    size_bytes: int | None = None
    files: int | None = None
    content_sha256: str | None = None
    cleared: Annotated[Cleared | None, Field(exclude_if=lambda value: value is None)] = None
    column: Annotated[str | None, Field(exclude=True)] = None
    manifest_sha256: Annotated[str | None, Field(exclude=True)] = None

    @property
    def ref(self) -> SubmissionRef:
        """The submission that it is of."""
        return SubmissionRef(self.prefecture, self.submission_id)
