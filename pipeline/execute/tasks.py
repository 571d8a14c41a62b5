"""What an executor runs: each task is data, names its files by digest, and does its stages wherever it is run."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, TypeVar

from pydantic import ConfigDict, Field, TypeAdapter

from pipeline.model.base import Noun
from pipeline.model.capability import Capability
from pipeline.model.course import PartKey
from pipeline.model.deck import Deck, SlideFilm
from pipeline.model.delivery import Delivery
from pipeline.model.handed_in import HandedInDocument, PagePictures
from pipeline.model.inspection import Inspection
from pipeline.model.inspection_request import InspectionRequest
from pipeline.model.package import Acceptance, Package
from pipeline.model.plan import Plan
from pipeline.model.programme import Description
from pipeline.model.rendition import Rendition
from pipeline.model.stage import Stage
from pipeline.model.submission import Submission
from pipeline.plan.request import PlanRequest

_WHEN_ASKED = ConfigDict(defer_build=True)  # in one process tasks and results are handed on as they are


class _Task(Noun):
    """`progress_stage` is what people read while the task has told nothing yet (`text.stage_…` of the catalogue)."""

    progress_stage: ClassVar[str]


class InspectTask(_Task):
    """A film or a file of sound is measured."""

    progress_stage = "inspect"
    kind: Literal["inspect"] = "inspect"
    sha256: str
    request: InspectionRequest
    stage: Stage


class DeckTask(_Task):
    """Every page of a PDF is looked at."""

    progress_stage = "deck"
    kind: Literal["deck"] = "deck"
    sha256: str
    most_pages: int
    stage: Stage


class SlidesTask(_Task):
    """Pages, or one picture, become a film; its stage is `film.stage`."""

    progress_stage = "slides"
    kind: Literal["slides"] = "slides"
    film: SlideFilm


class TranscodeTask(_Task):
    """Some profiles of a film are made, in one process; each has a stage of its own, by the profile's name.

    What is to be drawn for it (`request.slides`) is made first where it is not there.

    Args:
        request: of all the film's profiles, so that what they share is decided alike however they are divided.
    """

    progress_stage = "encode"
    kind: Literal["transcode"] = "transcode"
    request: PlanRequest
    stages: dict[str, Stage]

    def only(self, names: tuple[str, ...]) -> TranscodeTask:
        """The part of this task that makes these profiles."""
        return self.model_copy(update={"stages": {name: self.stages[name] for name in names}})


class PartToPack(Noun):
    """A film, or one lesson of a course, and the stages that hold what was made of it; `number` is its place among the
    parts, from 1."""

    key: PartKey
    number: int
    title: str
    inspection: Inspection
    plan: Plan
    stages: tuple[Stage, ...]


class PackageTask(_Task):
    """A package is put together from renditions."""

    progress_stage = "package"
    kind: Literal["package"] = "package"
    submission: Submission
    description: Description
    revision: int
    acceptance: Acceptance
    capability: Capability
    parts: tuple[PartToPack, ...]
    documents: tuple[HandedInDocument, ...] = ()
    stage: Stage


class UploadTask(_Task):
    """A package goes to the store; `content_sha256` is that of the submission that it was made of."""

    progress_stage = "upload"
    kind: Literal["upload"] = "upload"
    content_sha256: str
    stage: Stage


class PagesTask(_Task):
    """Each page of a PDF as a picture; its stage is `pages.stage`."""

    progress_stage = "pages"
    kind: Literal["pages"] = "pages"
    pages: PagePictures


Task = Annotated[
    InspectTask | DeckTask | SlidesTask | PagesTask | TranscodeTask | PackageTask | UploadTask,
    Field(discriminator="kind"),
]
TASK: TypeAdapter[Task] = TypeAdapter(Task, config=_WHEN_ASKED)


class InspectResult(Noun):
    """What was measured."""

    kind: Literal["inspect"] = "inspect"
    inspection: Inspection


class DeckResult(Noun):
    """What is known of a deck."""

    kind: Literal["deck"] = "deck"
    deck: Deck


class SlidesResult(Noun):
    """The film lies under its stage's key."""

    kind: Literal["slides"] = "slides"
    sha256: str


class PagesResult(Noun):
    """The pictures lie under their stage's key."""

    kind: Literal["pages"] = "pages"
    count: int


class TranscodeResult(Noun):
    """Accepted renditions, in the order of the task's stages."""

    kind: Literal["transcode"] = "transcode"
    renditions: tuple[Rendition, ...]


class PackageResult(Noun):
    """The manifest of what was put together."""

    kind: Literal["package"] = "package"
    package: Package


class UploadResult(Noun):
    """The package in the store; `already` when there was nothing to send.

    `sent_bytes` went to the store; `reused_bytes` it had before, so that they were not sent.
    """

    kind: Literal["upload"] = "upload"
    delivery: Delivery
    already: bool
    sent_bytes: int = 0
    reused_bytes: int = 0


TaskResult = Annotated[
    InspectResult | DeckResult | SlidesResult | PagesResult | TranscodeResult | PackageResult | UploadResult,
    Field(discriminator="kind"),
]
ResultT = TypeVar(
    "ResultT", InspectResult, DeckResult, SlidesResult, PagesResult, TranscodeResult, PackageResult, UploadResult
)
RESULT: TypeAdapter[TaskResult] = TypeAdapter(TaskResult, config=_WHEN_ASKED)


def result_of(result: TaskResult, kind: type[ResultT]) -> ResultT:
    """The result of a task as what that task gives.

    Raises:
        TypeError: the executor gave another task's.
    """
    if not isinstance(result, kind):
        raise TypeError(f"{result.kind} is no {kind.__name__}")
    return result
