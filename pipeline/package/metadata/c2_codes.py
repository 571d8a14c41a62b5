"""Codes of C2 objects: the same on every machine, and those of two prefectures never the same.

A letter for the kind, the prefecture's six digits, and 24 hex digits of what the object is: 31 characters of [A-Z0-9],
which every dialect takes. A programme's comes from the id, a lesson's from its part's own id, a movie's and a picture's
of a film from revision and profile. In a course they come from the part's id and the file's bytes, so that what is
mended in one part leaves the codes of the others as they were.
"""

from __future__ import annotations

import hashlib

from pipeline.model.c2 import ElementType
from pipeline.model.course import label
from pipeline.model.programme import Programme, ProgrammePart

LENGTH = 31
_LETTERS = {ElementType.SERIES: "S", ElementType.PROGRAM: "P", ElementType.MOVIE: "M", ElementType.PICTURE: "I"}


def series(programme: Programme) -> str:
    """A course."""
    return _code(ElementType.SERIES, programme)


def program(programme: Programme, part: ProgrammePart, definition: str | None = None) -> str:
    """A film or a lesson; with a `definition` the Program of its streams of that one."""
    own = (label(part.key),) if programme.is_course else ()
    return _code(ElementType.PROGRAM, programme, *own, *((definition,) if definition else ()))


def of_file(kind: ElementType, programme: Programme, part: ProgrammePart, profile: str, sha256: str) -> str:
    """A movie or a picture."""
    if programme.is_course:
        return _code(kind, programme, label(part.key), profile, sha256)
    return _code(kind, programme, str(programme.revision), profile)


def _code(kind: ElementType, programme: Programme, *parts: str) -> str:
    told = programme.description
    digest = hashlib.sha256("\n".join((told.prefecture, told.identity, *parts)).encode()).hexdigest()[:24].upper()
    return f"{_LETTERS[kind]}{told.prefecture}{digest}"
