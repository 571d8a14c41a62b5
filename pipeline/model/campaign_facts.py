"""What the store knows of one film of a season, whatever anybody says of it."""

from __future__ import annotations

from typing import Annotated

from pydantic import AwareDatetime, Field

from pipeline.model.base import Noun
from pipeline.model.inbox import Person, Stage
from pipeline.model.reference import SubmissionRef


class FilmFacts(Noun):
    """One submission, as the store had it at the end of the day that is looked at.

    Args:
        column: the name that the vocabulary has for it, where it is known.
        column_written: what the submission calls it, where no vocabulary knows that.
        wanted_of: who is to move, by its stage.
        draft_at, submitted_at: when the first draft and the first master were there.
        approved_at: when the master that counts was approved; None where none is, or a newer cut waits.
        taken_over_at: when the operator accepted the package that counts.
        returned_at, withdrawn_at: when it was returned or withdrawn, where it still is.
        reason: why, where it is returned, rejected or withdrawn.
        duration_s: by its marker.
        on_air: when it begins in its first slot of the order that is published; None without one.
        film_end, on_air_end: when the film is over there, and when that slot is.
    """

    prefecture: str
    submission_id: str
    title: str | None = None
    column: str | None = None
    column_written: str | None = None
    stage: Stage
    wanted_of: Person | None = None
    draft_at: AwareDatetime | None = None
    submitted_at: AwareDatetime | None = None
    approved_at: AwareDatetime | None = None
    taken_over_at: AwareDatetime | None = None
    returned_at: AwareDatetime | None = None
    withdrawn_at: AwareDatetime | None = None
    reason: str | None = None
    duration_s: Annotated[float | None, Field(allow_inf_nan=False)] = None
    on_air: AwareDatetime | None = None
    film_end: AwareDatetime | None = None
    on_air_end: AwareDatetime | None = None

    @property
    def ref(self) -> SubmissionRef:
        """Which submission it is."""
        return SubmissionRef(self.prefecture, self.submission_id)
