"""What a person names on the command line as a submission: a `submission.yaml` or a bare film."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pipeline import yamlio
from pipeline.errors import InputError
from pipeline.model.region import REGION
from pipeline.model.submission import Kind, Role, Submission, bare
from pipeline.workspace import Workspace
from pipeline.yamlio import Document

YAML = (".yaml", ".yml")


@dataclass(frozen=True)
class SoundFile:
    """The film's sound in one language, in a file of its own."""

    language: str
    file: str
    path: Path


@dataclass(frozen=True)
class Part:
    """A film, or one lesson of a course: its number from 1, its name in the submission, where it lies."""

    number: int
    title: str
    file: str
    path: Path
    trim_line_up: bool = False
    sounds: tuple[SoundFile, ...] = ()


@dataclass(frozen=True)
class HandedIn:
    """A submission and where its films lie; `revision` is the inbox's, when it comes from there."""

    shown: str
    submission: Submission
    folder: Path
    parts: tuple[Part, ...]
    revision: int | None = None

    @property
    def files(self) -> tuple[tuple[str, Path], ...]:
        """Every file by its name in the submission: the parts, then what goes with them."""
        beside = [(sound.file, sound.path) for part in self.parts for sound in part.sounds]
        return (*((part.file, part.path) for part in self.parts), *beside)

    @property
    def to_judge(self) -> tuple[tuple[Part, Kind], ...]:
        """Every file that is held to rules, with the kind whose rules those are: a sound file's are a lesson's."""
        beside = [(Part(part.number, part.title, sound.file, sound.path), Kind.COURSE)
                  for part in self.parts for sound in part.sounds]  # fmt: skip
        return (*((part, self.submission.kind) for part in self.parts), *beside)

    @property
    def identity(self) -> str:
        return self.submission.identity()


def read(path: Path, workspace: Workspace) -> HandedIn:
    """The submission that `path` means.

    Raises:
        InputError: it is not there, wrong, names a file that is not there, or one outside its folder.
    """
    if not path.exists():
        raise InputError("path_missing", where=str(path))
    if path.is_dir():
        raise InputError("is_folder", where=str(path))
    if path.suffix.lower() not in YAML:
        submission = bare(path.name, path.stem, workspace.settings.prefecture or REGION)
        return HandedIn(str(path), submission, path.parent, (Part(1, submission.title_zh, path.name, path),))
    return of_document(yamlio.load(path), path.parent, str(path))


def of_document(document: Document, folder: Path, shown: str) -> HandedIn:
    """The submission that stands in a document, its files in `folder`.

    Raises:
        InputError: it is wrong, names a file that is not there, or one outside its folder.
    """
    submission = yamlio.validate(Submission, document)
    real_folder = folder.resolve()
    for index, item in enumerate(submission.media):
        where = document.where(("media", index, "file"))
        real = (real_folder / item.file).resolve()
        if not real.is_relative_to(real_folder):
            raise InputError("outside_folder", where=where, file=item.file)
        if not real.is_file():
            raise InputError("media_missing", where=where, file=item.file)
        if item.role in (Role.DOCUMENT, Role.SLIDES):
            raise InputError("documents_later", where=document.where(("media", index, "role")), file=item.file)
        if item.role is Role.AUDIO and len(submission.mains) == 1:
            if item.language is None:
                raise InputError("language_missing", where=document.where(("media", index)), file=item.file)
        elif item.role is not Role.MAIN:
            raise InputError("role_unsupported", where=document.where(("media", index, "role")), role=item.role.value)
    sounds = tuple(
        SoundFile(item.language, item.file, folder / item.file)
        for item in submission.media if item.role is Role.AUDIO and item.language
    )  # fmt: skip
    spoken = [sound.language for sound in sounds]
    if twice := {language for language in spoken if spoken.count(language) > 1}:
        raise InputError("language_twice", where=document.where(("media",)), language=", ".join(sorted(twice)))
    parts = tuple(
        Part(number, submission.part_title(number), item.file, folder / item.file, item.trim_line_up, sounds)
        for number, item in enumerate(submission.mains, start=1)
    )
    return HandedIn(shown, submission, folder, parts)
