"""What a person names on the command line as a submission: a `submission.yaml` or a bare film."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline import regular, yamlio
from pipeline.documents import structure
from pipeline.errors import InputError
from pipeline.inspect import subtitles
from pipeline.model.reference import SubmissionRef
from pipeline.model.region import REGION
from pipeline.model.submission import BESIDE_A_FILM, Role, Submission, bare
from pipeline.model.track_choice import NOTHING_SAID, TrackChoice
from pipeline.workspace import Workspace
from pipeline.yamlio import Document

YAML = (".yaml", ".yml")
_LATER = (Role.DOCUMENT, Role.SLIDES)


@dataclass(frozen=True)
class FileToCheck:
    """A file that is held to rules.

    Args:
        file: its name in the submission, with forward slashes.
        part: the number of the part that it belongs to, from 1.
        language: ISO 639-3, of roles that are in a language.
    """

    file: str
    path: Path
    role: Role
    part: int = 1
    language: str | None = None
    trim_line_up: bool = False
    choice: TrackChoice = NOTHING_SAID


@dataclass(frozen=True)
class IntakePart:
    """A film, or one lesson of a course, with the files that go with it; `number` counts from 1."""

    number: int
    title: str
    main: FileToCheck
    beside: tuple[FileToCheck, ...] = ()

    @property
    def path(self) -> Path:
        return self.main.path

    @property
    def files(self) -> tuple[FileToCheck, ...]:
        """The film first."""
        return (self.main, *self.beside)

    def of_role(self, role: Role) -> tuple[FileToCheck, ...]:
        """The files of one role, in the submission's order."""
        return tuple(item for item in self.beside if item.role is role)


@dataclass(frozen=True)
class Intake:
    """A submission and where its films lie.

    Args:
        revision: the inbox's, when it comes from there.
        prefecture_at: where its prefecture is written: a file's line, a table's cell.
    """

    shown: str
    submission: Submission
    folder: Path
    parts: tuple[IntakePart, ...]
    revision: int | None = None
    prefecture_at: str | None = None

    @property
    def files(self) -> tuple[tuple[str, Path], ...]:
        """Every file by its name in the submission: the parts, then what goes with them."""
        return tuple((item.file, item.path) for item in self.files_to_check)

    @property
    def files_to_check(self) -> tuple[FileToCheck, ...]:
        """Every file that is held to rules: the parts, then what goes with them, by role."""
        beside = (item for role in BESIDE_A_FILM for part in self.parts for item in part.of_role(role))
        return (*(part.main for part in self.parts), *beside)

    @property
    def identity(self) -> str:
        """The submission's id."""
        return self.submission.identity()

    @property
    def ref(self) -> SubmissionRef:
        """Which submission it is, by prefecture and id."""
        return SubmissionRef(self.submission.prefecture, self.identity)


def read(path: Path, workspace: Workspace, choice: TrackChoice = NOTHING_SAID) -> Intake:
    """The submission that `path` means; `choice` is of a bare film.

    Raises:
        InputError: it is not there, wrong, no regular file, or names what is not there or outside its folder; a
            submission says its choice itself.
    """
    if not path.exists():
        raise InputError("path_missing", where=str(path))
    if path.is_dir():
        raise InputError("is_folder", where=str(path))
    regular.refuse_other(path)
    if path.suffix.lower() not in YAML:
        submission = bare(path.name, path.stem, workspace.settings.prefecture or REGION, choice)
        main = FileToCheck(path.name, path, Role.MAIN, choice=choice)
        return Intake(str(path), submission, path.parent, (IntakePart(1, submission.title_zh, main),))
    if not choice.is_empty:
        raise InputError("choice_stands_in_file", where=str(path))
    return of_document(yamlio.load(path), path.parent, str(path))


def single_file(path: Path, choice: TrackChoice = NOTHING_SAID) -> Intake:
    """One file without a submission, to be looked at alone: subtitles by its name, a document by its first bytes, or
    by its name where these say nothing, anything else as a film.

    Raises:
        InputError: it is a pipe, a socket or a device.
    """
    if not path.is_dir():  # a folder is told by whoever expects a film
        regular.refuse_other(path)
    role = Role.SUBTITLES if path.suffix.lower() in subtitles.SUFFIXES else Role.MAIN
    if role is Role.MAIN and not path.is_dir() and structure.is_document(path):
        role = Role.DOCUMENT
    part = IntakePart(1, path.stem, FileToCheck(path.name, path, role, choice=choice))
    return Intake(str(path), bare(path.name, path.stem, choice=choice), path.parent, (part,))


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
            raise InputError("row_outside_folder" if document.names else "outside_folder", where=where, file=item.file)
        if not real.exists():
            raise InputError("row_file_missing" if document.names else "media_missing", where=where, file=item.file)
        regular.refuse_other(real, where)
        _refuse_role(submission, index, document)
    beside = [
        FileToCheck(item.file, folder / item.file, item.role, language=item.language, choice=item.choice)
        for item in submission.media
        if item.role in BESIDE_A_FILM
    ]
    _refuse_too_many(beside, document)
    parts = tuple(
        IntakePart(
            number,
            submission.part_title(number),
            FileToCheck(
                item.file,
                folder / item.file,
                Role.MAIN,
                number,
                trim_line_up=item.trim_line_up,
                choice=item.choice,
            ),
            tuple(beside),
        )
        for number, item in enumerate(submission.mains, start=1)
    )
    return Intake(shown, submission, folder, parts, prefecture_at=document.where(("prefecture",)))


def _refuse_role(submission: Submission, index: int, document: Document) -> None:
    """A file whose role is not taken here, or that does not say its language.

    Raises:
        InputError: FILE:LINE:COLUMN of the role.
    """
    item = submission.media[index]
    where = document.where(("media", index, "role"))
    if item.role is Role.MAIN:
        return
    limits = BESIDE_A_FILM.get(item.role)
    if limits is None and item.role in _LATER:
        raise InputError("documents_later", where=where, file=item.file)
    if limits is None or len(submission.mains) > 1:
        raise InputError("role_unsupported", where=where, role=item.role.value)
    if limits.in_language and item.language is None:
        raise InputError("language_missing", where=document.where(("media", index)), file=item.file)


def _refuse_too_many(beside: Sequence[FileToCheck], document: Document) -> None:
    """Two of one role where there may be one.

    Raises:
        InputError: two of one language, or two posters.
    """
    for role, limits in BESIDE_A_FILM.items():
        found = [item for item in beside if item.role is role]
        twice = sorted(code for code, count in Counter(item.language for item in found).items() if code and count > 1)
        if limits.in_language and twice:
            raise InputError("language_twice", where=document.where(("media",)), language=", ".join(twice))
        if limits.most is not None and len(found) > limits.most:
            raise InputError(f"{role}_twice", where=document.where(("media",)))
