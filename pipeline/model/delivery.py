"""Markers in the delivery bucket, and where a delivery stands."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AwareDatetime, StringConstraints

from pipeline.model.base import Noun
from pipeline.model.reference import SubmissionRef
from pipeline.model.text import Line, Lines


class Ready(Noun):
    """READY.json: put last; the digest of package.json makes everything under it checkable."""

    schema_version: Literal[1] = 1
    package_id: str
    submission_id: str
    title: str = ""
    revision: int
    content_sha256: str | None = None
    manifest_sha256: str
    files: int
    size_bytes: int


class Decision(StrEnum):
    """The operator's answer."""

    ACCEPT = "accept"
    REJECT = "reject"


class Acknowledgement(Noun):
    """ACK.json: the operator's answer to one package; ACK-0002.json and so on correct it, the newest counts."""

    schema_version: Literal[1] = 1
    package_id: str
    decision: Decision
    reason: Annotated[str, StringConstraints(max_length=1024)] | None = None
    at: AwareDatetime


class Withdrawal(Noun):
    """WITHDRAWN.json: the editor's end of a delivery; WITHDRAWN-0002.json and so on undo or repeat it."""

    schema_version: Literal[1] = 1
    package_id: str
    reason: Lines | None = None
    undo: bool = False
    by: Line
    at: AwareDatetime


class State(StrEnum):
    """Where a delivery is."""

    UPLOADING = "uploading"
    READY = "ready"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class Delivery(Noun):
    """One package in the store."""

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

    @property
    def ref(self) -> SubmissionRef:
        """The submission that it is of."""
        return SubmissionRef(self.prefecture, self.submission_id)
