"""Make the package of a film: renditions, playlists, metadata, manifest and checksums in one folder."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline import durable
from pipeline.model.base import canonical
from pipeline.model.capability import Capability
from pipeline.model.course import CoursePart, PartKey
from pipeline.model.handed_in import HandedInDocument
from pipeline.model.inspection import Inspection
from pipeline.model.package import Acceptance, Package, PackageFile, PackagePart, Source, Tool
from pipeline.model.plan import OutputForm, Plan
from pipeline.model.programme import Description
from pipeline.model.rendition import Rendition, StoredFile
from pipeline.model.submission import Kind, Submission
from pipeline.package import checksums, handed_in
from pipeline.package.handed_in import DocumentContents
from pipeline.package.metadata import table
from pipeline.package.programme import PackagedPart, programme_of

MANIFEST = "package.json"
VERSION = 9  # part of a package's id and of its stage's key: more where the same data are packed otherwise

_ROLES = {
    OutputForm.MPEGTS: "stream",
    OutputForm.HLS_VIDEO: "hls",
    OutputForm.HLS_AUDIO: "hls",
    OutputForm.MP4: "file",
    OutputForm.MEZZANINE: "file",
    OutputForm.AUDIO: "file",
    OutputForm.POSTER: "poster",
    OutputForm.SPRITE: "sprite",
}


@dataclass(frozen=True)
class PartContents:
    """A film, or one lesson of a course, and what was made of it; `number` is its place among the parts, from 1."""

    key: PartKey
    number: int
    title: str
    inspection: Inspection
    plan: Plan
    renditions: tuple[Rendition, ...]


@dataclass(frozen=True)
class Contents:
    """Everything a package is made from."""

    submission: Submission
    description: Description
    revision: int
    acceptance: Acceptance
    capability: Capability
    parts: tuple[PartContents, ...]
    documents: tuple[DocumentContents, ...] = ()

    def prefix(self, key: PartKey | None) -> str:
        """Where a part's files lie in the package; a film's and the whole course's lie at its top."""
        return f"part{key}/" if key is not None and self.submission.kind is Kind.COURSE else ""

    def course_part(self, key: PartKey) -> CoursePart | None:
        """What the submission says of a part."""
        return next((part for part in self.submission.course_parts if part.id == key), None)


def package_id(
    submission: Submission,
    description: Description,
    plans: Sequence[Plan],
    acceptance: Acceptance,
    capability: Capability,
    documents: Sequence[HandedInDocument] = (),
) -> str:
    """The same on every machine: 20 hex digits of what decides the package's bytes."""
    shown = [plan.fingerprint() for plan in plans]
    told = [submission.fingerprint(), description.fingerprint()]
    parts = [*told, shown, acceptance.fingerprint(), capability.build, VERSION]
    parts += [[item.fingerprint() for item in documents]] if documents else []
    return hashlib.sha256(canonical(parts)).hexdigest()[:20]


def build(contents: Contents, root: Path, tools: Sequence[Tool]) -> Package:
    """Write playlists, metadata, manifest and checksums beside the renditions in `root`."""
    files: list[PackageFile] = []
    renditions: list[Rendition] = []
    packaged: list[PackagedPart] = []
    for part in contents.parts:
        placed = [_placed(item, part.key, contents.prefix(part.key)) for item in part.renditions]
        files += _part_files(contents, part, placed, root)
        renditions += placed
        subtitles = {
            item.language: item.path
            for item in files
            if item.part == part.key and item.role == "subtitles" and item.language
        }
        packaged.append(PackagedPart(part.key, part.plan, tuple(placed), subtitles))
    for document in contents.documents:
        files += handed_in.place(root, contents.prefix(document.document.part), document)
    programme = programme_of(contents.submission, contents.description, contents.revision, packaged)
    for form in table.FORMATS:
        files += [_write(root, file, content, "metadata") for file, content in form.render(programme).items()]
    plans = [part.plan for part in contents.parts]
    package = Package(
        package_id=package_id(
            contents.submission,
            contents.description,
            plans,
            contents.acceptance,
            contents.capability,
            [item.document for item in contents.documents],
        ),
        submission_id=contents.description.identity,
        revision=contents.revision,
        prefecture=contents.submission.prefecture,
        submission=contents.submission,
        acceptance=contents.acceptance,
        duration_s=round(sum(plan.duration_s for plan in plans), 6),
        parts=tuple(_part(part, contents.course_part(part.key)) for part in contents.parts),
        renditions=tuple(renditions),
        tools=tuple(tools),
        files=tuple(sorted(files, key=lambda item: item.path.encode())),
    )
    manifest = _write(root, MANIFEST, package.to_file(), "manifest")
    durable.write(root / checksums.NAME, checksums.render([*files, manifest]))
    return package


def _part(part: PartContents, told: CoursePart | None) -> PackagePart:
    film = part.inspection
    return PackagePart(
        number=part.number,
        id=told.id if told else None,
        title=part.title,
        title_en=told.title_en if told else None,
        unit=told.unit if told else None,
        duration_s=part.plan.duration_s,
        set_name=part.plan.set_name,
        profiles=part.plan.profiles,
        notes=part.plan.notes,
        generated_label=part.plan.generated_label,
        source=Source(sha256=film.sha256, size_bytes=film.size_bytes, media=film.media),
    )


def _placed(item: Rendition, key: PartKey, prefix: str) -> Rendition:
    """A rendition with its files where they lie in the package."""
    files = tuple(stored.model_copy(update={"path": prefix + stored.path}) for stored in item.files)
    keys = item.key_pictures and item.key_pictures.model_copy(update={"file": prefix + item.key_pictures.file})
    return item.model_copy(update={"part": key, "files": files, "key_pictures": keys})


def _part_files(contents: Contents, part: PartContents, placed: Sequence[Rendition], root: Path) -> list[PackageFile]:
    """The files of a part, with the playlist and the index that are written now."""
    prefix = contents.prefix(part.key)
    files = [
        PackageFile(**stored.model_dump(), role=_ROLES[item.form], part=part.key, rendition=item.name)
        for item in placed
        for stored in item.files
    ]
    from pipeline.package import side_files

    for name, file in side_files.side_files_for(part.plan, part.renditions).items():
        files.append(_write(root, prefix + name, file.content, file.role, part.key, file.language))
    return files


def _write(
    root: Path, name: str, content: bytes, role: str, part: PartKey | None = None, language: str | None = None
) -> PackageFile:
    path = root / name
    durable.make_folder(path.parent)
    durable.write(path, content)
    stored = StoredFile(path=name, size_bytes=len(content), sha256=hashlib.sha256(content).hexdigest())
    return PackageFile(**stored.model_dump(), role=role, part=part, language=language)
