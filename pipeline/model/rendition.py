"""What came out of a plan, measured anew."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from pipeline.model.base import Noun
from pipeline.model.course import FILM, PartKey
from pipeline.model.loudness import Loudness
from pipeline.model.media import Media
from pipeline.model.plan import OutputForm
from pipeline.model.text import RelativePath


class StoredFile(Noun):
    """A file by its place inside the package; `md5` (hex) is there where ADI asks for it."""

    path: RelativePath
    size_bytes: int
    sha256: str
    md5: Annotated[str | None, Field(exclude_if=lambda value: value is None)] = None


class Gate(Noun):
    """DTS − arrival over every unit of a transport stream (mpegts facts, section 2), and how often tables come."""

    units: int
    least_slack_ms: float
    most_delay_ms: float
    pcr_interval_ms: float
    pat_interval_ms: float
    pmt_interval_ms: float


class KeyPictures(Noun):
    """An I-frame playlist: its place inside the package, its peak and average bit/s."""

    file: RelativePath
    bandwidth_bps: int
    average_bandwidth_bps: int


class Rendition(Noun):
    """One accepted output; `part` is 1 in a film, a part's id in a course."""

    schema_version: Literal[1] = 1
    name: str
    part: PartKey = FILM
    profile: str
    form: OutputForm
    language: str | None
    burnt: str | None = None  # the language of the subtitles in its pictures
    files: tuple[StoredFile, ...]
    media: Media
    frames: int | None = None
    codecs: str | None = None
    bandwidth_bps: int | None = None
    average_bandwidth_bps: int | None = None
    key_pictures: KeyPictures | None = None
    loudness: Loudness | None = None
    gate: Gate | None = None
    generated_label: str | None = Field(default=None, exclude_if=lambda value: value is None)  # as it was read back
