"""`package.json`: what a delivery holds. Nothing in it is from a clock or a host."""

from __future__ import annotations

from typing import Literal

from pipeline.model.base import Noun
from pipeline.model.finding import ReportedFinding, Verdict
from pipeline.model.media import Media
from pipeline.model.plan import Note, ProfileUsed
from pipeline.model.rendition import Rendition, StoredFile
from pipeline.model.submission import Submission


class PackageFile(StoredFile):
    """One file of the package and what it is for; `part` counts from 1, None is the whole package's. `language` is
    that of subtitles."""

    role: str
    part: int | None = None
    rendition: str | None = None
    language: str | None = None


class Judgement(Noun):
    """What a policy said of one file of a part."""

    part: int
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
    """A film, or one lesson of a course: its master and what was made of it."""

    number: int
    title: str
    source: Source
    duration_s: float
    set_name: str
    profiles: tuple[ProfileUsed, ...]
    notes: tuple[Note, ...] = ()


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
