"""What a folder for station computers holds, as it keeps it in a file of its own: every file that it made, what is
shown. Nothing in it is from a clock or a host."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from pipeline.model.base import Noun
from pipeline.model.reference import SubmissionRef
from pipeline.model.text import RelativePath


class OwnFile(Noun):
    """A file that was made here.

    Args:
        made_of: what it is made of, by digest: its own of a file that was copied.
        sha256: of its bytes; None until they are there.
        size_bytes: likewise; of what is not there yet at most so many.
    """

    made_of: str
    size_bytes: int
    sha256: str | None = None


class ShownDocument(Noun):
    """A hand-out: its name for readers, its place in the folder."""

    title: str
    path: RelativePath
    language: str | None = None


class ShownLesson(Noun):
    """A part as the index shows it; `page` and `film` are None where it is not in yet."""

    number: int
    title: str
    title_en: str | None = None
    unit: str | None = None
    duration_s: float = 0.0
    page: RelativePath | None = None
    film: RelativePath | None = None
    poster: RelativePath | None = None
    documents: tuple[ShownDocument, ...] = ()


class ShownProgramme(Noun):
    """A film or course as the index shows it."""

    title: str
    title_en: str | None = None
    kind: Literal["film", "course"]
    lessons: tuple[ShownLesson, ...]
    documents: tuple[ShownDocument, ...] = ()


class StationItem(Noun):
    """What the folder holds of one submission.

    Args:
        name: what its folders are called.
        package_id: of which its files are; None until the first of them are there.
        shown: None until all of it is there.
    """

    prefecture: str
    submission_id: str
    name: str
    package_id: str | None = None
    revision: int | None = None
    shown: ShownProgramme | None = None
    files: dict[RelativePath, OwnFile]

    @property
    def ref(self) -> SubmissionRef:
        return SubmissionRef(self.prefecture, self.submission_id)


class StationIndex(Noun):
    """The whole folder; items in the order in which they came."""

    schema_version: Literal[1] = 1
    items: tuple[StationItem, ...] = ()
    files: Annotated[dict[RelativePath, OwnFile], Field(default_factory=dict)]

    def item(self, ref: SubmissionRef) -> StationItem | None:
        """What is there of a submission."""
        return next((item for item in self.items if item.ref == ref), None)

    def with_item(self, changed: StationItem) -> StationIndex:
        """The same with an item in its place, or behind the others."""
        items = tuple(changed if item.ref == changed.ref else item for item in self.items)
        return self.model_copy(update={"items": items if self.item(changed.ref) else (*items, changed)})

    def without(self, ref: SubmissionRef) -> StationIndex:
        """The same without an item."""
        return self.model_copy(update={"items": tuple(item for item in self.items if item.ref != ref)})

    def own(self) -> dict[str, OwnFile]:
        """Every file that was made here, by its place."""
        return {**self.files, **{path: file for item in self.items for path, file in item.files.items()}}
