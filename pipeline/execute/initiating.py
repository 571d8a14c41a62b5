"""A `submission.yaml` for a film or course that has none: from the files, a table's row, and what a person says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline import durable, yamlio
from pipeline.errors import InputError, ShowcaseError
from pipeline.execute import fields, headings
from pipeline.execute.course_files import CourseFiles
from pipeline.execute.fields import Given
from pipeline.execute.standing_submission import StandingSubmission
from pipeline.execute.submission_names import id_of, is_submission
from pipeline.inspect import first_bytes, mediainfo
from pipeline.model import languages
from pipeline.model.submission import ID_LENGTH, Kind, Role, Submission
from pipeline.model.text import is_shown, unfit_sign
from pipeline.yamlio import Document

ASKED = tuple(field for field in headings.FIELDS if field != "file")
ORDER = (
    "schema_version",
    "id",
    "title",
    "kind",
    "prefecture",
    "column",
    "genre",
    "languages",
    "synopsis",
    "short_title",
    "short_synopsis",
    "credits",
    "country",
    "year",
    "rating",
    "keywords",
    "episode",
    "air_date",
    "produced",
    "search",
    "licence",
    "generated",
    "parts",
    "media",
)


@dataclass(frozen=True)
class Initiated:
    """A submission that is ready to be written to `target`.

    Args:
        id_there: the id of the submission of this film that stands there.
        usual_id: the id that it would have without that.
    """

    submission: Submission
    document: Document
    target: Path
    id_there: str | None = None
    usual_id: str | None = None

    @property
    def content(self) -> bytes:
        """The file's bytes, the fields in the order in which people read them."""
        data = self.document.data
        return yamlio.dump({key: data[key] for key in ORDER if key in data})


def defaults(files: Sequence[Path], prefecture: str | None) -> dict[str, str]:
    """What the files say by themselves: several files, or sound alone, or none, are a course; their title is the
    first's name.

    Args:
        prefecture: the workspace's own.

    Raises:
        Refused: a file is no film. InputError: it is not there.
    """
    spoken: dict[str, None] = {}
    pictures = True
    for path in files:
        first_bytes.demuxer(path)
        media = mediainfo.inspect(path)
        pictures = pictures and bool(media.video)
        spoken |= {track.language: None for track in media.audio if track.language}
    kind = Kind.FILM if len(files) == 1 and pictures else Kind.COURSE
    known = " ".join(code for code in spoken if languages.is_known(code)) or "zho"
    found = {"kind": kind.value, "languages": known} | ({"title": files[0].stem} if files else {})
    return {**found, "prefecture": prefecture} if prefecture else found


def initiated(  # noqa: PLR0913 - what is said of it, and of what it is
    given: Mapping[str, Given],
    usual: Mapping[str, str],
    files: Sequence[Path],
    target: Path,
    id_heading: str | None = None,
    course: CourseFiles | None = None,
    standing: StandingSubmission | None = None,
) -> Initiated:
    """The submission of what was said, and of `usual` where nothing was; the files are named from the target's folder.

    One of the same film and prefecture that stands there keeps its id: by another it would be another film.

    Args:
        id_heading: what a table calls its column of ids, if the film is one of a table's many.
        course: its parts, and what each file is for, where that is more than a recording.
        standing: what is written again: what nobody says otherwise stays as it stands.

    Raises:
        InputError: a file lies outside that folder, or has a name that no submission can hold; a value does not fit;
            another submission beside it has the id for another title.
    """
    values = {**{field: Given(text, (str(target),)) for field, text in usual.items()}, **given}
    names = [named_from(target, path) for path in files]
    media = [{"file": name, "role": Role.MAIN.value} for name in names] if course is None else course.rows()
    document = fields.document(values, media, str(target))
    if standing:
        media = [standing.row(row) for row in media]
        said = {key: value for key, value in fields.document(given, media, str(target)).data.items() if key != "media"}
        document.data.update(standing.under(said, document.data), media=media)
    if course is not None and document.data.get("kind") == Kind.COURSE:
        document.data["parts"] = [part.model_dump(mode="json", exclude_defaults=True) for part in course.parts]
    submission = yamlio.validate(Submission, document)
    there = _there(target, submission)
    same_place = there if there and there.prefecture == submission.prefecture else None
    document.data["id"] = submission.id or (same_place.identity() if same_place else id_of(submission))
    document.data["prefecture"] = submission.prefecture
    id_there = there.identity() if there else None
    made = Initiated(yamlio.validate(Submission, document), document, target, id_there, id_of(submission))
    _refuse_taken(made, id_heading)
    return made


def named_from(target: Path, path: Path) -> str:
    """A file's name in the submission `target`: from that one's folder.

    Raises:
        InputError: it lies outside of it, or has a name that no submission can hold.
    """
    folder, real = target.parent.resolve(), path.resolve()
    if not real.is_relative_to(folder):
        raise InputError("outside_folder", where=str(target), file=str(path))
    if (name := path.name).encode("utf-8", "replace").decode() != name:
        raise InputError("name_not_text", where=str(path))
    named = real.relative_to(folder).as_posix()
    if sign := unfit_sign(named):
        shown = sign if sign.isprintable() else f"U+{ord(sign):04X}"
        file = "".join(char if is_shown(char) else "\ufffd" for char in named)
        raise InputError("name_sign", where=str(target), file=file, sign=shown)
    return named


def _there(target: Path, made: Submission) -> Submission | None:
    """The submission that stands there, if it is of one of the same films."""
    try:
        there = yamlio.load_as(Submission, target) if target.is_file() else None
    except (ShowcaseError, OSError):
        return None
    return there if there and {item.file for item in there.mains} & {item.file for item in made.mains} else None


def _refuse_taken(made: Initiated, id_heading: str | None) -> None:
    """Two titles of a prefecture may make one id, and would be one submission; seen where both lie in one folder."""
    for path in sorted(made.target.parent.glob("*")):
        if path == made.target or not is_submission(path.name):
            continue
        try:
            other = yamlio.load_as(Submission, path)
        except (ShowcaseError, OSError):
            continue  # whoever uses it hears of it
        if other.title_zh != made.submission.title_zh and other.prefecture == made.submission.prefecture:
            refuse_same_id(made.submission, other, path, id_heading)


def refuse_same_id(one: Submission, other: Submission, where: Path, id_heading: str | None = None) -> None:
    """Two submissions of a prefecture need two ids.

    Args:
        id_heading: as `initiated` has it.

    Raises:
        InputError: they have one; it says another that can be given.
    """
    if one.identity() == other.identity() and one.prefecture == other.prefecture:
        free = f"{one.identity()[: ID_LENGTH - 2].rstrip('-')}-2"
        taken, title = one.identity(), other.title_zh
        if id_heading:
            raise InputError("id_taken_by_row", where=str(where), id=taken, title=title, free=free, heading=id_heading)
        raise InputError("id_taken", where=str(where), id=taken, title=title, free=free)


def wrong_answer(field: str, values: Mapping[str, Given], parts: int) -> InputError | None:
    """What is wrong with the value of one field, before the others are known.

    Args:
        values: that field, and what was said of the others.
        parts: how many files there are.
    """
    looked_at = {"title": Given("-", ("-",)), field: values[field]}
    if field == "until" and "from" in values:
        looked_at["from"] = values["from"]
    if field in ("from", "until"):
        looked_at.setdefault("from", Given("0001-01-01", ("-",)))
        looked_at.setdefault("until", Given("9999-12-31", ("-",)))
    kind = {} if field == "kind" else {"kind": Given(Kind.COURSE.value, ("-",))}
    media = [{"file": str(number), "role": "main"} for number in range(parts)]
    try:
        yamlio.validate(Submission, fields.document({**looked_at, **kind}, media, "-"))
    except InputError as error:
        return error
    return None


def refuse_same_place(one: Initiated, others: Sequence[Initiated]) -> None:
    """Films that are called the same but for their ends have one place for a submission.

    Raises:
        InputError: one of the others stands there.
    """
    if any(other.target == one.target for other in others):
        raise InputError("rows_of_one_place", where=str(one.target), file=one.submission.mains[0].file)


def write(made: Initiated, *, force: bool, of_row: bool = False) -> None:
    """Put it where it belongs.

    Args:
        of_row: it is one of a table's many.

    Raises:
        InputError: another one stands there. EnvironmentFault: the place is not writable.
    """
    if made.target.exists() and not force:
        if of_row:
            raise InputError("row_submission_there", where=str(made.target))
        raise InputError("submission_there", where=str(made.target))
    durable.write(made.target, made.content)
