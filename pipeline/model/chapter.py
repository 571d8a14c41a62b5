"""A place in a film or a lesson that players can jump to."""

from __future__ import annotations

from pydantic import Field

from pipeline.model.base import Noun
from pipeline.model.text import Line


class Chapter(Noun):
    """A stretch that lasts until the next one begins, the last one until the end.

    Args:
        start_s: in seconds of the programme.
        page: of the slides that are shown from there on, from 1; None where there are none.
    """

    start_s: float = Field(ge=0)
    title: Line
    page: int | None = Field(default=None, exclude_if=lambda value: value is None)
