"""What was found of one file, and of one part of a submission: what `check` tells and a plan is made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline import wording
from pipeline.catalogue import Language
from pipeline.errors import Refused, Unsuitable
from pipeline.exchange.parts import FileToCheck, IntakePart
from pipeline.execute.document_roles import ExaminedDocument, ExaminedSlides
from pipeline.execute.part_to_examine import ExaminedFile, PartToExamine
from pipeline.execute.roles import ExaminedAudio, ExaminedFilm, ExaminedSubtitles
from pipeline.execute.rule_sets import RuleSet
from pipeline.execute.subtitle_files import SubtitleFile
from pipeline.model.course import PartKey
from pipeline.model.deck import Deck, SlideTimes, Turn
from pipeline.model.finding import Evaluation, Policy, Report, Verdict
from pipeline.model.inspection import Inspection
from pipeline.model.submission import Kind
from pipeline.plan import posters
from pipeline.plan.posters import Posters
from pipeline.plan.spec import AudioSource

SUBMISSION = "submission.yaml"


@dataclass(frozen=True)
class CheckedFile:
    """A file that was looked at and held to its policy.

    Args:
        file: None is the submission itself.
        found: what is in it; None where it could not be read, and then `refused` says why.
    """

    file: FileToCheck | None
    policy: Policy
    evaluation: Evaluation
    found: ExaminedFile | None
    refused: Refused | None = None

    @property
    def inspection(self) -> Inspection | None:
        return self.found.inspection if self.found else None

    @property
    def name(self) -> str:
        """The file's name in the submission, or the submission's own."""
        return self.file.file if self.file else SUBMISSION

    @property
    def part(self) -> PartKey | None:
        """Of what part it is; None is the whole course's."""
        return self.file.part if self.file else None

    @property
    def exit_code(self) -> int:
        """4 for what can't be read, 1 for a reject and for what can't be made right, else 0."""
        if self.refused and not isinstance(self.refused, Unsuitable):
            return self.refused.exit_code
        return 1 if self.evaluation.verdict is Verdict.REJECT else 0

    def report(self, language: Language, shown: str | None = None) -> Report:
        """In the reader's words; the file goes by its name in the submission unless it is `shown` otherwise."""
        return wording.report(self.evaluation, file=shown or self.name, language=language)


@dataclass(frozen=True)
class ExaminedPart:
    """A film, or one lesson of a course, with all its files; the film is the first.

    Args:
        examined: what was asked for, with the film that was found.
        found: what is in each file, or why it can't be read.
    """

    examined: PartToExamine
    found: Mapping[FileToCheck, ExaminedFile | Refused]
    files: tuple[CheckedFile, ...]

    @property
    def part(self) -> IntakePart:
        return self.examined.part

    @property
    def rules(self) -> RuleSet:
        """What holds for it, by what is in it."""
        return self.examined.job.rule_sets.rules_for(self.examined.kind, self.film, is_drawn=self.is_drawn)

    @property
    def is_drawn(self) -> bool:
        """Whether its pictures are slides, or the one that was handed in for a sound."""
        if self.examined.kind is Kind.FILM or (self.film and self.film.media.video):
            return False
        return self.slides is not None or (self.film is not None and self.posters.first is not None)

    @property
    def slides(self) -> Deck | None:
        """The pages of its slides."""
        return self.examined.deck

    @property
    def times(self) -> SlideTimes | None:
        """When they turn; None where nobody says it. Of bad ones that were accepted, what can be shown."""
        times, pages = self.examined.times, len(self.slides.pages) if self.slides else 0
        if times is None:
            return None
        turns: list[Turn] = []
        for turn in times.counted(pages).turns:
            if 1 <= turn.page <= pages and (not turns or turn.start_s > turns[-1].start_s):
                turns.append(turn)
        return times.model_copy(update={"turns": tuple(turns)}) if turns else None

    @property
    def documents(self) -> tuple[ExaminedDocument | ExaminedSlides, ...]:
        """What is delivered as it came."""
        return tuple(item.found for item in self.files if isinstance(item.found, ExaminedDocument | ExaminedSlides))

    @property
    def film(self) -> Inspection | None:
        """None where the film could not be read, or the part is no film."""
        return self._main.inspection if self._main else None

    @property
    def _main(self) -> ExaminedFilm | None:
        return next((item for item in self.found.values() if isinstance(item, ExaminedFilm)), None)

    @property
    def audio(self) -> tuple[AudioSource, ...]:
        """Every language beside the film's own sound: further tracks, then files."""
        return (*self.further_audio, *audio_files(self.found)) if self._main else ()

    @property
    def further_audio(self) -> tuple[AudioSource, ...]:
        """The film's own further tracks in other languages."""
        return tuple(source for _, source in self._main.further) if self._main else ()

    @property
    def subtitles(self) -> tuple[SubtitleFile, ...]:
        return tuple(item.found.text for item in self.files if isinstance(item.found, ExaminedSubtitles))

    @property
    def posters(self) -> Posters:
        return posters.by_shape(item.inspection for item in self.examined.posters)


def audio_files(found: Mapping[FileToCheck, ExaminedFile | Refused]) -> tuple[AudioSource, ...]:
    return tuple(item.source for item in found.values() if isinstance(item, ExaminedAudio))
