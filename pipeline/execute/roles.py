"""How the files of a submission are examined: one row a role, and what each row finds out of a file.

A new role is a row here, its limits in `model.submission`, what reads it in `inspect`, and its facts in `policy`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import Unsuitable
from pipeline.exchange.parts import FileToCheck, IntakePart
from pipeline.execute import audio_sources, document_roles, endings, part_length, subtitle_files
from pipeline.execute.endings import FileKind
from pipeline.execute.inspection import inspect, inspect_poster
from pipeline.execute.part_to_examine import ExaminedFile, PartToExamine
from pipeline.execute.rule_sets import DRAFT_POLICY
from pipeline.execute.subtitle_files import SubtitleFile
from pipeline.media.track_shape import is_portrait
from pipeline.model.finding import Evaluation, Finding, Policy
from pipeline.model.inspection import Inspection
from pipeline.model.inspection_request import InspectionRequest
from pipeline.model.submission import Kind, Role
from pipeline.plan.spec import AudioSource
from pipeline.policy import course_facts, dub_facts, evaluate, generated_facts
from pipeline.policy.fact import Fact
from pipeline.policy.facts import AUDIO_FACTS, WRONG_ENDING

SUBTITLE_POLICY, POSTER_POLICY, DOCUMENT_POLICY, SLIDES_POLICY = "subtitles", "poster", "documents", "slides"


@dataclass(frozen=True)
class ExaminedFilm:
    """The film, and its tracks in other languages by their number from 0."""

    inspection: Inspection
    further: tuple[tuple[int, AudioSource], ...] = ()

    def evaluate(self, policy: Policy, part: PartToExamine, audio: tuple[AudioSource, ...]) -> Evaluation:
        """The film as it will be heard, then each further language by the rules on sound."""
        sound_alone = part.kind is Kind.COURSE and part.is_sound_alone and not _shows(part.part)
        main = part.part.main
        table = {
            course_facts.SOUND_ALONE: (Fact(sound_alone),),
            WRONG_ENDING: _wrong_ending(main.path) if main else (),
            **_labels(part, self.inspection, is_main=True),
        }
        found = evaluate.judge(_with_audio_of(self.inspection, audio), policy, table)
        rules = _audio_policy(part)
        others = [
            finding.model_copy(update={"track": _of_track(finding, track)})
            for track, source in self.further
            for finding in evaluate.judge(source.inspection, rules).findings
        ]
        if not others:
            return found
        return found.model_copy(update={"findings": evaluate.in_order((*found.findings, *others))})


@dataclass(frozen=True)
class ExaminedAudio:
    """A file of sound in one language."""

    source: AudioSource
    path: Path

    @property
    def inspection(self) -> Inspection:
        return self.source.inspection

    def evaluate(self, policy: Policy, part: PartToExamine, audio: tuple[AudioSource, ...]) -> Evaluation:
        """The file by the rules on sound, and beside its film or lesson."""
        table = {
            **part_length.of_dub(part, self.source, audio),
            **_replacing(part, self.source.language),
            **_labels(part, self.inspection),
        }
        return evaluate.judge(self.inspection, policy, {**table, WRONG_ENDING: _wrong_ending(self.path)})


@dataclass(frozen=True)
class ExaminedSubtitles:
    """A file of subtitles, held against what it goes with where that is there."""

    text: SubtitleFile
    inspection: None = None

    def evaluate(self, policy: Policy, part: PartToExamine, audio: tuple[AudioSource, ...]) -> Evaluation:
        """Cue by cue."""
        return subtitle_files.judge(self.text, policy, part_length.shown_s(part, audio))


@dataclass(frozen=True)
class ExaminedPoster:
    """A still that was handed in; `file` is its name in the submission."""

    inspection: Inspection
    file: str

    @property
    def is_portrait(self) -> bool:
        """Whether it is shown higher than wide."""
        return is_portrait(self.inspection.media.images[0])

    def evaluate(self, policy: Policy, part: PartToExamine, audio: tuple[AudioSource, ...]) -> Evaluation:  # noqa: ARG002 - a row's own need
        """The picture by its rules."""
        return evaluate.judge(self.inspection, policy, _labels(part, self.inspection))


@dataclass(frozen=True)
class RoleRow:
    """How files of one role are examined.

    Args:
        inspect: finds out what is in a file; raises Refused where it can't be read.
        policy: what it is held to, by what was found (None: it can't be read).
    """

    inspect: Callable[[PartToExamine, FileToCheck], ExaminedFile]
    policy: Callable[[PartToExamine, Inspection | None], Policy]


def _inspect_film(part: PartToExamine, file: FileToCheck) -> ExaminedFilm:
    targets = part.job.rule_sets.targets(part.kind)
    chapters = part.kind is Kind.COURSE  # of a film there are none to jump to
    request = InspectionRequest(targets=targets, trim_line_up=file.trim_line_up, choice=file.choice, chapters=chapters)
    found = inspect(part.job.context, part.job.executor, file.path, request)
    language = audio_sources.own_language(found.media, part.submission, file.language)
    further = tuple(audio_sources.further_tracks(part.job, file.path, found, language, targets, file.choice))
    found = audio_sources.with_empty_told(found, [track for track, source in further if not source.has_sound])
    return ExaminedFilm(found, tuple(item for item in further if item[1].has_sound))


def _inspect_audio(part: PartToExamine, file: FileToCheck) -> ExaminedAudio:
    number = part.part.of_role(Role.AUDIO).index(file) + 1
    film = part.film.inspection if part.film else None
    targets = part.job.rule_sets.targets(part.kind)
    given = (number, file.language or audio_sources.UNKNOWN)
    return ExaminedAudio(audio_sources.from_file(part.job, file, film, given, targets), file.path)


def _wrong_ending(path: Path) -> tuple[Fact, ...]:
    """The ending of a film's or sound's name that other kinds of files have; nothing of one that is not known."""
    is_other = endings.kind_of(path) not in (FileKind.FILM, FileKind.SOUND, FileKind.UNKNOWN)
    return (Fact(path.suffix),) if is_other else ()


def _inspect_subtitles(part: PartToExamine, file: FileToCheck) -> ExaminedSubtitles:
    return ExaminedSubtitles(subtitle_files.read(file, part.film.inspection if part.film else None))


def _inspect_poster(part: PartToExamine, file: FileToCheck) -> ExaminedPoster:
    found = ExaminedPoster(inspect_poster(part.job.context, file.path), file.file)
    for other in part.posters:
        if other.is_portrait == found.is_portrait:
            reason = "two_portrait_posters" if found.is_portrait else "two_landscape_posters"
            raise Unsuitable("poster.shape_twice", where=str(file.path), reason=reason, what=other.file)
    return found


def _film_policy(part: PartToExamine, found: Inspection | None) -> Policy:
    """Of a rough cut the film's, which asks for pictures; a lesson that is only heard is held to its own."""
    rule_sets = part.job.rule_sets
    own = rule_sets.rules_for(part.kind, found)
    if not part.draft:
        return own.policy
    return own.policy.milder() if own is rule_sets.lesson else rule_sets.policy(DRAFT_POLICY)


def _audio_policy(part: PartToExamine, _: Inspection | None = None) -> Policy:
    """The film policy's rules on sound; of a rough cut what is wrong is told."""
    policy = part.job.rule_sets.film.policy.on_facts(AUDIO_FACTS)
    return policy.milder() if part.draft else policy


def _named(name: str) -> Callable[[PartToExamine, Inspection | None], Policy]:
    return lambda part, _: part.job.rule_sets.policy(name)


# the film first: the others are held against it
ROLES: dict[Role, RoleRow] = {
    Role.MAIN: RoleRow(_inspect_film, _film_policy),
    Role.AUDIO: RoleRow(_inspect_audio, _audio_policy),
    Role.SUBTITLES: RoleRow(_inspect_subtitles, _named(SUBTITLE_POLICY)),
    Role.POSTER: RoleRow(_inspect_poster, _named(POSTER_POLICY)),
    Role.SLIDE_TIMES: RoleRow(document_roles.inspect_slide_times, _named(SLIDES_POLICY)),
    Role.SLIDES: RoleRow(document_roles.inspect_slides, _named(SLIDES_POLICY)),
    Role.DOCUMENT: RoleRow(document_roles.inspect_document, _named(DOCUMENT_POLICY)),
}


def _with_audio_of(film: Inspection, audio: tuple[AudioSource, ...]) -> Inspection:
    """The film as it will be heard, for the rules: one without sound has that of its first file."""
    main_audio = audio[0].inspection if audio else None
    if film.media.audio or film.measures is None or main_audio is None or main_audio.measures is None:
        return film
    return film.model_copy(
        update={
            "media": film.media.model_copy(update={"audio": main_audio.media.audio}),
            "measures": film.measures.model_copy(update={"audio": main_audio.measures.audio}),
        }
    )


def _replacing(part: PartToExamine, language: str) -> evaluate.FactsByName:
    """The film's own sound that is not heard since a file is in its language."""
    film, main = part.film, part.part.main
    if film is None or main is None or not film.inspection.media.audio:
        return {}
    own = audio_sources.own_language(film.inspection.media, part.submission, main.language)
    known = (own, *(source.language for _, source in film.further))
    return dub_facts.of_language(language, main.file) if language in known else {}


def _labels(part: PartToExamine, found: Inspection, *, is_main: bool = False) -> evaluate.FactsByName:
    """The file's labels of generated content, and what the submission declares."""
    return generated_facts.of_file(found.generated_labels, part.submission.generated, is_main=is_main)


def _shows(part: IntakePart) -> bool:
    """Whether there is something to be seen while a sound is heard."""
    return bool(part.of_role(Role.SLIDES) or part.of_role(Role.POSTER))


def _of_track(finding: Finding, track: int) -> str | None:
    """Where a further track's finding is: measured alone it was `audio:0`."""
    return finding.track and finding.track.replace("audio:0", f"audio:{track}", 1)
