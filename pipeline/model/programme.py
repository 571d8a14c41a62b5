"""A programme as a catalogue knows it: what is said of it, and the streams and pictures that it is.

C2, ADI, a branch's table, the package and papers read it, and nothing else says what is in them.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from pipeline.model.adi import AdiSettings
from pipeline.model.base import Noun
from pipeline.model.course import PartKey, Title
from pipeline.model.generated import ProgrammeLabel
from pipeline.model.metadata import OMITTED, Credits, Licence, SearchNames, ShortSynopsis, ShortTitle, Synopsis
from pipeline.model.submission import Kind
from pipeline.model.vocabulary import Term


class PartDescription(Noun):
    """What is said of a film, or of one lesson of a course.

    Args:
        key: 1 for a film, a part's id in a course.
        number: its place among all parts of the course, from 1.
    """

    key: PartKey
    number: int
    title: Title
    short_title: ShortTitle
    search: SearchNames


class Description(Noun):
    """What is said of a film or a course, whole: short forms and search names are there whether they were said or not.

    Args:
        column, genre, country: of the vocabularies; what they do not know is a term without a name in them.
        produced: when it was finished, air_date: when it was shown first or will be.
    """

    identity: str
    prefecture: str
    kind: Kind
    title: Title
    short_title: ShortTitle
    search: SearchNames
    languages: tuple[str, ...]
    synopsis: Annotated[Synopsis | None, OMITTED] = None
    short_synopsis: Annotated[ShortSynopsis | None, OMITTED] = None
    column: Annotated[Term | None, OMITTED] = None
    genre: Annotated[Term | None, OMITTED] = None
    country: Annotated[Term | None, OMITTED] = None
    credits: Credits = Credits()
    year: Annotated[int | None, OMITTED] = None
    rating: Annotated[str | None, OMITTED] = None
    keywords: tuple[str, ...] = ()
    episode: Annotated[int | None, OMITTED] = None
    air_date: Annotated[date | None, OMITTED] = None
    produced: Annotated[date | None, OMITTED] = None
    licence: Annotated[Licence | None, OMITTED] = None
    parts: tuple[PartDescription, ...] = ()

    def part(self, key: PartKey) -> PartDescription:
        """What is said of one part.

        Raises:
            KeyError: there is none of this key.
        """
        for item in self.parts:
            if item.key == key:
                return item
        raise KeyError(key)


class ProgrammeStream(Noun):
    """One stream for set-top boxes; rates are those that were planned and held, `audio_bps` is of all its tracks
    together; codecs and profile are MediaInfo's names."""

    profile: str
    file: str
    sha256: str
    size_bytes: int
    width: int
    height: int
    interlaced: bool
    frame_rate: float
    frames: int
    video_codec: str
    video_profile: str
    video_bps: int
    audio_codec: str | None
    audio_tracks: int
    audio_bps: int
    burnt: str | None = None  # the language of the subtitles in its pictures
    md5: Annotated[str | None, OMITTED] = None

    @property
    def duration_s(self) -> float:
        """By its pictures."""
        return self.frames / self.frame_rate


class ProgrammePoster(Noun):
    """One picture that stands for the programme; `of_whole` is made of a course's own poster."""

    profile: str
    file: str
    sha256: str
    size_bytes: int
    width: int
    height: int
    of_whole: bool = False
    md5: Annotated[str | None, OMITTED] = None

    @property
    def is_landscape(self) -> bool:
        return self.width >= self.height


class ProgrammePart(PartDescription):
    """A film, or one lesson of a course, as it lies in the package.

    Args:
        languages: of its sound.
        subtitles: the files by language.
        adi: what its set says of a cable operator.
    """

    languages: tuple[str, ...]
    subtitles: dict[str, str] = Field(default_factory=dict)
    streams: tuple[ProgrammeStream, ...] = ()
    posters: tuple[ProgrammePoster, ...] = ()
    adi: Annotated[AdiSettings | None, OMITTED] = None


class Programme(Noun):
    """A film or a course in one revision (`metadata/programme.json`); files are named by their places in the package.

    Args:
        expected: places of the parts of a course that are not in yet, from 1.
        generated: what was declared of generated content, and the first label of the parts.
    """

    schema_version: Literal[1] = 1
    description: Description
    revision: int
    parts: tuple[ProgrammePart, ...]
    expected: tuple[int, ...] = ()
    generated: Annotated[ProgrammeLabel | None, OMITTED] = None

    @property
    def is_course(self) -> bool:
        return self.description.kind is Kind.COURSE
