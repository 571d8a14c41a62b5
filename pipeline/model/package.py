"""`package.json`: what a delivery holds. Nothing in it is from a clock or a host."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from pipeline.model.base import Noun
from pipeline.model.course import PartKey
from pipeline.model.finding import ReportedFinding, Verdict
from pipeline.model.media import Media
from pipeline.model.plan import Note, ProfileUsed
from pipeline.model.rendition import Rendition, StoredFile
from pipeline.model.submission import Submission
from pipeline.model.text import RelativePath


class PackageFile(StoredFile):
    """One file of the package and what it is for.

    Args:
        part: of what it is: 1 in a film, a part's id in a course; None is the whole package's.
        language: of subtitles and documents.
        file: what a document was called when it was handed in.
    """

    role: str
    part: PartKey | None = None
    rendition: str | None = None
    language: str | None = None
    file: Annotated[RelativePath | None, Field(exclude_if=lambda value: value is None)] = None


class Judgement(Noun):
    """What a policy said of one file; `part` is None for what is the whole course's."""

    part: PartKey | None
    file: str
    policy: str
    verdict: Verdict
    findings: tuple[ReportedFinding, ...] = ()


class Acceptance(Noun):
    """What the policies said, and who let it pass although one said reject."""

    verdict: Verdict
    accepted_because: str | None = None
    judgements: tuple[Judgement, ...]


class Tool(Noun):
    """A program that shaped the bytes."""

    name: str
    version: str


class Source(Noun):
    """The master that the package was made from."""

    sha256: str
    size_bytes: int
    media: Media


class PackagePart(Noun):
    """A film, or one lesson of a course: its master and what was made of it.

    Args:
        number: its place among the parts, from 1; what is made of it goes by its id.
        id: of a course's part.
        unit: the heading that it stands under.
        generated_label: of the film or its sounds, byte for byte, for forms that hold none; each rendition has its own.
    """

    number: int
    id: Annotated[str | None, Field(exclude_if=lambda value: value is None)] = None
    title: str
    title_en: Annotated[str | None, Field(exclude_if=lambda value: value is None)] = None
    unit: Annotated[str | None, Field(exclude_if=lambda value: value is None)] = None
    source: Source
    duration_s: float
    set_name: str
    profiles: tuple[ProfileUsed, ...]
    notes: tuple[Note, ...] = ()
    generated_label: Annotated[str | None, Field(exclude_if=lambda value: value is None)] = None

    @property
    def key(self) -> PartKey:
        """What its files and renditions name it by."""
        return self.id or self.number


class Package(Noun):
    """The manifest; `checksums.sha256` lists the same files and this one."""

    schema_version: Literal[1] = 1
    package_id: str
    submission_id: str
    revision: int
    prefecture: str
    submission: Submission
    acceptance: Acceptance
    duration_s: float
    parts: tuple[PackagePart, ...]
    renditions: tuple[Rendition, ...]
    tools: tuple[Tool, ...]
    files: tuple[PackageFile, ...]
