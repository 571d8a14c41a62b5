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
from pipeline.model.languages import SpokenLanguage
from pipeline.model.region import REGION, Prefecture
from pipeline.model.text import Line, Lines, RelativePath, is_shown, printable
from pipeline.model.track_choice import NOTHING_SAID, Channels, TrackChoice

ID_LENGTH = 24
MOST_PARTS = 99  # numbers of parts have two digits


class Role(StrEnum):
    """What a file is for."""

    MAIN = "main"
    AUDIO = "audio"
    SUBTITLES = "subtitles"
    POSTER = "poster"
    DOCUMENT = "document"
    SLIDES = "slides"
    TRAILER = "trailer"


@dataclass(frozen=True)
class RoleLimits:
    """How files of a role may stand beside a film: each in a language of its own, or at most so many."""

    in_language: bool = False
    most: int | None = None


# what may go with a film; the other roles are not taken yet
BESIDE_A_FILM: dict[Role, RoleLimits] = {
    Role.AUDIO: RoleLimits(in_language=True),
    Role.SUBTITLES: RoleLimits(in_language=True),
    Role.POSTER: RoleLimits(most=1),
}


class Kind(StrEnum):
    """Film or course."""

    FILM = "film"
    COURSE = "course"


SubmissionId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=ID_LENGTH)]


class Title(Noun):
    """The film's name in both languages."""

    zh: Line
    en: Line | None = None


class Credits(Noun):
    """Who made it."""

    director: Line | None = None
    organisation: Line | None = None
    contact: Line | None = None


class Licence(Noun):
    """When it may be shown: both days included, China time."""

    start: date = Field(alias="from")
    until: date

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.until < self.start:
            raise PydanticCustomError("licence_order", "ends before it begins")
        return self


class MediaFile(Noun):
    """One file of a submission; `file` is relative to the submission's folder, `title` is a part's of a course.

    `trim_line_up` leaves out the bars, tone and black in front of the programme. `programme` and `channels` say of its
    tracks what the file does not (`TrackChoice`); they are left out of the JSON that names a package while unsaid.
    """

    file: RelativePath
    role: Role
    language: SpokenLanguage | None = None
    title: Line | None = None
    trim_line_up: bool = False
    programme: Annotated[int | None, Field(ge=0, le=65535, exclude_if=lambda value: value is None)] = None
    channels: Annotated[Channels | None, Field(exclude_if=lambda value: value is None)] = None

    @property
    def choice(self) -> TrackChoice:
        """What is said of its tracks."""
        return TrackChoice(programme=self.programme, channels=self.channels)


class Submission(Noun):
    """`submission.yaml`."""

    schema_version: Literal[1]
    id: SubmissionId | None = None
    title: Line | Title
    kind: Kind = Kind.FILM
    prefecture: Prefecture = REGION
    column: Line | None = None
    languages: tuple[SpokenLanguage, ...] = ("zho",)
    synopsis: Lines | None = None
    credits: Credits = Credits()
    licence: Licence | None = None
    media: Annotated[tuple[MediaFile, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _mains(self) -> Self:
        if not self.mains or (self.kind is Kind.FILM and len(self.mains) > 1):
            raise PydanticCustomError("one_main", "a film has exactly one file with role main, a course one or more")
        if len(self.mains) > MOST_PARTS:
            raise PydanticCustomError("most_parts", "a course has at most 99 parts")
        names = [unicodedata.normalize("NFC", item.file) for item in self.media]
        if len(set(names)) != len(names):
            raise PydanticCustomError("media_once", "media names a file twice")
        return self

    @property
    def title_zh(self) -> str:
        return self.title if isinstance(self.title, str) else self.title.zh

    @property
    def mains(self) -> tuple[MediaFile, ...]:
        """The film, or the parts of a course in their order."""
        return tuple(item for item in self.media if item.role is Role.MAIN)

    def part_title(self, number: int) -> str:
        """A part's own title, else the submission's, with the part's number where there are several."""
        own = self.mains[number - 1].title
        return own or (self.title_zh if len(self.mains) == 1 else f"{self.title_zh} {number}")

    def identity(self) -> str:
        """The given id, or `<prefecture>-<first 10 hex of sha256(kind, NFC title)>`."""
        if self.id:
            return self.id
        text = f"{self.kind}\n{unicodedata.normalize('NFC', self.title_zh)}"
        return f"{self.prefecture}-{hashlib.sha256(text.encode()).hexdigest()[:10]}"

    def content(self, media: Sequence[tuple[str, str]]) -> str:
        """SHA-256 (hex) of what makes a revision: these words, and names and digests of the films."""
        return hashlib.sha256(canonical([self.fingerprint(), [list(item) for item in media]])).hexdigest()


def bare(file_name: str, stem: str, prefecture: str = REGION, choice: TrackChoice = NOTHING_SAID) -> Submission:
    """The submission that a media file without `submission.yaml` is; its title is the file's name.

    `file` is only shown here, so letters that no submission may hold are replaced.
    """
    title = _plain(stem, "").strip()[:128] or "film"
    shown = _plain(file_name, "\\/:")
    main = MediaFile(file=shown, role=Role.MAIN, programme=choice.programme, channels=choice.channels)
    return Submission(schema_version=1, title=title, prefecture=prefecture, media=(main,))


def _plain(text: str, forbidden: str) -> str:
    kept = printable(text).replace("\ufffd", "_")
    return "".join(char if is_shown(char) and char not in forbidden else "_" for char in kept)
