"""`package.json`: what a delivery holds. Nothing in it is from a clock or a host."""

from __future__ import annotations

from typing import Literal

from pipeline.model.base import Noun
from pipeline.model.finding import Finding, Verdict
from pipeline.model.inspection import Media
from pipeline.model.plan import ProfileUsed
from pipeline.model.rendition import Rendition, StoredFile
from pipeline.model.submission import Submission


class PackageFile(StoredFile):
    """One file of the package and what it is for."""

    role: str
    rendition: str | None = None


class Acceptance(Noun):
    """What the policy said, and who let it pass although it said reject."""

    policy: str
    verdict: Verdict
    accepted_because: str | None = None
    findings: tuple[Finding, ...] = ()


class Tool(Noun):
    """A program that shaped the bytes."""

    name: str
    version: str


class Source(Noun):
    """The master that the package was made from."""

    sha256: str
    size_bytes: int
    media: Media


class Package(Noun):
    """The manifest; `checksums.sha256` lists the same files and this one."""

    schema_version: Literal[1] = 1
    package_id: str
    submission_id: str
    revision: int
    prefecture: str
    submission: Submission
    source: Source
    acceptance: Acceptance
    duration_s: float
    renditions: tuple[Rendition, ...]
    profiles: tuple[ProfileUsed, ...]
    tools: tuple[Tool, ...]
    files: tuple[PackageFile, ...]
