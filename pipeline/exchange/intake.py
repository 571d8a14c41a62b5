"""What a person names on the command line as a submission: a `submission.yaml` or a bare film."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pipeline import yamlio
from pipeline.errors import InputError
from pipeline.inspect import subtitles
from pipeline.model.reference import SubmissionRef
from pipeline.model.region import REGION
from pipeline.model.submission import Role, Submission, bare
from pipeline.workspace import Workspace
from pipeline.yamlio import Document

YAML = (".yaml", ".yml")
_IN_A_LANGUAGE = (Role.AUDIO, Role.SUBTITLES)


@dataclass(frozen=True)
class LanguageFile:
    """The film's sound or its subtitles in one language, in a file of their own."""

    language: str
    file: str
    path: Path


@dataclass(frozen=True)
class IntakePart:
    """A film, or one lesson of a course: its number from 1, its name in the submission, where it lies."""

    number: int
    title: str
    file: str
    path: Path
    trim_line_up: bool = False
    sounds: tuple[LanguageFile, ...] = ()
    texts: tuple[LanguageFile, ...] = ()
    poster: tuple[str, Path] | None = None  # a still to be used instead of one from the film


@dataclass(frozen=True)
class FileToCheck:
    """A file that is held to rules: what it is for, and the part that it belongs to."""

    file: str
    path: Path
    role: Role
    part: IntakePart


@dataclass(frozen=True)
class Intake:
    """A submission and where its films lie; `revision` is the inbox's, when it comes from there."""

    shown: str
    submission: Submission
    folder: Path
    parts: tuple[IntakePart, ...]
    revision: int | None = None

    @property
    def files(self) -> tuple[tuple[str, Path], ...]:
        """Every file by its name in the submission: the parts, then what goes with them."""
        return tuple((item.file, item.path) for item in self.files_to_check)

    @property
    def files_to_check(self) -> tuple[FileToCheck, ...]:
        """Every file that is held to rules: the parts, then what goes with them."""
        mains = [FileToCheck(part.file, part.path, Role.MAIN, part) for part in self.parts]
        beside = [
            FileToCheck(item.file, item.path, role, part)
            for part in self.parts
            for role, items in ((Role.AUDIO, part.sounds), (Role.SUBTITLES, part.texts))
            for item in items
        ]
        posters = [FileToCheck(*part.poster, Role.POSTER, part) for part in self.parts if part.poster]
        return (*mains, *beside, *posters)

    @property
    def identity(self) -> str:
        """The submission's id."""
        return self.submission.identity()

    @property
    def ref(self) -> SubmissionRef:
        """Which submission it is, by prefecture and id."""
        return SubmissionRef(self.submission.prefecture, self.identity)


def read(path: Path, workspace: Workspace) -> Intake:
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
        return Intake(str(path), submission, path.parent, (IntakePart(1, submission.title_zh, path.name, path),))
    return of_document(yamlio.load(path), path.parent, str(path))


def alone(path: Path) -> tuple[FileToCheck, ...]:
    """One file without a submission: subtitles by its name, anything else is looked at as a film."""
    role = Role.SUBTITLES if path.suffix.lower() in subtitles.SUFFIXES else Role.MAIN
    return (FileToCheck(path.name, path, role, IntakePart(1, path.stem, path.name, path)),)


def of_document(document: Document, folder: Path, shown: str) -> Intake:
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
        if item.role in _IN_A_LANGUAGE and len(submission.mains) == 1:
            if item.language is None:
                raise InputError("language_missing", where=document.where(("media", index)), file=item.file)
        elif item.role is not Role.MAIN and not (item.role is Role.POSTER and len(submission.mains) == 1):
            raise InputError("role_unsupported", where=document.where(("media", index, "role")), role=item.role.value)
    sounds = _in_languages(submission, Role.AUDIO, folder, document)
    texts = _in_languages(submission, Role.SUBTITLES, folder, document)
    posters = [(item.file, folder / item.file) for item in submission.media if item.role is Role.POSTER]
    if len(posters) > 1:
        raise InputError("poster_twice", where=document.where(("media",)))
    parts = tuple(
        IntakePart(
            number,
            submission.part_title(number),
            item.file,
            folder / item.file,
            item.trim_line_up,
            sounds,
            texts,
            next(iter(posters), None),
        )
        for number, item in enumerate(submission.mains, start=1)
    )
    return Intake(shown, submission, folder, parts)


def _in_languages(submission: Submission, role: Role, folder: Path, document: Document) -> tuple[LanguageFile, ...]:
    """The files of this role, a language each.

    Raises:
        InputError: two of one language.
    """
    found = [item for item in submission.media if item.role is role]
    languages = [item.language for item in found]
    if twice := {language for language in languages if language and languages.count(language) > 1}:
        raise InputError("language_twice", where=document.where(("media",)), language=", ".join(sorted(twice)))
    return tuple(LanguageFile(item.language, item.file, folder / item.file) for item in found if item.language)
