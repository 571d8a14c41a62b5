"""The languages of a film's sound: tracks of the film itself, and files handed in with `role: audio`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from pipeline.errors import MediaError
from pipeline.exchange.parts import FileToCheck
from pipeline.execute.inspection import inspect
from pipeline.execute.job_context import JobContext
from pipeline.model import languages
from pipeline.model.inspection import Inspection
from pipeline.model.inspection_request import AudioTarget, InspectionRequest
from pipeline.model.media import Media
from pipeline.model.submission import Submission
from pipeline.model.track_choice import TrackChoice
from pipeline.plan.spec import AudioSource

UNKNOWN = languages.UNKNOWN
_SAID_BY_PROGRAMS = ("eng",)  # editing programs write it on every export


def file_token(number: int) -> str:
    """What a plan calls the file of sound with this number, from 1."""
    return f"{{in.audio.{number}}}"


def own_language(media: Media, submission: Submission, said: str | None = None) -> str:
    """Of the film's own sound, its first track.

    What is `said` of the file, else the submission's first language, but what the track says of itself where the
    submission names that too, where another track says that it is in the first language, and where nobody said
    anything.
    """
    if said:
        return said
    first = submission.languages[0] if submission.languages else UNKNOWN
    told = (media.audio[0].language if media.audio else None) or UNKNOWN
    if any(track.language == first for track in media.audio[1:]):
        return told
    is_unsaid = "languages" not in submission.model_fields_set and told not in _SAID_BY_PROGRAMS
    return told if told != UNKNOWN and (told in submission.languages or is_unsaid) else first


def further_tracks(
    job: JobContext,
    path: Path,
    film: Inspection,
    language: str,
    targets: Sequence[AudioTarget],
    choice: TrackChoice,
) -> Iterator[tuple[int, AudioSource]]:
    """Every language in a further track of the film, with the track's number from 0, each measured for itself.

    A film without pictures has one language: a lesson of sound alone is one file.

    Raises:
        Refused: the film can't be read.
    """
    line = film.programme
    if line is None:
        return
    span = (line.first_pts_s, line.first_pts_s + line.duration_s)
    for track, spoken in _further_languages(film.media, language):
        request = InspectionRequest(targets=tuple(targets), track=track, span=span, choice=choice)
        found = inspect(job.context, job.executor, path, request)
        yield track, AudioSource(inspection=found, language=spoken)


def with_empty_told(film: Inspection, tracks: Sequence[int]) -> Inspection:
    """The film with further tracks, by their number from 0, that are announced and of which nothing is in the file."""
    if not tracks or film.media is None:
        return film
    from pipeline.inspect import empty

    told = (*film.media.unread, *(empty.unread_of(film.media.audio[track]) for track in tracks))
    return film.model_copy(update={"media": film.media.model_copy(update={"unread": told})})


def from_file(
    job: JobContext,
    file: FileToCheck,
    film: Inspection | None,
    source: tuple[int, str],
    targets: Sequence[AudioTarget],
) -> AudioSource:
    """The sound in a file of its own; `source` is its number among the film's files of sound, from 1, and language.

    Where there is no film, or one without pictures, the whole file is what will be heard.

    Raises:
        Refused: the file can't be read.
    """
    number, language = source
    path, choice = file.path, file.choice
    line = film.programme if film else None
    begins_s, span = 0.0, None
    if film and line:
        if film.start_s:
            whole = inspect(job.context, job.executor, path, InspectionRequest(track=0, choice=choice))
            begins_s = _begins(whole, film)
        span = (begins_s, begins_s + line.duration_s)
    request = InspectionRequest(targets=tuple(targets), track=0, span=span, choice=choice)
    try:
        found = inspect(job.context, job.executor, path, request)
    except MediaError as error:
        if error.key != "no_sound":
            raise
        found = inspect(
            job.context, job.executor, path, InspectionRequest(choice=choice)
        )  # the rules say that there is none
    return AudioSource(inspection=found, language=language, token=file_token(number), begins_s=begins_s)


def _begins(audio: Inspection, film: Inspection) -> float:
    """Where the programme begins in a file of sound: behind the line-up, unless the file is as long as it alone."""
    line = film.programme
    audio_s = (audio.measures.audio.audio_duration_s if audio.measures else None) or 0.0
    if line is None or abs(audio_s - line.duration_s) < abs(audio_s - line.duration_s - film.start_s):
        return 0.0
    return film.start_s


def _further_languages(media: Media, language: str) -> Iterator[tuple[int, str]]:
    """Further tracks that say a language which no track before them has."""
    known = {language, media.audio[0].language if media.audio else None}
    for index, track in enumerate(media.audio):
        if track.language and track.language not in known and track.language != UNKNOWN:
            known.add(track.language)
            yield index, track.language
