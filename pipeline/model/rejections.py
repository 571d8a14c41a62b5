"""Why a package is rejected, as codes: what programs of operators say, in words for people."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from pipeline.model.base import Noun
from pipeline.model.delivery import RejectionCode
from pipeline.model.profile import About, Name
from pipeline.model.text import Line


class Rejection(Noun):
    """One code with its words in both languages."""

    code: RejectionCode
    zh: Line
    en: Line


class Rejections(Noun):
    """The codes that an answer may carry."""

    schema_version: Literal[1]
    name: Name
    about: About | None = None
    codes: Annotated[tuple[Rejection, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        codes = [item.code for item in self.codes]
        if len(set(codes)) != len(codes):
            raise PydanticCustomError("rejection_twice", "names a code twice")
        return self

    def by_code(self, code: str) -> Rejection | None:
        """What a code means; None where it is not of this vocabulary."""
        return next((item for item in self.codes if item.code == code), None)
