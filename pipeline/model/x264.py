"""What x264 is told of how far to search: a preset, and what is not as it has it."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from pipeline.model.base import Noun

Preset = Literal[
    "ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow", "slower", "veryslow", "placebo"
]
# left out of the JSON: what a preset says is not said again
_AS_THE_PRESET: Any = Field(default=None, exclude_if=lambda value: value is None)


class X264Search(Noun):
    """How far x264 searches, where that is not as its preset has it; by the names of x264 --fullhelp.

    They cost time and quality, never form. Which of them hold quality is measured by `benchmarks/quality.py`.
    """

    ref: Annotated[int, Field(ge=1, le=16)] | None = _AS_THE_PRESET
    mixed_refs: bool | None = _AS_THE_PRESET
    weightp: Annotated[int, Field(ge=0, le=2)] | None = _AS_THE_PRESET
    me: Literal["dia", "hex", "umh", "esa", "tesa"] | None = _AS_THE_PRESET
    subme: Annotated[int, Field(ge=0, le=11)] | None = _AS_THE_PRESET
    trellis: Annotated[int, Field(ge=0, le=2)] | None = _AS_THE_PRESET
    rc_lookahead: Annotated[int, Field(ge=0, le=250)] | None = _AS_THE_PRESET


class X264Settings(X264Search):
    """A preset, and what is not as it has it."""

    preset: Preset
