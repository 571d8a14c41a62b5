"""`keeping.yaml`: what the administrator lets go after so many days; without a rule nothing that was sent ever goes."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from pipeline.model.base import Noun
from pipeline.model.delivery import Clearable
from pipeline.model.profile import Name
from pipeline.model.region import Prefecture

MOST_DAYS = 36_500


class KeepingRule(Noun):
    """What goes, how long after it was superseded or withdrawn; a draft: after its master came.

    Args:
        name: is kept in the record of what went by it.
        prefectures: by their codes; all where none is said.
    """

    name: Name
    kind: Clearable
    older_than_days: Annotated[int, Field(ge=1, le=MOST_DAYS)]
    prefectures: Annotated[tuple[Prefecture, ...], Field(min_length=1)] | None = None


class Keeping(Noun):
    """The rules; the first that fits counts."""

    schema_version: Literal[1]
    rules: tuple[KeepingRule, ...] = ()

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        names = [rule.name for rule in self.rules]
        if len(set(names)) != len(names):
            raise PydanticCustomError("rule_twice", "names a rule twice")
        return self

    def of(self, kind: Clearable, prefecture: str) -> tuple[KeepingRule, ...]:
        """The rules of a kind that hold for a prefecture."""
        return tuple(
            rule
            for rule in self.rules
            if rule.kind is kind and (rule.prefectures is None or prefecture in rule.prefectures)
        )
