"""A part on its way through its roles' rows: what they get to know of it, and what each gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from pipeline.exchange.parts import IntakePart
from pipeline.execute.job_context import JobContext
from pipeline.model.deck import Deck, SlideTimes
from pipeline.model.finding import Evaluation, Policy
from pipeline.model.inspection import Inspection
from pipeline.model.submission import Kind, Submission
from pipeline.plan.spec import AudioSource

if TYPE_CHECKING:
    from pipeline.execute.roles import ExaminedFilm, ExaminedPoster


@dataclass(frozen=True)
class PartToExamine:
    """One part on its way: what the roles' rows get to know of it.

    Args:
        submission: that it is a part of.
        draft: a rough cut is told what is wrong, not rejected for it.
        film: what was found out of the part's main file; None before that, and where it can't be read.
        times: when its slides turn; None where nobody says it.
        deck: its slides' pages; None where there are none that can be shown.
        posters: those that were looked at.
    """

    job: JobContext
    part: IntakePart
    submission: Submission
    draft: bool = False
    film: ExaminedFilm | None = None
    times: SlideTimes | None = None
    deck: Deck | None = None
    posters: tuple[ExaminedPoster, ...] = ()

    @property
    def kind(self) -> Kind:
        return self.submission.kind

    @property
    def is_sound_alone(self) -> bool:
        """Whether its main file has sound and no pictures."""
        return self.film is not None and not self.film.inspection.media.video


class ExaminedFile(Protocol):
    """What was found out of a file, whatever its role."""

    @property
    def inspection(self) -> Inspection | None:
        """What was measured of it, where it was."""

    def evaluate(self, policy: Policy, part: PartToExamine, audio: tuple[AudioSource, ...]) -> Evaluation:
        """What the policy says of it; `audio` are the part's files of sound."""
