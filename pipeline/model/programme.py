"""A programme as a head-end's catalogue knows it: what is said of it, and the streams and pictures that it is."""

from __future__ import annotations

from pydantic import Field

from pipeline.model.base import Noun
from pipeline.model.course import PartKey, Title
from pipeline.model.generated import ProgrammeLabel
from pipeline.model.submission import Kind, Licence


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


class ProgrammePoster(Noun):
    """One picture that stands for the programme; `of_whole` is made of a course's own poster."""

    profile: str
    file: str
    sha256: str
    of_whole: bool = False


class ProgrammePart(Noun):
    """A film, or one lesson of a course.

    Args:
        key: 1 for a film, a part's id in a course.
        number: its place among all parts of the course, from 1.
        languages: of its sound.
        subtitles: the files by language.
    """

    key: PartKey
    number: int
    title: str
    title_en: str | None = None
    languages: tuple[str, ...]
    subtitles: dict[str, str] = Field(default_factory=dict)
    streams: tuple[ProgrammeStream, ...] = ()
    posters: tuple[ProgrammePoster, ...] = ()


class Programme(Noun):
    """A film or a course in one revision; files are named by their places in the package.

    Args:
        expected: places of the parts of a course that are not in yet, from 1.
        generated: what was declared of generated content, and the first label of the parts.
    """

    identity: str
    revision: int
    kind: Kind
    title: Title
    synopsis: str | None
    column: str | None
    licence: Licence | None
    parts: tuple[ProgrammePart, ...]
    expected: tuple[int, ...] = ()
    generated: ProgrammeLabel | None = Field(default=None, exclude_if=lambda value: value is None)
