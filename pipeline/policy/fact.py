"""What a rule is held against: one value, and where it is."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.model.finding import Scalar


@dataclass(frozen=True)
class Fact:
    """One value; None is «could not be measured». `cue` and `line` are a subtitle's, `detail` is said in words."""

    value: Scalar | None
    track: str | None = None
    start_s: float | None = None
    end_s: float | None = None
    cue: int | None = None
    line: int | None = None
    detail: str = ""
