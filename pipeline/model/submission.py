"""What a producer hands in (DESIGN section 3)."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from pipeline.model.base import Noun, canonical
from pipeline.model.course import MOST_PARTS, CoursePart, PartId, Title, label, numbered
from pipeline.model.generated import Declaration
from pipeline.model.languages import SpokenLanguage
from pipeline.model.metadata import (
    OMITTED,
    OMITTED_DEFAULT,
    Country,
    Credits,
    Episode,
    Keywords,
    Licence,
    Rating,
    SearchNames,
    ShortLine,
    ShortLines,
    ShortSynopsis,
    ShortTitle,
    Synopsis,
    Year,
)
from pipeline.model.region import REGION, Prefecture
from pipeline.model.text import Line, Lines, RelativePath, is_shown, printable
from pipeline.model.track_choice import NOTHING_SAID, Channels, TrackChoice

ID_LENGTH = 24


class Role(StrEnum):
    """What a file is for."""

    MAIN = "main"
    AUDIO = "audio"
    SUBTITLES = "subtitles"
    POSTER = "poster"
    DOCUMENT = "document"
    SLIDES = "slides"
    SLIDE_TIMES = "slide_times"
    TRAILER = "trailer"


@dataclass(frozen=True)
class RoleLimits:
    """How files of a role may stand beside a film, or in a part of a course.

    Args:
        in_language: each is in a language of its own.
        most: so many at most.
        of_courses: films have none.
        of_whole: a course may have some that are no part's.
    """

    in_language: bool = False
    most: int | None = None
    of_courses: bool = False
    of_whole: bool = False


# what may go with the main file, in the order in which it is looked at; trailers are not taken
BESIDE_A_FILM: dict[Role, RoleLimits] = {
    Role.AUDIO: RoleLimits(in_language=True),
    Role.SUBTITLES: RoleLimits(in_language=True),
    Role.POSTER: RoleLimits(most=2, of_whole=True),  # one landscape, one portrait: seen when they are inspected
    Role.SLIDES: RoleLimits(most=2, of_courses=True),  # a PDF, and the PPTX that it was made of
    Role.SLIDE_TIMES: RoleLimits(most=1, of_courses=True),
    Role.DOCUMENT: RoleLimits(of_courses=True, of_whole=True),
}
SHOWN = (Role.MAIN, Role.SLIDES)  # a part that has one of these can be shown


class Kind(StrEnum):
    """Film or course."""

    FILM = "film"
    COURSE = "course"


SubmissionId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=ID_LENGTH)]


class MediaFile(Noun):
    """One file of a submission; `file` is relative to the submission's folder, `title` is a part's of a course.

    `trim_line_up` leaves out the bars, tone and black in front of the programme. `programme` and `channels` say of its
    tracks what the file does not (`TrackChoice`). `part` is the id of the part that it belongs to. These are left out
    of the JSON that names a package while unsaid.
    """

    file: RelativePath
    role: Role
    language: SpokenLanguage | None = None
    title: Line | None = None
    trim_line_up: bool = False
    programme: Annotated[int | None, Field(ge=0, le=65535, exclude_if=lambda value: value is None)] = None
    channels: Annotated[Channels | None, Field(exclude_if=lambda value: value is None)] = None
    part: Annotated[PartId | None, Field(exclude_if=lambda value: value is None)] = None

    @property
    def choice(self) -> TrackChoice:
        """What is said of its tracks."""
        return TrackChoice(programme=self.programme, channels=self.channels)


class Submission(Noun):
    """`submission.yaml`.

    Args:
        column, genre, country: names or words of the vocabularies (`profiles/vocabulary/`).
        episode: its number in a row of films that belong together.
        air_date: when it was shown first, or will be.
        produced: when it was finished.
        search: what viewers type for it, where the title's pinyin is not right.
    """

    schema_version: Literal[1]
    id: SubmissionId | None = None
    title: Line | Title
    kind: Kind = Kind.FILM
    prefecture: Prefecture = REGION
    column: Line | None = None
    languages: tuple[SpokenLanguage, ...] = ("zho",)
    synopsis: Lines | Synopsis | None = None
    credits: Credits = Credits()
    licence: Licence | None = None
    short_title: Annotated[ShortLine | ShortTitle | None, OMITTED] = None
    short_synopsis: Annotated[ShortLines | ShortSynopsis | None, OMITTED] = None
    genre: Annotated[Line | None, OMITTED] = None
    country: Annotated[Country | None, OMITTED] = None
    year: Annotated[Year | None, OMITTED] = None
    rating: Annotated[Rating | None, OMITTED] = None
    keywords: Keywords = ()
    episode: Annotated[Episode | None, OMITTED] = None
    air_date: Annotated[date | None, OMITTED] = None
    produced: Annotated[date | None, OMITTED] = None
    search: Annotated[SearchNames, OMITTED_DEFAULT] = SearchNames()
    generated: Annotated[Declaration | None, OMITTED] = None
    parts: Annotated[tuple[CoursePart, ...], Field(max_length=MOST_PARTS, exclude_if=lambda value: not value)] = ()
    media: Annotated[tuple[MediaFile, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _shown(self) -> Self:
        if self.kind is Kind.FILM and len(self.mains) != 1:
            raise PydanticCustomError("one_main", "a film has exactly one file with role main")
        if not any(item.role in SHOWN for item in self.media):
            raise PydanticCustomError("nothing_shown", "a course has a file with role main or slides")
        if len(self.course_parts) > MOST_PARTS:
            raise PydanticCustomError("most_parts", "a course has at most 99 parts")
        labels = [label(part.id) for part in self.course_parts]
        if len(set(labels)) != len(labels):
            raise PydanticCustomError("part_id_once", "two parts have one id (1 and 01 are one)")
        self._refuse_twice()
        return self

    def _refuse_twice(self) -> None:
        """Let each file be named once; `at` is the second's place.

        Raises:
            PydanticCustomError: one is named again, also as a hand-out of the slides that it is, or in a name that many
                systems take for the same (é as one character and as two).
        """
        seen: dict[str, MediaFile] = {}
        for index, item in enumerate(self.media):
            first = seen.setdefault(unicodedata.normalize("NFC", item.file), item)
            if first is item:
                continue
            known = {"file": item.file, "at": ("media", index, "file")}
            if first.file != item.file:
                raise PydanticCustomError("media_alike", "«{file}» is the same name as one above", known)
            if {first.role, item.role} == {Role.SLIDES, Role.DOCUMENT}:
                raise PydanticCustomError("slides_once", "«{file}» is named as slides and as document", known)
            raise PydanticCustomError("media_once", "«{file}» is named twice", known)

    @property
    def title_zh(self) -> str:
        return self.title if isinstance(self.title, str) else self.title.zh

    @property
    def full_title(self) -> Title:
        """By language."""
        return self.title if isinstance(self.title, Title) else Title(zh=self.title)

    @property
    def full_synopsis(self) -> Synopsis | None:
        """By language."""
        return Synopsis(zh=self.synopsis) if isinstance(self.synopsis, str) else self.synopsis

    @property
    def mains(self) -> tuple[MediaFile, ...]:
        """The film, or the recordings of a course."""
        return tuple(item for item in self.media if item.role is Role.MAIN)

    @property
    def course_parts(self) -> tuple[CoursePart, ...]:
        """The parts of a course in the order of showing, whether they are there or not; a film has none.

        Where the file lists none, each recording is one, or each deck where there is no recording: in their order, by
        the ids that they name, else 01, 02 and so on.
        """
        if self.parts or self.kind is Kind.FILM:
            return self.parts
        shown = self.mains or tuple(item for item in self.media if item.role is Role.SLIDES)
        found: dict[str, CoursePart] = {}
        for number, item in enumerate(shown, start=1):
            own = item.part or numbered(number)
            found.setdefault(own, CoursePart(id=own, title=item.title))
        for item in self.media:
            if item.part and item.role in SHOWN and item.part not in found:
                found[item.part] = CoursePart(id=item.part)
        return tuple(found.values())

    def part_of(self, item: MediaFile) -> str | None:
        """The id of the part that a file belongs to: the one that it names, else its place among the recordings, else
        the only one; None for the whole course's, and for what has to say it."""
        if item.part is not None or self.kind is Kind.FILM:
            return item.part
        shown = self.mains or tuple(other for other in self.media if other.role is Role.SLIDES)
        if not self.parts and item in shown:
            return numbered(shown.index(item) + 1)
        parts = self.course_parts
        is_whole = item.role is Role.DOCUMENT or (item.role is Role.POSTER and bool(self.parts))
        return parts[0].id if len(parts) == 1 and not is_whole else None

    def part_title(self, part: CoursePart) -> str:
        """A part's own title, else the course's with the part's number or name: it must not change when others come."""
        own = part.title_zh or next((item.title for item in self.mains if self.part_of(item) == part.id), None)
        return own or f"{self.title_zh} {label(part.id)}"

    def identity(self) -> str:
        """The given id, or `<prefecture>-<first 10 hex of sha256(kind, NFC title)>`."""
        return self.id or unsaid_id(self.prefecture, self.kind, self.title_zh)

    def content(self, media: Sequence[tuple[str, str]]) -> str:
        """SHA-256 (hex) of what makes a revision: these words, and names and digests of the films."""
        return hashlib.sha256(canonical([self.fingerprint(), [list(item) for item in media]])).hexdigest()


def unsaid_id(prefecture: str, kind: Kind, title: str) -> str:
    """`<prefecture>-<first 10 hex of sha256(kind, NFC title)>`: the id of a submission that says none."""
    text = f"{kind}\n{unicodedata.normalize('NFC', title)}"
    return f"{prefecture}-{hashlib.sha256(text.encode()).hexdigest()[:10]}"


def bare(
    file_name: str,
    stem: str,
    prefecture: str = REGION,
    choice: TrackChoice = NOTHING_SAID,
    kind: Kind = Kind.FILM,
    role: Role = Role.MAIN,
) -> Submission:
    """The submission that a file without `submission.yaml` is; its title is the file's name.

    `file` is only shown here, so letters that no submission may hold are replaced.
    """
    title = _plain(stem, "").strip()[:128] or "film"
    shown = _plain(file_name, "\\/:")
    shown_file = MediaFile(file=shown, role=role, programme=choice.programme, channels=choice.channels)
    return Submission(schema_version=1, title=title, kind=kind, prefecture=prefecture, media=(shown_file,))


def _plain(text: str, forbidden: str) -> str:
    kept = printable(text).replace("\ufffd", "_")
    return "".join(char if is_shown(char) and char not in forbidden else "_" for char in kept)
