"""Words that a programme's catalogue knows: `profiles/vocabulary/<name>.yaml`."""

from __future__ import annotations

import unicodedata
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from pipeline.model.base import Noun
from pipeline.model.profile import About, Name
from pipeline.model.text import Line

TermName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9-]*$", max_length=48)]
Syllables = Annotated[str, StringConstraints(pattern=r"^[a-z]+( [a-z]+)*$")]


class Term(Noun):
    """One word of a list: its id, and what it is called in both languages."""

    name: TermName
    zh: Line
    en: Line


class ListedTerm(Term):
    """The same with what people write for it too."""

    also: tuple[Line, ...] = ()

    @property
    def term(self) -> Term:
        return Term(name=self.name, zh=self.zh, en=self.en)


class Vocabulary(Noun):
    """The words of one field."""

    schema_version: Literal[1]
    name: Name
    about: About | None = None
    terms: Annotated[tuple[ListedTerm, ...], Field(min_length=1, max_length=1000)]

    @model_validator(mode="after")
    def _once(self) -> Self:
        seen: dict[str, str] = {}
        for index, item in enumerate(self.terms):
            for name in {_folded(each) for each in (item.name, item.zh, item.en, *item.also)}:
                if seen.setdefault(name, item.name) != item.name:
                    known = {"name": name, "other": seen[name], "at": ("terms", index, "name")}
                    raise PydanticCustomError("term_twice", "«{name}» is another term's name too: {other}", known)
        return self

    def find(self, written: str) -> Term | None:
        """The term that is meant: by its id, its name in either language, or another name of it."""
        wanted = _folded(written)
        for item in self.terms:
            if wanted in {_folded(name) for name in (item.name, item.zh, item.en, *item.also)}:
                return item.term
        return None


class Readings(Noun):
    """How words are read whose characters are read otherwise elsewhere: their pinyin without marks, by the word."""

    schema_version: Literal[1]
    name: Name
    about: About | None = None
    readings: Annotated[dict[Line, Syllables], Field(max_length=2000)]


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().strip()
