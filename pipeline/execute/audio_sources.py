"""The languages of a film's sound: tracks of the film itself, and files handed in with `role: audio`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from pipeline.execute import inspection
from pipeline.execute.context import Context
from pipeline.execute.intake import LanguageFile
from pipeline.inspect.film import Target
from pipeline.model.inspection import Inspection, Media
from pipeline.plan.spec import MAIN, POSTER_INPUT, Dub


def further_audio(
    context: Context,
    film: Path,
    measured: Inspection,
    language: str,
    sounds: Sequence[LanguageFile],
    targets: Sequence[Target],
) -> tuple[Dub, ...]:
    """Every language beside the film's first track, each measured for itself.

    A film without pictures has one language: a lesson of sound alone is one file.

    Raises:
        Refused: a file can't be read.
    """
    line = measured.programme
    if line is None:
        return ()
    dubs = []
    for track, spoken in _tracks(measured.media, language):
        span = (line.first_pts_s, line.first_pts_s + line.duration_s)
        heard = inspection.inspect(context, film, targets, track=track, span=span)
        dubs.append(Dub(heard, spoken, MAIN))
    for number, sound in enumerate(sounds, start=1):
        begins_s = _begins(inspection.inspect(context, sound.path, (), track=0), measured) if measured.start_s else 0.0
        span = (begins_s, begins_s + line.duration_s)
        heard = inspection.inspect(context, sound.path, targets, track=0, span=span)
        dubs.append(Dub(heard, sound.language, f"{{in.audio.{number}}}", begins_s))
    return tuple(dubs)


def _begins(sound: Inspection, film: Inspection) -> float:
    """Where the programme begins in a file of sound: behind the line-up, unless the file is as long as it alone."""
    line = film.programme
    heard_s = (sound.measures.audio.audio_duration_s if sound.measures else None) or 0.0
    if line is None or abs(heard_s - line.duration_s) < abs(heard_s - line.duration_s - film.start_s):
        return 0.0
    return film.start_s


def with_audio_file(
    context: Context, measured: Inspection, sounds: Sequence[LanguageFile], targets: Sequence[Target]
) -> Inspection:
    """The film as it will be heard, for the rules: one without sound has that of its first file.

    Raises:
        Refused: the file can't be read.
    """
    if measured.media.audio or not sounds or measured.measures is None:
        return measured
    heard = inspection.inspect(context, sounds[0].path, targets, track=0)
    if heard.measures is None:
        return measured
    return measured.model_copy(
        update={
            "media": measured.media.model_copy(update={"audio": heard.media.audio}),
            "measures": measured.measures.model_copy(update={"audio": heard.measures.audio}),
        }
    )


def input_paths(film: Path, sounds: Sequence[LanguageFile], poster: Path | None = None) -> dict[str, Path]:
    """What the tokens of a plan's inputs stand for."""
    heard = {f"{{in.audio.{number}}}": sound.path for number, sound in enumerate(sounds, start=1)}
    return {MAIN: film, **heard, **({POSTER_INPUT: poster} if poster else {})}


def _tracks(media: Media, language: str) -> Iterator[tuple[int, str]]:
    """Further tracks that say a language which no track before them has."""
    known = {language, media.audio[0].language if media.audio else None}
    for index, track in enumerate(media.audio):
        if track.language and track.language not in known and track.language != "und":
            known.add(track.language)
            yield index, track.language
