"""Timecodes of notes: the film's own everywhere, as `check` prints them; a player's, which counts from 0, is taken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline import yamlio
from pipeline.errors import InputError, IntegrityError
from pipeline.media.timecode import Clock
from pipeline.model.finding import Report
from pipeline.model.submission import Kind, Submission
from pipeline.policy import evaluate
from pipeline.storage.bounds import MOST_RECORD
from pipeline.storage.inbox import SUBMISSION, RevisionPlace
from pipeline.storage.revision_record import Revision

EXAMPLE_S = 72.4
HALF_A_DAY_S = 12 * 3600.0  # a film of unknown length: further on, a timecode lies before its start


@dataclass(frozen=True)
class ReviewedFilm:
    """How a film counts its pictures, and how long it is; 0 is «not known»."""

    clock: Clock
    length_s: float


@dataclass(frozen=True)
class PlacedNote:
    """A note at the film's timecode; `given` is what was typed where that was a player's."""

    timecode: str
    text: str
    given: str | None = None


def reviewed_films(place: RevisionPlace, revision: Revision, part: str | None = None) -> list[ReviewedFilm]:
    """The films of a revision by what the check found; from 0 at 25 pictures where that can't be read.

    Args:
        part: of a course, whose film is meant.

    Raises:
        InputError: a course of several parts, and no part is named or one that there is not; a film has none.
    """
    marker = revision.marker
    length_s = marker.duration_s if marker else 0.0
    try:
        found = place.reports(draft=revision.submitted is None)
    except IntegrityError:
        found = None
    reports = [item for item in found.reports if item.media] if found else []
    if marker and marker.kind is Kind.COURSE:
        own = _files_of(place, part)
        reports, length_s = [item for item in reports if item.file in own], 0.0
    elif part is not None:
        raise InputError("parts_of_film", where=revision.ref.typed)
    seen = [item for item in reports if item.media and item.media.video]
    if not seen:  # slides and sound become films that count from 0
        return [ReviewedFilm(Clock(), length_s or max(map(duration_of, reports), default=0.0))]
    return [ReviewedFilm(evaluate.clock_of(seen[0]), length_s or duration_of(seen[0]))]


def _files_of(place: RevisionPlace, part: str | None) -> set[str]:
    """The files of a part; of the only one, where none is named."""
    text = place.place.get(SUBMISSION, MOST_RECORD)
    try:
        submission = yamlio.validate(Submission, yamlio.parse((text or b"").decode(), name=SUBMISSION))
    except (InputError, UnicodeDecodeError) as error:
        raise IntegrityError("inbox_differs", where=place.place.where(SUBMISSION), id=place.ref.typed) from error
    known = [item.id for item in submission.course_parts]
    own = part or (known[0] if len(known) == 1 else None)
    if own is None:
        raise InputError("note_part", where=place.ref.typed, known=", ".join(known))
    if own not in known:
        raise InputError("part_unknown", where="--part", part=own, known=", ".join(known))
    return {item.file for item in submission.media if submission.part_of(item) == own}


def duration_of(report: Report) -> float:
    """Seconds of what was checked, by its pictures where they were counted; 0 is «not known»."""
    timeline = report.measures.video.timeline if report.measures else None
    if timeline:
        return timeline.duration_s
    return (report.media.duration_s if report.media else None) or 0.0


def placed(films: Sequence[ReviewedFilm], given: str, text: str) -> PlacedNote:
    """A note at the picture that is meant: the film's own timecode, else a player's from 0.

    Raises:
        InputError: it is none, or no film has such a picture.
    """
    typed = given.strip()
    first = films[0]
    readable = False
    for film in films:
        picture = film.clock.picture(typed)
        readable = readable or picture is not None
        if picture is not None and _is_within(picture / float(film.clock.rate), film):
            return PlacedNote(film.clock.label(picture), text)
    seconds = first.clock.seconds_from_zero(typed)
    if seconds is not None and _is_within(seconds, first):
        return PlacedNote(first.clock.at(seconds), text, typed)
    if not readable and seconds is None:
        raise InputError("timecode_wrong", where=given, example=first.clock.at(EXAMPLE_S), frame_rate=first.clock.base)
    raise InputError("timecode_past_end", where=given, start=first.clock.at(0), end=first.clock.at(first.length_s))


def _is_within(seconds: float, film: ReviewedFilm) -> bool:
    return seconds <= (film.length_s or HALF_A_DAY_S)
