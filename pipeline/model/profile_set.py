"""Sets: which profiles a delivery holds, and what each asks of the source."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from pipeline.model.adi import AdiSettings
from pipeline.model.base import Noun
from pipeline.model.media import Scan
from pipeline.model.profile import About, Name, Positive
from pipeline.model.text import LanguageCode


class When(Noun):
    """What a profile of a set asks of the source; all that is said must hold."""

    min_lines: Positive | None = None
    max_lines: Positive | None = None
    scan: Scan | None = None
    sound: bool | None = None


class SetItem(Noun):
    """A profile of a set, by name. `burn` asks for one more output for each of these languages that the film has
    subtitles in, drawn into the pictures: for boxes, which show no text of their own."""

    name: Name
    when: When = When()
    burn: Literal["all"] | tuple[LanguageCode, ...] = ()


class ProfileSet(Noun):
    """What a delivery holds; with `adi` it is made for a cable operator too."""

    schema_version: Literal[1]
    name: Name
    about: About | None = None
    policy: Name
    profiles: Annotated[tuple[SetItem, ...], Field(min_length=1)]
    adi: AdiSettings | None = None

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        names = [item.name for item in self.profiles]
        if len(set(names)) != len(names):
            raise PydanticCustomError("profile_twice", "names a profile twice")
        for index, name in enumerate(self.adi.movie if self.adi else ()):
            if name not in names and name[:-4] not in names:  # one with burnt subtitles ends in -LANGUAGE
                at = {"at": ("adi", "movie", index), "name": name, "known": ", ".join(names)}
                raise PydanticCustomError("movie_unknown", "«{name}» is no profile of the set", at)
        return self
