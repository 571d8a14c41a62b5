"""What is said of generated content (人工智能生成合成内容): by whoever hands it in, and by the file's own label."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from pipeline.model.base import Noun
from pipeline.model.text import Line


class Extent(StrEnum):
    """How much of it generative models made or altered."""

    WHOLE = "whole"
    PART = "part"
    NONE = "none"


class Declaration(Noun):
    """What a submission says of it."""

    extent: Extent
    note: Line | None = None

    @property
    def is_generated(self) -> bool:
        return self.extent is not Extent.NONE


class LabelFault(StrEnum):
    """Why what lies where a label should be is not carried on."""

    TOO_LONG = "too_long"
    NOT_JSON = "not_json"
    NOT_OBJECT = "not_object"
    UNREAD = "unread"  # MediaInfo shows it, and nothing gives its bytes


class FoundLabel(Noun):
    """A label in a file: its text byte for byte, or why it is none.

    Args:
        place: where it lies, in the words of formats.
    """

    place: str
    text: str | None = None
    fault: LabelFault | None = None


class Propagation(Noun):
    """Who passes on what is labelled, where that is to be said in the label."""

    propagator: str | None = None
    propagate_id: str | None = None


class ProgrammeLabel(Noun):
    """What a catalogue may be told of a programme: the extent that was declared, and the label that was found."""

    extent: Extent | None = Field(default=None, exclude_if=lambda value: value is None)
    label: str | None = Field(default=None, exclude_if=lambda value: value is None)
