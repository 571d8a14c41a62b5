"""What is said of a course as a whole, once its parts were looked at."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.errors import InputError
from pipeline.exchange.intake import Intake
from pipeline.execute import audio_sources
from pipeline.execute.examined_part import ExaminedPart
from pipeline.model.languages import UNKNOWN
from pipeline.model.submission import Role, Submission
from pipeline.policy import course_facts, setting_facts
from pipeline.policy.course_facts import PartLanguages
from pipeline.policy.fact import Fact
from pipeline.policy.setting_facts import Shown

POLICY = "course"


def facts(intake: Intake, parts: Sequence[ExaminedPart]) -> dict[str, tuple[Fact, ...]]:
    """Which parts are not in yet, and what some lack that others have."""
    submission = intake.submission
    missing = [f"{part.id} {submission.part_title(part)}" for part in intake.missing]
    known = [_languages(submission, part) for part in parts if part.part.shown]
    unused = tuple(fact for part in parts if part.part.shown for fact in _unused(part))
    return {**course_facts.facts(missing, known), setting_facts.UNUSED: unused}


def refuse_lost_sound(intake: Intake, parts: Sequence[ExaminedPart]) -> None:
    """Two sounds of one language of which one would not be heard: a lesson of sound alone has nothing else.

    A file beside pictures is meant to take the place of their sound, and that is told.

    Raises:
        InputError: the lesson's own sound and a file with role audio are in one language.
    """
    for part in parts:
        main, film = part.part.main, part.film
        if main is None or film is None or film.media.video or not film.media.audio:
            continue
        own = audio_sources.own_language(film.media, intake.submission, main.language)
        for dub in part.part.of_role(Role.AUDIO):
            if dub.language == own:
                raise InputError("language_twice", where=intake.shown, language=own, files=f"{main.file}, {dub.file}")


def is_judged(submission: Submission) -> bool:
    """Whether there is something to say of it as a whole."""
    return bool(submission.parts) or len(submission.course_parts) > 1


def _unused(part: ExaminedPart) -> Sequence[Fact]:
    """Settings of a part that change nothing; of one whose main file can't be read nobody knows."""
    given, told = part.part, part.part.part
    if told is None or (given.main and part.film is None):
        return ()
    has_pictures = part.film is not None and bool(part.film.media.video)
    has_times = part.times is not None or bool(given.of_role(Role.SLIDE_TIMES))
    shown = Shown(given.main is not None, has_pictures, bool(given.of_role(Role.SLIDES)), has_times)
    return setting_facts.unused(told, shown)


def _languages(submission: Submission, part: ExaminedPart) -> PartLanguages:
    sound = {item.language for item in part.audio}
    main = part.part.main
    if part.film and part.film.media.audio:
        sound.add(audio_sources.own_language(part.film.media, submission, main.language if main else None))
    return PartLanguages(
        str(part.part.key),
        sorted(sound - {UNKNOWN}),
        sorted(text.track.language for text in part.subtitles),
    )
