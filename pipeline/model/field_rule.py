"""How one field of a receiver's form is filled: a property of a C2 object, a column of a branch's table."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from pipeline.model.base import Noun
from pipeline.model.text import MOST_LINES, Line, Lines

ValueName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=48)]


class FieldRule(Noun):
    """One field.

    Args:
        name: what files that extend this one know it by, and what it is called unless `written` says otherwise.
        written: what the receiver calls it.
        source: the value that it takes (`package.metadata.values`); `text` is the same in every programme.
        format: of dates as strftime has it; of durations one of `seconds`, `minutes`, `frames`, `HHMMSSFF`, `HHMMSS00`,
            `HH:MM:SS`.
        words: what a value is called there; one that is not named has no text, unless `otherwise` gives it one.
        separator: between several.
        otherwise: the text where there is no value.
        most: characters that it may have.
        cut: what is too long ends at a whole character, a list at a whole item, in place of being refused.
        required: it must have a text.
    """

    name: Line
    written: Line | None = None
    source: Annotated[ValueName | None, Field(alias="from")] = None
    text: Lines | None = None
    format: Annotated[str, StringConstraints(max_length=32)] | None = None
    words: Annotated[dict[str, Lines] | None, Field(alias="map")] = None
    separator: Annotated[str, StringConstraints(max_length=8)] = ";"
    otherwise: Lines | None = None
    most: Annotated[int, Field(ge=1, le=MOST_LINES)] | None = None
    cut: bool = False
    required: bool = False

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if self.source is not None and self.text is not None:
            raise PydanticCustomError("one_source", "takes a value or a text, not both")
        return self

    @property
    def title(self) -> str:
        """What the receiver calls it."""
        return self.written or self.name
