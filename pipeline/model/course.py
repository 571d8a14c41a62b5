"""What a course is made of: its parts, in the order in which they are shown (DESIGN section 3)."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from pipeline.model.base import Noun
from pipeline.model.text import Line

MOST_PARTS = 99
LONGEST_S = 3600.0  # of a page, and of an offset: more is a mistake in typing


def _text(value: Any) -> Any:
    """YAML takes `01` for the number 1, and the id would be another one."""
    if isinstance(value, int):
        raise PydanticCustomError("part_id_quoted", 'a part\'s id is text: write it in quotes, such as "01"')
    return value


PartId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=16), BeforeValidator(_text)]
# what is made of a part goes by: 1 for a film, the id of a course's part (a number in packages from before parts had
# ids)
PartKey = int | str
FILM: PartKey = 1


class Title(Noun):
    """A name in both languages."""

    zh: Line
    en: Line | None = None


class Layout(StrEnum):
    """How a lecture and its slides share the picture: side by side, the lecturer in a corner, one of them alone."""

    SIDE = "side"
    PIP = "pip"
    SLIDES = "slides"
    FILM = "film"


class Corner(StrEnum):
    """Where the lecturer stands over the slides."""

    TOP_LEFT = "top-left"
    TOP_RIGHT = "top-right"
    BOTTOM_LEFT = "bottom-left"
    BOTTOM_RIGHT = "bottom-right"


class CoursePart(Noun):
    """One lesson of a course, whether its files are there yet or not.

    Args:
        unit: the heading that it stands under, with others.
        layout: of a lecture with slides; None is side by side where there are times, else the film alone.
        corner: of the layout `pip`; None is bottom-right.
        offset_s: by how many seconds its slides come later than their times say; less than 0 is sooner.
        page_s: how long each page of slides without times is shown.
    """

    id: PartId
    unit: Line | None = None
    title: Line | Title | None = None
    layout: Layout | None = None
    corner: Corner | None = None
    offset_s: Annotated[float, Field(ge=-LONGEST_S, le=LONGEST_S)] = 0.0
    page_s: Annotated[float, Field(gt=0, le=LONGEST_S)] | None = None

    @property
    def title_zh(self) -> str | None:
        return self.title.zh if isinstance(self.title, Title) else self.title

    @property
    def title_en(self) -> str | None:
        return self.title.en if isinstance(self.title, Title) else None


def numbered(number: int) -> str:
    """The id of the part that has this place in a course which gives no ids."""
    return f"{number:02}"


def label(key: PartKey) -> str:
    """A part's key as its codes and its usual title have it: numbers without a zero in front, as before there were
    ids. Two parts of a course never share one."""
    text = str(key)
    return str(int(text)) if text.isdecimal() else text
