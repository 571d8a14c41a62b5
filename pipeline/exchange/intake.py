"""What a person names on the command line as a submission: a `submission.yaml` or a bare film."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pipeline import regular, yamlio
from pipeline.documents import structure
from pipeline.errors import InputError
from pipeline.exchange.parts import FileToCheck, IntakePart, grouped
from pipeline.inspect import subtitles
from pipeline.model.course import FILM, CoursePart
from pipeline.model.reference import SubmissionRef
from pipeline.model.region import REGION
from pipeline.model.submission import Kind, Role, Submission, bare
from pipeline.model.track_choice import NOTHING_SAID, TrackChoice
from pipeline.workspace import Workspace
from pipeline.yamlio import Document

YAML = (".yaml", ".yml")


@dataclass(frozen=True)
class Intake:
    """A submission and where its films lie.

    Args:
        parts: those of which something is there, in the order of showing.
        whole: what belongs to a whole course.
        revision: the inbox's, when it comes from there.
        prefecture_at: where its prefecture is written: a file's line, a table's cell.
        is_bare: a file without a submission: nobody said anything of it.
    """

    shown: str
    submission: Submission
    folder: Path
    parts: tuple[IntakePart, ...]
    whole: IntakePart | None = None
    revision: int | None = None
    prefecture_at: str | None = None
    is_bare: bool = False

    @property
    def files(self) -> tuple[tuple[str, Path], ...]:
        """Every file by its name in the submission, part by part."""
        return tuple((item.file, item.path) for item in self.files_to_check)

    @property
    def files_to_check(self) -> tuple[FileToCheck, ...]:
        """Every file that is held to rules, part by part, the whole course's last."""
        whole = (self.whole,) if self.whole else ()
        return tuple(item for part in (*self.parts, *whole) for item in part.files)

    @property
    def missing(self) -> tuple[CoursePart, ...]:
        """The parts of a course of which there is nothing to show yet."""
        there = {part.key for part in self.parts if part.shown}
        return tuple(part for part in self.submission.course_parts if part.id not in there)

    @property
    def identity(self) -> str:
        """The submission's id."""
        return self.submission.identity()

    @property
    def ref(self) -> SubmissionRef:
        """Which submission it is, by prefecture and id."""
        return SubmissionRef(self.submission.prefecture, self.identity)


def read(path: Path, workspace: Workspace, choice: TrackChoice = NOTHING_SAID, kind: Kind | None = None) -> Intake:
    """The submission that `path` means; `choice` and `kind` are of a bare file.

    Raises:
        InputError: it is not there, wrong, no regular file, or names what is not there or outside its folder; a
            submission says its choice and its kind itself.
    """
    if not path.exists():
        raise InputError("path_missing", where=str(path))
    if path.is_dir():
        raise InputError("is_folder", where=str(path))
    regular.refuse_other(path)
    if path.suffix.lower() not in YAML:
        if kind is not Kind.COURSE and structure.is_document(path):
            raise InputError("document_bare", where=str(path), file=path.name)
        return _bare(path, kind or Kind.FILM, choice, workspace.settings.prefecture or REGION)
    if not choice.is_empty:
        raise InputError("choice_stands_in_file", where=str(path))
    if kind is not None:
        raise InputError("kind_stands_in_file", where=str(path))
    return of_document(yamlio.load(path), path.parent, str(path))


def single_file(path: Path, choice: TrackChoice = NOTHING_SAID, kind: Kind | None = None) -> Intake:
    """One file without a submission, to be looked at alone: subtitles by its name, a document by its first bytes, or
    by its name where these say nothing, anything else as a film, or as a part of a course where that is its `kind`.

    Raises:
        InputError: it is a pipe, a socket or a device.
    """
    if not path.is_dir():  # a folder is told by whoever expects a film
        regular.refuse_other(path)
    role = Role.SUBTITLES if path.suffix.lower() in subtitles.SUFFIXES else Role.MAIN
    if role is Role.MAIN and kind is not Kind.COURSE and not path.is_dir() and structure.is_document(path):
        role = Role.DOCUMENT
    if role is Role.MAIN:
        return _bare(path, kind or Kind.FILM, choice, REGION)
    part = IntakePart(FILM, path.stem, None, (FileToCheck(path.name, path, role),))
    return Intake(str(path), bare(path.name, path.stem), path.parent, (part,), is_bare=True)


def _bare(path: Path, kind: Kind, choice: TrackChoice, prefecture: str) -> Intake:
    is_deck = kind is Kind.COURSE and structure.is_document(path)
    role = Role.SLIDES if is_deck else Role.MAIN
    submission = bare(path.name, path.stem, prefecture, choice, kind, role)
    parts = submission.course_parts
    key = parts[0].id if parts else FILM
    title = submission.part_title(parts[0]) if parts else submission.title_zh
    file = FileToCheck(path.name, path, role, key, choice=choice)
    part = IntakePart(key, title, None if is_deck else file, (file,) if is_deck else (), *parts)
    return Intake(str(path), submission, path.parent, (part,), is_bare=True)


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
    parts, whole = grouped(submission, folder, document)
    return Intake(shown, submission, folder, parts, whole, prefecture_at=document.where(("prefecture",)))
