"""A programme as a head-end's catalogue knows it: what is said of it, and the streams and pictures that it is."""

from __future__ import annotations

from pydantic import Field

from pipeline.model.base import Noun
from pipeline.model.submission import Kind, Licence, Title


class ProgrammeStream(Noun):
    """One stream for set-top boxes; rates are those that were planned and held, `audio_bps` is of all its tracks
    together; codecs and profile are MediaInfo's names."""

    profile: str
    file: str
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
    """One picture that stands for the programme."""

    profile: str
    file: str


class ProgrammePart(Noun):
    """A film, or one lesson of a course: `languages` are those of its sound, `subtitles` the files by language."""

    number: int
    title: str
    languages: tuple[str, ...]
    subtitles: dict[str, str] = Field(default_factory=dict)
    streams: tuple[ProgrammeStream, ...] = ()
    posters: tuple[ProgrammePoster, ...] = ()


class Programme(Noun):
    """A film or a course in one revision; files are named by their places in the package."""

    identity: str
    revision: int
    kind: Kind
    title: Title
    synopsis: str | None
    column: str | None
    licence: Licence | None
    parts: tuple[ProgrammePart, ...]
