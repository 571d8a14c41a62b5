"""What is found out of a submission before anything is made: every file once, each by its role."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.catalogue import Language
from pipeline.errors import Refused
from pipeline.exchange.intake import Intake
from pipeline.exchange.parts import FileToCheck
from pipeline.execute import course_check, submission_check
from pipeline.execute.context import Context
from pipeline.execute.document_roles import ExaminedSlides, ExaminedSlideTimes
from pipeline.execute.examined_part import CheckedFile, ExaminedPart, audio_files
from pipeline.execute.job_context import JobContext
from pipeline.execute.part_to_examine import ExaminedFile, PartToExamine
from pipeline.execute.roles import ROLES, ExaminedFilm, ExaminedPoster
from pipeline.model.finding import Report, ReportedFinding, Severity, Verdict, worst
from pipeline.model.submission import Role
from pipeline.plan.spec import AudioSource
from pipeline.policy import evaluate

MOST_PICTURES = 60


@dataclass(frozen=True)
class Examination:
    """All that was found out of a submission, and what its policies say.

    Args:
        whole: the files of a whole course.
        itself: what is said of the submission as such.
    """

    intake: Intake
    parts: tuple[ExaminedPart, ...]
    whole: ExaminedPart | None = None
    itself: CheckedFile | None = None

    @property
    def files(self) -> tuple[CheckedFile, ...]:
        """Every file, part by part and the film first, then what is the whole course's and the submission's own."""
        whole = self.whole.files if self.whole else ()
        itself = (self.itself,) if self.itself else ()
        return (*(file for part in self.parts for file in part.files), *whole, *itself)

    @property
    def verdict(self) -> Verdict:
        return worst(item.evaluation.verdict for item in self.files)

    @property
    def refused(self) -> Refused | None:
        """Why the first file that could not be read was not."""
        return next((item.refused for item in self.files if item.refused), None)

    @property
    def exit_code(self) -> int:
        """The highest of 4 (a file can't be read), 1 (a reject), 0."""
        return max(item.exit_code for item in self.files)

    def reports(self, language: Language) -> tuple[Report, ...]:
        """What the rules say of every file, in the reader's words."""
        return tuple(item.report(language) for item in self.files)

    def errors(self, language: Language) -> list[ReportedFinding]:
        """What keeps a submission from being taken, in the reader's words."""
        found = (finding for report in self.reports(language) for finding in report.findings)
        return [finding for finding in found if finding.severity is Severity.ERROR]

    def as_master(self) -> Examination:
        """A rough cut held to what a finished film is held to; no file is read again."""
        masters = [_judged(replace(part.examined, draft=False), part.found) for part in self.parts]
        whole = self.whole and _judged(replace(self.whole.examined, draft=False), self.whole.found)
        return replace(self, parts=tuple(masters), whole=whole)


def examine(job: JobContext, intake: Intake, *, draft: bool = False) -> Examination:
    """Inspect every file of a submission once and hold it to its policy; one that can't be read has a finding too.

    Raises:
        InputError: a file is not there, or one of two sounds in a language would not be heard. EnvironmentFault: this
            machine can't do it now.
    """
    parts = tuple(_examine_part(PartToExamine(job, part, intake.submission, draft)) for part in intake.parts)
    course_check.refuse_lost_sound(intake, parts)
    whole = _examine_part(PartToExamine(job, intake.whole, intake.submission, draft)) if intake.whole else None
    judged = submission_check.judge(intake, parts, job.rule_sets)
    return Examination(intake, parts, whole, CheckedFile(None, *judged, None) if judged else None)


def _examine_part(part: PartToExamine) -> ExaminedPart:
    found: dict[FileToCheck, ExaminedFile | Refused] = {}
    for role, row in ROLES.items():
        for file in (item for item in part.part.files if item.role is role):
            try:
                found[file] = row.inspect(part, file)
            except Refused as refused:
                found[file] = refused
            part = _knowing(part, found[file])
    return _judged(part, found)


def _knowing(part: PartToExamine, found: ExaminedFile | Refused) -> PartToExamine:
    """The part with what was found, as far as other files are held against it."""
    match found:
        case ExaminedFilm():
            return replace(part, film=found)
        case ExaminedSlideTimes():
            return replace(part, times=found.times)
        case ExaminedSlides():
            return replace(part, deck=part.deck or found.deck, times=part.times or found.times)
        case ExaminedPoster():
            return replace(part, posters=(*part.posters, found))
    return part


def _judged(part: PartToExamine, found: Mapping[FileToCheck, ExaminedFile | Refused]) -> ExaminedPart:
    audio = audio_files(found)
    return ExaminedPart(part, found, tuple(_checked(part, file, found[file], audio) for file in part.part.files))


def _checked(
    part: PartToExamine, file: FileToCheck, found: ExaminedFile | Refused, audio: tuple[AudioSource, ...]
) -> CheckedFile:
    row = ROLES[file.role]
    if isinstance(found, Refused):
        policy = row.policy(part, None)
        return CheckedFile(file, policy, evaluate.refuse(found, policy), None, found)
    policy = row.policy(part, found.inspection)
    return CheckedFile(file, policy, found.evaluate(policy, part, audio), found)


def finding_pictures(context: Context, checked: CheckedFile) -> dict[int, bytes]:
    """A small JPEG for each finding that has a place, by the finding's number; the first ones of very many."""
    from pipeline.ffmpeg.runner import Runner
    from pipeline.ffmpeg.source import Source
    from pipeline.inspect.thumbnails import thumbnail

    inspection = checked.inspection
    if inspection is None or not inspection.media.video or checked.file is None or checked.file.role is not Role.MAIN:
        return {}
    placed = [(number, item) for number, item in enumerate(checked.evaluation.findings) if item.start_s is not None]
    found = {}
    stretches = inspection.measures.video.picture_stretches if inspection.measures else ()
    source = Source(checked.file.path, inspection.format, inspection.media, stretches)
    with tempfile.TemporaryDirectory(prefix="showcase-") as folder:
        runner = Runner(context.ffmpeg, Path(folder), Path(folder) / "thumbnail.log")
        for number, item in placed[:MOST_PICTURES]:
            middle = (item.start_s or 0.0) + min(1.0, ((item.end_s or 0.0) - (item.start_s or 0.0)) / 2)
            picture = thumbnail(source, middle, runner)
            if picture:
                found[number] = picture
    return found
