"""Two tasks a film, for machines that work together: examine; then transcode, package and upload. Each is data: digests
and places in the store, never a path of a machine, a callback or a secret.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Mapping
from contextlib import suppress
from typing import Annotated, ClassVar, Literal

from pydantic import Field, TypeAdapter

from pipeline import errors
from pipeline.errors import EnvironmentFault, InLanguages, ProcessLost, ShowcaseError
from pipeline.execute.film_usage import FilmUsage
from pipeline.execute.films import FilmDelivered, FilmFound
from pipeline.model.base import Noun
from pipeline.model.generated import Propagation
from pipeline.model.reference import SubmissionRef
from pipeline.model.source_place import SourcePlace
from pipeline.model.submission import Submission
from pipeline.model.text import RelativePath

LOG_LETTERS = 20_000  # of a log: client and scheduler carry little of a film


class FilmFile(Noun):
    """A file by its name in the submission, and where in the store its bytes are."""

    file: RelativePath
    place: SourcePlace


class FilmDescription(Noun):
    """A submission that any machine with the same store can work on.

    Args:
        shown: what people are to read.
        revision: the inbox's, when it comes from there.
        set_name: what films are delivered as.
        dialect: the C2 dialect that their metadata are held to.
        is_bare: it is a file without a submission.
        own_rules: the workspace's own profiles, sets and policies, each by its place in that folder.
        same_film: it is a cut of the film that has its id, whatever its title or length.
        accepted_because: why a reject is made all the same.
        threads: of every encoder, in place of what its profile says.
        propagation: who passes labels of generated content on, by the settings of whoever asks.
    """

    shown: str
    submission: Submission
    files: tuple[FilmFile, ...]
    revision: int | None
    set_name: str
    own_rules: Mapping[RelativePath, str]
    same_film: bool
    accepted_because: str | None = None
    threads: str | None = None
    dialect: str | None = None
    is_bare: bool = False
    propagation: Propagation | None = Field(default=None, exclude_if=lambda value: value is None)


class ExamineFilmTask(Noun):
    """A film is measured and planned; what was measured goes to the store.

    Args:
        maker: what a machine must be to do it: others make other bytes.
    """

    progress_stage: ClassVar[str] = "inspect"
    kind: Literal["examine"] = "examine"
    maker: str
    film: FilmDescription


class DeliverFilmTask(Noun):
    """A film is made, packaged and uploaded.

    Args:
        maker: as `ExamineFilmTask` has it.
        plans: fingerprints of what is to be made, as it was examined.
    """

    progress_stage: ClassVar[str] = "encode"
    kind: Literal["deliver"] = "deliver"
    maker: str
    film: FilmDescription
    plans: tuple[str, ...]


_KEY = re.compile(r"(?P<kind>examine|deliver)-(?P<prefecture>\d{6})-(?P<id>.+)-[0-9a-f]{24}(?:-\d+)?")


def key_of(task: ExamineFilmTask | DeliverFilmTask, trial: int) -> str:
    """What a scheduler calls it: the same for all who ask for the same.

    Args:
        trial: how many machines have tried it and had faults of their own.
    """
    submission = task.film.submission
    name = f"{task.kind}-{submission.prefecture}-{submission.identity()}-{task.fingerprint()[:24]}"
    return f"{name}-{trial}" if trial else name


def of_key(key: str) -> tuple[str, SubmissionRef] | None:
    """What is done, and with which film; None where it is no task of ours."""
    found = _KEY.fullmatch(key)
    return (found["kind"], SubmissionRef(found["prefecture"], found["id"])) if found else None


FilmTask = Annotated[ExamineFilmTask | DeliverFilmTask, Field(discriminator="kind")]
FILM_TASK: TypeAdapter[FilmTask] = TypeAdapter(FilmTask)


class FilmFault(Noun):
    """An error of ours that was raised on another machine.

    Args:
        error: its class.
        values: of its sentence; a pair is in Chinese and English.
        log: what the program wrote that failed, or where this one did: the end of it.
    """

    error: str
    key: str
    where: str | None
    detail: str | None
    values: Mapping[str, str | int | float | tuple[str, str]]
    log: str | None = None

    def raised(self) -> ShowcaseError:
        """The error as it was there."""
        kind = _CLASSES.get(self.error, ShowcaseError)
        values = {
            name: InLanguages(*value) if isinstance(value, tuple) else value for name, value in self.values.items()
        }
        return kind(self.key, where=self.where, detail=self.detail, **values)


_CLASSES: dict[str, type[ShowcaseError]] = {
    kind.__name__: kind
    for kind in (
        errors.InputError,
        EnvironmentFault,
        ProcessLost,
        errors.MediaError,
        errors.TransferError,
        errors.IntegrityError,
        errors.Interrupted,
    )
}


def fault_of(error: ShowcaseError) -> FilmFault:
    """An error as data; one of a class that only this program's insides know is told as what it is a kind of."""
    kind = next(base.__name__ for base in type(error).__mro__ if base.__name__ in _CLASSES or base is ShowcaseError)
    values = {
        name: (value.zh, value.en) if isinstance(value, InLanguages) else _plain(value)
        for name, value in error.values.items()
    }
    return FilmFault(error=kind, key=error.key, where=error.where, detail=error.detail, values=values, log=_log(error))


def _log(error: ShowcaseError) -> str | None:
    """The end of what was written; of a fault of this program's where it came about."""
    written = ""
    if error.log is not None:
        with suppress(OSError):
            written = error.log.read_text("utf-8", "replace")
    if error.key == "internal":
        written += "".join(traceback.format_exception(error))
    return written[-LOG_LETTERS:] or None


def _plain(value: object) -> str | int | float:
    return value if isinstance(value, str | int | float) else str(value)


class FilmResult(Noun):
    """What came of a task: one of the three; of a delivery none, where another command is at it."""

    found: FilmFound | None = None
    delivered: FilmDelivered | None = None
    fault: FilmFault | None = None


class FilmAnswer(Noun):
    """What came of a task, who did it, and what that took."""

    result: FilmResult
    usage: FilmUsage
