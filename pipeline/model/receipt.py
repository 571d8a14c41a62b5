"""What an operator took over, or did not: a row of a receipt, from records that never change."""

from __future__ import annotations

from typing import Literal

from pydantic import AwareDatetime

from pipeline.model.base import Noun
from pipeline.model.delivery import Decision, RejectionCode
from pipeline.model.reference import SubmissionRef
from pipeline.model.text import Line


class Receipt(Noun):
    """An answered package.

    Args:
        manifest_sha256: of its package.json, by which every byte of it is known.
        ready_at: when its marker was put, by the store's clock.
        answered_at: when the answer that counts was given.
        by: who signed it; None in records of earlier versions.
        withdrawn_at: when the editor ended it since, where that stands.
    """

    schema_version: Literal[1] = 1
    prefecture: str
    submission_id: str
    title: str
    revision: int
    package_id: str
    manifest_sha256: str
    ready_at: AwareDatetime | None
    decision: Decision
    answered_at: AwareDatetime
    by: Line | None
    code: RejectionCode | None
    reason: str | None
    withdrawn_at: AwareDatetime | None

    @property
    def ref(self) -> SubmissionRef:
        """The submission that it is of."""
        return SubmissionRef(self.prefecture, self.submission_id)
