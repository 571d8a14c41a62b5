"""What lies in the inbox, what is answered, and where a submission stands between the three people."""

from __future__ import annotations

import hashlib
from datetime import datetime
from enum import StrEnum
from pathlib import PurePosixPath
from typing import Annotated, Literal, Self

from pydantic import AwareDatetime, Field, StringConstraints, model_validator

from pipeline.model.base import Noun, canonical
from pipeline.model.c2_records import OrderStanding
from pipeline.model.course import PartId
from pipeline.model.delivery import Delivery
from pipeline.model.finding import Report, Verdict
from pipeline.model.reference import SubmissionRef
from pipeline.model.rendition import StoredFile
from pipeline.model.submission import Kind
from pipeline.model.text import Line, Lines, RelativePath

MOST_BYTES = 1 << 50  # of a file: more than stores take in one object


class Claim(Noun):
    """`r<N>.json`: the content that has revision N, put before its first byte; the first one wins."""

    schema_version: Literal[1] = 1
    content_sha256: str


class InboxFile(StoredFile):
    """A file under its plain key, and what the submission calls it."""

    file: RelativePath


class PartsIn(Noun):
    """How many parts of a course can be shown, and how many it will have."""

    there: int
    expected: int


class InboxMarker(Noun):
    """DRAFT.json and SUBMITTED.json: put last; the content under them never changes.

    Args:
        column: as the submission names it; None where it names none, and in older markers.
    """

    schema_version: Literal[1] = 1
    submission_id: str
    prefecture: str
    title: str
    kind: Kind
    revision: int
    content_sha256: str
    verdict: Verdict
    duration_s: Annotated[float, Field(allow_inf_nan=False)]
    parts: Annotated[PartsIn | None, Field(exclude_if=lambda value: value is None)] = None
    column: Annotated[Line | None, Field(exclude_if=lambda value: value is None)] = None
    files: tuple[InboxFile, ...]

    @model_validator(mode="after")
    def _lies_on_a_disk(self) -> Self:
        """Whoever fetches it gets all of it: no file in another one's place, none larger than stores take."""
        names = {item.file for item in self.files}
        if any(str(folder) in names for name in names for folder in PurePosixPath(name).parents):
            raise ValueError("a file's folder is a file")
        if not all(0 <= item.size_bytes <= MOST_BYTES for item in self.files):
            raise ValueError("a file of an impossible size")
        return self

    @property
    def ref(self) -> SubmissionRef:
        """The submission that it is of."""
        return SubmissionRef(self.prefecture, self.submission_id)

    def digest(self) -> str:
        """SHA-256 (hex) of what it stands for: the submission's content and every file, whatever else it says."""
        files = [[item.path, item.file, item.size_bytes, item.sha256] for item in self.files]
        return hashlib.sha256(canonical([self.content_sha256, files])).hexdigest()


class Reports(Noun):
    """`inspection.json`: what the check said of each part, in Chinese."""

    schema_version: Literal[1] = 1
    reports: tuple[Report, ...]


class ReviewKind(StrEnum):
    """A remark at a timecode, a decision, or the end of one of them."""

    NOTE = "note"
    RETURN = "return"
    APPROVE = "approve"
    RETRACT = "retract"


# as `check` writes it: a semicolon before the frames of drop-frame, three digits of them from 100 pictures a second on
Timecode = Annotated[str, StringConstraints(pattern=r"^\d{2}:\d{2}:\d{2}[:;]\d{2,3}$")]


class Review(Noun):
    """`reviews/r<N>-<NNNN>.json`: one note or decision of the editor, never changed.

    Args:
        timecode: the film's own.
        part: of a course, whose film it is.
        marker_sha256: what a decision was made on (`InboxMarker.digest`).
        of_draft: whether that was a draft; None in records that do not say so yet.
        retracts: number of the record that this one takes back.
    """

    schema_version: Literal[1] = 1
    submission_id: str
    revision: int
    number: int
    kind: ReviewKind
    timecode: Timecode | None = None
    part: Annotated[PartId | None, Field(exclude_if=lambda value: value is None)] = None
    text: Lines | None = None
    marker_sha256: str | None = None
    of_draft: bool | None = None
    retracts: int | None = None
    by: Line
    at: AwareDatetime

    @property
    def place(self) -> str | None:
        """The timecode, behind the part that it is of."""
        return f"{self.part} {self.timecode}" if self.part and self.timecode else self.timecode


class Answer(Noun):
    """`answers/r<N>-<NNNN>.json`: the producer's words on a return, where the film stays as it is.

    Args:
        to_review: number of the return that it answers.
    """

    schema_version: Literal[1] = 1
    submission_id: str
    revision: int
    number: int
    to_review: int
    text: Lines
    by: Line
    at: AwareDatetime


class Stage(StrEnum):
    """How far a revision is; `altered`: what lies there is not what was approved."""

    SENDING = "sending"
    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED_DRAFT = "approved_draft"
    APPROVED = "approved"
    ALTERED = "altered"
    DELIVERING = "delivering"
    READY = "ready"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class Person(StrEnum):
    """Who is to do something."""

    PRODUCER = "producer"
    EDITOR = "editor"
    OPERATOR = "operator"


# what is wanted of whom at each stage; nobody where there is nothing left to do
WANTED: dict[Stage, Person | None] = {
    Stage.SENDING: Person.PRODUCER,
    Stage.DRAFT: Person.EDITOR,
    Stage.SUBMITTED: Person.EDITOR,
    Stage.RETURNED: Person.PRODUCER,
    Stage.APPROVED_DRAFT: Person.PRODUCER,
    Stage.APPROVED: Person.EDITOR,
    Stage.ALTERED: Person.EDITOR,
    Stage.DELIVERING: Person.EDITOR,
    Stage.READY: Person.OPERATOR,
    Stage.ACCEPTED: None,
    Stage.REJECTED: Person.PRODUCER,
    Stage.WITHDRAWN: None,
}


class SubmissionStatus(Noun):
    """Where the newest revision of a submission stands, and who is to move.

    Args:
        delivery: the package of that revision.
        earlier: the package that people may have beside that, behind a newer cut in review or a withdrawal.
        parts: of a course, by its marker.
        duration_s, column: by its marker too; told to nobody.
        c2: what head-ends were told of its packages, the oldest first.
        c2_owed: those that hold a package which was withdrawn, and have yet to be told.
    """

    schema_version: Literal[1] = 1
    prefecture: str
    submission_id: str
    title: str | None
    revision: int
    stage: Stage
    wanted_of: Person | None
    since: datetime | None
    verdict: Verdict | None = None
    reason: str | None = None
    notes: tuple[Review, ...] = ()
    answer: Answer | None = None
    delivery: Delivery | None = None
    earlier: Delivery | None = None
    parts: PartsIn | None = None
    duration_s: Annotated[float | None, Field(exclude=True)] = None
    column: Annotated[str | None, Field(exclude=True)] = None
    c2: tuple[OrderStanding, ...] = ()
    c2_owed: tuple[str, ...] = ()

    @property
    def ref(self) -> SubmissionRef:
        """Which submission it is."""
        return SubmissionRef(self.prefecture, self.submission_id)
