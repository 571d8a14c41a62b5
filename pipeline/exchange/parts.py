"""The files of a submission by the part that they belong to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.documents import structure
from pipeline.errors import InputError
from pipeline.model.course import FILM, CoursePart, PartKey
from pipeline.model.submission import BESIDE_A_FILM, SHOWN, Kind, Role, Submission
from pipeline.model.track_choice import NOTHING_SAID, TrackChoice
from pipeline.yamlio import Document, Location


@dataclass(frozen=True)
class FileToCheck:
    """A file that is held to rules.

    Args:
        file: its name in the submission, with forward slashes.
        part: of what it is; None is the whole course's.
        language: ISO 639-3, of roles that are in a language.
    """

    file: str
    path: Path
    role: Role
    part: PartKey | None = FILM
    language: str | None = None
    trim_line_up: bool = False
    choice: TrackChoice = NOTHING_SAID


@dataclass(frozen=True)
class IntakePart:
    """A film, or one lesson of a course, with the files that go with it.

    Args:
        key: None for what belongs to a whole course.
        main: the film or the sound; None where there are slides alone, or only what goes with them.
        beside: by their roles, in the submission's order.
        part: what the submission says of it; None of a film.
    """

    key: PartKey | None
    title: str
    main: FileToCheck | None
    beside: tuple[FileToCheck, ...] = ()
    part: CoursePart | None = None

    @property
    def files(self) -> tuple[FileToCheck, ...]:
        """The film first."""
        return (*((self.main,) if self.main else ()), *self.beside)

    @property
    def shown(self) -> FileToCheck | None:
        """What it is made of; None where nothing of it can be shown yet."""
        return self.main or next(iter(self.of_role(Role.SLIDES)), None)

    @property
    def path(self) -> Path:
        """Of what it is made of."""
        return (self.shown or self.files[0]).path

    def of_role(self, role: Role) -> tuple[FileToCheck, ...]:
        """The files of one role, in the submission's order."""
        return tuple(item for item in self.beside if item.role is role)


def grouped(
    submission: Submission, folder: Path, document: Document
) -> tuple[tuple[IntakePart, ...], IntakePart | None]:
    """The parts of which something is there, in the order of showing; and what belongs to the whole course.

    Raises:
        InputError: a file is of no part or of one that there is not, has a role that is not taken, or one too many.
    """
    _refuse_parts_of_film(submission, document)
    files: dict[PartKey | None, list[FileToCheck]] = {}
    for index, item in enumerate(submission.media):
        key = _key(submission, index, document)
        _refuse_role(submission, index, document)
        found = FileToCheck(
            item.file, folder / item.file, item.role, key, item.language, item.trim_line_up, item.choice
        )
        files.setdefault(key, []).append(found)
    for among in files.values():
        _refuse_too_many(among, document)
    if submission.kind is Kind.FILM:
        return (_part(FILM, submission.title_zh, files[FILM]),), None
    whole = _part(None, submission.title_zh, files[None]) if None in files else None
    parts = tuple(
        _part(part.id, submission.part_title(part), files[part.id], part)
        for part in submission.course_parts
        if part.id in files
    )
    return parts, whole


def _part(key: PartKey | None, title: str, files: Sequence[FileToCheck], part: CoursePart | None = None) -> IntakePart:
    main = next((item for item in files if item.role is Role.MAIN), None)
    beside = tuple(item for role in BESIDE_A_FILM for item in files if item.role is role)
    return IntakePart(key, title, main, beside, part)


def _refuse_parts_of_film(submission: Submission, document: Document) -> None:
    if submission.kind is Kind.COURSE:
        return
    places: list[Location] = [("parts",)] if submission.parts else []
    places += [("media", index, "part") for index, item in enumerate(submission.media) if item.part is not None]
    if places:
        raise InputError("parts_of_film", where=document.where(places[0]))


def _key(submission: Submission, index: int, document: Document) -> PartKey | None:
    """Of what a file is.

    Raises:
        InputError: the part that it names is not among the parts; it names none, and may be of several.
    """
    if submission.kind is Kind.FILM:
        return FILM
    item = submission.media[index]
    own = submission.part_of(item)
    known = [part.id for part in submission.course_parts]
    if own is not None and own not in known:
        where = document.where(("media", index, "part"))
        raise InputError("part_unknown", where=where, part=own, known=", ".join(known))
    limits = BESIDE_A_FILM.get(item.role)
    if own is None and (item.role in SHOWN or (limits is not None and not limits.of_whole)):
        where = document.where(("media", index))
        raise InputError("part_unnamed", where=where, file=item.file, known=", ".join(known))
    return own


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
    if limits is None:
        raise InputError("role_unsupported", where=where, role=item.role.value)
    if limits.of_courses and submission.kind is Kind.FILM:
        raise InputError("documents_of_film", where=where, file=item.file)
    if limits.in_language and item.language is None:
        raise InputError("language_missing", where=document.where(("media", index)), file=item.file)


def _refuse_too_many(files: Sequence[FileToCheck], document: Document) -> None:
    """Two of one role where there may be one.

    Raises:
        InputError: two recordings of one part, two of one language, three posters, two decks, or slides with a dub of
            nothing.
    """
    key = files[0].part
    mains = [item for item in files if item.role is Role.MAIN]
    if len(mains) > 1:
        names = ", ".join(item.file for item in mains)
        raise InputError("main_twice", where=document.where(("media",)), part=key, files=names)
    dub = next((item for item in files if item.role is Role.AUDIO), None)
    if not mains and dub and any(item.role is Role.SLIDES for item in files):
        raise InputError("main_missing", where=document.where(("media",)), part=key, file=dub.file)
    decks = [item.file for item in files if item.role is Role.SLIDES and _is_pdf(item.path)]
    if len(decks) > 1:  # one of them would never be seen
        raise InputError("decks_twice", where=document.where(("media",)), part=key, files=", ".join(decks))
    for role, limits in BESIDE_A_FILM.items():
        found = [item for item in files if item.role is role]
        twice = sorted(code for code, count in Counter(item.language for item in found).items() if code and count > 1)
        if limits.in_language and twice:
            names = ", ".join(item.file for item in found if item.language in twice)
            where = document.where(("media",))
            raise InputError("language_twice", where=where, language=", ".join(twice), files=names)
        if limits.most is not None and len(found) > limits.most:
            names = ", ".join(item.file for item in found)
            raise InputError(f"{role}_twice", where=document.where(("media",)), files=names)


def _is_pdf(path: Path) -> bool:
    """Whether it is one by its first bytes, whatever it is called."""
    try:
        return structure.is_pdf(path)
    except OSError:  # whoever reads it says so
        return False
